"""What the app says of alarms and states, the rules of its simple forms, and pages of long lists."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agency_client.record.still_named import StillNamed
from agency_client.record.verdict_words import hidden_words
from agency_client.web.alarm_words import words_of
from agency_client.web.asked_for import asked_for
from agency_client.web.chosen_files import chosen_file
from agency_client.web.due_words import DueOf, due_href, due_words
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.forms import Form
from agency_client.web.navigation import NAVIGATION, is_within
from agency_client.web.pages.own_keys import certified_due
from agency_client.web.paging import pages_of
from agency_client.web.rendering import Renderer
from agency_client.web.simple_forms import Asking, Filled, day_end, filled
from agency_client.web.states import DID, FILTERS, HERE, filter_of
from agency_client.web.telling import names_a_command
from phoenix_protocol.errors import NEXT_STEPS, PhoenixError, Problem, RefusedError, TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State

NOW = 1_795_000_000  # 18 November 2026
#: Codes of what a person is told of, beside what does not verify.
TOLD = [c for c in NEXT_STEPS if c.startswith(("A_", "N_")) and not c.startswith("N_PROOF")]


@pytest.mark.parametrize("code", [*TOLD, "W_EXPIRES_SOON", "E_REPLAY", "E_DAMAGED", "E_DIR_FORK"])
def test_every_alarm_says_what_happened_and_what_to_do_without_a_command(code: str) -> None:
    words = words_of(code)
    assert words.what != "Something needs your eye"
    assert words.next
    assert not names_a_command(f"{words.what} {words.next}")


@pytest.mark.parametrize("code", ["E_SIG", "E_CHUNK", "E_OF_TOMORROW"])
def test_what_does_not_verify_leads_to_what_was_put_away(code: str) -> None:
    assert words_of(code).link == "/inbox/put-away"


def test_a_code_of_tomorrow_is_told_too() -> None:
    assert words_of("N_OF_TOMORROW").next


def test_every_state_and_event_has_words_and_a_part_of_the_inbox() -> None:
    here = set(State) - {State.SENT, State.HELD}
    assert set(HERE) == here
    assert set(DID) == set(EventKind)
    parts = [state for each in FILTERS for state in each.states or ()]
    assert sorted(parts, key=str) == sorted(here, key=str), "each state is in one part"
    assert filter_of("nothing") == filter_of("") == FILTERS[0]


@pytest.mark.parametrize(
    ("kind", "href"),
    [
        ("epoch_keys", "/members/keys"),
        ("protocol_review", "/members/partnership"),
        ("protocol_adoption", "/members/partnership/protocol"),
        ("assurance_end", "/members/partnership/assurances"),
    ],
)
def test_what_is_due_of_an_office_leads_to_where_it_is_done(kind: str, href: str) -> None:
    assert due_href(DueOf(kind=kind)) == href


def test_the_first_version_of_a_protocol_is_not_called_new() -> None:
    assert due_words("protocol_adoption") == "Adopt the partnership's protocol for your agency"
    assert (
        due_words("protocol_adoption", "version 3")
        == "Adopt version 3 of the protocol for your agency"
    )


@pytest.mark.parametrize("place", ["held", "next_due", "attended_by", "assurances[2].valid_to"])
def test_what_is_missing_of_a_form_is_an_instruction(place: str) -> None:
    said = Problem(code="E_DOC_MISSING", place=place, message="This does not say it.", next="")
    (found,) = asked_for([said])
    assert found.message.startswith("Enter ")
    assert found.place == place
    other = replace(said, code="E_DOC_TIME")
    assert asked_for([other]) == (other,)


def test_a_manager_is_told_when_certificates_are_to_be_looked_at_again() -> None:
    late, soon = Seconds(NOW + 90 * 86_400), Seconds(NOW + 59 * 86_400)
    found = certified_due([late], NOW)
    assert (found.near, found.first, found.look) == (0, late, NOW + 30 * 86_400)
    found = certified_due([late, soon], NOW)
    assert (found.near, found.first, found.look) == (1, soon, None)
    assert certified_due([], NOW).first is None


def test_a_file_is_told_by_its_name_size_and_digest() -> None:
    found = chosen_file("text.pdf", b"abc")
    assert (found.name, found.size) == ("text.pdf", 3)
    assert found.digest.startswith("ba7816bf8f01cfea")


def test_pages_of_evidence_belong_to_the_register() -> None:
    def active(path: str) -> list[str]:
        return [name for name, href in NAVIGATION if is_within(path, href)]

    assert active("/") == ["Home"]
    assert active("/register") == active("/register/package/00") == ["Register"]
    assert active("/evidence/verify") == active("/evidence/verdict/1") == ["Register"]
    assert active("/registered") == active("/alarms") == []


def test_how_much_can_be_hidden_is_said_of_one_and_of_several() -> None:
    assert "up to 1 section or file that is not shown" in hidden_words(1)
    assert "up to 2 sections and files that are not shown" in hidden_words(2)
    assert hidden_words(0) == "There is no section or file that is not shown."


def test_a_file_of_evidence_warns_of_a_name_before_it_is_saved() -> None:
    left = StillNamed(
        name="Jordan T",
        part="Jordan",
        place="decision",
        where="the answers in the section Decision",
        leave_out="--redact decision",
    )
    page = Renderer().render(
        "evidence/ready.html",
        title="The file is ready",
        nonce="",
        form_token="0",
        path="/evidence/ready/1",
        is_locked=False,
        core="00",
        is_open=True,
        size=1,
        digest="00",
        titles=[],
        still_named=(left,),
        has_decision=False,
        left_out=["3 items of sections that are shown"],
        named_left_out=("The person Jordan T, in the section Health",),
        hidden_line="",
        anchor="00",
        here="/evidence/ready/1",
    )
    told = "a part of the name, Jordan, still stands in the answers in the section Decision."
    assert page.index(told) < page.index("Save the file")
    assert "The person Jordan T, in the section Health" in page


# -- simple forms -----------------------------------------------------------------------------------------------------

ASKED = (
    Asking(field=Field(at=("owner",), shape=Shape.LINE, label="Who?"), missing="Enter who"),
    Asking(field=Field(at=("use",), shape=Shape.LONG, label="What for?")),
    Asking(field=Field(at=("due",), shape=Shape.DAY, label="By when?")),
    Asking(
        field=Field(at=("how",), shape=Shape.ONE, label="How?", words=(Word(code="a", label="A"),))
    ),
)


def typed(**fields: str) -> Filled:
    return filled(ASKED, Form(tuple((k.replace("__", ":"), v) for k, v in fields.items())), NOW)


def day(*parts: str) -> dict[str, str]:
    return dict(zip(("due__day", "due__month", "due__year"), parts, strict=True))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"owner": "Sergeant"}, []),
        ({"owner": "  "}, ["#f-owner"]),
        ({"owner": "x" * 1025}, ["#f-owner"]),
        ({"owner": "é" * 513}, ["#f-owner"]),
        ({"owner": "S", "use": "x" * (16 * 1024 + 1)}, ["#f-use"]),
        ({"owner": "S", **day("18", "11", "2026")}, []),
        ({"owner": "S", **day("17", "11", "2026")}, ["#f-due-day"]),
        ({"owner": "S", **day("31", "2", "2027")}, ["#f-due-day"]),
        ({"owner": "S", **day("", "2", "2027")}, ["#f-due-day"]),
        ({"owner": "S", **day("x", "y", "z")}, ["#f-due-day"]),
        ({"owner": "S", **day("1", "1", "2999")}, ["#f-due-day"]),
        ({"owner": "S", "how": "b"}, ["#f-how"]),
        ({}, ["#f-owner"]),
    ],
)
def test_each_problem_leads_to_its_field_and_what_was_typed_stays(
    fields: dict[str, str], wrong: list[str]
) -> None:
    form = typed(**fields)
    assert [error["href"] for error in form.errors] == wrong
    assert form.text("owner") == fields.get("owner", "").strip()


def test_a_due_day_lasts_to_its_end() -> None:
    assert day_end("2026-11-18") == 1_795_046_399
    assert day_end("2026-11") is None
    assert day_end("2026-02-31") is None


def test_what_failed_stands_first_in_plain_words_and_an_alarm_is_no_problem_of_a_form() -> None:
    failed = typed(owner="S").with_failure(RefusedError("E_NOTICE_STATE", "It was said."))
    assert failed.errors[0]["text"].startswith("It was said.")
    assert not names_a_command(failed.errors[0]["text"])
    assert failed.text("owner") == "S"
    with pytest.raises(PhoenixError):
        typed(owner="S").with_failure(TamperError("E_SIG", "Bad."))


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "number", "shown"),
    [
        (120, 1, [1, 2, 3]),
        (1000, 10, [1, None, 9, 10, 11, None, 20]),
        (1000, 20, [1, None, 19, 20]),
        (51, 2, [1, 2]),
    ],
)
def test_a_long_list_links_to_its_ends_and_to_what_is_near(
    whole: int, number: int, shown: list[int | None]
) -> None:
    found = pages_of(whole, 50, number, "/x?page=")
    assert found is not None
    assert [item.get("number") for item in found["items"]] == shown
    assert [item["number"] for item in found["items"] if item.get("current")] == [number]
    assert ("previous" in found) is (number > 1)
    assert found["items"][0]["href"] == "/x?page=1"


@pytest.mark.parametrize("whole", [0, 1, 50])
def test_a_short_list_has_no_pages(whole: int) -> None:
    assert pages_of(whole, 50, 1, "/x?page=") is None
