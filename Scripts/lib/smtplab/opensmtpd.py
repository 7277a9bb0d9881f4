"""A private OpenSMTPD, unpacked from its Debian package and run in a folder that is its whole file system.

Debian's packages of mail servers exclude each other, and OpenSMTPD's paths and users are compiled in; a chroot gives
it those without installing anything. It can't relay: its configuration has one action, which is a Maildir, and one
rule, which matches one domain; OpenSMTPD refuses what no rule matches. It has no DNS server to ask either.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .messages import Maildir
from .processes import Child, Laboratory, accepts_connections, free_port

_PASSWD = """\
root:x:0:0:root:/root:/bin/sh
opensmtpd:x:901:901:daemon:/var/lib/opensmtpd/empty:/bin/false
opensmtpq:x:902:902:queue:/var/lib/opensmtpd/empty:/bin/false
store:x:903:903:mail:/store:/bin/sh
"""

_GROUP = """\
root:x:0:
opensmtpd:x:901:
opensmtpq:x:902:
store:x:903:
"""

_CONFIGURATION = """\
listen on 127.0.0.1 port {port} hostname {name}.test
action "store" maildir "/store/inbox" virtual {{ "@" = store }}
match from any for domain "{name}.test" action "store"
"""


class OpenSMTPD:
    """OpenSMTPD with its own file system, port and store. Runs as root only, which chroot(2) asks for."""

    def __init__(self, laboratory: Laboratory, package: Path, name: str = "opensmtpd") -> None:
        self.name = name
        self.domain = f"{name}.test"
        self.port = free_port()
        self._root = laboratory.subfolder(name)
        self._lay_out(package)
        self.maildir = Maildir(self._root / "store" / "inbox")
        self._child: Child = laboratory.start(
            name, ["chroot", self._root, "/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf"])
        self._child.wait_until(lambda: accepts_connections(self.port), "listening")

    @staticmethod
    def is_available(package: Path) -> bool:
        return os.geteuid() == 0 and (package / "usr/sbin/smtpd").is_file()

    def is_idle(self) -> bool:
        """Whether nothing is on its way to the store any more."""
        spool = self._root / "var/spool/smtpd"
        return not any(path.is_file() for part in ("incoming", "queue") for path in (spool / part).rglob("*"))

    def _lay_out(self, package: Path) -> None:
        root = self._root
        for folder in ("etc", "bin", "dev", "tmp", "run", "var/lib/opensmtpd/empty", "var/spool", "store"):
            (root / folder).mkdir(parents=True)
        (root / "var/spool/smtpd").mkdir(mode=0o711)
        (root / "var/run").symlink_to("/run")
        (root / "tmp").chmod(0o1777)
        os.chown(root / "store", 903, 903)
        for device in ("null", "zero", "random", "urandom"):
            details = os.stat(f"/dev/{device}")
            os.mknod(root / "dev" / device, details.st_mode, details.st_rdev)
            (root / "dev" / device).chmod(0o666)
        (root / "etc/passwd").write_text(_PASSWD)
        (root / "etc/group").write_text(_GROUP)
        (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
        # "lookup file": the resolver built into OpenSMTPD reads /etc/hosts and asks nobody.
        (root / "etc/resolv.conf").write_text("lookup file\n")
        (root / "etc/smtpd.conf").write_text(_CONFIGURATION.format(port=self.port, name=self.name))
        (root / "etc/smtpd.conf").chmod(0o600)
        for part in ("usr/sbin", "usr/libexec"):
            shutil.copytree(package / part, root / part)
        shutil.copy("/bin/sh", root / "bin/sh")
        programs = [root / "bin/sh", root / "usr/sbin/smtpd", *(root / "usr/libexec/opensmtpd").iterdir()]
        for library in self._libraries(programs):
            target = root / library.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)

    @staticmethod
    def _libraries(programs: list[Path]) -> set[Path]:
        found = set()
        for program in programs:
            listing = subprocess.run(["ldd", program], capture_output=True, text=True, timeout=20, check=False).stdout
            for line in listing.splitlines():
                path = line.split("=>")[-1].split("(")[0].strip()
                if path.startswith("/"):
                    found.add(Path(path))
        return found
