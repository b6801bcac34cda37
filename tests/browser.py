"""A headless Chromium for tests of pages. Without one they are skipped; in CI that is a failure."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SIZES = {"desk": (1280, 800), "phone": (360, 740)}


def found() -> tuple[str, str] | None:
    """Where Chromium and its driver are."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


def missing(reason: str) -> None:
    """Skip, at a developer's desk; in CI there must be a browser."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI installs chromium, chromium-driver and the extra browser")
    pytest.skip(reason)


LETTERS = """
const seen = (text) => text.textContent && text.getClientRects().length;
const shown = [...document.querySelectorAll('#stage text')].filter(seen);
return Math.min(...shown.map((text) => {
  const { a } = text.getScreenCTM();
  return a * parseFloat(getComputedStyle(text).fontSize);
}));
"""


class Page:
    """An open page, and what a reader does with it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path, size: str = "desk", dark: bool = False, calm: bool = True) -> None:
        """Open a file afresh, on a screen of this size, with these wishes of its reader."""
        width, height = SIZES[size]
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"}
        wishes = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"},
        ]
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wishes})
        self.logged()
        self.driver.get(path.as_uri())

    def run(self, script: str, *arguments: object) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def press(self, *keys: str) -> None:
        """Keys, one after the other, to whatever has the focus."""
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def click(self, selector: str) -> None:
        """A click of the mouse on an element."""
        from selenium.webdriver.common.by import By

        self.driver.find_element(By.CSS_SELECTOR, selector).click()

    def text(self, selector: str) -> str:
        """What an element says, hidden or not."""
        return str(self.run("return document.querySelector(arguments[0]).textContent", selector))

    def focused(self) -> str:
        """The id of what has the focus."""
        return str(self.run("return document.activeElement.id"))

    def smallest_letters(self) -> float:
        """How many pixels of the screen the smallest letters of the picture have."""
        return float(self.run(LETTERS))

    def print(self, paper: bool = True) -> None:
        """Show the page as it is printed, or on the screen again."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print" if paper else ""})

    def colour(self, selector: str, of: str = "color") -> str:
        """A computed colour."""
        computed = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        return str(self.run(computed, selector, of))

    def logged(self) -> list[str]:
        """What the console says since it was last asked: errors, and policies that were broken."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requested(self) -> list[str]:
        """The addresses that were asked for since this was last asked, data and the file itself included."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Page]:
    """One browser for all tests."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return missing("no selenium here")
    programs = found()
    if programs is None:
        return missing("no Chromium here")
    with opened(*programs) as page:
        yield page


@contextmanager
def opened(browser: str, driver_of_it: str) -> Iterator[Page]:
    """A browser that shows nothing to anybody, until the end of the block."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    # As root there is no sandbox, and the shared memory of containers is small.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(driver_of_it))
    yield Page(driver)
    driver.quit()
