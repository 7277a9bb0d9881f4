"""Messages that can be told apart, and the stores in which they are looked for."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from pathlib import Path

_numbers = itertools.count(1)

#: The header field by which a message is found again.
MARKER = "X-Laboratory-Mark"


@dataclass(frozen=True)
class Message:
    """A message to send: its mark, its header and its body, both with CRLF line ends."""

    mark: str
    header: bytes
    body: bytes

    @property
    def octets(self) -> bytes:
        return self.header + b"\r\n" + self.body

    @property
    def dot_stuffed(self) -> bytes:
        """As it goes after DATA, the end included (RFC 5321 §4.5.2)."""
        stuffed = self.octets.replace(b"\r\n.", b"\r\n..")
        return stuffed + b".\r\n"


#: What tends to be lost on the way: dots, empty lines, blanks at line ends, the longest line of RFC 5321 §4.5.3.1.6.
DIFFICULT_BODY = b"\r\n".join([
    b"An ordinary line.", b".", b"..", b". a dot and more", b"...three dots", b"", b"blanks at the end  ", b"\ta tab",
    b"From the beginning of a line", b"x" * 998, b"", b"", b"the last line, after two empty ones", b""])

#: The same in octets that need 8BITMIME: UTF-8, and ISO 8859-1 that is not UTF-8.
EIGHT_BIT_BODY = "Grüße aus Zürich, 你好\r\n".encode() + b"caf\xe9 \xff\r\n"


def make(what: str, body: bytes = DIFFICULT_BODY, subject: str = "", mime: bool = False) -> Message:
    """A message with a mark of its own."""
    mark = f"{what.replace(' ', '-')}-{os.getpid()}-{next(_numbers)}"
    lines = [
        "Date: Mon, 02 Mar 2026 10:00:00 +0000", "From: Alice <alice@client.test>", "To: Bob <bob@example.test>",
        f"Subject: {subject or what}", f"Message-ID: <{mark}@client.test>", f"{MARKER}: {mark}"]
    if mime:
        lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return Message(mark, "".join(f"{line}\r\n" for line in lines).encode(), body)


class Maildir:
    """The messages that a server has delivered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[str, bytes]] = {}

    def bodies(self, mark: str) -> list[bytes]:
        """The bodies, with LF line ends, of the messages whose own header has this mark."""
        return [body for found, body in self._messages().values() if found == mark]

    def marks(self) -> list[str]:
        """The mark of every message, empty where there is none."""
        return [found for found, _ in self._messages().values()]

    def __len__(self) -> int:
        return len(self._messages())

    def _messages(self) -> dict[str, tuple[str, bytes]]:
        # A file in new/ is complete and never changes, so that each is read once.
        for path in self.folder.glob("new/*"):
            if path.name not in self._read:
                self._read[path.name] = self._parsed(path.read_bytes())
        return self._read

    @staticmethod
    def _parsed(octets: bytes) -> tuple[str, bytes]:
        header, _, body = octets.replace(b"\r\n", b"\n").partition(b"\n\n")
        wanted = MARKER.lower().encode() + b":"
        for line in header.split(b"\n"):
            if line.lower().startswith(wanted):
                return line[len(wanted):].strip().decode("utf-8", "replace"), body
        return "", body


def as_stored(body: bytes) -> bytes:
    """The body as a Maildir holds it: with LF line ends."""
    return body.replace(b"\r\n", b"\n")
