/// Loads the page anew every few seconds, while somebody looks at it and is not typing. Without it the page is the same, as of when it was loaded.
enum LiveScript {
    static let text = """
        "use strict";
        const said = document.getElementById("live");
        async function renew() {
          const main = document.getElementById("main");
          if (document.hidden || main.contains(document.activeElement) || String(getSelection())) return;
          try {
            const answer = await fetch(location.href, {credentials: "same-origin", redirect: "error"});
            if (!answer.ok) throw new Error(answer.status);
            const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
            if (fresh && fresh.innerHTML !== main.innerHTML) main.replaceChildren(...fresh.childNodes);
            said.textContent = "Live.";
          } catch (error) { said.textContent = "Not up to date: the proxy does not answer."; }
        }
        if (said) setInterval(renew, 5000);
        """
}
