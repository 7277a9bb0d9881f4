"""What becomes of senders: a real name server behind the proxy's resolver, swaks in front, and the headers of what arrives."""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .names import ForgetfulRelay, NameServer, SilentServer
from .processes import Laboratory, eventually, free_port
from .proxy import Proxy
from .report import Results
from .sink import Sink

WHERE = "NSD"

ZONES = {
    "example": """
client A 127.0.0.1
client TXT "v=spf1 a -all"
pass TXT "v=spf1 ip4:192.0.2.0/24 mx -all"
pass MX 10 client
fail MX 10 client
fail TXT "v=spf1 ip4:192.0.2.1 -all exp=why.%{d}"
why.fail TXT "%{i} is not one of %{d}'s, see https://example/?s=%{S}"
softfail MX 10 client
softfail TXT "v=spf1 include:_spf.%{d} ~all"
_spf.softfail TXT "v=spf1 ip4:192.0.2.2 -all"
neutral MX 10 client
neutral TXT "v=spf1 ?all"
none MX 10 client
loop MX 10 client
loop TXT "v=spf1 include:loop.example -all"
syntax MX 10 client
syntax TXT "v=spf1 ip4:300.1.1.1 -all"
late MX 10 client
late TXT "v=spf1 include:x.timeout.example -all"
big MX 10 client
big TXT "v=spf1 """ + " ".join(f"ip4:198.51.100.{number}" for number in range(12)) + """ " "ip4:127.0.0.1 -all"
nomail MX 0 .
nothing TXT "x"
""",
    "0.127.in-addr.arpa": "1.0 PTR client.example.\n",
}


@dataclass(frozen=True)
class Case:
    """One sender, and what has to come of it."""

    domain: str
    reply: str
    #: What `Authentication-Results` says of the sender.
    result: str = ""
    #: What `Received-SPF` has to have in it.
    received: str = ""
    violation: str = ""
    #: What the reply has to have in it.
    says: str = ""


CASES = [
    Case("pass.example", "250", "pass", "mechanism=mx"),
    Case(
        "fail.example", "550 5.7.23", violation="spf.fail",
        says="fail.example says: 127.0.0.1 is not one of fail.example's, see https://example/?s=anna%40fail.example"),
    Case("softfail.example", "250", "softfail", 'mechanism="~all"', violation="spf.softfail"),
    Case("neutral.example", "250", "neutral", 'mechanism="?all"'),
    Case("none.example", "250", "none"),
    Case("loop.example", "250", "permerror", "more than 10 terms", violation="spf.permerror"),
    Case("syntax.example", "250", "permerror", "an address that cannot be one", violation="spf.permerror"),
    Case("late.example", "250", "temperror", "no answer in time", violation="spf.temperror"),
    Case("big.example", "250", "pass", "ip4:127.0.0.1"),
    Case("nomail.example", "550 5.7.27", violation="sender-validation.domain-null-mx"),
    Case("nothing.example", "550 5.1.8", violation="sender-validation.domain-unresolvable"),
    Case("absent.example", "550 5.1.8", violation="sender-validation.domain-unresolvable"),
]


