"""Ways to send one message: real programs, Python's smtplib, and raw sessions that use one extension each.

Each takes where to send to and the message, and raises `NotDelivered` when the other side did not take it.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from .messages import DIFFICULT_BODY, EIGHT_BIT_BODY, Message, make
from .wire import RawSession, Reply, greet

SENDER = "alice@client.test"


class NotDelivered(Exception):
    """The message was refused, or the client gave up."""


class NotOffered(Exception):
    """The extension that the client is to use is not in the EHLO reply."""


@dataclass(frozen=True)
class Destination:
    """A port of loopback and a domain whose mail is accepted there."""

    port: int
    domain: str

    @property
    def recipient(self) -> str:
        return f"bob@{self.domain}"


@dataclass(frozen=True)
class Client:
    """One way to send; `program` is what has to be installed for it."""

    name: str
    send: Callable[[Destination, Message], None]
    compose: Callable[[str], Message] = make
    program: str | None = None

    @property
    def is_available(self) -> bool:
        return self.program is None or shutil.which(self.program) is not None


def _run(command: list[str], message: bytes) -> None:
    with tempfile.TemporaryFile() as source:
        source.write(message)
        source.seek(0)
        try:
            done = subprocess.run(
                command, stdin=source, capture_output=True, timeout=30, check=False,
                env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"})
        except subprocess.TimeoutExpired as error:
            raise NotDelivered("gave up after 30 s") from error
    if done.returncode != 0:
        output = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
        raise NotDelivered(f"exit status {done.returncode}: {' / '.join(output[-4:])}")


def _swaks(*options: str) -> Callable[[Destination, Message], None]:
    def send(to: Destination, message: Message) -> None:
        _run([
            "swaks", "--server", f"127.0.0.1:{to.port}", "--ehlo", "client.test", "--from", SENDER, "--to", to.recipient,
            "--timeout", "15", "--data", "-", *options],
            # swaks ends the data with a line end of its own.
            message.octets.removesuffix(b"\r\n"))

    return send


def _curl(to: Destination, message: Message) -> None:
    _run([
        "curl", "-q", "-sS", "--noproxy", "*", "--max-time", "20", "--url", f"smtp://127.0.0.1:{to.port}/client.test",
        "--mail-from", SENDER, "--mail-rcpt", to.recipient, "--upload-file", "-"], message.octets)


def _msmtp(to: Destination, message: Message) -> None:
    _run([
        "msmtp", "--file=/dev/null", "--host=127.0.0.1", f"--port={to.port}", "--domain=client.test", "--timeout=15",
        f"--from={SENDER}", "--tls=off", "--auth=off", "--", to.recipient], message.octets.replace(b"\r\n", b"\n"))


def _smtplib(to: Destination, message: Message) -> None:
    try:
        with smtplib.SMTP("127.0.0.1", to.port, local_hostname="client.test", timeout=20) as session:
            session.sendmail(SENDER, [to.recipient], message.octets)
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(repr(error)) from error


def _expect(reply: Reply, code: int) -> None:
    if reply.code != code:
        raise NotDelivered(f"{code} expected, got {reply}")


def _finish(session: RawSession) -> None:
    _expect(session.reply(), 250)
    _expect(session.ask(b"QUIT\r\n"), 221)


def _open(to: Destination, *needed: str) -> RawSession:
    session = RawSession(to.port)
    offered = greet(session)
    for extension in needed:
        if extension not in offered:
            session.close()
            raise NotOffered(extension)
    return session


def _envelope(to: Destination, parameters: str = "") -> bytes:
    return f"MAIL FROM:<{SENDER}>{parameters}\r\nRCPT TO:<{to.recipient}>\r\n".encode()


def _pipelined(to: Destination, message: Message) -> None:
    with _open(to, "PIPELINING") as session:
        session.send(_envelope(to) + b"DATA\r\n")
        for code in (250, 250, 354):
            _expect(session.reply(), code)
        session.send(message.dot_stuffed)
        _finish(session)


def _octet_by_octet(to: Destination, message: Message) -> None:
    with _open(to) as session:
        for line, code in zip(_envelope(to).splitlines(keepends=True) + [b"DATA\r\n"], (250, 250, 354)):
            for octet in line:
                session.send(bytes([octet]))
            _expect(session.reply(), code)
        for octet in message.dot_stuffed:
            session.send(bytes([octet]))
        _finish(session)


def _two_in_one_session(to: Destination, message: Message) -> None:
    first = make("first of two", b"This one is not counted.\r\n")
    with _open(to, "PIPELINING") as session:
        for each in (first, message):
            session.send(b"RSET\r\n" + _envelope(to) + b"DATA\r\n")
            for code in (250, 250, 250, 354):
                _expect(session.reply(), code)
            session.send(each.dot_stuffed)
            _expect(session.reply(), 250)
        _expect(session.ask(b"QUIT\r\n"), 221)


def _chunked(*sizes: int | None, at_once: bool = False) -> Callable[[Destination, Message], None]:
    """BDAT with chunks of these sizes in octets, `None` being all the rest; the last one says LAST."""

    def send(to: Destination, message: Message) -> None:
        rest, chunks = message.octets, []
        for number, size in enumerate(sizes):
            chunk, rest = (rest, b"") if size is None else (rest[:size], rest[size:])
            last = b" LAST" if number == len(sizes) - 1 else b""
            chunks.append(b"BDAT %d%b\r\n%b" % (len(chunk), last, chunk))
        with _open(to, "CHUNKING", *(["PIPELINING"] if at_once else [])) as session:
            if at_once:
                session.send(_envelope(to) + b"".join(chunks))
                for _ in range(len(chunks) + 1):
                    _expect(session.reply(), 250)
            else:
                for line in _envelope(to).splitlines(keepends=True):
                    _expect(session.ask(line), 250)
                for chunk in chunks[:-1]:
                    _expect(session.ask(chunk), 250)
                session.send(chunks[-1])
            _finish(session)

    return send


def _eight_bit(to: Destination, message: Message) -> None:
    with _open(to, "8BITMIME") as session:
        for line in _envelope(to, " BODY=8BITMIME").splitlines(keepends=True):
            _expect(session.ask(line), 250)
        _expect(session.ask(b"DATA\r\n"), 354)
        session.send(message.dot_stuffed)
        _finish(session)


def _internationalized(to: Destination, message: Message) -> None:
    with _open(to, "SMTPUTF8", "8BITMIME") as session:
        _expect(session.ask("MAIL FROM:<grüße@client.test> BODY=8BITMIME SMTPUTF8\r\n".encode()), 250)
        _expect(session.ask(f"RCPT TO:<postfächer@{to.domain}>\r\n".encode()), 250)
        _expect(session.ask(b"DATA\r\n"), 354)
        session.send(message.dot_stuffed)
        _finish(session)


def _delivery_status(to: Destination, message: Message) -> None:
    with _open(to, "DSN", "SIZE") as session:
        _expect(session.ask(b"MAIL FROM:<> RET=HDRS ENVID=lab+2B1 SIZE=%d\r\n" % len(message.octets)), 250)
        _expect(session.ask(
            f"RCPT TO:<{to.recipient}> NOTIFY=NEVER ORCPT=rfc822;b+2Bo@{to.domain}\r\n".encode()), 250)
        _expect(session.ask(b"DATA\r\n"), 354)
        session.send(message.dot_stuffed)
        _finish(session)


def _after_refusals(to: Destination, message: Message) -> None:
    """A client that makes mistakes first; none of them may spoil what follows."""
    with _open(to) as session:
        for line in (b"RCPT TO:<early@" + to.domain.encode() + b">\r\n", b"DATA\r\n", b"NONSENSE\r\n"):
            reply = session.ask(line)
            if not 500 <= reply.code < 600:
                raise NotDelivered(f"{line!r} got {reply}")
        _expect(session.ask(b"NOOP\r\n"), 250)
        for line in _envelope(to).splitlines(keepends=True):
            _expect(session.ask(line), 250)
        _expect(session.ask(b"RSET\r\n"), 250)
        for line in _envelope(to).splitlines(keepends=True):
            _expect(session.ask(line), 250)
        _expect(session.ask(b"DATA\r\n"), 354)
        session.send(message.dot_stuffed)
        _finish(session)


def _compose_eight_bit(what: str) -> Message:
    return make(what, EIGHT_BIT_BODY, mime=True)


def _compose_internationalized(what: str) -> Message:
    return make(what, EIGHT_BIT_BODY, subject="Grüße, 你好", mime=True)


def _compose_large(what: str) -> Message:
    return make(what, (b"0123456789abcdef" * 4 + b"\r\n") * 131_072 + DIFFICULT_BODY)


#: Every way to send that goes straight to the destination.
CLIENTS = [
    Client("swaks", _swaks(), program="swaks"),
    Client("swaks --pipeline", _swaks("--pipeline"), program="swaks"),
    Client("curl smtp://", _curl, program="curl"),
    Client("Python smtplib", _smtplib),
    Client("Python smtplib, 8 MiB", _smtplib, compose=_compose_large),
    Client("msmtp", _msmtp, program="msmtp"),
    Client("MAIL, RCPT, DATA in one write", _pipelined),
    Client("every octet in a write of its own", _octet_by_octet),
    Client("two messages in one session", _two_in_one_session),
    Client("mistakes and RSET first", _after_refusals),
    Client("BDAT, three chunks, LAST", _chunked(1, 300, 7, None)),
    Client("BDAT, two chunks, BDAT 0 LAST", _chunked(200, None, 0)),
    Client("BDAT, everything in one write", _chunked(150, 0, None, at_once=True)),
    Client("8BITMIME", _eight_bit, compose=_compose_eight_bit),
    Client("SMTPUTF8", _internationalized, compose=_compose_internationalized),
    Client("DSN and SIZE, null sender", _delivery_status),
]
