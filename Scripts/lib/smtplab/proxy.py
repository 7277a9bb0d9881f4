"""The proxy under test, one instance for each server behind it."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from .processes import Child, Laboratory, accepts_connections, free_port


class Proxy:
    """A running smtp-proxy in front of a port of loopback."""

    def __init__(
        self, laboratory: Laboratory, program: Path, upstream: int, name: str, *options: str, enforce: str | None = "block",
        log_level: str = "notice", ports: int = 1
    ) -> None:
        self.ports = [free_port() for _ in range(ports)]
        self.port = self.ports[0]
        listeners = [word for port in self.ports for word in ("--listen", f"127.0.0.1:{port}")]
        enforcement = ["--enforce", enforce] if enforce else []
        self._child: Child = laboratory.start(name, [
            program, *listeners, "--upstream", f"127.0.0.1:{upstream}", *enforcement, "--log-level", log_level, "--hostname",
            "proxy.test", *options])
        # Rather not by a connection: that would be a session in its statistics.
        if log_level in ("trace", "debug", "info", "notice"):
            self._child.wait_until(lambda: "listening" in self._child.output, "listening")
        else:
            self._child.wait_until(lambda: accepts_connections(self.port), "listening")

    @property
    def is_running(self) -> bool:
        return self._child.is_running

    @property
    def process_id(self) -> int:
        return self._child.process_id

    @property
    def output(self) -> str:
        """Everything it has printed."""
        return self._child.output

    @property
    def last_words(self) -> str:
        """Why it has ended, as far as its log tells."""
        telling = [line for line in self.output.splitlines() if re.match(r"Fatal|Simultaneous|.*[Ff]atal error|.*ERROR:", line)]
        return telling[0] if telling else "its log does not say why"

    def stop(self) -> int:
        """Asks it to stop gracefully; gives its exit status, 0 when all went well."""
        return self._child.stop(grace=20)

    def reload(self) -> None:
        """Has it read its profiles again."""
        self._child.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """Ends it as a crash would."""
        self._child.send_signal(signal.SIGKILL)
        self._child.stop()

    def violation(self, support_id: str) -> str | None:
        """The identifier of the violation that the log has under this Support ID."""
        for line in self.output.splitlines():
            if support_id in line:
                found = re.search(r'violation"?[=:] ?"?([a-z0-9./_-]+)', line)
                if found:
                    return found.group(1)
        return None
