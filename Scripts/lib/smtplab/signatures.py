"""The EICAR test file, which scanners are agreed to find and which does nothing, and a database of ClamAV's that has it.

It is put together here, so that no file of this project is taken for it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def write_signatures(folder: Path) -> Path:
    """A folder with the virus by its octets, wherever they are, and by its hash."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test.ndb").write_text(f"Test-By-Bytes:0:*:{VIRUS.hex()}\n")
    (folder / "test.hdb").write_text(f"{hashlib.md5(VIRUS).hexdigest()}:{len(VIRUS)}:Test-By-Hash\n")
    return folder
