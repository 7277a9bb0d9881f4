"""Chromium without a window, Debian's, driven by Debian's Selenium."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.common.by import By

from .processes import Laboratory

# The lowest contrast of any text that is seen, as WCAG 2 measures it, with the text that has it.
CONTRAST = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
function rgba(color) {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}
const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
function ground(node) {
  for (; node; node = node.parentElement) { const c = rgba(getComputedStyle(node).backgroundColor); if (c[3] > 250) return c; }
  return [255, 255, 255, 255];
}
let worst = [21, ""];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const node = texts.currentNode, owner = node.parentElement;
  if (!node.data.trim() || !owner.checkVisibility() || owner.closest("script,style,svg")) continue;
  const [a, b] = [light(rgba(getComputedStyle(owner).color)), light(ground(owner))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  if (ratio < worst[0]) worst = [ratio, node.data.trim().slice(0, 40)];
}
return worst;
"""


class Browser:
    """One Chromium without a window."""

    def __init__(self, laboratory: Laboratory) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        words = ["--headless=new", f"--user-data-dir={laboratory.subfolder('chromium')}", "--no-first-run", "--disable-background-networking",
                 "--disable-dev-shm-usage", "--hide-scrollbars"]
        # Its sandbox does not work for root, nor in most containers. It sees pages of ours alone.
        if os.geteuid() == 0:
            words.append("--no-sandbox")
        for word in words:
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.chrome.service.Service("/usr/bin/chromedriver", log_path=str(laboratory.logs / "chromedriver.log"))
        self.driver = webdriver.Chrome(service=service, options=options)
        self.driver.set_page_load_timeout(20)

    def command(self, name: str, **parameters: object) -> object:
        """One of Chromium's own commands."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def look(self, width: int, scheme: str, height: int = 900) -> None:
        """From now on it is so wide, and light or dark."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def photograph(self, file: Path) -> None:
        """Takes a picture of the whole page."""
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        width = self.driver.execute_script("return innerWidth")
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=max(600, height), deviceScaleFactor=1, mobile=width < 600)
        file.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"]))

    @property
    def text(self) -> str:
        """What a reader sees; nothing while a page is on its way."""
        return self.driver.execute_script("return document.body ? document.body.innerText : ''")

    @property
    def heading(self) -> str:
        found = self.driver.find_elements(By.TAG_NAME, "h1")
        return found[0].text if found else ""

    def asks_something(self) -> bool:
        """Whether a script has put up a dialogue."""
        try:
            self.driver.switch_to.alert.dismiss()
            return True
        except NoAlertPresentException:
            return False

    def lowest_contrast(self) -> tuple[float, str]:
        """The lowest contrast of any text that is seen, as WCAG 2 measures it, with that text."""
        ratio, words = self.driver.execute_script(CONTRAST)
        return ratio, words
