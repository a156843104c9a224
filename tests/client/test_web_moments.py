"""What pages say of the time at which something was true, and of whom a correction goes to."""

from __future__ import annotations

from typing import Any

import pytest

from agency_client.ports.vault import RegisterLine
from agency_client.record.register_table import RegisterEntry
from agency_client.web.drawing.calendar import calendar
from agency_client.web.drawing.case import Line, case_picture
from agency_client.web.gone import Went
from agency_client.web.rendering import Renderer
from agency_client.web.sent_items import SentItem, what_can_be_said
from agency_client.web.sent_words import as_of, known_at
from agency_client.web.telling import telling
from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.identifiers import ItemId, Seconds
from phoenix_protocol.package.lifecycle import State

#: 4:48am GMT on 23 November 2026.
AT = 1795409280


def item(*may: str) -> SentItem:
    return SentItem(
        id=ItemId(b"i" * 16),
        called="s-1.1",
        words="What we saw, 1",
        class_="FACT",
        text="x",
        section="What we saw",
        goes_to=(),
        later=(),
        marks=(),
        may=frozenset(may),
    )


def line(number: int, time: int) -> Line:
    entry = RegisterEntry(
        line=RegisterLine(kind="sent", time=Seconds(time)), reference="x", parties=()
    )
    return Line(number=number, entry=entry)


def test_how_far_it_is_says_as_of_when() -> None:
    assert as_of(AT, AT + 600) == "As of 4:48am today"
    assert as_of(AT, AT + 86400) == "As of 4:48am GMT on 23 November 2026"


def test_a_look_at_the_relay_does_not_tell_who_has_seen_a_cover_and_asking_does() -> None:
    assert known_at(State.HELD, AT, AT + 60, None) == AT
    assert known_at(State.HELD, AT, AT + 60, AT + 90) == AT + 90
    assert known_at(State.COMMITTED, AT, AT + 60, None) == AT + 60
    assert known_at(State.COMMITTED, AT, None, None) == AT


@pytest.mark.parametrize(
    ("may", "words"),
    [
        ((), ""),
        (("withdraw",), "Withdraw"),
        (("withdraw", "correct"), "Correct or withdraw"),
        (("release", "withdraw", "correct"), "Correct, withdraw or release"),
    ],
)
def test_a_link_says_what_can_be_done_and_no_more(may: tuple[str, ...], words: str) -> None:
    assert what_can_be_said([item(*may)]) == words


def test_a_case_on_one_day_has_times_and_one_over_days_has_days() -> None:
    def labels(first: int, last: int) -> list[str]:
        picture = case_picture([line(1, first), line(2, last)])
        assert picture is not None
        return [tick.label for tick in picture.ticks]

    assert labels(AT, AT + 180)[0] == "4:48am, 23 Nov 2026"
    assert labels(AT, AT + 180)[-1] == "4:51am"
    assert labels(AT, AT + 60) == ["4:48am, 23 Nov 2026", "4:49am"]
    assert labels(AT, AT + 4 * 86400)[0] == "23 Nov 2026"


def test_the_cell_of_today_is_short_enough_to_be_read() -> None:
    first = calendar((), AT).cells[0]
    assert first.is_today
    assert len(f"{first.label}, today") <= 15


def test_nobody_needs_a_manager_for_a_slip_of_their_own() -> None:
    for code in ("E_NOTICE_STATE", "E_USAGE", "E_PASSPHRASE_DIFFERS", "E_EXISTS"):
        assert "manager" not in telling(RefusedError(code, "x")).next
    assert telling(UsageError("E_USAGE", "x", next="Write 4/12/2026.")).next == "Write 4/12/2026."


def test_a_draft_that_was_sent_has_no_code_for_whoever_helps() -> None:
    went = Went()
    went.sent("one", "/share/sent/" + "0" * 32)
    gone: Any = went.error_of("one")
    for error, shows in ((gone, False), (RefusedError("E_NOT_FOUND", "x"), True)):
        assert telling(error).shows_code is shows


def test_a_class_has_one_colour_everywhere() -> None:
    macros: Any = Renderer()._environment.get_template("class_tag.html").module
    assert "govuk-tag--blue" in macros.class_tag("REPORTED")
    assert "govuk-tag--grey" in macros.class_tag("FILE")
