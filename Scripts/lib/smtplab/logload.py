"""How much mail goes through while clients raise thousands of violations a second, with the transaction log and without; see Scripts/log-throughput."""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from multiprocessing import Event, Process, Value
from pathlib import Path

from .load import CountingSink, Load
from .processes import Laboratory, LaboratoryError
from .proxy import Proxy
from .report import table

# Below what a session may do before its replies are held back.
VIOLATIONS_PER_SESSION = 9


def offend(port: int, rate: float, stop: object, count: object) -> None:
    """Raises so many violations a second until it is told to stop; counts the Support IDs that it sees."""
    begin, sessions = time.monotonic(), 0
    while not stop.is_set():
        ahead = begin + sessions * VIOLATIONS_PER_SESSION / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        sessions += 1
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.recv(4096)
            client.sendall(b"EHLO offender.test\r\n")
            client.recv(4096)
            # Commands out of order, all together, as PIPELINING allows: a client of Python costs enough as it is. Each names somebody else, as
            # those do who look for addresses.
            first = sessions * VIOLATIONS_PER_SESSION
            client.sendall(b"".join(b"RCPT TO:<user%d@sink.test>\r\n" % (first + number) for number in range(VIOLATIONS_PER_SESSION)))
            lines = b""
            while lines.count(b"\n") < VIOLATIONS_PER_SESSION:
                piece = client.recv(4096)
                if not piece:
                    break
                lines += piece
            seen = len(re.findall(rb"\b\d{19}\b", lines))
            with count.get_lock():
                count.value += seen


class Measurement:
    """The rates of one proxy."""

    def __init__(self, name: str, proxy: Proxy) -> None:
        self.name = name
        self.proxy = proxy
        self.mail: list[float] = []
        self.violations: list[float] = []
        self.seen = Value("q", 0)

    def round(self, load: Load, rate: int) -> None:
        stop = Event()
        before = self.seen.value
        process = Process(target=offend, args=(self.proxy.port, rate, stop, self.seen))
        process.start()
        begin = time.monotonic()
        problem, seconds = load.send(self.proxy.port, timeout=120)
        # What is offended with after the last message does not count.
        seen = self.seen.value - before
        elapsed = time.monotonic() - begin
        stop.set()
        process.join(30)
        if problem:
            raise LaboratoryError(f"{self.name}: {problem}")
        self.mail.append(load.messages / seconds)
        self.violations.append(seen / elapsed)

    def beside(self, other: Measurement) -> str:
        """How much more mail, in percent of what the other sent in the same round, and how far off that may be (standard error)."""
        ratios = [100 * (own / usual - 1) for own, usual in zip(self.mail, other.mail, strict=True)]
        error = statistics.stdev(ratios) / len(ratios) ** 0.5 if len(ratios) > 1 else float("nan")
        return f"{statistics.mean(ratios):+.1f} ± {error:.1f} %" if other is not self else ""

    @property
    def processor_time(self) -> float:
        """What it has used of processors, in seconds."""
        fields = Path(f"/proc/{self.proxy.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> str:
        """The most memory it has had, in MiB."""
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.proxy.process_id}/status").read_text())
        return f"{int(found.group(1)) // 1024} MiB" if found else "?"


def main() -> int:
    parser = argparse.ArgumentParser(prog="Scripts/log-throughput", description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, help="folder of smtp-proxy and smtp-report")
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--rate", type=int, default=5_000, help="violations a second that are tried")
    parser.add_argument("--messages", type=int, default=3_000)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    programs = options.bin.resolve()
    load = Load(options.messages, options.sessions, 2_000, reuses_connections=True)
    with Laboratory(options.logs, time_limit=600) as laboratory:
        sink = CountingSink(laboratory)
        log = laboratory.folder / "violations.sqlite"

        def proxy(name: str, *words: str) -> Measurement:
            return Measurement(name, Proxy(laboratory, programs / "smtp-proxy", sink.port, name.replace(" ", "-"), "--exempt", "127.0.0.0/8", *words, log_level="error"))

        without = proxy("no log")
        measured = [without, proxy("log without transcripts", "--transaction-log", str(log), "--transcript-lines", "0"),
                    proxy("log", "--transaction-log", f"{log}-2")]
        for number in range(options.rounds):
            # Each is the first one as often as the others.
            for index in range(len(measured)):
                measured[(number + index) % len(measured)].round(load, options.rate)
        rows, lost = [], 0
        for measurement in measured:
            memory, used = measurement.memory, measurement.processor_time
            status = measurement.proxy.stop()
            if status != 0:
                raise LaboratoryError(f"{measurement.name}: exit status {status}")
            kept = ""
            if measurement is not without:
                file = log if "without" in measurement.name else f"{log}-2"
                summary = json.loads(subprocess.run(
                    [programs / "smtp-report", "summary", "--json", "--log", file], capture_output=True, text=True, check=True).stdout)
                written = sum(entry["occurrences"] for entry in summary["violations"] if entry["blocked"])
                dropped = summary["dropped"]
                lost += abs(measurement.seen.value - written - dropped)
                kept = f"{written} of {measurement.seen.value}, {dropped} dropped"
            mail = statistics.median(measurement.mail)
            rows.append((
                measurement.name, f"{mail:.0f}", measurement.beside(without), " ".join(f"{value:.0f}" for value in measurement.mail),
                f"{statistics.median(measurement.violations):.0f}", f"{used:.1f} s", kept, memory))
    print(f"{options.sessions} sessions, 2,000 octets a message, {options.rounds} interleaved rounds, {options.rate} violations/s tried\n")
    print(table(("what", "messages/s", "beside no log", "rounds", "violations/s", "processor", "in the log", "memory"), rows, (24, 10, 14, 30, 12, 9, 28, 9)))
    if lost:
        print(f"\n{lost} violations are neither in the log nor counted as dropped")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