class Senders:
    """Proxies with resolvers, in front of the example's sink."""

    def __init__(self, laboratory: Laboratory, program: Path, results: Results) -> None:
        self._laboratory = laboratory
        self._program = program
        self.results = results
        self._sink = Sink(laboratory, program.parent / "mail-sink")

    def run(self) -> None:
        if not NameServer.is_available():
            self.results.skipped(WHERE, "senders", "nsd is not installed")
            return
        server = NameServer(self._laboratory, ZONES)
        relay = ForgetfulRelay(server.port, b"timeout")
        silent = SilentServer()
        try:
            proxy = self._proxy("proxy-senders", f"127.0.0.1:{relay.port}")
            for case in CASES:
                self._judge(f"mail from {case.domain}", self._case(proxy, case), case.result or case.reply)
            self._judge("forged results in our name go, others' stay", self._forged(proxy))
            strict = self._proxy(
                "proxy-senders-strict", f"127.0.0.1:{relay.port}", "--action", "spf.softfail=block", "--action", "spf.temperror=block",
                "--action", "spf.permerror=block")
            for domain, reply in (
                    ("softfail.example", "550 5.7.23"), ("late.example", "451 4.7.24"), ("loop.example", "550 5.7.24"), ("pass.example", "250")):
                self._judge(f"mail from {domain}, where the profile blocks", self._case(strict, Case(domain, reply, "pass" if reply == "250" else "")), reply)
            self._replay(relay.port)
            for what, resolver in (
                    ("that nobody knows", "resolver.invalid:53"), ("that is not there", f"127.0.0.1:{free_port()}"),
                    ("that never answers", f"127.0.0.1:{silent.port}")):
                name = "proxy-senders-" + what.split()[-1]
                open_mode = self._proxy(name, resolver)
                begin = time.monotonic()
                problem = self._case(open_mode, Case("pass.example", "250", "temperror"))
                seconds = time.monotonic() - begin
                if problem is None and seconds > 12:
                    problem = f"took {seconds:.0f} s"
                self._judge(f"a resolver {what}: mail goes on, and says so", problem, f"{seconds:.1f} s")
                blocking = self._proxy(name + "-blocking", resolver, "--action", "spf.temperror=block")
                self._judge(f"a resolver {what}, where the profile blocks", self._case(blocking, Case("pass.example", "451 4.7.24")), "451")
        finally:
            relay.stop()
            silent.stop()

    def _replay(self, port: int) -> None:
        """What came in while nobody looked at senders, played again with names that smtp-replay asks for."""
        folder = self._laboratory.subfolder("recordings-senders")
        proxy = Proxy(
            self._laboratory, self._program, self._sink.port, "proxy-senders-recording", "--exempt", "127.0.0.0/8", "--record", str(folder))
        for domain in ("fail.example", "pass.example", "nomail.example"):
            self._send(proxy, domain)
        self._judge("the proxy that records stops when asked", None if proxy.stop() == 0 else "it does not")
        profile = self._laboratory.folder / "senders.yml"
        profile.write_text("profiles: {p: {checks: {rate-limit: false, directory-harvest: false}}}\n")
        for what, options, expected in (
                ("without names no sender is refused", (), {}),
                ("with names those are that would have been", ("--resolver", f"127.0.0.1:{port}"), {"spf.fail": 1, "sender-validation.domain-null-mx": 1})):
            done = subprocess.run(
                [self._program.parent / "smtp-replay", "--json", "--profile", profile, *options, folder], capture_output=True, text=True, timeout=120)
            refused = json.loads(done.stdout or "{}").get("messagesRefused", {}).get("byViolation")
            self._judge(f"replay: {what}", None if refused == expected else f"{refused} {done.stderr}")

    def _proxy(self, name: str, resolver: str, *options: str) -> Proxy:
        return Proxy(
            self._laboratory, self._program, self._sink.port, name, "--resolver", resolver, "--resolver-timeout", "2", "--exempt",
            "127.0.0.0/8", *options, log_level="info")

    def _judge(self, what: str, problem: str | None, detail: str = "") -> None:
        self.results.judge(WHERE, what, problem, detail)

    def _send(self, proxy: Proxy, domain: str, *headers: str) -> str:
        """What swaks saw: the reply that decided."""
        added = [word for header in headers for word in ("--add-header", header)]
        done = subprocess.run(
            ["swaks", "--server", f"127.0.0.1:{proxy.port}", "--helo", "client.example", "--from", f"anna@{domain}", "--to",
             "bob@sink.example", "--body", "hello", "--timeout", "60", *added],
            capture_output=True, text=True, timeout=90, check=False)
        answers = re.findall(r"^<(?:-|\*\*) +(\d{3}[ -].*)$", done.stdout, re.MULTILINE)
        refused = [answer for answer in answers if answer[0] in "45"]
        return " / ".join(refused) if refused else ([answer for answer in answers if answer.startswith("250")] or ["nothing"])[-1]

    def _case(self, proxy: Proxy, case: Case) -> str | None:
        before = self._sink.messages
        reply = self._send(proxy, case.domain).replace("-", " ", 1)
        if not reply.startswith(case.reply):
            return f"{case.reply} expected, not {reply}"
        if case.says not in reply:
            return f"{case.says} expected in {reply}"
        if case.violation and not eventually(lambda: f"violation={case.violation}" in proxy.output, timeout=5):
            return f"{case.violation} is not in the log"
        if case.reply != "250":
            return None if self._sink.messages == before else "it was delivered all the same"
        if not eventually(lambda: self._sink.messages > before, timeout=5):
            return "it did not arrive"
        header = re.sub(r"\r?\n[ \t]+", " ", self._sink.latest.split("\n\n")[0].split("\r\n\r\n")[0])
        # Behind what the sink itself has put there.
        lines = [line.strip() for line in header.split("\n")]
        first = next((line for line in lines if not line.startswith(("Return-Path:", "Delivered-To:", "Received: ", "X-"))), "")
        if not first.startswith("Authentication-Results: proxy.test; "):
            return f"the first line is {first}"
        if not re.search(rf"spf={case.result}( reason=\"[^\"]*\")? smtp\.mailfrom=anna@{re.escape(case.domain)}(;|$)", first):
            return f"spf={case.result} expected in {first}"
        received = next((line for line in lines if line.startswith("Received-SPF: ")), "")
        if not received.startswith(f"Received-SPF: {case.result} ") or case.received not in received:
            return f"{case.result}, {case.received} expected in {received}"
        return None

    def _forged(self, proxy: Proxy) -> str | None:
        before = self._sink.messages
        self._send(
            proxy, "softfail.example", "Authentication-Results: PROXY.test; spf=pass smtp.mailfrom=anna@forged.example",
            "Authentication-Results: other.example; dkim=pass header.d=kept.example")
        if not eventually(lambda: self._sink.messages > before, timeout=5):
            return "it did not arrive"
        message = self._sink.latest
        if "forged.example" in message:
            return "what was forged is there"
        return None if "kept.example" in message else "another's is gone"
