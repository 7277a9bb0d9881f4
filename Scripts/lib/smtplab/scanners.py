"""Servers that scan for malware, each with a configuration, a socket and a folder of its own on loopback."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from .processes import Child, Laboratory, accepts_connections, free_port

CLAMD = "/usr/sbin/clamd"
CLAMSMTP = "/usr/sbin/clamsmtpd"
C_ICAP = "/usr/bin/c-icap"
C_ICAP_MODULES = "/usr/lib/x86_64-linux-gnu/c_icap"


class Clamd:
    """A clamd with these signatures on a socket of the file system."""

    def __init__(self, laboratory: Laboratory, signatures: Path, name: str = "clamd", *settings: str) -> None:
        folder = laboratory.folder / name
        folder.mkdir()
        self.socket = folder / "socket"
        configuration = folder / "clamd.conf"
        configuration.write_text("\n".join([
            f"LocalSocket {self.socket}", "LocalSocketMode 666", f"DatabaseDirectory {signatures}", f"TemporaryDirectory {folder}",
            "Foreground yes", "MaxThreads 8", "AlertEncrypted yes", "AlertExceedsMax yes", *settings, ""]))
        self.child: Child = laboratory.start(name, [CLAMD, f"--config-file={configuration}"])
        self.child.wait_until(self._answers, "listening")

    @staticmethod
    def is_available() -> bool:
        return os.access(CLAMD, os.X_OK)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"zPING\0")
                return probe.recv(16) == b"PONG\0"
            except OSError:
                return False


class ICAPServer:
    """A c-icap whose service virus_scan asks a clamd."""

    def __init__(self, laboratory: Laboratory, clamd: Clamd, name: str = "c-icap") -> None:
        folder = laboratory.folder / name
        folder.mkdir()
        self.port = free_port()
        configuration = folder / "c-icap.conf"
        (folder / "virus_scan.conf").write_text("\n".join([
            "Service antivirus_module virus_scan.so", "ServiceAlias avscan virus_scan?allow204=on&sizelimit=off&mode=simple",
            "virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE", "virus_scan.SendPercentData 0",
            "virus_scan.MaxObjectSize 100M", "virus_scan.DefaultEngine clamd", ""]))
        (folder / "clamd_mod.conf").write_text(
            f"Module common clamd_mod.so\nclamd_mod.ClamdSocket {clamd.socket}\n")
        configuration.write_text("\n".join([
            f"PidFile {folder}/pid", f"CommandsSocket {folder}/control", "Timeout 30", "MaxKeepAliveRequests 100", "KeepAliveTimeout 60",
            "StartServers 1", "MaxServers 2", "MinSpareThreads 4", "MaxSpareThreads 8", "ThreadsPerChild 8", "MaxRequestsPerChild 0",
            f"Port 127.0.0.1:{self.port}", "ServerAdmin nobody@localhost", "ServerName localhost", f"TmpDir {folder}", "MaxMemObject 131072",
            "DebugLevel 1", f"ModulesDir {C_ICAP_MODULES}", f"ServicesDir {C_ICAP_MODULES}", "TemplateDir /usr/share/c_icap/templates/",
            "TemplateDefaultLanguage en", "LoadMagicFile /etc/c-icap/c-icap.magic", f"ServerLog {folder}/server.log",
            f"AccessLog {folder}/access.log", f"Include {folder}/clamd_mod.conf", f"Include {folder}/virus_scan.conf", ""]))
        self.child: Child = laboratory.start(name, [C_ICAP, "-N", "-f", str(configuration)])
        self.child.wait_until(lambda: accepts_connections(self.port), "listening")

    @property
    def url(self) -> str:
        return f"icap://127.0.0.1:{self.port}/avscan"

    @staticmethod
    def is_available() -> bool:
        return os.access(C_ICAP, os.X_OK) and os.path.exists(f"{C_ICAP_MODULES}/virus_scan.so")


class ClamSMTP:
    """clamsmtpd, a proxy that has a clamd scan, in front of a port."""

    def __init__(self, laboratory: Laboratory, clamd: Clamd, upstream: int, name: str = "clamsmtp") -> None:
        folder = laboratory.folder / name
        folder.mkdir()
        folder.chmod(0o777)
        self.port = free_port()
        configuration = folder / "clamsmtpd.conf"
        configuration.write_text("\n".join([
            f"OutAddress: 127.0.0.1:{upstream}", f"Listen: 127.0.0.1:{self.port}", f"ClamAddress: {clamd.socket}",
            f"TempDirectory: {folder}", "MaxConnections: 128", "Action: bounce", "Header:", ""]))
        self.child: Child = laboratory.start(name, [CLAMSMTP, "-d", "1", "-f", str(configuration)])
        self.child.wait_until(lambda: accepts_connections(self.port), "listening")

    @staticmethod
    def is_available() -> bool:
        return shutil.which(CLAMSMTP) is not None
