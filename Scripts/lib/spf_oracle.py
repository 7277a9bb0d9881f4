"""Evaluates cases with pyspf: a JSON object a line on standard input, a JSON object a line on standard output.

A case has `client`, `helo`, `sender`, and `zone`: names with lists of records, each of them a type and its values. A record `["TIMEOUT", type]`
makes a question fail.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator

import spf

ZONE: dict[str, list[list[str]]] = {}


def look_up(name: str, kind: str, strict: object = True, timeout: object = None, level: int = 0) -> Iterator[tuple]:
    """What pyspf asks DNS for."""
    del strict, timeout
    name = name.rstrip(".")
    records = ZONE.get(name.lower(), [])
    if ["TIMEOUT", kind] in records:
        raise spf.TempError("DNS timeout")
    for record in records:
        if record[0] == "CNAME":
            yield (name, "CNAME"), record[1]
            if level < 8:
                yield from look_up(record[1], kind, level=level + 1)
        elif record[0] == kind:
            value: object = record[1]
            if kind == "MX":
                value = (int(record[1]), record[2])
            elif kind == "AAAA":
                value = bytes(socket.inet_pton(socket.AF_INET6, record[1]))
            elif kind == "TXT":
                value = tuple(text.encode("latin-1") for text in record[1:])
            yield (name, kind), value


def main() -> None:
    spf.DNSLookup = look_up
    for line in sys.stdin:
        case = json.loads(line)
        ZONE.clear()
        ZONE.update(case["zone"])
        query = spf.query(case["client"], case["sender"], case["helo"], receiver="mx.our.example", strict=True)
        query.set_default_explanation("DEFAULT")
        try:
            result, _, explanation = query.check()
        except Exception as error:  # pylint: disable=broad-except
            result, explanation = "crash", repr(error)
        is_fail = result == "fail"
        json.dump({
            "result": result, "explanation": explanation if is_fail else "", "problem": "" if is_fail else explanation or ""}, sys.stdout)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
