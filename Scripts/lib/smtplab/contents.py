"""What becomes of attachments: swaks and Python's smtplib in front, the example's sink behind, and message-inspect beside it."""

from __future__ import annotations

import json
import re
import smtplib
import subprocess
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from .attachments import tarred, with_attachment, zipped
from .processes import Laboratory, eventually
from .proxy import Proxy
from .report import Results
from .sink import Sink

WHERE = "contents"

PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(300)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@dataclass(frozen=True)
class Case:
    """A file, and what has to come of a message with it."""

    title: str
    name: str
    content: bytes
    reply: str = "250"
    violation: str = ""


CASES = [
    Case("a text", "notes.txt", b"hello\n"),
    Case("a document", "report.pdf", PDF),
    Case("a picture with a name in Unicode", "caf\u00e9 \u65e5\u672c.png", PNG),
    Case("an archive", "files.zip", zipped("notes.txt", b"hello")),
    Case("a program", "setup.exe", PROGRAM, "550 5.7.1", "attachment-extension"),
    Case("a program under another name", "setup.dat", PROGRAM, "550 5.7.1", "attachment-type"),
    Case("a program in an archive", "files.zip", zipped("setup.exe", PROGRAM), "550 5.7.1", "attachment-extension"),
    Case("a program in an archive in an archive", "a.zip", zipped("b.zip", zipped("x.scr", PROGRAM)), "550 5.7.1", "attachment-extension"),
    Case("a program in tar.gz", "a.tar.gz", tarred("x/setup", PROGRAM), "550 5.7.1", "attachment-type"),
    Case("a bomb", "a.zip", zipped("zeros", bytes(20 << 20)), "550 5.7.1", "attachment-archive-limit"),
    Case("an encrypted archive: an alarm, and it goes on", "a.zip", zipped("a.txt", b"secret" * 20, True), "250", "attachment-encrypted"),
]


class Contents:
    """A proxy that looks at what is in messages."""

    def __init__(self, laboratory: Laboratory, program: Path, results: Results) -> None:
        self._laboratory = laboratory
        self._inspect = program.parent / "message-inspect"
        self.results = results
        self._sink = Sink(laboratory, program.parent / "mail-sink", "mail-sink-contents")
        self._proxy = Proxy(laboratory, program, self._sink.port, "proxy-contents", "--exempt", "127.0.0.0/8", log_level="info")

    def run(self) -> None:
        for case in CASES:
            self._judge(f"smtplib: {case.title}", self._with_smtplib(case), case.violation or case.reply)
        for case in (CASES[0], CASES[4], CASES[6]):
            self._judge(f"swaks: {case.title}", self._with_swaks(case), case.violation or case.reply)
        self._judge("message-inspect: nothing is wrong with what smtplib makes", self._inspected(self._message(CASES[1]).as_bytes(), []))
        ambiguous = self._message(CASES[1]).as_bytes().replace(b"MIME-Version: 1.0", b"MIME-Version: 1.0\nContent-Type: text/plain")
        self._judge(
            "message-inspect: two Content-Types", self._inspected(ambiguous, ["content-validation.mime-ambiguous"]))

    def _judge(self, what: str, problem: str | None, detail: str = "") -> None:
        self.results.judge(WHERE, what, problem, detail)

    def _message(self, case: Case) -> EmailMessage:
        main, sub = ("image", "png") if case.name.endswith(".png") else ("application", "octet-stream")
        return with_attachment(case.title, case.name, case.content, maintype=main, subtype=sub)

    def _with_smtplib(self, case: Case) -> str | None:
        before = self._sink.messages
        with smtplib.SMTP("127.0.0.1", self._proxy.port, "client.example", timeout=60) as client:
            try:
                client.send_message(self._message(case))
                reply = "250"
            except smtplib.SMTPDataError as error:
                reply = f"{error.smtp_code} {error.smtp_error.decode()}"
        return self._outcome(case, reply, before)

    def _with_swaks(self, case: Case) -> str | None:
        before = self._sink.messages
        file = self._laboratory.folder / case.name
        file.write_bytes(case.content)
        done = subprocess.run(
            ["swaks", "--server", f"127.0.0.1:{self._proxy.port}", "--helo", "client.example", "--from", "anna@client.example", "--to",
             "bob@sink.example", "--body", "hello", "--attach-name", case.name, "--attach", f"@{file}", "--timeout", "60"],
            capture_output=True, text=True, timeout=90, check=False)
        answers = re.findall(r"^<(?:-|\*\*) +(\d{3}[ -].*)$", done.stdout, re.MULTILINE)
        refused = [answer for answer in answers if answer[0] in "45"]
        return self._outcome(case, refused[0] if refused else "250" if answers else "nothing", before)

    def _outcome(self, case: Case, reply: str, before: int) -> str | None:
        if not reply.startswith(case.reply):
            return f"{case.reply} expected, not {reply}"
        if case.violation and not eventually(lambda: f"violation=content-validation.{case.violation}" in self._proxy.output, timeout=5):
            return f"{case.violation} is not in the log"
        if case.reply != "250":
            return None if self._sink.messages == before else "it was delivered all the same"
        return None if eventually(lambda: self._sink.messages > before, timeout=5) else "it did not arrive"

    def _inspected(self, message: bytes, violations: list[str]) -> str | None:
        done = subprocess.run([self._inspect, "--json"], input=message, capture_output=True, timeout=60, check=False)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            return f"no JSON: {done.stdout[:100]!r} {done.stderr[:200]!r}"
        found = [item["violation"] for item in report["violations"]]
        if sorted(set(found)) != violations or done.returncode != (1 if violations else 0):
            return f"{violations} expected, not {found}, exit status {done.returncode}"
        # The message, its text and its attachment.
        return None if len(report["parts"]) >= 3 else f"{len(report['parts'])} parts"
