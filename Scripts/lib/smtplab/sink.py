"""The example mail-sink behind a proxy."""

from __future__ import annotations

from pathlib import Path

from .processes import Child, Laboratory, accepts_connections, free_port


class Sink:
    """The example mail-sink: takes everything and keeps it in a Maildir."""

    def __init__(self, laboratory: Laboratory, program: Path, name: str = "mail-sink") -> None:
        self.port = free_port()
        self._maildir = laboratory.folder / f"{name}-maildir"
        self._child: Child = laboratory.start(
            name, [program, "--listen", f"127.0.0.1:{self.port}", "--maildir", self._maildir])
        self._child.wait_until(lambda: accepts_connections(self.port), "listening")

    @property
    def latest(self) -> str:
        """The message that came last."""
        newest = max(self._maildir.glob("new/*"), key=lambda path: path.stat().st_mtime_ns, default=None)
        return newest.read_text("utf-8", "replace") if newest else ""

    @property
    def messages(self) -> int:
        """How many it has."""
        return sum(1 for _ in self._maildir.glob("new/*"))
