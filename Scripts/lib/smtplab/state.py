"""What proxies remember: together in one Redis that can fail in any way, and alone in a file that survives them."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .postfix import Postfix
from .processes import Laboratory, accepts_connections, eventually, free_port
from .proxy import Proxy
from .report import Results
from .wire import RawSession

#: Messages an hour from a sender's domain to a recipient.
LIMIT = 25
#: What a refused recipient gets to hear.
REFUSED = r"451 4\.7\.1 Too many messages, try again in \d+ seconds? \(support ID \d{19}\)"
#: How long a store waits for Redis, in seconds.
CALL_TIMEOUT = 0.25


class Line:
    """A line to a port of loopback that can be as slow as it likes: what comes back is held back for a while."""

    def __init__(self, target: int) -> None:
        #: In seconds.
        self.delay = 0.0
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            threading.Thread(target=self._copy, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._copy, args=(far, near, True), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        try:
            while octets := source.recv(65_536):
                if is_answer:
                    time.sleep(self.delay)
                target.sendall(octets)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class State:
    """Proxies in front of one server that have to remember something."""

    def __init__(self, laboratory: Laboratory, program: Path, server: Postfix, results: Results) -> None:
        self._laboratory = laboratory
        self._program = program
        self._server = server
        self.results = results
        self._client = 0

    def run(self) -> None:
        program = shutil.which("redis-server")
        if program:
            self._port = free_port()
            self._command = [
                program, "--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no"]
            self._share()
            self._fail()
        else:
            self.results.skipped(self._server.name, "state in Redis", "redis-server is not installed")
        self._survive()

    # Limits that two proxies share

    def _share(self) -> None:
        where, what = self._server.name, "two proxies, one Redis"
        redis = self._start_redis("redis")
        proxies = [self._proxy(f"proxy-shared-{number}", self._port) for number in (1, 2)]
        # 16 clients, each in a network of its own, ask for 80.
        with ThreadPoolExecutor(max_workers=16) as threads:
            accepted = sum(threads.map(
                lambda client: self._accepted(self._ask(proxies[client % 2], "shared.test", 5, client)), range(16)))
        self.results.judge(
            where, f"{what}, 16 clients: the limit of {LIMIT}", None if accepted == LIMIT else f"{accepted} were accepted",
            f"{accepted} of 80 accepted")
        redis.stop(grace=5)
        passed = self._accepted(self._ask(proxies[0], "shared.test", 5))
        unavailable = eventually(lambda: self._unavailable(proxies[0]) > 0, timeout=5)
        self.results.judge(
            where, f"{what}, which is away: mail goes on", None if passed == 5 and unavailable else f"{passed} of 5 went on",
            "and the log says that the check was not done")
        redis = self._start_redis("redis-again")
        back = eventually(lambda: all(proxy.output.count("state=connected") == 2 for proxy in proxies), timeout=15)
        accepted = sum(self._accepted(self._ask(proxies[number % 2], "shared.test", 5)) for number in range(8))
        self.results.judge(
            where, f"{what}, which is back, empty", None if back and accepted == LIMIT else f"back: {back}, {accepted} were accepted",
            "limits hold again, from the beginning")
        redis.stop(grace=5)

    # One that fails

    def _fail(self) -> None:
        redis = self._start_redis("redis-failing")
        line = Line(self._port)
        proxy = self._proxy("proxy-failing", line.port)
        careful = self._proxy("proxy-fallback", line.port, "--state-fallback")

        # Slow, but in time: the limit holds.
        self._ask(proxy, "slow.test", LIMIT - 1)
        line.delay = CALL_TIMEOUT / 3
        self._judge("a Redis that is slow", self._ask(proxy, "slow.test", 2), ["250", REFUSED], "the limit holds")
        # Too slow: mail goes on, and so it does for a Redis that hangs, and for one that has no memory left.
        line.delay = 2 * CALL_TIMEOUT
        self._expect_open("too slow", proxy)
        line.delay = 0
        self._expect_limit("in time again", proxy)
        redis.send_signal(signal.SIGSTOP)
        self._expect_open("hung", proxy)
        before = self._ask(careful, "careful.test", LIMIT + 1)
        self._judge("a Redis that is hung, with a stand-in", before[-2:], ["250", REFUSED], "the stand-in's limit holds")
        redis.send_signal(signal.SIGCONT)
        self._expect_limit("awake again", proxy)
        self._tell("CONFIG", "SET", "maxmemory-policy", "noeviction")
        self._tell("CONFIG", "SET", "maxmemory", "1")
        self._expect_open("full", proxy)
        self._tell("CONFIG", "SET", "maxmemory", "0")
        self._expect_limit("with room again", proxy)
        line.close()
        redis.stop(grace=5)

    def _expect_open(self, how: str, proxy: Proxy) -> None:
        """Mail goes on though nothing can be counted, and does not wait long."""
        before = self._unavailable(proxy)
        start = time.monotonic()
        answers = self._ask(proxy, f"{how.replace(' ', '-')}.test", 2)
        took = time.monotonic() - start
        logged = eventually(lambda: self._unavailable(proxy) >= before + 2, timeout=5)
        problem = None
        if self._accepted(answers) != 2:
            problem = f"answered {answers}"
        elif not logged:
            problem = "the log does not say that the check was not done"
        elif took > 40 * CALL_TIMEOUT:
            problem = f"took {took:.1f} s"
        self.results.judge(self._server.name, f"a Redis that is {how}", problem, f"mail goes on, in {took:.1f} s, and the log says so")

    def _expect_limit(self, how: str, proxy: Proxy) -> None:
        """The limit holds again, soon, for a domain that was not heard of before."""
        eventually(lambda: "state=connected" in self._states(proxy)[-1], timeout=20)
        answers = self._ask(proxy, f"{how.replace(' ', '-')}.test", LIMIT + 1)
        self._judge(f"a Redis that is {how}", answers[-2:], ["250", REFUSED], "the limit holds again")

    # A file

    def _survive(self) -> None:
        where = self._server.name
        file = self._laboratory.folder / "state.db"
        options = ("--state", f"sqlite:{file}", "--greylist", "3")
        proxy = Proxy(self._laboratory, self._program, self._server.port, "proxy-file", *options, log_level="info")
        first = self._ask(proxy, "file.test", 1, client=90)
        self._judge("SQLite: a sender that nobody knows", first, [r"451 4\.7\.1 Greylisted, .*"], "greylisted")
        other = subprocess.run(
            [self._program, "--listen", f"127.0.0.1:{free_port()}", "--upstream", f"127.0.0.1:{self._server.port}",
             "--state", f"sqlite:{file}"], capture_output=True, text=True, timeout=30)
        said = " ".join((other.stdout + other.stderr).split())
        self.results.judge(
            where, "SQLite: a second proxy with the same file",
            None if other.returncode and "in use by another process" in said else f"{other.returncode}: {said[:200]}",
            "says that it is in use, and ends")
        time.sleep(3)
        for _ in range(3):
            # What was answered before is known afterwards, each time.
            proxy.kill()
            proxy = Proxy(self._laboratory, self._program, self._server.port, "proxy-file", *options, log_level="info")
            answers = self._ask(proxy, "file.test", 5, client=90)
            if self._accepted(answers) != 5:
                break
        self._judge("SQLite: killed three times", answers, ["250"] * 5, "the sender that came back in time is known")
        answers = self._ask(proxy, "file.test", LIMIT - 15 + 1, client=90)
        self._judge("SQLite: and the limit goes on", answers[-3:], ["250", REFUSED, REFUSED], f"{LIMIT} in all, then refused")
        status = proxy.stop()
        self.results.judge(where, "SQLite: the proxy stops when asked", f"exit status {status}" if status else None)

    @staticmethod
    def _states(proxy: Proxy) -> list[str]:
        """What the proxy said of its connection to Redis."""
        return [line for line in proxy.output.splitlines() if line.endswith(("] Redis", "] Redis is away"))]

    # What all of them do

    def _start_redis(self, name: str):
        redis = self._laboratory.start(name, self._command)
        redis.wait_until(lambda: accepts_connections(self._port), "listening")
        return redis

    def _proxy(self, name: str, port: int, *options: str) -> Proxy:
        proxy = Proxy(
            self._laboratory, self._program, self._server.port, name, "--state", f"redis://127.0.0.1:{port}", *options,
            log_level="info")
        eventually(lambda: "state=connected" in proxy.output, timeout=5)
        return proxy

    def _tell(self, *words: str) -> None:
        """Gives Redis a command."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=5) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            connection.recv(1_024)

    def _ask(self, proxy: Proxy, domain: str, count: int, client: int | None = None) -> list[str]:
        """The replies to the recipient of so many transactions from a domain; `250`, or the whole of a refusal."""
        if client is None:
            self._client += 1
            client = 100 + self._client
        replies = []
        with RawSession(proxy.port, source=f"127.1.{client}.1", timeout=30) as session:
            session.reply()
            session.ask(b"EHLO client.test\r\n")
            for _ in range(count):
                session.ask(f"MAIL FROM:<friend@{domain}>\r\n".encode())
                reply = session.ask(f"RCPT TO:<alice@{self._server.domain}>\r\n".encode())
                replies.append("250" if reply.code == 250 else str(reply))
                session.ask(b"RSET\r\n")
        return replies

    def _judge(self, what: str, answers: list[str], wanted: list[str], detail: str) -> None:
        fits = len(answers) == len(wanted) and all(map(re.fullmatch, wanted, answers))
        self.results.judge(self._server.name, what, None if fits else f"answered {answers}", detail)

    @staticmethod
    def _accepted(answers: list[str]) -> int:
        return answers.count("250")

    @staticmethod
    def _unavailable(proxy: Proxy) -> int:
        return proxy.output.count("violation=rate-limit.unavailable")
