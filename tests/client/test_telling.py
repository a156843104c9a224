"""What people read in a terminal: times with their zone, written in one place; tables that fit, and what words mean."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agency_client.cli.meanings import is_alarm
from agency_client.cli.tables import table_lines
from agency_client.cli.telling import spoken, spoken_day, tell_error
from agency_client.record.reading import read_document
from phoenix_protocol.errors import Problem, RefusedError, UsageError
from phoenix_protocol.evidence.damage import DamagedError

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


# -- tables ------------------------------------------------------------------------------------------------------------

HEADINGS = ("Package", "From", "Purpose", "Sent")
ROWS = [
    (
        "47802a6905b8",
        "front.door@quillmere-council",
        "Ask for a strategy discussion about it",
        "now",
    ),
    ("aee4bf2e57f0", "mash@ardenfold-police", "", "then"),
]


def table(width: int | None) -> list[str]:
    return list(table_lines(HEADINGS, ROWS, width))


def test_a_table_that_fits_is_as_wide_as_its_cells() -> None:
    assert table(None) == table(200) == table(max(map(len, table(None))))
    assert [len(line.split("  ")) > 1 for line in table(None)] == [True] * 3


@pytest.mark.parametrize("width", range(64, 90))
def test_a_table_that_does_not_fit_is_wrapped_between_words(width: int) -> None:
    lines = table(width)
    assert max(map(len, lines)) <= width
    assert lines[0].split() == list(HEADINGS)
    words = [word for row in ROWS for cell in row for word in cell.split()]
    assert sorted(" ".join(lines[1:]).split()) == sorted(words)


def test_where_words_have_no_room_each_row_is_stacked() -> None:
    assert table(60) == [
        "47802a6905b8",
        "  From     front.door@quillmere-council",
        "  Purpose  Ask for a strategy discussion about it",
        "  Sent     now",
        "aee4bf2e57f0",
        "  From     mash@ardenfold-police",
        "  Sent     then",
    ]


SHOW = """
from agency_client.cli.telling import legend, table
table(("Package", "Purpose"), [("47802a6905b8", "word " * 30)])
legend(["held", "given up", "held"], {"held": "at the relay", "given up": "gone"})
"""


def shown_on(width: int | None) -> list[str]:
    """What a program prints that shows a table and a legend, on a real terminal or (None) into a pipe."""
    words = [sys.executable, "-c", SHOW]
    if width is None:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("\n")
    reader, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (40, width))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen(words, stdin=terminal, stdout=terminal, env=environment) as process:
        process.wait(60)
    os.set_blocking(reader, False)
    text = os.read(reader, 1 << 16).decode()
    os.close(terminal)
    os.close(reader)
    return text.replace("\r", "").split("\n")


def test_on_a_terminal_a_table_fits_and_says_what_its_states_mean() -> None:
    lines = shown_on(60)
    assert max(map(len, lines)) <= 60
    assert lines[-4:] == ["", "held: at the relay.", "given up: gone.", ""]


def test_in_a_pipe_a_row_is_one_line_and_nothing_is_explained() -> None:
    heading, row, end = shown_on(None)
    assert (len(row) > 150, "held" in heading + row, end) == (True, False, "")


@pytest.mark.parametrize(
    ("code", "about", "alarm"),
    [
        ("E_SIG_DELIVERY", "offer", True),
        ("E_REPLAY", "sequence", True),
        ("E_RECEIPT_STATE", "event", True),
        ("E_RECEIPT_STATE", "missing:2", False),
        ("A_EQUIVOCATION", "ab", True),
        ("A_RELAY_LIED", "ab", True),
        ("E_DIR_STALE", "1", False),
        ("A_NOT_DELIVERED", "", False),
        ("N_CORRECTED", "ab", False),
        ("W_EXPIRES_SOON", "1", False),
    ],
)
def test_an_alarm_is_what_did_not_verify(code: str, about: str, alarm: bool) -> None:
    assert is_alarm(code, about) is alarm


def test_an_error_that_is_its_only_problem_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError) as unreadable:
        read_document(b"to = [")
    for error in (unreadable.value, DamagedError("E_PARSE", "It is cut off.", "part[2]")):
        tell_error(error, as_json=False)
        said = capsys.readouterr().err
        assert said.count(error.code) == said.count(error.next) == 1
        assert error.what in said
    one = Problem(
        code="E_DOC_TIME", message="This is over.", next="Write another.", place="expires"
    )
    tell_error(RefusedError("E_DOCUMENT", "It cannot go.", problems=[one]), as_json=False)
    assert "expires" in capsys.readouterr().err
