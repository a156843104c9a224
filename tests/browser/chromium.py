"""A real Chromium: where it is on this machine, and how tests start it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

#: What a browser in a test does not do: ask hosts of its maker, or use a sandbox that root cannot have.
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> Path | None:
    """The program, if this machine has one."""
    return next((Path(found) for name in _NAMES if (found := shutil.which(name))), None)


MISSING = (
    "no Chromium here: 'apt-get install chromium', then run this again; "
    "the journeys through the web app were left out"
)


@contextmanager
def started() -> Iterator[Browser]:
    """A browser for as long as the context lasts."""
    program = chromium()
    assert program is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
