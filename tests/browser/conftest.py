"""What browser tests share: a Chromium, Quillmere with its relay, and the web apps of its machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.apps import App
from tests.browser.chromium import MISSING, chromium, started
from tests.browser.journeys import HARDEST, Begin
from tests.end_to_end import quillmere
from tests.end_to_end.conftest import keyholder, made
from tests.end_to_end.quillmere import Keyholder, Town

__all__ = ["keyholder", "made"]

#: How long a page may take before a test gives up (milliseconds).
PATIENCE = 15_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module: what drives it has an event loop, beside which no other test can run one."""
    if chromium() is None:
        pytest.skip(MISSING)
    with started() as running:
        yield running


@pytest.fixture(scope="module")
def town(
    made: Path, keyholder: Keyholder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """Quillmere with its relay serving, shared by the tests of a module."""
    with quillmere.running(made, tmp_path_factory.mktemp("town") / "own", keyholder) as running:
        yield running


@pytest.fixture(scope="module")
def apps(town: Town) -> Iterator[Callable[..., App]]:
    """Starts the web app of a machine, once for all tests of a module."""
    with ExitStack() as stack:
        known: dict[tuple[str, tuple[str, ...]], App] = {}

        def start(name: str, *arguments: str) -> App:
            if (name, arguments) not in known:
                app = App(machine=town[name], arguments=arguments)
                known[name, arguments] = stack.enter_context(app)
            return known[name, arguments]

        yield start


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the app in a browser profile of its own, which holds nothing from before."""
    contexts: list[BrowserContext] = []

    def open_app(app: App, **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.goto(app.link)
        return page

    yield open_app
    for context in contexts:
        context.close()


@pytest.fixture
def begin(town: Town, opened: Callable[..., Page]) -> Iterator[Begin]:
    """Starts the app of a machine for one browser, the hardest to work in: a launch link works once."""
    with ExitStack() as stack:

        def start(name: str, *arguments: str, **options: Any) -> tuple[Page, App]:
            app = stack.enter_context(App(machine=town[name], arguments=arguments))
            return opened(app, **{**HARDEST, **options}), app

        yield start
