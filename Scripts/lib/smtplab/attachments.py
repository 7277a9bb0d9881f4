"""Archives, and messages with a file."""

from __future__ import annotations

import io
import tarfile
import zipfile
from email.message import EmailMessage
from email.utils import formatdate


def zipped(name: str, content: bytes, encrypted: bool = False) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    data = bytearray(octets.getvalue())
    if encrypted:
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def tarred(name: str, content: bytes) -> bytes:
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return octets.getvalue()


def with_attachment(title: str, name: str, content: bytes, **how: str) -> EmailMessage:
    """A message with a text and a file; `how` is for EmailMessage.add_attachment."""
    message = EmailMessage()
    message["From"] = "Anna <anna@client.example>"
    message["To"] = "bob@sink.example"
    message["Subject"] = title
    message["Date"] = formatdate()
    message.set_content("see attachment\n")
    message.add_attachment(content, filename=name, **how)
    return message
