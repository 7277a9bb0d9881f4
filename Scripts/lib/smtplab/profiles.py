"""What profiles in files do: two listeners, Python's smtplib in front, the example's sink behind, and other profiles while it runs."""

from __future__ import annotations

import smtplib
import subprocess
from pathlib import Path

from .processes import Laboratory, eventually, free_port
from .proxy import Proxy
from .report import Results
from .sink import Sink

WHERE = "profiles"

TEXT = """\
use: inbound
select:
  - {{listeners: [{submission}], profile: submission}}
profiles:
  inbound:
    session: {{hostname: in.test}}
    checks: {{methods: {{verbs: {{HELP: {help}}}}}, rate-limit: {{exempt-networks: [127.0.0.0/8]}}}}
  submission:
    inherits: inbound
    enforcement: transparent
    session: {{hostname: out.test}}
"""


class Profiles:
    """A proxy with a profile for each of two listeners."""

    def __init__(self, laboratory: Laboratory, program: Path, results: Results) -> None:
        self._laboratory = laboratory
        self._program = program
        self.results = results
        self._sink = Sink(laboratory, program.parent / "mail-sink", "mail-sink-profiles")
        self._file = laboratory.folder / "profiles.yml"

    def run(self) -> None:
        # The second listener's port is not known before the proxy runs, so that profile comes with the first reload.
        self._write(free_port(), "disallow")
        proxy = Proxy(
            self._laboratory, self._program, self._sink.port, "proxy-profiles", "--profile", str(self._file), enforce=None, ports=2)
        first, second = proxy.ports
        self._expect("the file's profile holds", [self._say(port) for port in proxy.ports], [("in.test", 502)] * 2)
        self._write(second, "disallow")
        self._reload(proxy, "read again")
        self._expect(
            "SIGHUP: each listener has its profile, and what is transparent refuses nothing", [self._say(first), self._say(second)],
            [("in.test", 502), ("out.test", 214)])
        open_session = smtplib.SMTP("127.0.0.1", first, "client.example", timeout=20)
        self._write(second, "dissalow")
        self._reload(proxy, "stay in force")
        self._expect("SIGHUP: a wrong file leaves what was in force", [self._say(first)], [("in.test", 502)])
        self._judge(
            "the log says what is wrong with it",
            None if 'profiles.yml:7:38: profiles.inbound.checks.methods.verbs.HELP: found "dissalow"' in proxy.output.replace('\\"', '"')
            else "nothing about line 7")
        self._write(second, "allow")
        self._reload(proxy, "read again", times=2)
        self._expect("SIGHUP: another file changes new sessions", [self._say(first)], [("in.test", 214)])
        self._expect("a session that had begun keeps its profile", [open_session.docmd("HELP")[0]], [502])
        open_session.quit()
        status = proxy.stop()
        self._judge("the proxy stops when asked", f"exit status {status}" if status else None)
        self._command_line()

    def _write(self, submission: int, help_: str) -> None:
        self._file.write_text(TEXT.format(submission=submission, help=help_))

    def _reload(self, proxy: Proxy, words: str, times: int = 1) -> None:
        proxy.reload()
        if not eventually(lambda: proxy.output.count(words) >= times, timeout=10):
            self._judge(f"SIGHUP: {words}", "the log does not say so")

    @staticmethod
    def _say(port: int) -> tuple[str, int]:
        with smtplib.SMTP(timeout=20, local_hostname="client.example") as client:
            _, banner = client.connect("127.0.0.1", port)
            client.ehlo()
            return banner.decode().split()[0], client.docmd("HELP")[0]

    def _command_line(self) -> None:
        def run(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run([self._program, *words], capture_output=True, text=True, timeout=60)

        printed = run("--check-profile", "--profile", str(self._file))
        again = self._laboratory.folder / "printed.yml"
        again.write_text(printed.stdout)
        self._expect("--check-profile prints what is in force, as a file", [run("--check-profile", "--profile", str(again)).stdout], [printed.stdout])
        self._file.write_text("profiles: {a: {enforcment: block}}")
        wrong = run("--check-profile", "--profile", str(self._file))
        problem = f'{self._file}:1:16: profiles.a.enforcment: there is no such key here; did you mean "enforcement"?'
        self._expect("--check-profile says what is wrong", [wrong.returncode, wrong.stderr.strip()], [1, problem])
        both = run("--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1", "--profile", str(self._file), "--greylist", "5")
        self._judge("options about checks do not go with --profile", None if both.returncode == 64 else f"exit status {both.returncode}")

    def _judge(self, what: str, problem: str | None) -> None:
        self.results.judge(WHERE, what, problem)

    def _expect(self, what: str, found: list[object], expected: list[object]) -> None:
        self._judge(what, None if found == expected else f"{found} instead of {expected}")
