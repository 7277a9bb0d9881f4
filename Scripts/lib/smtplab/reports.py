"""What an operator sees: the transaction log through smtp-report, and the statistics page, of a client that tries to put scripts there."""

from __future__ import annotations

import http.client
import json
import re
import smtplib
import sqlite3
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from .processes import Laboratory, eventually, free_port
from .proxy import Proxy
from .report import Results
from .sink import Sink

WHERE = "reports"
SCRIPT = "<script>alert(1)</script>"
TOKEN = "a token & of 'many' <letters>"
MESSAGE = f"""From: a@client.example
To: b@sink.test
Subject: {SCRIPT}
Date: Sun, 29 Nov 2026 12:00:00 +0000
Message-ID: <1@client.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="frontier"

--frontier
Content-Type: text/plain

Please pay.
--frontier
Content-Type: application/octet-stream; name="invoice.exe"
Content-Disposition: attachment; filename="invoice.exe"
Content-Transfer-Encoding: base64

TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAA
--frontier--
"""


class Reports:
    """A proxy with a log and a page for this machine, and one whose page asks for a token."""

    def __init__(self, laboratory: Laboratory, program: Path, results: Results) -> None:
        self._laboratory = laboratory
        self._program = program
        self.results = results
        self._sink = Sink(laboratory, program.parent / "mail-sink", "mail-sink-reports")
        self._log = laboratory.folder / "reports.sqlite"
        self._port = 0

    def run(self) -> None:
        proxy = self._proxy("proxy-reports")
        numbers = self._attack(proxy.port)
        for number in numbers:
            found = eventually(lambda: self._get(f"/search?id={number}")[0] == 303, timeout=5) and eventually(
                lambda: self._get(f"/violations/{number}")[0] == 200, timeout=5)
            self._judge(f"{number} is found on the page", None if found else "it is not")
        detail = self._get(f"/violations/{numbers[-1]}")[2]
        self._judge("the requests that led to it are there", None if "RCPT TO:&lt;" in detail and "EHLO" in detail else detail)
        self._judge("AUTH secrets are not", "they are" if "c2VjcmV0" in detail else None)
        paths = ["/", "/violations", f"/violations/{numbers[-1]}", f"/search?id={quote(SCRIPT)}", f"/violations?violation={quote(SCRIPT)}"]
        pages = [self._get(path) for path in paths]
        self._judge("scripts in names, addresses and searches are text", "one of them is not" if any(SCRIPT in page for _, _, page in pages) else None)
        self._judge("they are there, as text", None if all("&lt;script&gt;" in page for _, _, page in pages[2:]) else "one of them is not")
        policy = [headers.get("content-security-policy", "") for _, headers, _ in pages]
        self._judge("each page has a strict policy", None if all("default-src 'none'" in text and "unsafe" not in text for text in policy) else str(policy))
        self._judge("a page from elsewhere cannot read it", self._expect(self._get("/", {"Host": "evil.example"})[0], 421))
        self._judge("nothing can be changed", self._expect(self._get("/", method="POST")[0], 405))
        self._judge("a wrong request is told what is right", self._expect(self._get("/api/violations?client=nobody")[0], 400))
        self._judge("smtp-report shows the same", self._expect(self._report("show", numbers[-1]).get("supportID"), numbers[-1]))
        typed = self._report("violations", "--recipient", '"x y"@sink.test')
        self._judge("a recipient is found as it was typed", None if typed else "it is not")
        self._every_violation()
        self._judge("the proxy stops when asked", self._expect(proxy.stop(), 0))
        self._kept_message()
        self._token()
        self._trace()

    def _proxy(self, name: str, *options: str, host: str = "127.0.0.1") -> Proxy:
        self._port = free_port()
        proxy = Proxy(
            self._laboratory, self._program, self._sink.port, name, "--exempt", "127.0.0.0/8", "--transaction-log", str(self._log), "--stats",
            f"{host}:{self._port}", *options)
        # The page begins to listen after the proxy.
        eventually(lambda: self._get("/")[0] > 0, timeout=10)
        return proxy

    def _attack(self, port: int) -> list[str]:
        """Gives the Support IDs that the client saw."""
        with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=20) as client:
            replies = [
                client.docmd("EHLO", SCRIPT), client.ehlo(), client.docmd("AUTH", "PLAIN AGEAc2VjcmV0"), client.docmd("NOOP"), client.docmd("NOOP"),
                client.docmd("MAIL", f'FROM:<"{SCRIPT}"@client.example>'), client.docmd("RCPT", 'TO:<"x y"@sink.test>'),
                client.docmd("EXPN", SCRIPT)]
        words = [word.strip(")") for _, text in replies for word in text.decode().split()]
        return [word for word in words if len(word) == 19 and word.isdigit()]

    def _every_violation(self) -> None:
        """Puts one of each kind that there is into the log, as another writer would, and looks for each."""
        printed = subprocess.run([self._program, "--check-profile"], capture_output=True, text=True, timeout=60).stdout
        names = re.findall(r"^      ([a-z0-9-]+\.[a-z0-9-]+): ", printed.partition("\n    violations:\n")[2], re.MULTILINE)
        now = int(time.time() * 1_000)
        with sqlite3.connect(self._log, timeout=10) as database:
            database.executemany(
                "INSERT INTO entry (support_id, time, profile, check_name, violation, action, alarm, block, evidence, session, client, port, "
                "greeting_name, recipient_count, transaction_number) VALUES (?, ?, 'every', ?, ?, 'passed', 1, 0, '', 1, x'04C0000201', 25, '', 0, 0)",
                [(10**18 + number, now, name.partition(".")[0], name) for number, name in enumerate(names)])
            database.executemany(
                "INSERT INTO rollup VALUES (?, 'every', ?, ?, 1, 1, 0, ?, ?)",
                [(now // 60_000, name, name.partition(".")[0], now, now) for name in names])
        database.close()
        overview = self._get("/?profile=every")[2]
        missing = [name for name in names if f">{name}</a>" not in overview]
        self._judge("each of all violations is on the overview", None if len(names) > 100 and not missing else f"{missing} of {len(names)}")
        lost = [name for name in names if f"<td>{name}</td>" not in self._get(f"/violations?profile=every&violation={name}")[2]]
        self._judge("and leads to those of its kind", f"not {lost}" if lost else None)
        lost = [name for number, name in enumerate(names) if f"<h1>{name}</h1>" not in self._get(f"/violations/{10**18 + number}")[2]]
        self._judge("and to each by its Support ID", f"not {lost}" if lost else None)
        unsaid = [name for name in names if name not in {entry["violation"] for entry in self._report("summary")["violations"]}]
        self._judge("smtp-report has each of them", f"not {unsaid}" if unsaid else None)

    def _kept_message(self) -> None:
        """A profile that asks for the beginning of messages in which something was found."""
        file = self._laboratory.folder / "kept.yml"
        file.write_text("profiles:\n  kept:\n    inherits: default\n    session:\n      kept-message: 250\n    checks: {spf: false, sender-validation: false, greylist: false}\n")
        self._port = free_port()
        proxy = Proxy(
            self._laboratory, self._program, self._sink.port, "proxy-kept", "--profile", str(file), "--transaction-log", str(self._log), "--stats",
            f"127.0.0.1:{self._port}", enforce=None)
        message = MESSAGE.replace("\n", "\r\n")
        with smtplib.SMTP("127.0.0.1", proxy.port, "client.example", timeout=20) as client:
            try:
                client.sendmail("a@client.example", ["b@sink.test"], message)
                reply = "accepted"
            except smtplib.SMTPDataError as error:
                reply = str(error.smtp_error)
        numbers = re.findall(r"\b\d{19}\b", reply)
        if not numbers:
            return self._judge("a program in a message is refused", reply)
        found = eventually(lambda: self._get(f"/violations/{numbers[0]}")[0] == 200, timeout=5)
        self._judge("a message that was refused is on the page", None if found else "it is not")
        kept = subprocess.run(
            [self._program.parent / "smtp-report", "show", numbers[0], "--message", "--log", self._log], capture_output=True, timeout=60).stdout
        self._judge("with the octets that the profile asks for", self._expect(kept, message.encode()[:250]))
        page = self._get(f"/violations/{numbers[0]}")[2]
        self._judge("its text is text", None if SCRIPT not in page and "Subject: &lt;script&gt;" in page and "first 250 octets of" in page else page)
        self._judge("the rest of it is nowhere", "it is" if "Please pay" in page else None)
        self._judge("the proxy that keeps messages stops when asked", self._expect(proxy.stop(), 0))

    def _token(self) -> None:
        file = self._laboratory.folder / "token"
        file.write_text(TOKEN + "\n")
        refused = subprocess.run(
            [self._program, "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1", "--transaction-log", self._log, "--stats", f"0.0.0.0:{free_port()}"],
            capture_output=True, text=True, timeout=60)
        self._judge("a page for others needs a token", None if "--stats-token-file" in refused.stderr else refused.stderr)
        proxy = self._proxy("proxy-reports-token", "--stats-token-file", str(file), host="0.0.0.0")
        self._judge("without the token there is a question", self._expect(self._get("/")[0], 401))
        self._judge("and no JSON", self._expect(self._get("/api/summary")[0], 401))
        self._judge("a program with the token gets it", self._expect(self._get("/api/summary", {"Authorization": f"Bearer {TOKEN}"})[0], 200))
        self._judge("one with another does not", self._expect(self._get("/api/summary", {"Authorization": "Bearer x"})[0], 401))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self._judge("a wrong token is refused", self._expect(self._get("/login", form, "POST", "token=wrong")[0], 401))
        status, headers, _ = self._get("/login", form, "POST", f"token={quote(TOKEN)}")
        cookie = headers.get("set-cookie", "")
        self._judge("the token opens the page", self._expect(status, 302))
        self._judge("no script gets at the cookie", None if "HttpOnly" in cookie and "SameSite=Strict" in cookie else cookie)
        self._judge("the cookie is enough from then on", self._expect(self._get("/", {"Cookie": cookie.split(";")[0]})[0], 200))
        self._judge("the proxy with the token stops when asked", self._expect(proxy.stop(), 0))

    def _trace(self) -> None:
        proxy = Proxy(self._laboratory, self._program, self._sink.port, "proxy-trace", "--trace", "--log-format", "json")
        self._attack(proxy.port)
        self._judge("the proxy with traces stops when asked", self._expect(proxy.stop(), 0))
        records = [json.loads(line) for line in proxy.output.splitlines() if line.startswith("{")]
        spans = [record for record in records if record["label"] == "trace"]
        # The session's span ends last.
        parents = {span["name"]: span.get("parent", "none") for span in spans}
        wanted = {"smtp.session": "none", "smtp.transaction": spans[-1]["span"]}
        self._judge("a session is a trace, with its transaction", self._expect({name: parents.get(name) for name in wanted}, wanted))
        known = [violation for violation in records if violation["message"] == "violation"]
        self._judge("its violations are events of it", self._expect(spans[-1]["events"], str(len(known))))
        self._judge("AUTH secrets are not in traces", "they are" if "c2VjcmV0" in str(spans) else None)

    def _get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: str | None = None) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        except OSError as error:
            return 0, {}, repr(error)
        finally:
            connection.close()

    def _report(self, *words: str) -> dict | list:
        done = subprocess.run(
            [self._program.parent / "smtp-report", *words, "--json", "--log", self._log], capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def _judge(self, what: str, problem: str | None) -> None:
        self.results.judge(WHERE, what, problem)

    @staticmethod
    def _expect(found: object, expected: object) -> str | None:
        return None if found == expected else f"{found} instead of {expected}"
