"""What the demonstration plays: one row for each thing that a check refuses.

A new check adds rows here, and nothing else.
"""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass

from .attachments import zipped
from .signatures import VIRUS

EHLO = b"EHLO client.example\r\n"
MAIL = b"MAIL FROM:<alice@client.example>\r\n"
RCPT = b"RCPT TO:<bob@sink.example>\r\n"
RSET = b"RSET\r\n"
DATA = b"DATA\r\n"
ENVELOPE = (EHLO, MAIL, RCPT)
_HARVESTER = b"MAIL FROM:<mallory@harvester.example>\r\n"
_FORGED = b"MAIL FROM:<ceo@sink.example>\r\nRCPT TO:<bob@sink.example>\r\nDATA\r\nSubject: forged\r\n\r\nforged\r\n.\r\n"


#: What the proxy's resolver knows.
ZONE = """
client.example      A   127.0.0.1
                    A   127.0.2.1
                    A   127.0.3.1
                    A   127.0.5.1
                    TXT "v=spf1 ip4:127.0.0.0/8 -all"
harvester.example   A   127.0.4.1
sink.example        A   127.0.0.1
bank.example        MX  10 mail.bank.example.
                    TXT "v=spf1 mx -all exp=why.bank.example"
mail.bank.example   A   192.0.2.25
                    TXT "v=spf1 a -all"
why.bank.example    TXT "%{i} does not send for %{d}"
unsure.example      A   192.0.2.26
                    TXT "v=spf1 a ~all"
nomail.example      MX  0 .
spam.example        A   192.0.2.27
*.0.127.in-addr.arpa PTR client.example.
"""
#: Who is not wanted.
DISALLOWED = "sender spam.example\n"


@dataclass(frozen=True)
class Attack:
    """One attack: what leads up to it, the octets themselves, and what has to come of them."""

    #: The violation, as check and name.
    violation: str
    #: What it is about, for people.
    title: str
    #: The octets that are judged.
    octets: bytes
    #: What the reply to them begins with.
    reply: str
    #: What is sent before, each answered with success.
    before: tuple[bytes, ...] = (EHLO,)
    #: Whether the session goes on and the message arrives all the same, because the violation is only an alarm.
    goes_on: bool = False
    #: Sent before the banner has come.
    is_early: bool = False
    #: What is sent before, and refused.
    refused: tuple[bytes, ...] = ()
    #: How many connections are made before, and closed.
    connections: int = 0
    #: The address it comes from: of one that no limit holds for, unless said otherwise.
    source: str = "127.0.0.1"
    #: Sent to the proxy that greylists.
    is_greylisted: bool = False


def _in_data(violation: str, title: str, octets: bytes, reply: str = "550 5.5.2") -> Attack:
    return Attack(violation, title, b"Subject: attack\r\n\r\nHello" + octets, reply, before=(*ENVELOPE, DATA))


def _guess(number: int) -> bytes:
    return f"RCPT TO:<guess{number}@sink.example>\r\n".encode()


#: What the messages of the rows about content begin with.
_TOP = b"From: Alice <alice@client.example>\r\nTo: bob@sink.example\r\nMIME-Version: 1.0\r\n"
_MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"


def _message(violation: str, title: str, message: bytes, reply: str) -> Attack:
    """A message that is refused at its end."""
    return Attack(violation, title, message + b".\r\n", reply, before=(*ENVELOPE, DATA))


def _file(violation: str, title: str, fields: bytes, octets: bytes = b"hello", reply: str = "550 5.7.1") -> Attack:
    """A message with a file."""
    fields += b"Content-Transfer-Encoding: base64\r\n\r\n"
    return _message(violation, title, _TOP + _MIXED + fields + base64.encodebytes(octets).replace(b"\n", b"\r\n") + b"--b--\r\n", reply)


