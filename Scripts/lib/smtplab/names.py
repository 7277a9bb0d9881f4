"""An authoritative name server (NSD) on a port of loopback, and a relay in front of it that can keep questions to itself."""

from __future__ import annotations

import select
import shutil
import socket
import threading
from pathlib import Path

from .processes import Child, Laboratory, free_port

NSD = "/usr/sbin/nsd"


class NameServer:
    """NSD with zones of our own. It answers for them and for nothing else, and transfers nothing to anybody."""

    def __init__(self, laboratory: Laboratory, zones: dict[str, str]) -> None:
        folder = laboratory.subfolder("nsd")
        self.port = free_port()
        lines = [
            "server:", f"  ip-address: 127.0.0.1@{self.port}", "  server-count: 1", "  username: root", f"  zonesdir: {folder}",
            '  database: ""', f"  pidfile: {folder}/pid", f"  xfrdfile: {folder}/xfrd", f"  zonelistfile: {folder}/zones",
            f"  xfrdir: {folder}", "  verbosity: 1", "remote-control:", "  control-enable: no"]
        for number, (name, records) in enumerate(zones.items()):
            file = folder / f"zone{number}"
            file.write_text(f"$ORIGIN {name}.\n$TTL 60\n@ SOA ns host 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n{records}\n")
            lines += ["zone:", f"  name: {name}", f"  zonefile: {file}"]
        configuration = folder / "nsd.conf"
        configuration.write_text("\n".join(lines) + "\n")
        self._child: Child = laboratory.start("nsd", [NSD, "-d", "-c", configuration])
        self._child.wait_until(lambda: self._answers(next(iter(zones))), "an answer")

    @staticmethod
    def is_available() -> bool:
        return Path(NSD).exists() or shutil.which("nsd") is not None

    def _answers(self, zone: str) -> bool:
        labels = b"".join(bytes([len(label)]) + label.encode() for label in zone.split("."))
        with socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.2)
            try:
                probe.sendto(b"\1\1\0\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\6\0\1", ("127.0.0.1", self.port))
                return len(probe.recv(4096)) > 12
            except OSError:
                return False


class ForgetfulRelay:
    """Passes questions on over UDP, but those with a certain label, to which nobody ever answers."""

    def __init__(self, server: int, forgotten: bytes) -> None:
        self._server = ("127.0.0.1", server)
        self._forgotten = bytes([len(forgotten)]) + forgotten
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while not self._stopped.is_set():
            if not select.select([self._socket], [], [], 0.1)[0]:
                continue
            question, client = self._socket.recvfrom(4096)
            if self._forgotten in question.lower():
                continue
            with socket.socket(type=socket.SOCK_DGRAM) as upstream:
                upstream.settimeout(2)
                try:
                    upstream.sendto(question, self._server)
                    self._socket.sendto(upstream.recv(65_535), client)
                except OSError:
                    continue


class SilentServer:
    """A name server that takes questions and never answers."""

    def __init__(self) -> None:
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def stop(self) -> None:
        self._socket.close()
