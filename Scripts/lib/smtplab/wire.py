"""A raw SMTP session: octets out exactly as given, replies in, never waiting longer than told."""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass


class SessionEnded(Exception):
    """The other side closed the connection before its reply was complete."""


@dataclass(frozen=True)
class Reply:
    """One complete reply of the server (RFC 5321 §4.2.1)."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()


class RawSession:
    """A client that does not know what is allowed."""

    def __init__(self, port: int, host: str = "127.0.0.1", timeout: float = 10.0, source: str = "127.0.0.1") -> None:
        self._timeout = timeout
        self._pending = b""
        self._socket = socket.create_connection((host, port), timeout=timeout, source_address=(source, 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> RawSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, octets: bytes) -> None:
        """Sends the octets in one write."""
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall(octets)
        except (BrokenPipeError, ConnectionResetError) as error:
            # A server may refuse and hang up half-way; its reply is still there to be read.
            if not self._pending and not self._readable():
                raise SessionEnded(str(error)) from error

    def reply(self) -> Reply:
        """The next reply."""
        deadline = time.monotonic() + self._timeout
        lines: list[str] = []
        while True:
            line = self._line(deadline).decode("utf-8", "replace")
            if len(line) < 3 or not line[:3].isdigit():
                raise SessionEnded(f"not a reply line: {line!r}")
            lines.append(line[4:])
            if line[3:4] != "-":
                return Reply(int(line[:3]), tuple(lines))

    def ask(self, octets: bytes) -> Reply:
        """Sends the octets and gives the next reply."""
        self.send(octets)
        return self.reply()

    def has_reply_within(self, seconds: float) -> bool:
        """Whether the server says something within this time."""
        return bool(self._pending) or bool(select.select([self._socket], [], [], seconds)[0])

    def remaining_replies(self) -> list[Reply]:
        """Every reply until the other side closes the connection."""
        replies = []
        try:
            while True:
                replies.append(self.reply())
        except (SessionEnded, ConnectionResetError):
            return replies

    def _readable(self) -> bool:
        try:
            return bool(self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._pending:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no reply in time")
            self._socket.settimeout(left)
            try:
                octets = self._socket.recv(65536)
            except ConnectionResetError as error:
                raise SessionEnded("connection reset") from error
            if not octets:
                raise SessionEnded("connection closed")
            self._pending += octets
        line, self._pending = self._pending.split(b"\n", 1)
        return line.rstrip(b"\r")


def greet(session: RawSession, name: str = "client.test") -> set[str]:
    """Reads the banner, says EHLO and gives the keywords of the extensions that are offered."""
    banner = session.reply()
    if banner.code != 220:
        raise SessionEnded(f"the banner is {banner}")
    reply = session.ask(f"EHLO {name}\r\n".encode())
    if reply.code != 250:
        raise SessionEnded(f"EHLO got {reply}")
    return {line.split(" ", 1)[0].upper() for line in reply.lines[1:] if line}
