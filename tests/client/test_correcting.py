"""A correction before it is said: made of a part of the statement, shown with the old, asked for at a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agency_client.cli.correcting import Asked, preview_lines
from agency_client.record.noticed import Noticed
from agency_client.use_cases.notice_readying import Preview
from agency_client.use_cases.notice_subjects import Correction, Subject, replacement_for
from phoenix_protocol import schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.errors import Problem, UsageError
from phoenix_protocol.identifiers import (
    Address,
    EndpointId,
    ItemId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.sealing.contents import Item, ItemType
from phoenix_protocol.sealing.notices import NoticeAction
from tests.client.record_cases import CAME

SCHOOL = Address("lead@fennick-academy")
CAR = "A dark blue car, and a blue coat"
STATEMENT = replace(CAME.said, text=CAR, chain_depth=0)


def said(text: str, number: int) -> Noticed:
    return Noticed(
        notice=ObjectHash(bytes([number]) * 32),
        action=NoticeAction.CORRECT,
        by=SCHOOL,
        endpoint=EndpointId(bytes(32)),
        number=number,
        time=Seconds(number),
        words=None,
        replacement=replace(STATEMENT, text=text),
        conditions=(),
    )


def subject(*notices: Noticed) -> Subject:
    return Subject(
        core=ObjectHash(bytes(32)),
        package=PackageId(bytes(16)),
        sent_from=SCHOOL,
        section=Commitment(bytes(32)),
        audience=(SCHOOL,),
        item=Item(
            id=ItemId(bytes(16)),
            type=ItemType.STATEMENT,
            content=schema.encode(STATEMENT),
            salt=bytes(32),
        ),
        called="observed.1",
        notices=notices,
    )


def corrected(of: Subject, old: str, new: str) -> str:
    wanted = Correction(package="ab", statement="1", part=(old, new)).wanted
    replacement = replacement_for(of, wanted)
    assert replacement is not None
    assert replace(replacement, text=CAR) == STATEMENT, "nothing but the text is different"
    return replacement.text


def test_a_part_is_replaced_in_what_the_statement_says_now() -> None:
    assert corrected(subject(), "dark blue", "black") == "A black car, and a blue coat"
    assert corrected(subject(said("A green car", 1)), "green", "red") == "A red car"


def test_the_same_part_again_is_the_same_correction_and_no_second_one() -> None:
    twice = subject(said("A very dark blue car, and a blue coat", 1))
    assert corrected(twice, "dark", "very dark") == "A very dark blue car, and a blue coat"


@pytest.mark.parametrize(
    ("old", "times"), [("blue", "stand 2 times"), ("red", "do not"), ("", "do not")]
)
def test_a_part_that_does_not_stand_there_exactly_once_is_refused(old: str, times: str) -> None:
    with pytest.raises(UsageError) as refused:
        corrected(subject(), old, "black")
    assert refused.value.code == "E_USAGE"
    assert times in str(refused.value)
    assert "--text" in refused.value.next


def test_old_and_new_words_and_everybody_who_gets_them_are_shown() -> None:
    preview = Preview(
        package=PackageId(bytes(16)),
        called="observed.1",
        action=NoticeAction.CORRECT,
        old=CAR,
        new="A black car",
        why=None,
        audience=(Address("mash@ardenfold-police"),),
        second_hand=("desk@next-force",),
        hints=(),
    )
    page = "\n".join(preview_lines(preview))
    assert page.index(CAR) < page.index("A black car") < page.index("mash@ardenfold-police")
    assert "1 address is known to have it at second hand" in page
    assert "Nobody is known" in "\n".join(preview_lines(replace(preview, second_hand=())))
    disputed = replace(preview, action=NoticeAction.DISPUTE, new="", why="It was green")
    assert preview_lines(disputed)[1:4] == [
        f"  {CAR}",
        "This disputes it, because:",
        "  It was green",
    ]


def test_what_ends_or_disputes_a_statement_is_shown_where_something_is_worth_a_look() -> None:
    hint = Problem(code="W_DOC_PROTECTED", message="A part of a name", next="Look")
    asked = Asked(check=False, yes=False, if_warned=True)
    assert not asked.is_shown(())
    assert asked.is_shown((hint,))
    assert replace(asked, check=True).is_shown(())
    assert replace(asked, if_warned=False).is_shown(())


def test_only_somebody_at_a_terminal_who_has_not_said_yes_is_asked() -> None:
    asked = Asked(check=False, yes=False)
    assert asked.wants_to_know(True)
    assert not asked.wants_to_know(False)
    assert not replace(asked, yes=True).wants_to_know(True)
    assert not replace(asked, check=True).wants_to_know(True)
