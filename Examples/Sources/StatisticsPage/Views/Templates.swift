import Mustache

/// The pages. `{{…}}` escapes what it writes; `{{{…}}}` is for drawings of our own alone.
enum Templates {
    static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        for (name, text) in [
            ("overview", overview), ("list", list), ("detail", detail), ("problem", problem), ("login", login),
            ("head", head),
            ("foot", foot),
        ] {
            do {
                try library.register(text, named: name)
            } catch {
                preconditionFailure("the template \(name) is wrong: \(error)")
            }
        }
        return library
    }()

    private static let head = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>{{title}}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <link rel="stylesheet" href="/style.css"><script src="/live.js" defer></script></head><body>
        <header><a class="brand" href="/">SMTP security</a>
        <form class="search" action="/search" method="get" role="search"><label for="id">Support ID</label>
        <input id="id" name="id" inputmode="numeric" maxlength="64" placeholder="19 digits" value="{{search}}" autocomplete="off">
        <button>Find</button></form></header><main id="main">
        """

    private static let foot = """
        </main><footer>Times are UTC. {{#live}}<span id="live"></span>{{/live}}<a href="/api/summary">JSON</a> <a href="/metrics">Metrics</a></footer></body></html>
        """

    private static let overview = """
        {{> head}}
        <nav class="ranges" aria-label="Time">{{#ranges}}<a href="{{link}}"{{#chosen}} aria-current="true"{{/chosen}}>{{title}}</a>{{/ranges}}
        {{#profile}}<span class="chip">profile {{profile}} <a href="{{allProfiles}}" aria-label="all profiles">×</a></span>{{/profile}}</nav>
        <section class="cards">{{#cards}}<div class="card"><b>{{value}}</b><span>{{title}}</span></div>{{/cards}}</section>
        {{#dropped}}<p class="warning">{{dropped}} violations are missing: they came faster than they could be written.</p>{{/dropped}}
        <section><h2>Violations over time</h2><p class="legend"><span class="key block"></span>refused <span class="key alarm"></span>reported only</p>
        <div class="chart">{{{chart}}}</div></section>
        <section><h2>By check</h2>{{^checks}}<p>None.</p>{{/checks}}<div class="table"><table>{{#hasChecks}}<thead><tr><th>check</th><th class="n">count</th><th class="n">alarm</th><th class="n">block</th><th class="wide">refused, reported only</th></tr></thead>{{/hasChecks}}<tbody>
        {{#checks}}<tr><td><a href="{{link}}">{{name}}</a></td><td class="n">{{occurrences}}</td><td class="n">{{alarmed}}</td><td class="n">{{blocked}}</td><td class="bar wide">{{{bar}}}</td></tr>{{/checks}}</tbody></table></div></section>
        {{#hasChecks}}<section><h2>By violation</h2><div class="table"><table><thead><tr><th>violation</th><th class="n">count</th><th class="n">alarm</th><th class="n">block</th><th class="wide">last</th></tr></thead><tbody>
        {{#violations}}<tr><td><a href="{{link}}">{{name}}</a></td><td class="n">{{occurrences}}</td><td class="n">{{alarmed}}</td><td class="n">{{blocked}}</td><td class="t wide">{{last}}</td></tr>{{/violations}}</tbody></table></div></section>{{/hasChecks}}
        <section><h2>Traffic by profile</h2><div class="table"><table><thead><tr><th>profile</th><th class="n">sessions</th><th class="n">transactions</th><th class="n">messages</th><th class="n">recipients</th><th class="n">octets</th><th class="n">refused</th><th class="n">deferred</th><th class="n">checks not done</th></tr></thead><tbody>
        {{#profiles}}<tr><td><a href="{{link}}">{{name}}</a></td><td class="n">{{sessions}}</td><td class="n">{{transactions}}</td><td class="n">{{messages}}</td><td class="n">{{recipients}}</td><td class="n">{{octets}}</td><td class="n">{{refused}}</td><td class="n">{{deferred}}</td><td class="n">{{unavailable}}</td></tr>{{/profiles}}</tbody></table></div></section>
        {{> foot}}
        """

    private static let list = """
        {{> head}}
        <nav class="ranges" aria-label="Time"><a class="back" href="{{overview}}">Overview</a>{{#ranges}}<a href="{{link}}"{{#chosen}} aria-current="true"{{/chosen}}>{{title}}</a>{{/ranges}}</nav>
        <section><h1>{{heading}}</h1><form class="filter" method="get" action="/violations"><input type="hidden" name="range" value="{{range}}">
        {{#fields}}<label>{{name}}<input name="{{name}}" value="{{value}}" maxlength="512"></label>{{/fields}}<label>action<select name="action"><option value="">any</option>{{#actions}}<option{{#chosen}} selected{{/chosen}}>{{name}}</option>{{/actions}}</select></label><button>Filter</button></form>
        {{^entries}}<p>None.</p>{{/entries}}<div class="table"><table class="entries">{{#hasEntries}}<thead><tr><th>time</th><th>Support ID</th><th>violation</th><th>action</th><th>client</th><th>sender</th><th>evidence</th></tr></thead>{{/hasEntries}}<tbody>
        {{#entries}}<tr><td class="t">{{time}}</td><td class="m id"><a href="{{link}}">{{id}}</a></td><td>{{violation}}</td><td><span class="action {{action}}">{{action}}</span></td><td class="m client"><a href="{{clientLink}}">{{client}}</a></td><td class="m sender">{{sender}}</td><td class="m evidence">{{evidence}}</td></tr>{{/entries}}</tbody></table></div>
        {{#older}}<p><a href="{{older}}">Older</a></p>{{/older}}</section>
        {{> foot}}
        """

    private static let detail = """
        {{> head}}
        <nav class="ranges"><a class="back" href="/">Overview</a></nav>
        <section><h1>{{violation}}</h1><p><span class="action {{action}}">{{action}}</span> {{#alarm}}<span class="chip">alarm</span>{{/alarm}} {{#block}}<span class="chip">block</span>{{/block}}</p>
        <dl>{{#facts}}<dt>{{name}}</dt><dd class="m">{{value}}</dd>{{/facts}}</dl></section>
        <section><h2>Requests</h2>{{^lines}}<p>No lines of the session were kept.</p>{{/lines}}<ol class="transcript">{{#lines}}<li class="{{side}}"><time>{{time}}</time><span class="side">{{side}}</span><code>{{text}}</code></li>{{/lines}}</ol></section>
        {{#hasMessage}}<section><h2>Message</h2><p>{{messageTitle}}</p><ol class="transcript message">{{#message}}<li><code>{{.}}</code></li>{{/message}}</ol></section>{{/hasMessage}}
        {{> foot}}
        """

    private static let problem = """
        {{> head}}
        <section><h1>{{heading}}</h1><p class="m">{{reason}}</p><p><a href="/">Overview</a></p></section>
        {{> foot}}
        """

    private static let login = """
        {{> head}}
        <section><h1>Token</h1>{{#wrong}}<p class="warning">That is not the token.</p>{{/wrong}}<form class="filter" method="post" action="/login"><label>token<input type="password" name="token" maxlength="512" autocomplete="current-password"></label><button>Enter</button></form></section>
        {{> foot}}
        """
}
