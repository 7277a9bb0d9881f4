"""How many messages a second go through a virus scanner: clamsmtp with clamd, and the proxy, in one run; see Scripts/scan-throughput."""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from .load import CountingSink
from .processes import Laboratory, LaboratoryError, eventually
from .proxy import Proxy
from .report import table
from .scanners import CLAMSMTP, Clamd, ClamSMTP, ICAPServer
from .signatures import VIRUS, write_signatures


def message(octets: int) -> bytes:
    """A message of about so many octets with a text and an attachment of arbitrary octets."""
    head = (
        b"From: Alice <alice@client.test>\nTo: bob@sink.test\nSubject: report\nDate: Sat, 28 Nov 2026 11:00:00 +0000\n"
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee attachment\n--b\n"
        b"Content-Type: application/octet-stream; name=report.bin\nContent-Disposition: attachment; filename=report.bin\n"
        b"Content-Transfer-Encoding: base64\n\n")
    end = b"--b--\n"
    return head + base64.encodebytes(os.urandom((octets - len(head) - len(end)) * 57 // 77)) + end


def send(port: int, file: Path, messages: int, sessions: int, reuse: bool) -> float:
    """The seconds that it takes."""
    command = [
        "smtp-source", "-s", str(sessions), "-m", str(messages), "-F", str(file), "-f", "alice@client.test", "-t", "bob@sink.test", "-M",
        "client.test", *(["-d"] if reuse else []), f"inet:127.0.0.1:{port}"]
    begin = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return time.monotonic() - begin


def main() -> int:
    parser = argparse.ArgumentParser(prog="Scripts/scan-throughput", description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, help="folder of smtp-proxy")
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--octets", type=int, default=10_240)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    program = options.bin.resolve() / "smtp-proxy"
    missing = [name for name in ("smtp-source", "smtp-sink", CLAMSMTP, "clamd") if not shutil.which(name)]
    if missing:
        print(f"missing: {', '.join(missing)}", file=sys.stderr)
        return 2
    with Laboratory(options.logs, time_limit=900) as laboratory:
        signatures = write_signatures(laboratory.folder / "signatures")
        sink = CountingSink(laboratory)
        file = laboratory.folder / "message"
        file.write_bytes(message(options.octets))
        ports: dict[str, int] = {}
        exempt = ("--exempt", "127.0.0.0/8")
        caching, scanning = Clamd(laboratory, signatures), Clamd(laboratory, signatures, "clamd-uncached", "DisableCache yes")
        ports["clamsmtp and clamd"] = ClamSMTP(laboratory, caching, sink.port).port
        ports["clamsmtp and clamd, nothing remembered"] = ClamSMTP(laboratory, scanning, sink.port, "clamsmtp-uncached").port
        ports["proxy, nothing scanned"] = Proxy(laboratory, program, sink.port, "proxy", *exempt, "--disable", "content").port
        library = (*exempt, "--virus-database", str(signatures))
        ports["proxy with libclamav and content validation"] = Proxy(laboratory, program, sink.port, "proxy-content", *library).port
        # clamsmtp does nothing but scan.
        exempt, library = (*exempt, "--disable", "content"), (*library, "--disable", "content")
        ports["proxy with libclamav"] = Proxy(laboratory, program, sink.port, "proxy-libclamav", *library).port
        ports["proxy with libclamav, nothing remembered"] = Proxy(
            laboratory, program, sink.port, "proxy-libclamav-uncached", *library, "--skip-virus-cache").port
        ports["proxy with clamd, nothing remembered"] = Proxy(
            laboratory, program, sink.port, "proxy-clamd", *exempt, "--clamd", str(scanning.socket), "--skip-virus-cache").port
        if ICAPServer.is_available():
            ports["proxy with c-icap and clamd, nothing remembered"] = Proxy(
                laboratory, program, sink.port, "proxy-icap", *exempt, "--icap", ICAPServer(laboratory, scanning).url, "--skip-virus-cache").port
        # A control: what does not scan shows in nothing but this.
        infected = laboratory.folder / "infected"
        infected.write_bytes(file.read_bytes().replace(b"see attachment", VIRUS))
        for name, port in ports.items():
            before = sink.messages
            try:
                send(port, infected, 1, 1, False)
            except subprocess.CalledProcessError:
                pass
            time.sleep(0.2)
            if (sink.messages == before) == ("nothing scanned" in name):
                raise LaboratoryError(f"{name}: the test virus was {'refused' if sink.messages == before else 'delivered'}")
        rows = []
        for reuse in (False, True):
            rates: dict[str, list[float]] = {name: [] for name in ports}
            for _ in range(options.rounds):
                for name, port in ports.items():
                    before = sink.messages
                    count = options.messages // (4 if "clamsmtp" in name else 1)
                    seconds = send(port, file, count, options.sessions, reuse)
                    if not eventually(lambda: sink.messages - before >= count, timeout=10):
                        raise LaboratoryError(f"{name}: {sink.messages - before} of {count} messages arrived")
                    rates[name].append(count / seconds)
            for name, values in rates.items():
                peer = "clamsmtp and clamd, nothing remembered" if "nothing remembered" in name else "clamsmtp and clamd"
                ratio = statistics.median(values) / statistics.median(rates[peer])
                rows.append((
                    "reused" if reuse else "each", name, f"{statistics.median(values):.0f}", " ".join(f"{value:.0f}" for value in values),
                    f"{ratio:.1f}"))
    print(f"{options.octets} octets, {options.sessions} sessions, {options.rounds} interleaved rounds\n")
    print(table(("connections", "what", "messages/s", "rounds", "to clamsmtp"), rows, (11, 48, 10, 30, 11)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
