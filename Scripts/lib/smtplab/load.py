"""Many messages at once: Postfix's smtp-source through the proxy into Postfix's smtp-sink."""

from __future__ import annotations

import os
import re
import subprocess
import time
from dataclasses import dataclass

from .processes import Child, Laboratory, accepts_connections, free_port


class CountingSink:
    """An smtp-sink that counts what it takes, and keeps nothing."""

    def __init__(self, laboratory: Laboratory) -> None:
        self.port = free_port()
        privileges = ["-u", "nobody"] if os.geteuid() == 0 else []
        self._child: Child = laboratory.start(
            "smtp-sink", ["smtp-sink", "-c", *privileges, f"127.0.0.1:{self.port}", "256"])
        self._child.wait_until(lambda: accepts_connections(self.port), "listening")

    @property
    def messages(self) -> int:
        """Messages taken until now."""
        counts = re.findall(r"mesg=(\d+)", self._child.output)
        return int(counts[-1]) if counts else 0


@dataclass(frozen=True)
class Load:
    """How much smtp-source sends."""

    messages: int
    sessions: int
    octets: int
    reuses_connections: bool = False

    def send(self, port: int, timeout: float) -> tuple[str | None, float]:
        """What went wrong, if anything, and the seconds it took."""
        command = [
            "smtp-source", "-s", str(self.sessions), "-m", str(self.messages), "-l", str(self.octets), "-f",
            "alice@client.test", "-t", "bob@sink.test", "-M", "client.test", *(["-d"] if self.reuses_connections else []),
            f"inet:127.0.0.1:{port}"]
        begin = time.monotonic()
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            return f"not done after {timeout:.0f} s", timeout
        problem = None if done.returncode == 0 else f"exit status {done.returncode}: {done.stderr.strip()[-300:]}"
        return problem, time.monotonic() - begin
