"""What another profile would have done: sessions of real clients recorded by the proxy, and played again by smtp-replay."""

from __future__ import annotations

import json
import shutil
import smtplib
import stat
import subprocess
from pathlib import Path

from .processes import Laboratory
from .proxy import Proxy
from .report import Results
from .sink import Sink

WHERE = "replay"
SECRET = "AGFub255bW91cwBzZWNyZXQtd29yZA=="
RELAYED = "elsewhere.test"

#: Refuses large messages, and mail for a domain that is not ours.
STRICT = """\
profiles:
  strict:
    enforcement: transparent
    session: {limits: {message: 20K}}
    checks:
      recipient-validation: {relay-domains: [sink.test]}
      rate-limit: false
      directory-harvest: false
"""
LENIENT = """\
profiles:
  lenient:
    checks: {rate-limit: false, directory-harvest: false}
"""


class Replay:
    """A proxy that records, and profiles tried on what it has recorded."""

    def __init__(self, laboratory: Laboratory, program: Path, results: Results) -> None:
        self._laboratory = laboratory
        self._program = program
        self.results = results
        self._sink = Sink(laboratory, program.parent / "mail-sink", "mail-sink-replay")
        self._strict = laboratory.folder / "strict.yml"
        self._lenient = laboratory.folder / "lenient.yml"

    def run(self) -> None:
        self._strict.write_text(STRICT)
        self._lenient.write_text(LENIENT)
        folder = self._laboratory.subfolder("recordings")
        self._record(folder)
        files = sorted(folder.glob("sessions-*.smtprec"))
        self._judge("there is a recording, for its owner alone", None if [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] else str(files))
        octets = b"".join(file.read_bytes() for file in files)
        self._judge("the secret of AUTH is not in it", "it is" if SECRET.encode() in octets or b"secret" in octets else None)
        self._judge("the mail is", None if b"Subject: large" in octets else "it is not")
        self._compare(folder)
        self._damage(files[0] if files else folder)
        self._limit()

    def _record(self, folder: Path) -> None:
        proxy = Proxy(
            self._laboratory, self._program, self._sink.port, "proxy-replay", "--exempt", "127.0.0.0/8", "--record", str(folder), enforce="alarm")
        with smtplib.SMTP("127.0.0.1", proxy.port, "client.example", timeout=20) as client:
            client.ehlo()
            client.docmd("AUTH", f"PLAIN {SECRET}")
            client.sendmail("a@client.example", ["b@sink.test"], "Subject: small\r\n\r\nfine\r\n")
            client.sendmail("a@client.example", ["b@sink.test"], "Subject: large\r\n\r\n" + "0123456789\r\n" * 5_000)
            client.sendmail("a@client.example", [f"c@{RELAYED}"], "Subject: relayed\r\n\r\nno\r\n")
        if shutil.which("swaks"):
            done = subprocess.run(
                ["swaks", "--server", f"127.0.0.1:{proxy.port}", "--from", "s@client.example", "--to", f"d@{RELAYED}", "--pipeline"],
                capture_output=True, text=True, timeout=60)
            self._judge("swaks delivers while it is recorded", None if done.returncode == 0 else done.stdout[-300:])
        self._judge("the proxy stops when asked", None if proxy.stop() == 0 else "it does not")

    def _compare(self, folder: Path) -> None:
        same = self._replay("--profile", str(self._lenient), str(folder))
        self._judge("the profile that mail came through refuses nothing", None if same.returncode == 0 else same.stdout + same.stderr)
        text = self._replay("--profile", str(self._strict), "--against", str(self._lenient), str(folder))
        self._judge("a stricter one says so in its exit status", None if text.returncode == 3 else f"{text.returncode}: {text.stderr}")
        report = json.loads(self._replay("--json", "--profile", str(self._strict), "--against", str(self._lenient), str(folder)).stdout or "{}")
        refused = report.get("messagesRefused", {})
        relayed = 2 if shutil.which("swaks") else 1
        by_violation = refused.get("byViolation", {})
        sizes = sum(count for name, count in by_violation.items() if "large" in name)
        others = sum(count for name, count in by_violation.items() if "large" not in name)
        self._judge("the large message and what is not for us would be refused", None if (sizes, others) == (1, relayed) else str(by_violation))
        changed = [change["violation"] for change in report.get("violations", []) if change["policy"]["raised"] > change["baseline"]["raised"]]
        self._judge("nothing that only follows from it is told", None if sorted(changed) == sorted(by_violation) else f"{changed} for {list(by_violation)}")
        self._judge("the printed examples have sender, recipient and reply", None if all(
            words in text.stdout for words in ("from <a@client.example> to <b@sink.test>", f"<c@{RELAYED}>", "at recipients: 5")) else text.stdout)
        other = self._replay("--profile", str(self._strict), "--as", "default", str(folder))
        self._judge("another profile of the file is chosen by its name", None if other.returncode == 0 else other.stdout + other.stderr)
        as_written = self._replay("--as-written", "--profile", str(self._strict), str(folder))
        self._judge("as it is written, the transparent profile refuses no recipient", None if f"<c@{RELAYED}>" not in as_written.stdout else as_written.stdout)

    def _damage(self, file: Path) -> None:
        octets = file.read_bytes()
        cut_off = self._laboratory.folder / "cut-off.smtprec"
        cut_off.write_bytes(octets[:-7])
        early = self._replay("--profile", str(self._lenient), str(cut_off))
        self._judge("a recording that ends early is read up to there", None if "1 of 1 files end early" in early.stdout else early.stdout + early.stderr)
        damaged = self._laboratory.folder / "damaged.smtprec"
        damaged.write_bytes(octets[:100] + bytes([octets[100] ^ 1]) + octets[101:])
        wrong = self._replay("--profile", str(self._lenient), str(damaged))
        self._judge("damage is told with its place", None if wrong.returncode == 1 and f"{damaged}: at octet " in wrong.stderr else wrong.stderr)
        missing = subprocess.run(
            [self._program, "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1", "--record", self._laboratory.folder / "missing"],
            capture_output=True, text=True, timeout=60)
        self._judge("--record needs a folder that is there", None if "there is no such folder" in missing.stderr else missing.stderr)

    def _limit(self) -> None:
        folder = self._laboratory.subfolder("recordings-limited")
        proxy = Proxy(
            self._laboratory, self._program, self._sink.port, "proxy-replay-limited", "--exempt", "127.0.0.0/8", "--record", str(folder),
            "--record-limit", "1", enforce="alarm")
        for _ in range(12):
            with smtplib.SMTP("127.0.0.1", proxy.port, "client.example", timeout=20) as client:
                client.sendmail("a@client.example", ["b@sink.test"], "Subject: x\r\n\r\n" + "0123456789\r\n" * 25_000)
        self._judge("the proxy with a limit stops when asked", None if proxy.stop() == 0 else "it does not")
        octets = sum(file.stat().st_size for file in folder.glob("sessions-*.smtprec"))
        self._judge("recordings keep to their limit", None if 100_000 < octets <= 1 << 20 else f"{octets} octets")
        left = self._replay("--profile", str(self._lenient), str(folder))
        self._judge("what is left of them can be played", None if left.returncode == 0 else left.stderr)

    def _replay(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self._program.parent / "smtp-replay", *words], capture_output=True, text=True, timeout=120)

    def _judge(self, what: str, problem: str | None) -> None:
        self.results.judge(WHERE, what, problem)
