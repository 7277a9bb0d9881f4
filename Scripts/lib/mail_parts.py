"""Writes what Python's email package makes of messages: one line of JSON for each file.

    python3 Scripts/lib/mail_parts.py FOLDER >FILE

The paths count parts from 1; the message itself has the path 0. A message within a message is part 1 of what it is in.
"""

import base64
import email
import email.policy
import json
import os
import sys


def leaves(part, path):
    if part.is_multipart():
        for number, child in enumerate(part.get_payload(), 1):
            yield from leaves(child, path + [number])
        return
    octets = part.get_payload(decode=True)
    if octets is None:
        octets = b""
    yield {
        "path": ".".join(map(str, path)) or "0",
        "type": part.get_content_type(),
        "octets": base64.b64encode(octets).decode("ascii"),
    }


def is_message(octets):
    """Whether a file begins with a field, as messages do, or with an mbox line."""
    first = octets.lstrip(b"\r\n").split(b"\n", 1)[0]
    name, colon, _ = first.partition(b":")
    return first.startswith(b"From ") or bool(colon and name and b" " not in name and name.isascii())


def main(folder):
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            file = os.path.join(place, name)
            octets = open(file, "rb").read()
            if not is_message(octets):
                continue
            message = email.message_from_bytes(octets, policy=email.policy.default)
            try:
                parts = list(leaves(message, []))
            except Exception as error:
                # What it cannot read at all is left to those who look at the list.
                print(json.dumps({"file": os.path.relpath(file, folder), "error": repr(error)}))
                continue
            print(json.dumps({"file": os.path.relpath(file, folder), "parts": parts}))


main(sys.argv[1])
