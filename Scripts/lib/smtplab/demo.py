"""Plays clean mail and attacks through the example proxy, and shows what became of each; see Scripts/demo."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from .attacks import ATTACKS, DATA, DISALLOWED, ENVELOPE, ZONE, Attack
from .processes import eventually, free_port, Laboratory, LaboratoryError
from .proxy import Proxy
from .report import Results, printable, table
from .signatures import write_signatures
from .sink import Sink
from .wire import RawSession, Reply, SessionEnded


class Demonstration:
    """One run."""

    def __init__(self, laboratory: Laboratory, programs: Path, results: Results) -> None:
        self._sink = Sink(laboratory, programs / "mail-sink")
        recipients = laboratory.folder / "recipients"
        recipients.write_text("bob@sink.example\n")
        zone, disallowed = laboratory.folder / "zone", laboratory.folder / "disallowed"
        zone.write_text(ZONE)
        self._report = programs / "smtp-report"
        self._log = laboratory.folder / "violations.sqlite"
        self._numbers: dict[str, str] = {}
        signatures = write_signatures(laboratory.folder / "signatures")
        disallowed.write_text(DISALLOWED)

        def proxy(name: str, *extra: str) -> Proxy:
            # Limits are for others than the rows that follow each other as fast as they can.
            return Proxy(
                laboratory, programs / "smtp-proxy", self._sink.port, name, "--recipients", str(recipients), "--exempt",
                "127.0.0.1", "--relay-domain", "sink.example", "--zone", str(zone), "--disallow", str(disallowed),
                "--virus-database", str(signatures), "--transaction-log", str(self._log), *extra, log_level="info")

        self.page = f"http://127.0.0.1:{free_port()}"
        self._proxy = proxy("smtp-proxy", "--stats", self.page.removeprefix("http://"))
        # Holding the banner back, or mail, costs every client its time, so that only a few rows get it.
        self._patient = proxy("smtp-proxy-late-banner", "--banner-delay", "1")
        self._greylisting = proxy("smtp-proxy-greylist", "--greylist", "3")
        self.results = results

    def run(self) -> None:
        self._clean("a clean message, sent with swaks", self._with_swaks)
        for attack in ATTACKS:
            self._attack(attack)
        self._clean("the greylisted sender again, once its time has come", self._come_back)
        self._clean("after all that, a clean message still arrives", self._raw)

    def look_at_page(self) -> None:
        """Finds violations on the statistics page by the Support IDs that clients saw, and shows that what they sent is text there."""
        numbers = {number: violation for number, violation in self._numbers.items() if self._proxy.violation(number)}
        for number, violation in numbers.items():
            if not eventually(lambda: f"<h1>{violation}</h1>" in self._get(f"/search?id={number}"), timeout=5):
                self.results.failed("statistics page", number, f"{violation} is not on its page")
        overview = self._get("/")
        for violation in numbers.values():
            if f">{violation}</a>" not in overview:
                self.results.failed("statistics page", violation, "it is not on the overview")
        if "<script>alert" in self._get("/search?id=%3Cscript%3Ealert(1)%3C/script%3E"):
            self.results.failed("statistics page", "search", "what was typed is not escaped")
        if json.loads(self._get("/api/summary"))["dropped"] or "smtp_security_violations_total" not in self._get("/metrics"):
            self.results.failed("statistics page", "JSON and metrics", "they are not what they should be")

    def _get(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self.page + path, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError as error:
            return repr(error)

    def statistics(self) -> str:
        """Stops the proxies gracefully; gives what the first one counted."""
        for proxy in (self._proxy, self._patient, self._greylisting):
            status = proxy.stop()
            if status != 0:
                self.results.failed("smtp-proxy", "SIGTERM", f"exit status {status}: {proxy.last_words}")
        _, found, counted = self._proxy.output.rpartition("\nProfile ")
        if not found:
            self.results.failed("smtp-proxy", "SIGTERM", "no statistics were printed")
        return f"Profile {counted}" if found else ""

    def summary(self) -> str:
        """What the transaction log has. Every Support ID that a client saw has to be in it, a moment later at the latest."""
        eventually(lambda: all(number in self._ask("violations", "--limit", "1000", "--json") for number in self._numbers), timeout=5)
        found = json.loads(self._ask("violations", "--limit", "1000", "--json"))
        logged = {entry["supportID"]: entry["violation"] for entry in found}
        for number, violation in self._numbers.items():
            if logged.get(number) != violation:
                self.results.failed("smtp-report", number, f"{violation} expected, the transaction log has {logged.get(number)}")
        return self._ask("summary")

    def drill_down(self) -> str:
        """The requests that led to one violation."""
        number = next((number for number, violation in self._numbers.items() if violation.endswith("bare-lf-in-data")), "")
        return self._ask("show", number) if number else ""

    def _ask(self, command: str, *words: str) -> str:
        done = subprocess.run(
            [self._report, command, *words, "--log", str(self._log)], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            self.results.failed("smtp-report", command, done.stderr.strip())
        return done.stdout if done.returncode == 0 else "[]"

    def sample(self) -> str:
        """One line of the log."""
        return next((line for line in self._proxy.output.splitlines() if "bare-lf-in-data" in line), "")

    def _clean(self, title: str, send: object) -> None:
        before = self._sink.messages
        reply = send()
        arrived = self._arrived(before)
        problem = None if reply.startswith("250") and arrived == 1 else f"250 and 1 message expected, {arrived} arrived"
        self._show(problem, title, reply, arrived)

    def _with_swaks(self) -> str:
        done = subprocess.run(
            ["swaks", "--server", f"127.0.0.1:{self._proxy.port}", "--helo", "client.example", "--from",
             "alice@client.example", "--to", "bob@sink.example", "--body", "hello", "--timeout", "15"],
            capture_output=True, text=True, timeout=60, check=False)
        answers = re.findall(r"^<-  (250 .*)$", done.stdout, re.MULTILINE)
        return answers[-1] if done.returncode == 0 and answers else f"swaks: exit status {done.returncode}"

    def _raw(self, proxy: Proxy | None = None, source: str = "127.0.0.1") -> str:
        with RawSession((proxy or self._proxy).port, source=source) as session:
            session.reply()
            for octets in (*ENVELOPE, DATA):
                reply = session.ask(octets)
                if reply.code >= 400:
                    return str(reply)
            return str(session.ask(b"Subject: control\r\n\r\nhello\r\n.\r\n"))

    def _come_back(self) -> str:
        """Does as a mail server does: waits as long as it is told, then tries again."""
        reply = self._raw(self._greylisting, "127.0.5.1")
        wait = re.search(r"again in (\d+) second", reply)
        if not wait:
            return reply
        time.sleep(int(wait.group(1)))
        return self._raw(self._greylisting, "127.0.5.1")

    def _attack(self, attack: Attack) -> None:
        before = self._sink.messages
        try:
            reply = self._play(attack)
        except (SessionEnded, OSError) as error:
            self._show(f"{attack.reply} expected", attack.title, repr(error), self._sink.messages - before)
            return
        # Nothing can be on its way any more: the reply is the last thing that happens to a message.
        arrived = self._arrived(before) if attack.goes_on else self._sink.messages - before
        self._show(self._problem(attack, reply, arrived), attack.title, str(reply), arrived, attack)

    def _play(self, attack: Attack) -> Reply:
        proxy = self._which(attack)
        for _ in range(attack.connections):
            with RawSession(proxy.port, source=attack.source) as session:
                session.reply()
        with RawSession(proxy.port, timeout=5, source=attack.source) as session:
            if attack.is_early:
                return session.ask(attack.octets)
            banner = session.reply()
            if not attack.octets:
                return banner
            if banner.code != 220:
                raise SessionEnded(f"the banner is {banner}")
            for octets in attack.before:
                reply = session.ask(octets)
                if reply.code >= 400:
                    raise SessionEnded(f"{printable(octets)} got {reply}")
            for octets in attack.refused:
                session.ask(octets)
            return session.ask(attack.octets)

    def _which(self, attack: Attack) -> Proxy:
        return self._patient if attack.is_early else self._greylisting if attack.is_greylisted else self._proxy

    def _problem(self, attack: Attack, reply: Reply, arrived: int) -> str | None:
        if not str(reply).startswith(attack.reply):
            return f"{attack.reply} expected"
        wanted = 1 if attack.goes_on else 0
        if arrived != wanted:
            return f"{wanted} messages expected in the sink, {arrived} arrived"
        log = self._which(attack)
        if attack.goes_on:
            found = eventually(lambda: f"violation={attack.violation}" in log.output, timeout=5)
            return None if found else f"{attack.violation} is not in the log"
        number = re.search(r"\b\d{19}\b", reply.text)
        if not number:
            return "the reply has no Support ID"
        eventually(lambda: log.violation(number.group()) is not None, timeout=5)
        logged = log.violation(number.group())
        self._numbers[number.group()] = attack.violation
        return None if logged == attack.violation else f"{attack.violation} expected, the log has {logged}"

    def _arrived(self, before: int) -> int:
        eventually(lambda: self._sink.messages > before, timeout=5)
        return self._sink.messages - before

    def _show(self, problem: str | None, title: str, reply: str, arrived: int, attack: Attack | None = None) -> None:
        sent = printable(attack.octets, 44) if attack else ""
        what = f"{reply}{f'  ** {problem}' if problem else ''}"
        self.results.rows.append(("FAIL" if problem else "pass", f"{title}: {sent}" if sent else title, what, str(arrived)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="Scripts/demo", description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, help="folder of smtp-proxy and mail-sink")
    parser.add_argument("--logs", type=Path, required=True, help="folder for the log files")
    parser.add_argument("--keep", action="store_true", help="leave everything running at the end, until Ctrl-C")
    options = parser.parse_args()
    programs = options.bin.resolve()
    for name in ("smtp-proxy", "mail-sink", "smtp-report"):
        if not os.access(programs / name, os.X_OK):
            parser.error(f"{programs / name} is not a program; `make demo` builds it")
    begin = time.monotonic()
    results = Results()
    with Laboratory(options.logs, time_limit=120) as laboratory:
        try:
            demonstration = Demonstration(laboratory, programs, results)
            demonstration.run()
            demonstration.look_at_page()
            print(table(("", "what was sent", "what the client saw", "in the sink"), results.rows, (4, 47, 58, 11)))
            print(f"\nOne of the log's lines:\n  {demonstration.sample()}")
            print(f"\nWhat led to one violation (smtp-report show):\n{demonstration.drill_down()}")
            if not options.keep:
                print(f"\nWhat the proxy counted:\n{demonstration.statistics()}")
            print(f"\nWhat its transaction log has (smtp-report summary):\n{demonstration.summary()}")
            print(f"\nThe same as a page: {demonstration.page}/")
            if options.keep:
                print("It stays until Ctrl-C.", flush=True)
                laboratory.wait()
                print(f"\nWhat the proxy counted:\n{demonstration.statistics()}")
            else:
                print("It has gone with the proxy; `make demo KEEP=1` leaves both running.")
        except LaboratoryError as error:
            print(table(("", "what was sent", "what the client saw", "in the sink"), results.rows, (4, 47, 58, 11)))
            results.failed("demo", "the run", str(error))
    print(f"{time.monotonic() - begin:.0f} s; logs: {options.logs}")
    print(results.summary())
    return 1 if results.count("FAIL") else 0


if __name__ == "__main__":
    sys.exit(main())
