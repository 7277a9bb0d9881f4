"""What becomes of malware: Python's smtplib in front, the example's sink behind, and libclamav, clamd or c-icap beside it."""

from __future__ import annotations

import os
import shutil
import signal
import smtplib
import subprocess
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from .attachments import tarred, with_attachment, zipped
from .processes import Laboratory, eventually
from .proxy import Proxy
from .report import Results
from .scanners import Clamd, ICAPServer
from .signatures import VIRUS, write_signatures
from .sink import Sink

WHERE = "viruses"


@dataclass(frozen=True)
class Case:
    """A file, and what has to come of a message with it."""

    title: str
    name: str
    content: bytes
    encoding: str = "base64"
    is_infected: bool = True
    violation: str = "infected"


CASES = [
    Case("a text without a virus", "notes.txt", b"hello\n", is_infected=False, violation=""),
    Case("an archive without a virus", "files.zip", zipped("notes.txt", b"hello"), is_infected=False, violation=""),
    Case("the test virus in base64", "notes.txt", VIRUS),
    Case("the test virus in quoted-printable", "notes.txt", VIRUS, "quoted-printable"),
    Case("the test virus in zip", "files.zip", zipped("notes.txt", VIRUS)),
    Case("the test virus in zip in zip", "files.zip", zipped("more.zip", zipped("notes.txt", VIRUS))),
    Case("the test virus in tar.gz", "files.tar.gz", tarred("notes.txt", VIRUS)),
]


