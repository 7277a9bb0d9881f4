/// How it looks: one column, the system's letters, light or dark as the reader has it.
enum StyleSheet {
    static let text = """
        :root{color-scheme:light dark;--ground:#f6f7f9;--panel:#fff;--ink:#1b2430;--soft:#5b6675;--line:#dfe3e8;--link:#0b5cad;--block:#c4362f;--alarm:#d9961a;--alarm-ink:#8a5a00;--good:#2b7a4b}
        @media (prefers-color-scheme:dark){:root{--ground:#12161c;--panel:#1b2129;--ink:#e6eaf0;--soft:#98a3b3;--line:#2d3641;--link:#7cb7ff;--block:#f0736b;--alarm:#e7b24d;--alarm-ink:#e7b24d;--good:#6cc793}}
        *{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}a:focus-visible,input:focus-visible,select:focus-visible,button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
        header{display:flex;flex-wrap:wrap;gap:.75rem 1.5rem;align-items:center;justify-content:space-between;padding:.8rem max(1.25rem,(100% - 73.5rem)/2);background:var(--panel);border-bottom:1px solid var(--line)}
        .brand{font-weight:650;font-size:1.05rem;color:var(--ink)}
        main{max-width:76rem;margin:0 auto;padding:1rem 1.25rem}footer{max-width:76rem;margin:0 auto;padding:.5rem 1.25rem 2rem;color:var(--soft);font-size:.85rem;display:flex;gap:1rem;flex-wrap:wrap}
        section{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:1rem 1.1rem;margin:0 0 1rem}
        h1{font-size:1.25rem;margin:0 0 .6rem;overflow-wrap:anywhere}h2{font-size:1rem;margin:0 0 .5rem}
        input,select,button{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:7px;padding:.35rem .6rem;min-width:0}button{background:var(--link);color:var(--panel);border-color:transparent;cursor:pointer}
        .search,.filter{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}.search label{align-self:center;color:var(--soft)}.search input{width:13.5rem;font-variant-numeric:tabular-nums}
        .filter{margin-bottom:.8rem}.filter label{display:flex;flex-direction:column;font-size:.8rem;color:var(--soft);flex:1 1 7rem}.filter input,.filter select{color:var(--ink);font-size:.95rem}
        .ranges{display:flex;flex-wrap:wrap;gap:.4rem;margin:0 0 1rem;align-items:center}.ranges a{padding:.25rem .7rem;border:1px solid var(--line);border-radius:99px;background:var(--panel)}.ranges a[aria-current]{background:var(--link);color:var(--panel);border-color:transparent}
        .chip{display:inline-block;padding:.1rem .6rem;border:1px solid var(--line);border-radius:99px;font-size:.85rem;color:var(--soft)}.ranges .chip a{border:0;padding:0 0 0 .2rem;background:none}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;background:none;border:0;padding:0}.card{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:.7rem .9rem;display:flex;flex-direction:column}.card b{font-size:1.45rem;font-weight:620;font-variant-numeric:tabular-nums}.card span{color:var(--soft);font-size:.85rem}
        .warning{color:var(--block);border:1px solid currentColor;border-radius:8px;padding:.5rem .8rem}
        .legend{margin:0 0 .3rem;color:var(--soft);font-size:.85rem}.key{display:inline-block;width:.7rem;height:.7rem;border-radius:2px;margin:0 .3rem 0 .6rem}.key.block{background:var(--block);margin-left:0}.key.alarm{background:var(--alarm)}
        .chart svg{width:100%;height:auto;display:block;overflow:visible}.grid{stroke:var(--line)}.axis{fill:var(--soft);font-size:11px}rect.block{fill:var(--block)}rect.alarm{fill:var(--alarm)}
        .table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.93rem}th{font-weight:600;color:var(--soft);font-size:.82rem;text-align:left;white-space:nowrap}th,td{padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}tr:last-child td{border-bottom:0}
        .n{text-align:right;padding-right:1.5rem;font-variant-numeric:tabular-nums}.t{white-space:nowrap;color:var(--soft);font-variant-numeric:tabular-nums}.m{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,monospace;font-size:.86rem;overflow-wrap:anywhere}.evidence{min-width:12rem}.sender{min-width:9rem}.id,.client{white-space:nowrap}
        td.bar{width:34%;min-width:6rem;vertical-align:middle}td.bar svg{display:block;width:100%;height:.6rem;border-radius:4px}rect.rest{fill:var(--ground)}
        .action{font-weight:600}.action.refused,.action.closed{color:var(--block)}.action.passed{color:var(--alarm-ink)}.action.repaired{color:var(--good)}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0}
        .transcript{list-style:none;margin:0;padding:0;font-size:.88rem}.transcript li{display:grid;grid-template-columns:max-content 3.6rem 1fr;gap:.8rem;padding:.15rem 0}.transcript time{color:var(--soft);font-variant-numeric:tabular-nums}.side{color:var(--soft)}.transcript code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,monospace;overflow-wrap:anywhere}.client .side{color:var(--link)}.note code{color:var(--soft);font-style:italic}
        @media (max-width:40rem){main,header,footer{padding-left:.8rem;padding-right:.8rem}.search{width:100%}.search input{flex:1}dl{grid-template-columns:1fr}dt{margin-top:.4rem}.transcript li{grid-template-columns:3.6rem 1fr}.transcript time{display:none}.filter label{flex-basis:40%}.axis{font-size:32px}.minor{display:none}.n{padding-right:.7rem}.table{font-size:.92em}.wide{display:none}table.entries,.entries tbody{display:block}.entries thead{display:none}.entries tr{display:flex;flex-wrap:wrap;gap:.1rem .8rem;padding:.6rem 0;border-bottom:1px solid var(--line)}.entries tr:last-child{border:0}.entries td{border:0;padding:0;min-width:0}.entries td:empty{display:none}.entries .evidence{flex-basis:100%}}
        """
}