ATTACKS = [
    Attack("methods.disallowed-method", "EXPN lists the members of a list", b"EXPN staff\r\n", "502 5.5.1"),
    Attack("methods.mailbox-probe", "VRFY asks for a mailbox", b"VRFY root\r\n", "252 2.5.2"),
    Attack("methods.disallowed-method", "ETRN starts a queue run", b"ETRN example.org\r\n", "502 5.5.1"),
    Attack("methods.disallowed-method", "TURN turns the session round", b"TURN\r\n", "502 5.5.1"),
    Attack("methods.disallowed-method", "SOML writes to a terminal", b"SOML FROM:<alice@client.example>\r\n", "502 5.5.1"),
    Attack("methods.unknown-method", "a verb that nobody knows", b"XYZZY\r\n", "500 5.5.1"),
    _in_data("compliance.bare-lf-in-data", "a message smuggled behind LF . LF", b"\n.\n" + _FORGED),
    _in_data("compliance.bare-lf-in-data", "a message smuggled behind LF . CRLF", b"\n.\r\n" + _FORGED),
    _in_data("compliance.bare-cr-in-data", "a message smuggled behind CR . CR", b"\r.\r" + _FORGED),
    _in_data("compliance.nul-in-data", "a message smuggled behind CRLF . NUL CRLF", b"\r\n.\0\r\n" + _FORGED),
    _in_data("compliance.text-line-too-long", "a text line of 1,001 octets", b"x" * 996 + b"\r\n.\r\n", "550 5.6.0"),
    Attack("compliance.bare-lf-in-command", "a command that ends in a bare LF", b"NOOP\n", "521 5.5.2"),
    Attack("compliance.bare-cr-in-command", "a command with a bare CR in it", b"NOOP a\rRSET\r\n", "521 5.5.2"),
    Attack("compliance.nul-in-command", "a command with a NUL in it", b"NOOP a\0b\r\n", "521 5.5.2"),
    Attack("compliance.command-line-too-long", "a command line of 2,000 octets", b"NOOP " + b"x" * 1993 + b"\r\n", "500 5.5.2"),
    Attack("compliance.malformed-address", "an address with two @", b"MAIL FROM:<alice@@client.example>\r\n", "501 5.1.3"),
    Attack(
        "compliance.address-too-long", "a local part of 65 octets", b"MAIL FROM:<" + b"a" * 65 + b"@client.example>\r\n",
        "501 5.1.3"),
    Attack("compliance.malformed-parameter", "SIZE that is no number", MAIL[:-2] + b" SIZE=-1\r\n", "501 5.5.4"),
    Attack("compliance.parameter-not-offered", "a parameter that was not offered", MAIL[:-2] + b" X=1\r\n", "555 5.5.4"),
    Attack(
        "compliance.announced-size-too-large", "an announced size over the limit", MAIL[:-2] + b" SIZE=999999999999\r\n",
        "552 5.3.4"),
    Attack(
        "compliance.non-ascii-envelope", "an address in UTF-8 without SMTPUTF8",
        "MAIL FROM:<ä@client.example>\r\n".encode(), "553 5.6.7"),
    Attack(
        "compliance.invalid-utf8", "an address that is not even UTF-8", b"MAIL FROM:<\xe4\xff@client.example>\r\n", "500 5.5.2"),
    Attack("compliance.bad-sequence", "RCPT before MAIL", RCPT, "503 5.5.1"),
    Attack("compliance.unauthorized-pipelining", "the message before the reply to DATA", DATA + b"x\r\n.\r\n", "503 5.5.0", ENVELOPE),
    Attack("compliance.mixed-data-and-chunks", "DATA between two BDAT chunks", DATA, "503 5.5.1", (*ENVELOPE, b"BDAT 3\r\nabc")),
    Attack("compliance.malformed-chunk", "BDAT with a negative size", b"BDAT -1 LAST\r\n", "501 5.5.4", ENVELOPE),
    Attack("compliance.command-not-offered", "another client's address by XCLIENT", b"XCLIENT ADDR=192.0.2.1\r\n", "502 5.5.1"),
    Attack("compliance.foreign-protocol", "an HTTP request", b"POST / HTTP/1.1\r\nHost: sink.example\r\n\r\n", "554 5.5.1", ()),
    Attack("compliance.foreign-protocol", "a TLS handshake on a plain port", b"\x16\x03\x01\x02\x00\x01\x00", "554 5.5.1", ()),
    Attack("compliance.header-as-command", "a header field as a command", b"Subject: hello\r\n", "500 5.5.2"),
    Attack(
        "rate-limit.connections", "the sixth connection in a second", b"", "421 4.7.0", (), connections=5, source="127.0.2.1"),
    Attack(
        "rate-limit.messages", "the twenty-sixth message to one recipient", RCPT, "451 4.7.1", (EHLO, MAIL) + (RCPT, RSET, MAIL) * 25,
        source="127.0.3.1"),
    Attack(
        "directory-harvest.unknown-recipient", "a recipient that does not exist", _guess(0), "550 5.1.1", (EHLO, _HARVESTER),
        source="127.0.4.1"),
    Attack(
        "directory-harvest.harvest", "the tenth guess of a harvester", _guess(9), "451 4.7.1", (EHLO, _HARVESTER),
        refused=tuple(_guess(number) for number in range(1, 9)), source="127.0.4.1"),
    Attack(
        "directory-harvest.penalized", "the harvester asks for somebody real", RCPT, "451 4.7.1", (EHLO, _HARVESTER),
        source="127.0.4.1"),
    Attack(
        "greylist.unknown-sender", "a sender that nobody knows", RCPT, "451 4.7.1", (EHLO, MAIL), source="127.0.5.1",
        is_greylisted=True),
    Attack(
        "greylist.early-retry", "the same sender, too early", RCPT, "451 4.7.1", (EHLO, MAIL), source="127.0.5.1",
        is_greylisted=True),
    Attack(
        "spf.fail", "a sender whose domain does not authorise the client", b"MAIL FROM:<ceo@bank.example>\r\n", "550 5.7.23"),
    Attack("spf.helo-fail", "a client that greets with another's name", MAIL, "550 5.7.23", (b"EHLO mail.bank.example\r\n",)),
    Attack(
        "spf.softfail", "a sender whose domain has its doubts: an alarm, and it goes on", b"Subject: doubts\r\n\r\nhello\r\n.\r\n", "250",
        (EHLO, b"MAIL FROM:<alice@unsure.example>\r\n", RCPT, DATA), goes_on=True),
    Attack(
        "sender-validation.domain-unresolvable", "a sender whose domain does not exist", b"MAIL FROM:<x@absent.example>\r\n", "550 5.1.8"),
    Attack("sender-validation.domain-null-mx", "a sender whose domain has no mail", b"MAIL FROM:<x@nomail.example>\r\n", "550 5.7.27"),
    Attack("sender-validation.disallowed", "a sender who is not wanted", b"MAIL FROM:<x@spam.example>\r\n", "550 5.7.1"),
    Attack(
        "recipient-validation.null-sender-recipients", "a notification to two recipients", RCPT, "550 5.7.1",
        (EHLO, b"MAIL FROM:<>\r\n", RCPT)),
    Attack(
        "recipient-validation.relay-denied", "a recipient elsewhere", b"RCPT TO:<x@elsewhere.example>\r\n", "550 5.7.1",
        (EHLO, MAIL), source="127.0.6.1"),
    _message(
        "content-validation.header-author", "a message with two authors",
        b"From: ceo@bank.example, alice@client.example\r\n\r\nhello\r\n", "550 5.6.0"),
    _message(
        "content-validation.header-repeated-field", "a message with two subjects", _TOP + b"Subject: a\r\nSubject: b\r\n\r\nhello\r\n",
        "550 5.6.0"),
    _message(
        "content-validation.header-name", "a field with a space before its colon", _TOP + b"Content-Type : text/html\r\n\r\nhello\r\n",
        "550 5.6.0"),
    _message(
        "content-validation.header-received", "a message that goes in circles", _TOP + b"Received: by here\r\n" * 51 + b"\r\nhello\r\n",
        "554 5.4.6"),
    _message(
        "content-validation.mime-ambiguous", "a file behind one of two boundaries",
        _TOP + b"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b--\r\n", "550 5.6.0"),
    _message(
        "content-validation.mime-encoding", "base64 with padding in the middle",
        _TOP + b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=aGVsbG8=\r\n", "550 5.6.0"),
    _message(
        "content-validation.mime-partial", "a piece of a message",
        _TOP + b"Content-Type: message/partial; id=x; number=1; total=2\r\n\r\nhello\r\n", "550 5.6.1"),
    _file(
        "content-validation.attachment-extension", "a program", b"Content-Disposition: attachment; filename=\"setup.exe\"\r\n"),
    _file(
        "content-validation.attachment-type", "a program that is said to be a picture", b"Content-Type: image/png; name=\"a.png\"\r\n",
        b"\x7fELF\x02\x01\x01" + bytes(57)),
    _file(
        "content-validation.attachment-misleading-name", "a name that reads from right to left",
        b"Content-Disposition: attachment; filename*=utf-8''invoice%E2%80%AEfdp.txt\r\n"),
    _file(
        "content-validation.attachment-extension", "a program in an archive", b"Content-Disposition: attachment; filename=\"a.zip\"\r\n",
        zipped("invoice.js", b"hello")),
    _file("antivirus.infected", "the test virus", b"Content-Disposition: attachment; filename=\"notes.txt\"\r\n", VIRUS),
    _file(
        "antivirus.infected", "the test virus in an archive in an archive", b"Content-Disposition: attachment; filename=\"a.zip\"\r\n",
        zipped("b.zip", zipped("notes.txt", VIRUS))),
    _message(
        "antivirus.infected", "the test virus in a message within the message, in quoted-printable",
        _TOP + b"Content-Type: message/rfc822\r\n\r\n" + _TOP + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        + quopri.encodestring(VIRUS, True).replace(b"\n", b"\r\n") + b"\r\n", "550 5.7.1"),
    Attack(
        "antivirus.unscanned-encrypted", "a file that nobody can scan: an alarm, and it goes on",
        _TOP + _MIXED + b"Content-Disposition: attachment; filename=\"a.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(zipped("notes.txt", b"secret" * 20, True)).replace(b"\n", b"\r\n") + b"--b--\r\n.\r\n", "250",
        (*ENVELOPE, DATA), goes_on=True),
    Attack("compliance.early-talker", "commands before the banner", EHLO + MAIL, "554 5.5.0", (), is_early=True),
    Attack(
        "compliance.eight-bit-data", "8-bit text without 8BITMIME: an alarm, and it goes on",
        b"Subject: caf\xc3\xa9\r\n\r\ncaf\xc3\xa9\r\n.\r\n", "250", (*ENVELOPE, DATA), goes_on=True),
]