class Viruses:
    """Proxies with one scanner each, and with all of them."""

    def __init__(self, laboratory: Laboratory, program: Path, results: Results) -> None:
        self._laboratory = laboratory
        self._program = program
        self._scan = program.parent / "message-scan"
        self.results = results
        self._sink = Sink(laboratory, program.parent / "mail-sink", "mail-sink-viruses")
        self._signatures = write_signatures(laboratory.folder / "signatures")

    def run(self) -> None:
        options: dict[str, list[str]] = {"libclamav": ["--virus-database", str(self._signatures)]}
        clamd = icap = None
        if Clamd.is_available():
            clamd = Clamd(self._laboratory, self._signatures)
            options["clamd"] = ["--clamd", str(clamd.socket)]
        else:
            self.results.skipped(WHERE, "clamd", "clamd is not installed")
        if clamd and ICAPServer.is_available():
            icap = ICAPServer(self._laboratory, clamd)
            options["c-icap"] = ["--icap", icap.url]
        else:
            self.results.skipped(WHERE, "c-icap", "c-icap or its module virus_scan is not installed")
        if len(options) == 3:
            options["all three"] = [option for each in options.values() for option in each] + ["--scan-rule", "all"]
        for name, words in options.items():
            proxy = self._proxy(name, *words)
            for case in CASES:
                self._judge(f"{name}: {case.title}", self._outcome(proxy, case))
            status = proxy.stop()
            self._judge(f"{name}: the proxy stops when asked", f"exit status {status}" if status else None)
        if clamd:
            self._away(clamd, icap)
        self._new_signatures()
        self._message_scan()

    def _proxy(self, name: str, *options: str) -> Proxy:
        return Proxy(
            self._laboratory, self._program, self._sink.port, f"proxy-viruses-{name.replace(' ', '-')}", "--exempt", "127.0.0.0/8", *options,
            log_level="info")

    def _judge(self, what: str, problem: str | None, detail: str = "") -> None:
        self.results.judge(WHERE, what, problem, detail)

    def _message(self, case: Case) -> EmailMessage:
        return with_attachment(
            case.title, case.name, case.content, maintype="application", subtype="octet-stream", cte=case.encoding)

    def _send(self, proxy: Proxy, case: Case) -> str:
        with smtplib.SMTP("127.0.0.1", proxy.port, "client.example", timeout=60) as client:
            try:
                client.send_message(self._message(case))
                return "250"
            except smtplib.SMTPDataError as error:
                return f"{error.smtp_code} {error.smtp_error.decode()}"

    def _outcome(self, proxy: Proxy, case: Case) -> str | None:
        before = self._sink.messages
        reply = self._send(proxy, case)
        if not case.is_infected:
            if reply != "250":
                return f"250 expected, not {reply}"
            return None if eventually(lambda: self._sink.messages > before, timeout=5) else "it did not arrive"
        if not reply.startswith("550 5.7.1"):
            return f"550 expected, not {reply}"
        if not eventually(lambda: f"violation=antivirus.{case.violation}" in proxy.output, timeout=5):
            return f"antivirus.{case.violation} is not in the log"
        return None if self._sink.messages == before else "it was delivered all the same"

    def _away(self, clamd: Clamd, icap: ICAPServer | None) -> None:
        """Scanners that are away, and others that stand in for them."""
        socket = str(clamd.socket)
        alone = self._proxy("clamd-away", "--clamd", socket)
        taking = self._proxy("clamd-away-open", "--clamd", socket, "--scan-failure", "open")
        helped = self._proxy(
            "clamd-away-helped", "--clamd", socket, "--virus-database", str(self._signatures), "--scan-rule", "first")
        clean, infected = CASES[0], CASES[2]
        self._judge("clamd, before it is killed", self._outcome(alone, infected))
        clamd.child.send_signal(signal.SIGKILL)
        clamd.child.stop()
        before = self._sink.messages
        reply = self._send(alone, clean)
        self._judge("clamd is away: refused for now", None if reply.startswith("451 ") else f"451 expected, not {reply}")
        logged = eventually(lambda: "violation=antivirus.unscanned-unavailable" in alone.output, timeout=5)
        self._judge("clamd is away: it is in the log", None if logged else "unscanned-unavailable is not in the log")
        self._judge("clamd is away: nothing arrives", None if self._sink.messages == before else "it was delivered")
        self._judge("clamd is away, --scan-failure open: it goes on", self._outcome(taking, clean))
        self._judge("clamd is away, another scanner stands in", self._outcome(helped, infected))
        if icap:
            # It answers that its scanner is away, or that nothing is wrong: what counts is that it says so.
            proxy = self._proxy("c-icap-without-clamd", "--icap", icap.url)
            reply = self._send(proxy, infected)
            self._judge("c-icap without its clamd: refused", None if reply[0] in "45" else f"not {reply}")

    def _new_signatures(self) -> None:
        """Signatures that come while the proxy runs."""
        folder = self._laboratory.folder / "signatures-new"
        shutil.copytree(self._signatures, folder)
        proxy = self._proxy("reload", "--virus-database", str(folder), "--virus-database-interval", "1")
        new = Case("a new virus", "notes.txt", b"something new\n")
        self._judge("a virus that nobody knows yet", self._outcome(proxy, Case("", "notes.txt", new.content, is_infected=False)))
        (folder / "broken.ndb").write_text("this is no signature\n")
        refused = eventually(lambda: "virus database refused" in proxy.output, timeout=10)
        self._judge("broken signatures are refused", None if refused else "it is not in the log")
        self._judge("the old ones are still in use", self._outcome(proxy, CASES[2]))
        (folder / "broken.ndb").unlink()
        (folder / "new.ndb").write_text(f"New:0:*:{new.content.hex()}\n")
        loaded = eventually(lambda: "virus database reloaded" in proxy.output and "signatures=3" in proxy.output, timeout=10)
        self._judge("new signatures are loaded", None if loaded else "it is not in the log")
        self._judge("the new virus is found", self._outcome(proxy, new))

    def _message_scan(self) -> None:
        names = {}
        for index, case in enumerate((CASES[0], CASES[2], CASES[4])):
            path = self._laboratory.folder / f"scan-{index}.eml"
            path.write_bytes(self._message(case).as_bytes())
            names[str(path)] = case
        done = subprocess.run(
            [self._scan, "--database", str(self._signatures), *names], capture_output=True, text=True, timeout=60, check=False)
        paths = list(names)
        wanted = [
            f"{paths[0]}: clean", f"{paths[1]}: infected Test-By-Bytes.UNOFFICIAL (2)", f"{paths[2]}: infected Test-By-Bytes.UNOFFICIAL (2)"]
        right = done.stdout.splitlines() == wanted and done.returncode == 1
        self._judge("message-scan tells them apart", None if right else f"{done.stdout!r} {done.stderr!r} {done.returncode}")
        done = subprocess.run([self._scan, "--database", str(self._signatures), paths[0], os.devnull], capture_output=True, timeout=60, check=False)
        self._judge("message-scan: exit status 0 if nothing is infected", None if done.returncode == 0 else f"{done.returncode}")
        done = subprocess.run([self._scan, "--database", os.devnull, paths[0]], capture_output=True, timeout=60, check=False)
        self._judge("message-scan: exit status 2 without signatures", None if done.returncode == 2 else f"{done.returncode}")
