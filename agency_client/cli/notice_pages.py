"""Notices on the page: beside statements, in lists, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agency_client.cli.telling import moment, shown, spoken, tell
from agency_client.record.noticed import how_to_settle, marks, resting_on
from agency_client.record.opened import ReadSection, statement_json
from agency_client.use_cases.notice_views import NEED_OUTCOME, Holder, Shown
from phoenix_protocol.identifiers import ItemId
from phoenix_protocol.package.notices import AnswerKind
from phoenix_protocol.sealing.notices import NoticeAction

#: By item, the notices on it.
Beside = Mapping[ItemId, tuple[Shown, ...]]


# -- for programs ---------------------------------------------------------------------------------------------------


def notice_json(notice: Shown) -> dict[str, Any]:
    """One notice, with what every holder answered."""
    said = notice.noticed
    correction = notice.correction
    return {
        "notice": said.notice.hex(),
        "action": said.action.value,
        "package": notice.package.hex() if notice.package is not None else None,
        "statement": notice.item.hex(),
        "place": notice.called,
        "by": said.by,
        "time": moment(said.time),
        "words": said.words,
        "correction": statement_json(correction) if correction is not None else None,
        "conditions": list(said.conditions),
        "owed": notice.owed,
        "answers": [_holder_json(holder) for holder in notice.holders],
    }


def _holder_json(holder: Holder) -> dict[str, Any]:
    return {
        "address": holder.address,
        "answer": holder.answer.value if holder.answer is not None else None,
        "outcome": outcome_of(holder),
        "words": holder.words,
        "time": moment(holder.time),
        "passed_on": holder.passed_on,
        "second_hand": holder.second_hand,
    }


def outcome_of(holder: Holder) -> str | None:
    """What was done: rectified, restricted, erased or disagreed; None while nothing was."""
    if holder.answer is AnswerKind.DISAGREED:
        return AnswerKind.DISAGREED.value
    return None if holder.done is None else holder.done.value


def with_notices(
    sections: Sequence[dict[str, Any]], read: Sequence[ReadSection], beside: Beside
) -> None:
    """Put its notices into every statement and file as programs see them, and what rests on withdrawn ones."""
    resting = rests_on_withdrawn(read, beside)
    for section in sections:
        for statement in section["statements"]:
            item = ItemId(bytes.fromhex(statement["id"]))
            statement["notices"] = [notice_json(notice) for notice in beside.get(item, ())]
            statement["basis_withdrawn"] = [other.hex() for other in resting.get(item, ())]
        for file in section["attachments"]:
            item = ItemId(bytes.fromhex(file["id"]))
            file["notices"] = [notice_json(notice) for notice in beside.get(item, ())]


def rests_on_withdrawn(
    read: Sequence[ReadSection], beside: Beside
) -> dict[ItemId, tuple[ItemId, ...]]:
    """Which statements rest on withdrawn ones, and on which."""
    withdrawn = {
        item
        for item, notices in beside.items()
        if any(notice.noticed.action is NoticeAction.WITHDRAW for notice in notices)
    }
    basis = {each.id: each.said.basis for section in read for each in section.statements}
    return resting_on(basis, withdrawn) if withdrawn else {}


# -- for people -----------------------------------------------------------------------------------------------------

_SAID = {
    NoticeAction.CORRECT: "Corrected",
    NoticeAction.DISPUTE: "Disputed",
    NoticeAction.WITHDRAW: "Withdrawn",
    NoticeAction.RELEASE: "Released",
}


def marks_of(notices: Sequence[Shown]) -> tuple[str, ...]:
    """What became of something with notices."""
    return marks(notice.noticed for notice in notices)


def tell_beside(notices: Sequence[Shown], indent: str) -> None:
    """The notices on one item, under it."""
    for notice in notices:
        for line in lines_of(notice):
            tell(f"{indent}{line}")
        if notice.owed:
            tell(
                f"{indent}  Say what you did about it: {how_to_settle(notice.noticed.notice.hex())}"
            )


def lines_of(notice: Shown) -> Iterator[str]:
    """What a notice says, safe to show: by whom, when, what stands in its place now, and why."""
    said = notice.noticed
    yield f"{_SAID[said.action]} by {said.by}, {spoken(said.time)}"
    if notice.correction is not None:
        yield f"  {notice.correction.class_.value}  {shown(notice.correction.said.text)}"
    for condition in said.conditions:
        yield f"  No longer applies: {shown(_in_words(condition))}"
    if said.words is not None:
        yield f"  Why: {shown(said.words)}"


def _in_words(condition: str) -> str:
    """A handling condition by its label in the catalogue, or as it was written."""
    from agency_client.record.shipped import shipped_catalogue
    from agency_client.record.wording import in_words

    return in_words(shipped_catalogue(), "handling", condition)


def holder_line(holder: Holder, action: NoticeAction) -> str:
    """What one address did about a notice that does ``action``, safe to show."""
    line = f"{holder.address}: {_did(holder, action)}"
    if holder.time is not None:
        line += f", {spoken(holder.time)}"
    if holder.second_hand:
        line += " (it was passed on to them)"
    if holder.words is not None:
        line += f". {shown(holder.words)}"
    if holder.passed_on is not None:
        line += f". Passed on to {shown(holder.passed_on)}"
    return line


def _did(holder: Holder, action: NoticeAction) -> str:
    if holder.answer is None:
        return "has not confirmed it yet"
    if holder.answer is AnswerKind.RECEIVED:
        owed = " and has not said what was done" if action in NEED_OUTCOME else ""
        return f"has it{owed}"
    return outcome_of(holder) or "done"
