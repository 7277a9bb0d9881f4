"""Real clients through the proxy into real servers; see Scripts/interop."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import smuggling
from .clients import CLIENTS, Client, Destination, NotDelivered, NotOffered
from .contents import Contents
from .isolation import enter_private_network
from .load import CountingSink, Load
from .messages import Message, as_stored, make
from .opensmtpd import OpenSMTPD
from .postfix import Postfix
from .processes import Laboratory, LaboratoryError, eventually
from .profiles import Profiles
from .proxy import Proxy
from .replay import Replay
from .report import Results, printable, table
from .reports import Reports
from .senders import Senders
from .strangers import Strangers
from .viruses import Viruses
from .wire import SessionEnded

Server = Postfix | OpenSMTPD
#: Everything here comes from loopback, faster than any stranger may.
UNLIMITED = ("--exempt", "127.0.0.0/8")


class Interop:
    """One run."""

    def __init__(self, laboratory: Laboratory, program: Path, package: Path) -> None:
        self._laboratory = laboratory
        self._program = program
        self._package = package
        self._proxies: dict[str, Proxy] = {}
        self._deaths = 0
        self.results = Results()

    def run(self) -> None:
        servers = self._start_servers()
        for server in servers:
            self._proxies[server.name] = self._start_proxy(server)
        for server in servers:
            for client in CLIENTS:
                self._deliver(server, client)
                self._look_after_proxy(server, client.name)
        if any(isinstance(server, Postfix) for server in servers):
            self._relay(servers)
        for server in servers:
            self._smuggle(server)
            self._look_after_proxy(server, "smuggling")
        if any(isinstance(server, Postfix) for server in servers):
            Strangers(self._laboratory, self._program, self.results).run()
        Senders(self._laboratory, self._program, self.results).run()
        Contents(self._laboratory, self._program, self.results).run()
        Viruses(self._laboratory, self._program, self.results).run()
        Profiles(self._laboratory, self._program, self.results).run()
        Reports(self._laboratory, self._program, self.results).run()
        Replay(self._laboratory, self._program, self.results).run()
        self._load()
        for server in servers:
            status = self._proxies[server.name].stop()
            self.results.judge(server.name, "the proxy stops when asked", f"exit status {status}" if status else None)

    def _start_servers(self) -> list[Server]:
        servers: list[Server] = []
        if Postfix.is_available():
            servers.append(Postfix(self._laboratory, "postfix"))
        else:
            self.results.skipped("Postfix", "everything", "no postfix, or not root")
        if OpenSMTPD.is_available(self._package):
            servers.append(OpenSMTPD(self._laboratory, self._package))
        else:
            self.results.skipped("OpenSMTPD", "everything", "not unpacked, or not root")
        return servers

    def _start_proxy(self, server: Server, suffix: str = "", *options: str, enforce: str = "block") -> Proxy:
        return Proxy(
            self._laboratory, self._program, server.port, f"proxy-{server.name}{suffix}", *UNLIMITED, *options,
            enforce=enforce)

    def _look_after_proxy(self, server: Server, what: str) -> None:
        """A proxy that has died is a failure of its own, and the next test gets a new one."""
        proxy = self._proxies[server.name]
        if not proxy.is_running:
            self.results.failed(server.name, f"{what}: the proxy is alive", proxy.last_words)
            self._deaths += 1
            self._proxies[server.name] = self._start_proxy(server, f"-{self._deaths}")

    def _through_proxy(self, server: Server) -> Destination:
        return Destination(self._proxies[server.name].port, server.domain)

    def _deliver(self, server: Server, client: Client) -> None:
        if not client.is_available:
            self.results.skipped(server.name, client.name, f"{client.program} is not installed")
            return
        message = client.compose(client.name.replace("/", ""))
        try:
            client.send(self._through_proxy(server), message)
        except NotOffered as extension:
            # The proxy's own extensions are there for every server; others are the server's to offer.
            self._not_offered(server, client, str(extension))
            return
        except (NotDelivered, SessionEnded, OSError) as error:
            self.results.failed(server.name, client.name, str(error) or repr(error))
            return
        self.results.judge(server.name, client.name, self._arrival(server, message))

    def _not_offered(self, server: Server, client: Client, extension: str) -> None:
        if extension in ("PIPELINING", "CHUNKING"):
            self.results.failed(server.name, client.name, f"{extension} is not offered")
            return
        straight = Destination(server.port, server.domain)
        try:
            client.send(straight, client.compose("probe"))
            self.results.failed(server.name, client.name, f"the server offers {extension}, the proxy does not")
        except NotOffered:
            self.results.passed(server.name, client.name, f"not tried: the server has no {extension}, so none is offered")

    def _arrival(self, server: Server, message: Message) -> str | None:
        """What is wrong with the message in the store; it has to be there once, octet for octet."""
        if not eventually(lambda: bool(server.maildir.bodies(message.mark)), timeout=15):
            return "not in the store after 15 s"
        bodies = server.maildir.bodies(message.mark)
        if len(bodies) != 1:
            return f"{len(bodies)} times in the store"
        wanted = as_stored(message.body)
        if bodies[0] == wanted:
            return None
        differs = next((at for at, (a, b) in enumerate(zip(bodies[0], wanted)) if a != b), min(len(bodies[0]), len(wanted)))
        return (
            f"the body differs at octet {differs}: {printable(bodies[0][differs:differs + 20])} "
            f"for {printable(wanted[differs:differs + 20])}")

    def _relay(self, servers: list[Server]) -> None:
        relay = Postfix(
            self._laboratory, "relay", {server.domain: self._proxies[server.name].port for server in servers})
        for server in servers:
            message = make("Postfix smtp(8)")
            try:
                next(client for client in CLIENTS if client.name == "Python smtplib").send(
                    Destination(relay.port, server.domain), message)
            except NotDelivered as error:
                self.results.failed(server.name, "Postfix smtp(8)", f"its own server refused: {error}")
                continue
            self.results.judge(server.name, "Postfix smtp(8)", self._arrival(server, message))

    def _smuggle(self, server: Server) -> None:
        everything = smuggling.WELL_KNOWN + smuggling.variants()
        split = self._splitting(server, Destination(server.port, server.domain))
        self.results.judge(
            server.name, "smuggling straight to it, as proof", None if split else "no payload splits: this proves nothing",
            f"{len(split)} of {len(everything)} split: {', '.join(printable(each) for each in split[:12])}")
        to = self._through_proxy(server)
        for payload in smuggling.WELL_KNOWN:
            self._attack(server, to, f"smuggling {printable(payload)}", [payload])
        rest = smuggling.variants()
        self._attack(server, to, f"smuggling, {len(rest)} other variants", rest)
        end = smuggling.END_OF_DATA
        self._attack(server, to, f"smuggling {printable(end)} in BDAT", [end], only_chunks=True)
        # Writing messages anew is no matter of configuration.
        alarming = self._start_proxy(server, "-alarm", enforce="alarm")
        lax = self._start_proxy(server, "-unchecked", "--disable", "compliance", "--disable", "methods")
        for proxy, how in ((alarming, "alarms only"), (lax, "no checks")):
            to = Destination(proxy.port, server.domain)
            self._attack(server, to, f"smuggling, all {len(everything)}, {how}", everything)
            self._attack(server, to, f"smuggling {printable(end)} in BDAT, {how}", [end], only_chunks=True)
            if not proxy.is_running:
                self.results.failed(server.name, f"smuggling, {how}: the proxy is alive", proxy.last_words)

    def _splitting(self, server: Server, to: Destination) -> list[bytes]:
        attacks = [smuggling.Attack.make(payload) for payload in smuggling.WELL_KNOWN + smuggling.variants()]

        def send(attack: smuggling.Attack) -> None:
            with contextlib.suppress(SessionEnded):
                smuggling.send_patiently(to, attack)

        _side_by_side(send, attacks)
        eventually(server.is_idle, timeout=15)
        delivered = set(server.maildir.marks())
        return [attack.payload for attack in attacks if attack.inner.mark in delivered]

    def _attack(
        self, server: Server, to: Destination, name: str, payloads: list[bytes], only_chunks: bool = False
    ) -> None:
        attacks = [smuggling.Attack.make(payload) for payload in payloads]
        ways = [smuggling.send_at_once, smuggling.send_cut, smuggling.send_patiently]

        def send(attack: smuggling.Attack) -> None:
            for way in [*([] if only_chunks else ways), smuggling.send_chunks]:
                with contextlib.suppress(SessionEnded):
                    way(to, attack)
            smuggling.send_control(to, attack)

        try:
            _side_by_side(send, attacks)
            problem = self._harm(server, attacks)
        except (SessionEnded, OSError) as error:
            problem = repr(error)
        delivered = server.maildir.marks()
        whole = sum(delivered.count(attack.outer.mark) for attack in attacks)
        self.results.judge(server.name, name, problem, f"{whole} delivered as one message each" if whole else "refused")

    @staticmethod
    def _harm(server: Server, attacks: list[smuggling.Attack]) -> str | None:
        """What the store says: every control mail has to be there, and no smuggled one."""
        controls = {attack.control.mark for attack in attacks}
        eventually(lambda: controls <= set(server.maildir.marks()) and server.is_idle(), timeout=20)
        delivered = set(server.maildir.marks())
        split = [printable(attack.payload) for attack in attacks if attack.inner.mark in delivered]
        if split:
            return f"SMUGGLED by {', '.join(split)}"
        if missing := len(controls - delivered):
            return f"{missing} of {len(attacks)} control mails did not arrive"
        return None if server.is_idle() else "the server's queue is stuck"

    def _load(self) -> None:
        where = "smtp-sink"
        if not (shutil.which("smtp-source") and shutil.which("smtp-sink")):
            self.results.skipped(where, "load", "smtp-source or smtp-sink is not installed")
            return
        sink = CountingSink(self._laboratory)
        proxy = Proxy(self._laboratory, self._program, sink.port, "proxy-smtp-sink", *UNLIMITED)
        for load in (Load(5000, 20, 10_240), Load(2000, 20, 10_240, reuses_connections=True), Load(50, 1, 10_240)):
            name = (
                f"{load.messages} messages of {load.octets} octets, {load.sessions} at once"
                + (", connections reused" if load.reuses_connections else ""))
            before = sink.messages
            problem, seconds = load.send(proxy.port, timeout=60)
            eventually(lambda: sink.messages - before >= load.messages, timeout=5)
            taken = sink.messages - before
            if problem is None and taken != load.messages:
                problem = f"the sink has taken {taken}"
            self.results.judge(where, name, problem, f"{load.messages / seconds:.0f} messages/s")


def _side_by_side(send: Callable[[smuggling.Attack], None], attacks: list[smuggling.Attack]) -> None:
    with ThreadPoolExecutor(max_workers=12) as threads:
        for _ in threads.map(send, attacks):
            pass


def main() -> int:
    parser = argparse.ArgumentParser(prog="Scripts/interop", description=__doc__)
    parser.add_argument("--proxy", type=Path, required=True, help="the smtp-proxy program")
    parser.add_argument("--opensmtpd", type=Path, required=True, help="folder into which OpenSMTPD's package is unpacked")
    parser.add_argument("--logs", type=Path, required=True, help="folder for the log files of every program")
    options = parser.parse_args()
    program = options.proxy.resolve()
    if not os.access(program, os.X_OK):
        parser.error(f"{program} is not a program")
    begin = time.monotonic()
    print(
        "Network: loopback only, in a namespace of its own." if enter_private_network() else
        "Network: the system's; every program is configured for loopback only.")
    with Laboratory(options.logs, time_limit=240) as laboratory:
        run = Interop(laboratory, program, options.opensmtpd)
        try:
            run.run()
        except LaboratoryError as error:
            run.results.failed("laboratory", "set-up", str(error))
    results = run.results
    print(table(
        ("", "server", "test", "detail"), results.rows, (4, 10, 46, 56)))
    print(f"\n{time.monotonic() - begin:.0f} s; logs of every program: {options.logs}")
    print(results.summary())
    return 1 if results.count("FAIL") else 0


if __name__ == "__main__":
    sys.exit(main())
