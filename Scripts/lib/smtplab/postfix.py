"""Private Postfix instances: one that stores mail, one that only passes it on.

Neither can send mail anywhere but where it should. The storing instance has no smtp(8) client in its master.cf, so it
has no program to relay with, and everything that is not for its one virtual domain ends in error(8). The relaying
instance routes each laboratory domain to a literal loopback address, everything else to error(8), and its client is
bound to 127.0.0.1 as source address, from which no packet leaves the machine. Neither uses DNS.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .messages import Maildir
from .processes import Child, Laboratory, LaboratoryError, accepts_connections, free_port

_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"""

_COMMON = """\
compatibility_level = 3.6
mail_owner = postfix
setgid_group = postdrop
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {name}.test
myorigin = $myhostname
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
local_transport = error:no local delivery in the laboratory
relay_transport = error:no relaying in the laboratory
default_transport = error:no relaying in the laboratory
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtputf8_enable = yes
notify_classes =
fast_flush_domains =
message_size_limit = 52428800
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
smtpd_junk_command_limit = 10000
in_flow_delay = 0
"""

_STORING = """\
mynetworks =
smtpd_relay_restrictions = reject_unauth_destination
virtual_mailbox_domains = {name}.test
virtual_mailbox_base = {folder}/store
virtual_mailbox_maps = {mailboxes}
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
virtual_mailbox_limit = 0
"""

_RELAYING = """\
mynetworks = 127.0.0.1
smtpd_relay_restrictions = permit_mynetworks, reject
transport_maps = inline:{{ {routes} }}
smtp_host_lookup = native
smtp_bind_address = 127.0.0.1
smtp_tls_security_level = none
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""


class Postfix:
    """A Postfix with its own configuration, queue, port and store. Runs as root only, as any Postfix does."""

    def __init__(
        self, laboratory: Laboratory, name: str, routes: Mapping[str, int] | None = None, mailboxes: Sequence[str] = ()
    ) -> None:
        """One that relays if it has routes, otherwise one that stores: for these mailboxes, or for any."""
        self.name = name
        self.domain = f"{name}.test"
        self.port = free_port()
        self._folder = laboratory.subfolder(name)
        self._write_configuration(routes, mailboxes)
        self.maildir = Maildir(self._folder / "store" / "inbox")
        self._child: Child = laboratory.start(name, self._master())
        self._child.wait_until(lambda: accepts_connections(self.port), "listening")

    @staticmethod
    def is_available() -> bool:
        return os.geteuid() == 0 and shutil.which("postfix") is not None

    def is_idle(self) -> bool:
        """Whether nothing is on its way to the store any more."""
        queue = self._folder / "queue"
        return not any(
            path.is_file() for part in ("incoming", "active", "deferred", "maildrop") for path in (queue / part).rglob("*"))

    def _master(self) -> list[str | Path]:
        """The master daemon itself: as a child of postfix(1) it would have a session of its own and outlive us."""
        etc = self._folder / "etc"
        check = subprocess.run(
            ["postfix", "-c", etc, "check"], capture_output=True, text=True, timeout=60, check=False)
        if check.returncode != 0:
            raise LaboratoryError(f"{self.name}: postfix check failed\n{check.stderr}")
        folder = subprocess.run(
            ["postconf", "-c", etc, "-h", "daemon_directory"], capture_output=True, text=True, timeout=20, check=True)
        return [Path(folder.stdout.strip()) / "master", "-s", "-c", etc]

    def _write_configuration(self, routes: Mapping[str, int] | None, mailboxes: Sequence[str]) -> None:
        owner = pwd.getpwnam("postfix")
        nobody = pwd.getpwnam("nobody")
        known = ", ".join(f"{{ {user}@{self.domain} = inbox/ }}" for user in mailboxes)
        values = {"mailboxes": f"inline:{{ {known} }}" if known else "static:inbox/", "name": self.name, "folder": self._folder, 
            "user": nobody.pw_uid, "group": nobody.pw_gid}
        for part in ("etc", "queue", "data", "store"):
            (self._folder / part).mkdir()
        os.chown(self._folder / "data", owner.pw_uid, owner.pw_gid)
        os.chown(self._folder / "store", nobody.pw_uid, nobody.pw_gid)
        main = _COMMON.format(**values)
        services = _SERVICES.format(port=self.port)
        if routes is None:
            main += _STORING.format(**values)
            services += "virtual unix - n n - - virtual\n"
        else:
            table = ", ".join(f"{{ {domain} = smtp:[127.0.0.1]:{port} }}" for domain, port in routes.items())
            main += _RELAYING.format(routes=table)
            services += "smtp unix - - n - - smtp\n"
        (self._folder / "etc" / "main.cf").write_text(main)
        (self._folder / "etc" / "master.cf").write_text(services)
