"""Children, ports and folders that are all gone when the laboratory closes, whatever happened in between."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path


class LaboratoryError(Exception):
    """Something that the laboratory needs did not come up; not a verdict about what is being tested."""


class Child:
    """A program that runs beside us in a process group of its own, its output in a log file."""

    def __init__(self, name: str, command: Sequence[str | Path], log: Path, **options: object) -> None:
        self.name = name
        self.log = log
        with open(log, "ab") as output:
            self._process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, **options)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def wait_until(self, condition: Callable[[], bool], what: str, timeout: float = 20.0) -> None:
        """Waits until the condition holds; fails when the time is up or the child has ended."""
        deadline = time.monotonic() + timeout
        while not condition():
            if not self.is_running:
                raise LaboratoryError(f"{self.name} ended with {self._process.returncode} before {what}\n{self._tail()}")
            if time.monotonic() > deadline:
                raise LaboratoryError(f"{self.name}: {what} did not happen within {timeout:.0f} s\n{self._tail()}")
            time.sleep(0.02)

    def send_signal(self, number: signal.Signals) -> None:
        """Sends the child a signal, if it still runs."""
        if self.is_running:
            self._process.send_signal(number)

    def stop(self, grace: float = 10.0) -> int:
        """Asks the child to stop, and makes it stop when the grace (in seconds) is over; gives its exit status."""
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(grace)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        # Nothing of its group may stay behind, even if the leader has gone quietly.
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        return status

    def _tail(self) -> str:
        return "\n".join(self.output.splitlines()[-15:])


class Laboratory:
    """A temporary folder and the children that live in it."""

    def __init__(self, logs: Path, time_limit: int) -> None:
        self.logs = logs
        self._time_limit = time_limit
        self._children: list[Child] = []

    def __enter__(self) -> Laboratory:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._interrupted)
        signal.signal(signal.SIGALRM, self._timed_out)
        signal.alarm(self._time_limit)
        self.logs.mkdir(parents=True, exist_ok=True)
        # Not below the clone: mail servers drop their privileges, and then a private home folder is closed to them.
        self.folder = Path(tempfile.mkdtemp(prefix="smtplab-"))
        self.folder.chmod(0o755)
        return self

    def __exit__(self, *_: object) -> None:
        signal.alarm(0)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(self._children):
            child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, name: str, command: Sequence[str | Path], **options: object) -> Child:
        """Starts a program that ends with the laboratory at the latest."""
        log = self.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        child = Child(name, command, log, **options)
        self._children.append(child)
        return child

    def subfolder(self, name: str) -> Path:
        """A new folder in the temporary one."""
        folder = self.folder / name
        folder.mkdir()
        return folder

    def wait(self) -> None:
        """Waits, as long as it takes, until somebody interrupts."""
        signal.alarm(0)
        try:
            while True:
                signal.pause()
        except SystemExit:
            pass

    def _interrupted(self, number: int, _: object) -> None:
        raise SystemExit(128 + number)

    def _timed_out(self, *_: object) -> None:
        raise LaboratoryError(f"the whole run took longer than {self._time_limit} s")


def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts_connections(port: int) -> bool:
    """Whether somebody listens on the port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def eventually(condition: Callable[[], bool], timeout: float) -> bool:
    """Whether the condition comes true within the time, in seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
