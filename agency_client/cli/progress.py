"""A progress bar for work over a second, on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Work that is done before this many seconds shows no bar.
_PATIENCE = 1.0


@contextmanager
def progress(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Gives a function to be told bytes done and bytes in all."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _whole: None
        return
    started = time.monotonic()
    bar = _Bar(what)

    def told(done: int, whole: int) -> None:
        if bar.is_shown or time.monotonic() - started > _PATIENCE:
            bar.show(done, whole)

    try:
        yield told
    finally:
        bar.close()


class _Bar:
    """One bar on standard error; the library that draws it loads when it is first shown."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._update: Callable[[int, int], None] | None = None
        self._stop: Callable[[], None] = lambda: None

    @property
    def is_shown(self) -> bool:
        """Whether it has been drawn."""
        return self._update is not None

    def show(self, done: int, whole: int) -> None:
        """Draw ``done`` of ``whole`` bytes."""
        if self._update is None:
            self._update = self._drawn(whole)
        self._update(done, whole)

    def _drawn(self, whole: int) -> Callable[[int, int], None]:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        console = Console(stderr=True)
        drawn = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
        drawn.start()
        task = drawn.add_task(self._what, total=whole)
        self._stop = drawn.stop
        return lambda done, _whole: drawn.update(task, completed=done)

    def close(self) -> None:
        """Take it away."""
        self._stop()
