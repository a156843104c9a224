"""What people read in a terminal: times with their zone, written in one place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agency_client.cli.telling import spoken, spoken_day

WINTER = 1795183509  # 2026-11-20T14:05:09Z
SUMMER = 1782914709  # 2026-07-01T14:05:09Z


@pytest.fixture
def live_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Moves this process into a time zone."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "at", "text"),
    [
        ("GMT0BST,M3.5.0/1,M10.5.0", WINTER, "20 Nov 2026 14:05 GMT"),
        ("GMT0BST,M3.5.0/1,M10.5.0", SUMMER, "1 Jul 2026 15:05 BST"),
        ("UTC0", WINTER, "20 Nov 2026 14:05 UTC"),
        ("EST5", WINTER, "20 Nov 2026 09:05 EST"),
    ],
)
def test_a_time_names_its_zone(
    live_in: Callable[[str], None], zone: str, at: int, text: str
) -> None:
    live_in(zone)
    assert spoken(at) == text


def test_a_verdict_has_the_same_times_on_every_machine(live_in: Callable[[str], None]) -> None:
    live_in("EST5")
    assert spoken(WINTER, everywhere=True) == "20 Nov 2026 14:05:09 UTC"
    assert spoken_day(WINTER) == "20 Nov 2026"


def test_times_for_people_are_written_in_one_place(repository: Path) -> None:
    pages = sorted((repository / "agency_client" / "cli").glob("*.py"))
    words = ("strftime", "localtime", "gmtime", "isoformat", "fromtimestamp")
    writing = {page.name for page in pages if any(word in page.read_text() for word in words)}
    assert writing == {"telling.py"}
