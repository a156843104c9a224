"""The list of requests: what ``phoenix requests`` prints, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agency_client.cli.telling import moment, shown, spoken, tell

# -- for programs ------------------------------------------------------------------------------------------------------


def requests_json(asked: Sequence[Any], owed: Sequence[Any]) -> dict[str, Any]:
    """The list of those asked and those owed."""
    return {
        "asked": [_asked_json(line) for line in asked],
        "owed": [_owed_json(line) for line in owed],
    }


def _line_json(line: Any) -> dict[str, Any]:
    said = line.said.answers if line.said is not None else {}
    return {
        "package": _id(line.package),
        "from": line.request.asker,
        "purpose": line.purpose,
        "urgency": line.urgency,
        "thread": line.thread,
        "threshold": next(iter(said.get("request.threshold", ())), None),
        "asked_at": moment(line.request.asked_at),
        "due": moment(line.request.due),
        "overdue": line.is_overdue,
    }


def _asked_json(line: Any) -> dict[str, Any]:
    return {
        **_line_json(line),
        "recipients": [_recipient_json(recipient) for recipient in line.recipients],
    }


def _recipient_json(recipient: Any) -> dict[str, Any]:
    escalation = recipient.escalation
    return {
        "address": recipient.address,
        "state": recipient.state.value if recipient.state is not None else None,
        "stands": recipient.stands.value,
        "response": _id(recipient.come),
        "deputy": recipient.deputy,
        "escalated": moment(escalation.time) if escalation is not None else None,
        "escalated_as": _id(recipient.escalated_as),
        "questions": [_question_json(question) for question in recipient.questions],
    }


def _owed_json(line: Any) -> dict[str, Any]:
    return {
        **_line_json(line),
        "state": line.state.value,
        "stands": line.stands.value,
        "instead_of": line.request.instead_of,
        "questions": [_question_json(question) for question in line.questions],
    }


def _question_json(question: Any) -> dict[str, Any]:
    said = question.said
    return {
        "id": said.word if said is not None else None,
        "question": question.id.hex(),
        "text": said.text if said is not None else None,
        "answers": [_answer_json(told) for told in question.answers],
    }


def _answer_json(told: Any) -> dict[str, Any]:
    said = told.said
    return {
        "answer": told.answer.answer,
        "by": told.answer.by,
        "time": moment(told.answer.time),
        "package": _id(told.package),
        "what": said.what if said is not None else None,
        "reason": said.reason if said is not None else None,
        "statements": list(said.statements) if said is not None else [],
    }


def _id(package: Any) -> str | None:
    return package.hex() if package is not None else None


# -- for people --------------------------------------------------------------------------------------------------------

_STANDS = {
    "answered": "answered",
    "come": "an answer is here: accept it",
    "returned": "they said that it is not theirs",
    "escalated": "no answer in time; the deputy was asked",
    "overdue": "no answer in time",
    "part": "answered in part",
    "waiting": "no answer yet",
}
_ANSWERS = {
    "shared": "HELD AND SHARED",
    "withheld": "HELD, NOT SHARED",
    "not_held": "NOT HELD",
    "not_searched": "NOT SEARCHED",
}


def tell_requests(asked: Sequence[Any], owed: Sequence[Any]) -> None:
    """The list for a person: what others wait for first."""
    if not asked and not owed:
        tell("Nothing was asked.")
    for line in owed:
        late = ", overdue" if line.is_overdue else ""
        tell(f"You were asked by {line.request.asker}: {shown(line.purpose)}")
        tell(f"  package {_short(line.package)}, due {spoken(line.request.due)}{late}")
        if line.request.instead_of is not None:
            tell(f"  in place of {line.request.instead_of}, who has not answered in time")
        if line.said is None:
            tell("  Accept it to read the questions.")
        _tell_questions(line.questions)
    for line in asked:
        tell(f"You asked: {shown(line.purpose)}")
        tell(f"  package {_short(line.package)}, due {spoken(line.request.due)}")
        for recipient in line.recipients:
            tell(f"  {recipient.address}: {_STANDS[recipient.stands.value]}{_about(recipient)}")
            _tell_questions(recipient.questions)


def _about(recipient: Any) -> str:
    if recipient.come is not None:
        return f" ({_short(recipient.come)})"
    if recipient.stands.value == "escalated":
        return f" ({recipient.deputy}, {spoken(recipient.escalation.time)})"
    return ""


def _tell_questions(questions: Any) -> None:
    for question in questions:
        said = question.said
        tell(f"    {shown(said.word)}: {shown(said.text)}" if said else "    (erased here)")
        for told in question.answers:
            words = [_ANSWERS[told.answer.answer]]
            words += [x for x in (told.said.what, told.said.reason) if x] if told.said else []
            tell(f"      {shown('. '.join(words))}, by {told.answer.by}, {_short(told.package)}")
        if not question.answers:
            tell("      no answer")


def _short(package: Any) -> str:
    return package.hex()[:12] if package is not None else "erased"
