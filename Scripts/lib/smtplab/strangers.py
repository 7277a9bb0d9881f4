"""What strangers meet: a harvester that learns nothing, and a mail server that is asked to come back and does."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

from .messages import make
from .postfix import Postfix
from .processes import Laboratory, eventually
from .proxy import Proxy
from .report import Results
from .state import State
from .wire import RawSession, SessionEnded

#: A client in another network than the harvester, which comes from 127.0.0.1.
ELSEWHERE = "127.0.9.1"
#: Mailboxes that exist. The second one stands far down in the harvester's list.
MAILBOXES = ("alice", "zoe")


class Strangers:
    """A proxy for which nobody is exempt, in front of a Postfix that has two mailboxes."""

    def __init__(self, laboratory: Laboratory, program: Path, results: Results) -> None:
        self._laboratory = laboratory
        self._program = program
        self.results = results
        self._server = Postfix(laboratory, "strict", mailboxes=MAILBOXES)

    def run(self) -> None:
        self._harvest()
        self._greylist()
        State(self._laboratory, self._program, self._server, self.results).run()

    # Directory harvesting

    def _harvest(self) -> None:
        where, what = self._server.name, "nmap smtp-enum-users"
        if not shutil.which("nmap"):
            self.results.skipped(where, what, "nmap is not installed")
            return
        proxy = Proxy(self._laboratory, self._program, self._server.port, "proxy-harvest", log_level="info")
        straight = self._enumerate(self._server.port)
        self.results.judge(
            where, f"{what}, straight to it, as proof", None if set(MAILBOXES) <= straight else "it finds too little to prove anything",
            f"finds {', '.join(sorted(straight))}")
        found = self._enumerate(proxy.port)
        self.results.judge(
            where, f"{what}, through the proxy", self._problem(proxy, found), f"finds {', '.join(sorted(found)) or 'nothing'} and is stopped")
        answers = {re.sub(r"\d{19}", "#", answer) for answer in self._ask(proxy, *MAILBOXES, "nobody", "root")}
        uniform = answers == {"451 4.7.1 Too many recipients were refused, try again later (support ID #)"}
        self.results.judge(where, "the same answer for everybody afterwards", None if uniform else f"{answers}", answers.pop())
        self.results.judge(where, "a sender from another network meanwhile", self._deliver(proxy), "delivered")

    def _problem(self, proxy: Proxy, found: set[str]) -> str | None:
        if "zoe" in found:
            return "it finds zoe, who comes after the detection"
        if not eventually(lambda: "violation=directory-harvest.harvest" in proxy.output, timeout=5):
            return "directory-harvest.harvest is not in the log"
        return None

    def _enumerate(self, port: int) -> set[str]:
        """The mailboxes that nmap's script finds among thirty names."""
        names = self._laboratory.folder / "names"
        guesses = [f"guess{number}" for number in range(28)]
        # The script gives up with Postfix if the first name is refused: it repeats MAIL until a recipient was accepted.
        names.write_text("\n".join(["alice", *guesses, "zoe"]) + "\n")
        done = subprocess.run(
            ["nmap", "-n", "-Pn", "-sT", "-p", str(port), "--script", "+smtp-enum-users", "--script-args",
             f"smtp-enum-users.methods={{RCPT}},smtp-enum-users.domain={self._server.domain},userdb={names}", "127.0.0.1"],
            capture_output=True, text=True, timeout=60, check=False)
        return {name for name in (*guesses, *MAILBOXES) if re.search(rf"^\|[_ ].*\b{name}\b", done.stdout, re.MULTILINE)}

    def _ask(self, proxy: Proxy, *users: str) -> list[str]:
        """The answers to these recipients, from where the harvester is."""
        # A connection too many in this second is not what is asked about here.
        eventually(lambda: self._is_let_in(proxy), timeout=5)
        with RawSession(proxy.port) as session:
            session.reply()
            session.ask(b"EHLO harvester.test\r\n")
            session.ask(b"MAIL FROM:<mallory@harvester.test>\r\n")
            return [str(session.ask(f"RCPT TO:<{user}@{self._server.domain}>\r\n".encode())) for user in users]

    def _is_let_in(self, proxy: Proxy) -> bool:
        time.sleep(0.4)
        with RawSession(proxy.port) as session:
            return session.reply().code == 220

    def _deliver(self, proxy: Proxy) -> str | None:
        message = make("from elsewhere")
        try:
            with RawSession(proxy.port, source=ELSEWHERE) as session:
                session.reply()
                for line in ("EHLO elsewhere.test", "MAIL FROM:<friend@elsewhere.test>", f"RCPT TO:<zoe@{self._server.domain}>", "DATA"):
                    reply = session.ask(f"{line}\r\n".encode())
                    if reply.code >= 400:
                        return f"{line}: {reply}"
                reply = session.ask(message.dot_stuffed)
        except (SessionEnded, OSError) as error:
            return repr(error)
        arrived = eventually(lambda: message.mark in self._server.maildir.marks(), timeout=15)
        return None if arrived else f"not in the store; {reply}"

    # Greylisting

    def _greylist(self) -> None:
        proxy = Proxy(
            self._laboratory, self._program, self._server.port, "proxy-greylist", "--greylist", "3", log_level="info")
        relay = Postfix(self._laboratory, "patient", {self._server.domain: proxy.port})
        message = make("greylisted")
        with RawSession(relay.port) as session:
            session.reply()
            for line in ("EHLO client.test", "MAIL FROM:<friend@elsewhere.test>", f"RCPT TO:<alice@{self._server.domain}>", "DATA"):
                session.ask(f"{line}\r\n".encode())
            session.ask(message.dot_stuffed)
        arrived = eventually(lambda: message.mark in self._server.maildir.marks(), timeout=30)
        refused = "violation=greylist.unknown-sender" in proxy.output
        problem = None if arrived and refused else "it was not refused first" if arrived else "not in the store after 30 s"
        self.results.judge(self._server.name, "Postfix is greylisted, and delivers by itself", problem, "delivered on its retry")
