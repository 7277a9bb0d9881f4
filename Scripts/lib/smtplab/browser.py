"""The statistics page in a real browser: an attack is found on it by the Support ID that the client saw; see Scripts/browser."""

from __future__ import annotations

import argparse
import os
import re
import smtplib
import sys
import time
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from .chromium import Browser
from .processes import Laboratory, LaboratoryError, accepts_connections, eventually, free_port
from .proxy import Proxy
from .report import Results, table
from .sink import Sink

WHERE = "page"
SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
SECRET = "AGEAc2VjcmV0"
TOKEN = "a token & of 'many' <letters>"
WIDTHS = (360, 768, 1280, 1920)
# Of ordinary text, by WCAG 2.2 (1.4.3).
LEAST_CONTRAST = 4.5


class PageTest:
    """A proxy with a page, a client that attacks, and a reader with a browser."""

    def __init__(self, laboratory: Laboratory, programs: Path, pictures: Path, results: Results) -> None:
        self._laboratory = laboratory
        self._programs = programs
        self._pictures = pictures
        self._results = results
        self._sink = Sink(laboratory, programs / "mail-sink")
        self._page = ""
        self._proxy = self._start("smtp-proxy")
        self._browser = Browser(laboratory)
        self._driver = self._browser.driver

    def close(self) -> None:
        self._driver.quit()

    def run(self) -> None:
        numbers = self._attack()
        self._judge("the client saw a Support ID with each refusal", None if len(numbers) == 5 else f"{len(numbers)}: {numbers}")
        # They are on the page a moment after the client heard of them.
        self._find(numbers)
        self._drill_down(numbers)
        self._injection(numbers)
        self._live()
        self._without_scripts(numbers[0])
        self._appearance(numbers[0])
        self._complaints()
        self._judge("the proxy stops when asked", None if self._proxy.stop() == 0 else self._proxy.last_words)
        self._token()

    # Set-up

    def _start(self, name: str, *options: str, host: str = "127.0.0.1") -> Proxy:
        port = free_port()
        self._page = f"http://127.0.0.1:{port}"
        proxy = Proxy(
            self._laboratory, self._programs / "smtp-proxy", self._sink.port, name, "--exempt", "127.0.0.0/8", "--transaction-log",
            str(self._laboratory.folder / "violations.sqlite"), "--stats", f"{host}:{port}", *options)
        eventually(lambda: accepts_connections(port), timeout=10)
        return proxy

    def _attack(self) -> list[str]:
        """Gives the Support IDs that the client saw, in order."""
        replies = []
        with smtplib.SMTP("127.0.0.1", self._proxy.port, "client.example", timeout=20) as client:
            client.ehlo()
            replies.append(client.docmd("EXPN", "everybody"))
            replies.append(client.docmd("EHLO", SCRIPT))
            replies.append(client.docmd("EHLO", IMAGE))
            client.docmd("AUTH", f"PLAIN {SECRET}")
            client.ehlo()
            client.docmd("MAIL", f'FROM:<"{SCRIPT}"@client.example>')
            client.docmd("RCPT", f'TO:<"{IMAGE.replace(chr(34), "")}"@sink.example>')
            replies.append(client.docmd("EXPN", SCRIPT))
            client.docmd("DATA")
            replies.append(self._message(client, f"Subject: {SCRIPT}\r\nSubject: {SCRIPT}\r\n\r\nhello\r\n"))
            client.docmd("MAIL", "FROM:<alice@client.example>")
            client.docmd("RCPT", "TO:<bob@sink.example>")
            client.docmd("DATA")
            replies.append(self._message(
                client, f'Subject: file\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name="{SCRIPT}.exe"\r\n'
                f'Content-Disposition: attachment; filename="{SCRIPT}.exe"\r\nContent-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA\r\n'))
        return [number for _, text in replies for number in re.findall(r"\b\d{19}\b", text.decode())]

    @staticmethod
    def _message(client: smtplib.SMTP, text: str) -> tuple[int, bytes]:
        client.send(f"Date: Mon, 1 Jan 2029 00:00:00 +0000\r\nFrom: alice@client.example\r\nTo: bob@sink.example\r\n{text}.\r\n")
        return client.getreply()

    # What a reader does

    def _find(self, numbers: list[str]) -> None:
        for number in numbers:
            def found() -> bool:
                self._open("/")
                box = self._driver.find_element(By.NAME, "id")
                box.send_keys(number, Keys.ENTER)
                return eventually(lambda: self._driver.current_url.endswith(f"/violations/{number}"), timeout=1)

            self._judge(f"{number}, typed into the search, leads to its violation", None if eventually(found, timeout=5) else self._browser.text)

    def _drill_down(self, numbers: list[str]) -> None:
        """From the overview to one violation, by its links."""
        self._open("/")
        for link in ("methods", numbers[0]):
            eventually(lambda: self._driver.find_elements(By.LINK_TEXT, link), timeout=5)
            self._driver.find_element(By.LINK_TEXT, link).click()
        self._judge("overview, check, violation: by links", self._shows(numbers[0], "Requests"))
        text = self._browser.text
        self._judge("the requests are there", self._missing(text, "ehlo client.example", "EXPN everybody"))

    def _injection(self, numbers: list[str]) -> None:
        whole = ""
        for number in numbers:
            self._open(f"/violations/{number}")
            whole += self._browser.text
        self._judge("names, addresses, commands and file names with scripts are text", self._missing(
            whole, f"EHLO {SCRIPT}", f"EHLO {escaped(IMAGE)}", escaped(f'"{SCRIPT}"@client.example'), f"EXPN {SCRIPT}", f"{SCRIPT}.exe"))
        self._judge("AUTH secrets are not there", "they are" if SECRET in whole or "c2VjcmV0" in whole else self._missing(whole, "hidden: part of AUTH"))
        for words in (SCRIPT, IMAGE):
            self._open("/")
            self._driver.find_element(By.NAME, "id").send_keys(words, Keys.ENTER)
            self._judge(f"a search for {words} shows it as text", self._shows(escaped(words)) or self._strange())
        self._open("/violations")
        for name in ("sender", "client", "violation"):
            box = self._driver.find_element(By.CSS_SELECTOR, f"main input[name={name}]")
            box.clear()
            box.send_keys(IMAGE, Keys.ENTER)
            self._judge(f"a filter for {IMAGE} in {name} is text", self._strange())
            self._open("/violations")

    def _strange(self) -> str | None:
        """What the page has that it was not built with."""
        if self._browser.asks_something():
            return "a script ran"
        scripts = self._driver.execute_script("return [...document.scripts].map(s => s.getAttribute('src'))")
        if scripts != ["/live.js"]:
            return f"scripts: {scripts}"
        images = self._driver.find_elements(By.CSS_SELECTOR, "img,iframe,object,embed,base,[onerror],[onload],[style]")
        return f"{len(images)} elements that do not belong there" if images else None

    def _live(self) -> None:
        self._open("/")

        def count() -> int:
            # In one step: the page may be renewed between two.
            return int(self._driver.execute_script("return document.querySelector('.card b').textContent").replace(",", ""))

        before = count()
        self._driver.execute_script("window.same = true")
        with smtplib.SMTP("127.0.0.1", self._proxy.port, "client.example", timeout=20) as client:
            client.ehlo()
            client.docmd("EXPN", "everybody")
        came = eventually(lambda: count() == before + 1, timeout=15)
        same = self._driver.execute_script("return window.same === true")
        self._judge("a new violation appears by itself", None if came and same else f"{before}, then {count()}")

    def _without_scripts(self, number: str) -> None:
        self._browser.command("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self._open("/")
            self._judge("without JavaScript the overview can be read", self._shows("By check", "methods", "Traffic by profile"))
            self._driver.find_element(By.NAME, "id").send_keys(number, Keys.ENTER)
            self._judge("and a violation is found", self._shows(number, "EXPN everybody"))
        finally:
            self._browser.command("Emulation.setScriptExecutionDisabled", value=False)

    def _appearance(self, number: str) -> None:
        pages = {"overview": "/", "violations": "/violations", "violation": f"/violations/{number}", "nothing-found": "/search?id=1"}
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                problems = []
                for name, path in pages.items():
                    self._browser.look(width, scheme)
                    self._open(path)
                    problems += [f"{name}: {problem}" for problem in self._layout()]
                    self._browser.photograph(self._pictures / f"{name}-{scheme}-{width}.png")
                self._judge(f"{width} pixels wide, {scheme}", "; ".join(problems) or None)
        self._browser.look(1280, "light")

    def _layout(self) -> list[str]:
        problems = []
        beyond = self._driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond > 0:
            problems.append(f"{beyond} pixels wider than the window")
        contrast, words = self._browser.lowest_contrast()
        if contrast < LEAST_CONTRAST:
            problems.append(f"contrast {contrast:.1f} of {words!r}")
        return problems

    def _complaints(self) -> None:
        """A style or script against the page's own policy would be in the console. Answers like 404 are there by intention."""
        lines = [entry["message"] for entry in self._driver.get_log("browser") if "Failed to load resource" not in entry["message"]]
        self._judge("the browser has no complaint", "; ".join(lines) or None)

    def _token(self) -> None:
        file = self._laboratory.folder / "token"
        file.write_text(TOKEN + "\n")
        proxy = self._start("smtp-proxy-token", "--stats-token-file", str(file), host="0.0.0.0")
        for words, expected in (("wrong", "That is not the token."), (TOKEN, "Traffic by profile")):
            self._open("/")
            self._driver.find_element(By.NAME, "token").send_keys(words, Keys.ENTER)
            self._judge(f"the token {words}: {expected}", self._shows(expected))
        self._judge("the proxy with the token stops when asked", None if proxy.stop() == 0 else proxy.last_words)

    # Judging

    def _open(self, path: str) -> None:
        self._driver.get(self._page + path)

    def _shows(self, *words: str) -> str | None:
        """What the page lacks, once it has come."""
        eventually(lambda: not self._missing(self._browser.text, *words), timeout=5)
        return self._missing(self._browser.text, *words)

    @staticmethod
    def _missing(text: str, *words: str) -> str | None:
        missing = [word for word in words if word not in text]
        return f"missing: {missing} in {text[:300]!r}" if missing else None

    def _judge(self, what: str, problem: str | None) -> None:
        self._results.judge(WHERE, what, problem)


def escaped(text: str) -> str:
    """As evidence is written."""
    return text.replace('"', '\\"')


def main() -> int:
    parser = argparse.ArgumentParser(prog="Scripts/browser", description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, help="folder of smtp-proxy and mail-sink")
    parser.add_argument("--logs", type=Path, required=True, help="folder for log files and pictures")
    options = parser.parse_args()
    programs = options.bin.resolve()
    for name in ("smtp-proxy", "mail-sink"):
        if not os.access(programs / name, os.X_OK):
            parser.error(f"{programs / name} is not a program; `make browser` builds it")
    begin = time.monotonic()
    results = Results()
    pictures = options.logs / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    with Laboratory(options.logs, time_limit=240) as laboratory:
        try:
            test = PageTest(laboratory, programs, pictures, results)
            try:
                test.run()
            finally:
                test.close()
        except (LaboratoryError, WebDriverException) as error:
            results.failed(WHERE, "the run", str(error))
    print(table(("", "where", "test", "detail"), results.rows, (4, 6, 80, 30)))
    print(f"\n{time.monotonic() - begin:.0f} s; logs and pictures: {options.logs}")
    print(results.summary())
    return 1 if results.count("FAIL") else 0


if __name__ == "__main__":
    sys.exit(main())
