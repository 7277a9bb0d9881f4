"""Results as a table for people, and one last line for machines."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field


def table(heading: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> str:
    """Columns that wrap inside their widths."""

    def line(cells: Sequence[str]) -> list[str]:
        wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths)]
        height = max(len(cell) for cell in wrapped)
        return [
            "  ".join((cell[row] if row < len(cell) else "").ljust(width) for cell, width in zip(wrapped, widths)).rstrip()
            for row in range(height)]

    output = line(heading) + ["  ".join("-" * width for width in widths)]
    for row in rows:
        output += line(row)
    return "\n".join(output)


def printable(octets: bytes, limit: int = 60) -> str:
    """Octets as text that no terminal takes for anything else."""
    text = "".join(
        {13: "\\r", 10: "\\n", 0: "\\0"}.get(octet, chr(octet) if 32 <= octet < 127 else f"\\x{octet:02x}")
        for octet in octets)
    return text if len(text) <= limit else f"{text[:limit - 20]}… ({len(octets)} octets)"


@dataclass
class Results:
    """What came out of every test."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def passed(self, where: str, what: str, detail: str = "") -> None:
        self.rows.append(("pass", where, what, detail))

    def failed(self, where: str, what: str, detail: str) -> None:
        self.rows.append(("FAIL", where, what, detail))
        print(f"FAIL {where}: {what}: {detail}", file=sys.stderr)

    def skipped(self, where: str, what: str, detail: str) -> None:
        self.rows.append(("SKIP", where, what, detail))
        print(f"SKIP {where}: {what}: {detail}", file=sys.stderr)

    def judge(self, where: str, what: str, problem: str | None, detail: str = "") -> None:
        """Passed where there is no problem."""
        if problem is None:
            self.passed(where, what, detail)
        else:
            self.failed(where, what, problem)

    def count(self, outcome: str) -> int:
        return sum(row[0] == outcome for row in self.rows)

    def summary(self) -> str:
        skipped = f", {self.count('SKIP')} skipped" if self.count("SKIP") else ""
        return f"{self.count('pass')} passed, {self.count('FAIL')} failed{skipped}"
