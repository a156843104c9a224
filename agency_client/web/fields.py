"""Fields of a document on a page: a question in plain words, its answer in the draft, its problem beside it.

A draft is plain values in the shape of its kind of document (docs/document.md). A field knows the place of its answer
there, so that a problem that the rules find is shown where it is mended. Values in, values out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from agency_client.record.fields import NO_DAY
from agency_client.record.places import Place, written
from agency_client.record.plain import plain
from agency_client.record.unanswerable import is_open
from agency_client.web import who_may_know
from agency_client.web.day_fields import PARTS, on_the_clock, parts_of, typed_day
from agency_client.web.forms import Form
from agency_client.web.open_answers import below, chosen_reason, in_words, typed_reason
from agency_client.web.statement_words import dated
from phoenix_protocol.errors import Problem

_NO_DAY_HERE: Final = "Enter a real day, such as 4 12 2026: the day, the month, the year."
_NO_TIME_HERE: Final = "Enter a real day, such as 4 12 2026, and a time such as 5pm or 17:00."
STILL_TO_COME: Final = "This day is still to come."


class Shape(Enum):
    """How a field is asked, and what its answer is in the draft."""

    LINE = "line"  # text of one line
    LONG = "long"  # text of several lines
    LINES = "lines"  # a list of texts, one on each line
    ONE = "one"  # one word of several
    SELECT = "select"  # the same in little room
    MANY = "many"  # a list of words
    NUMBERS = "numbers"  # a list of numbers
    DAY = "day"  # a day, or a month or year where no more is known
    YES = "yes"  # true, or not there
    KNOWN_TO = (
        "known to"  # a list of addresses, as three choices (agency_client/web/who_may_know.py)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One choice: what the draft gets, and what people read."""

    code: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. ``may_be_open``: "not known" or "not applicable" with a reason is an answer as well."""

    at: Place
    shape: Shape
    label: str
    hint: str = ""
    words: tuple[Word, ...] = ()
    may_be_open: bool = False
    rows: int = 4
    #: Whether a day may have a time, by the clock of the United Kingdom.
    may_have_time: bool = False
    #: The address that writes, where it makes a difference.
    own: str = ""
    #: A day to show how one is written: one that fits what is asked.
    example: str = "14 3 2025"
    #: Whether few need it: a page keeps it folded away until it is answered.
    is_rare: bool = False

    @property
    def name(self) -> str:
        """The name of the field in a form: its place as people read it."""
        return written(self.at)

    @property
    def id(self) -> str:
        """Its id in the page: where the error summary leads."""
        return "f-" + re.sub(r"[^A-Za-z0-9_-]", "-", self.name)


# -- the draft --------------------------------------------------------------------------------------------------------


def value_at(tree: Any, at: Place) -> Any:
    """What a draft has at a place; None where it has nothing."""
    for part in at:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def put_at(tree: dict[str, Any], at: Place, value: Any) -> None:
    """Put a value at a place of a draft; None takes it out. Lists grow by one entry at most."""
    *way, last = at
    here: Any = tree
    for part, following in zip(way, at[1:], strict=True):
        here = _inside(here, part, following)
    if value is not None:
        here[last] = value
    elif isinstance(here, dict):
        here.pop(last, None)


def _inside(here: Any, part: str | int, following: str | int) -> Any:
    if isinstance(here, list):
        if not isinstance(part, int):
            raise TypeError("a list has positions")
        if part == len(here):
            here.append({})
        return here[part]
    if not isinstance(here.get(part), dict | list):
        here[part] = [] if isinstance(following, int) else {}
    return here[part]


# -- the form ---------------------------------------------------------------------------------------------------------


def read(field: Field, form: Form) -> Any:
    """The answer that a form gives to a field, as the draft keeps it; None for none. Never refuses: rules do."""
    said = _read(field, form)
    if said is not None or not field.may_be_open or field.shape is Shape.ONE:
        return said
    why_not = typed_reason(field.name, form)
    return [why_not] if why_not is not None and field.shape is Shape.LINES else why_not


def _read(field: Field, form: Form) -> Any:
    match field.shape:
        case Shape.LINE | Shape.LONG:
            return form.text(field.name).strip() or None
        case Shape.LINES:
            lines = (line.strip() for line in form.text(field.name).splitlines())
            return [line for line in lines if line] or None
        case Shape.ONE:
            chosen = form.text(field.name) if form.has(field.name) else None
            return chosen_reason(field.name, form, chosen) or chosen or None
        case Shape.SELECT:
            return form.text(field.name) or None
        case Shape.MANY:
            return list(form.texts(field.name)) or None
        case Shape.NUMBERS:
            return [int(n) for n in form.texts(field.name) if n.isdecimal()] or None
        case Shape.YES:
            return True if form.has(field.name) else None
        case Shape.KNOWN_TO:
            return who_may_know.typed(field.name, form, field.own)
        case Shape.DAY:
            return typed_day(field.name, form, with_time=field.may_have_time)


def take(fields: Iterable[Field], form: Form, tree: dict[str, Any]) -> None:
    """Put every answer of a form into a draft."""
    for field in fields:
        put_at(tree, field.at, read(field, form))


# -- the page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A field ready for a page: which component, with which parameters (templates/fields.html)."""

    component: str
    params: Mapping[str, Any]
    is_rare: bool = False
    #: Whether there is something to see in it: an answer, or what is wrong with it.
    is_said: bool = False
    #: What is worth a second look about the answer. It stops nobody.
    warning: str | None = None
    #: The choices by which it stays without an answer (agency_client/web/open_answers.py).
    why_not: Mapping[str, Any] | None = None


def shown(
    fields: Iterable[Field],
    tree: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    warnings: Sequence[Problem] = (),
) -> tuple[Shown, ...]:
    """Fields with the answers of a draft, each with its first problem and warning. A choice of nothing is not asked."""
    choices = (Shape.ONE, Shape.MANY, Shape.NUMBERS)
    return tuple(
        replace(
            _placed(field, value_at(tree, field.at), problem_of(field, problems)),
            warning=warning_of(field, warnings),
        )
        for field in fields
        if field.words or field.may_be_open or field.shape not in choices
    )


def _placed(field: Field, value: Any, problem: str | None) -> Shown:
    is_said = bool(value) or problem is not None
    why_not = _why_not(value) if field.shape is not Shape.ONE else ""
    made = _shown(field, None if why_not else value, problem)
    open_ = _below(field, why_not) if field.may_be_open or why_not else None
    return replace(made, is_rare=field.is_rare, is_said=is_said, why_not=open_)


def _below(field: Field, why_not: str) -> Mapping[str, Any] | None:
    """The choices below a field by which it stays without an answer; a choice among words has them among its own."""
    if field.shape in (Shape.ONE, Shape.SELECT, Shape.MANY, Shape.NUMBERS, Shape.YES):
        return None
    what = "this day" if field.shape is Shape.DAY else "this"
    return below(field.name, field.id, why_not, what)


def problem_of(field: Field, problems: Sequence[Problem]) -> str | None:
    """The words of the first problem of a field or of something inside it."""
    for problem in problems:
        inside = problem.place.startswith((f"{field.name}.", f"{field.name}["))
        if problem.place == field.name or inside:
            return _words_of(field, problem)
    return None


def warning_of(field: Field, warnings: Sequence[Problem]) -> str | None:
    """What is worth a second look about the day in a field."""
    for each in warnings:
        if each.place == field.name and each.code == "W_DOC_TIME":
            return STILL_TO_COME if "in the future" in each.message else each.message
    return None


def _words_of(field: Field, problem: Problem) -> str:
    """What is wrong, and with a day or time what to write instead."""
    if problem.code != "E_DOC_TIME":
        return problem.message
    if field.shape is Shape.DAY and problem.message == NO_DAY:
        return _NO_TIME_HERE if field.may_have_time else _NO_DAY_HERE
    return f"{problem.message} {problem.next}".strip()


def summary(fields: Iterable[Field], problems: Sequence[Problem]) -> list[dict[str, str]]:
    """The error summary of a page: the problems of its fields, each with a link to its field."""
    words = ((field, problem_of(field, problems)) for field in fields)
    return [{"text": said, "href": f"#{_first_id(field)}"} for field, said in words if said]


def whole_summary(fields: Sequence[Field], problems: Sequence[Problem]) -> list[dict[str, str]]:
    """The same with what no field of the page has: nobody is shown a page again without a word."""
    lost = (p for p in problems if not any(problem_of(field, (p,)) for field in fields))
    return [
        *summary(fields, problems),
        *({"text": f"{each.message} {each.next}".strip()} for each in lost),
    ]


def _first_id(field: Field) -> str:
    return f"{field.id}-day" if field.shape is Shape.DAY else field.id


def _shown(field: Field, value: Any, problem: str | None) -> Shown:
    match field.shape:
        case Shape.LINE:
            return Shown(component="input", params=_text(field, value, problem))
        case Shape.LONG:
            params = {**_text(field, value, problem), "rows": field.rows}
            return Shown(component="textarea", params=params)
        case Shape.LINES:
            lines = "\n".join(map(str, value)) if isinstance(value, list) else value
            params = {**_text(field, lines, problem), "rows": field.rows}
            return Shown(component="textarea", params=params)
        case Shape.ONE:
            return Shown(component="radios", params=_one(field, value, problem))
        case Shape.SELECT:
            return Shown(component="select", params=_select(field, value, problem))
        case Shape.MANY | Shape.NUMBERS:
            return Shown(component="checkboxes", params=_many(field, value, problem))
        case Shape.YES:
            return Shown(component="checkbox", params=_yes(field, value, problem))
        case Shape.KNOWN_TO:
            return Shown(component="radios", params=_known_to(field, value, problem))
        case Shape.DAY:
            return Shown(component="day", params=_day(field, value, problem))


def _common(field: Field, problem: str | None) -> dict[str, Any]:
    return {
        "hint": {"text": field.hint} if field.hint else None,
        "errorMessage": {"text": problem} if problem else None,
    }


def _text(field: Field, value: Any, problem: str | None) -> dict[str, Any]:
    return {
        "id": field.id,
        "name": field.name,
        "label": {"text": plain(field.label)},
        "value": "" if value is None else str(value),
        **_common(field, problem),
    }


def _group(field: Field, problem: str | None) -> dict[str, Any]:
    legend = {"text": plain(field.label), "classes": "govuk-fieldset__legend--s"}
    return {
        "idPrefix": field.id,
        "name": field.name,
        "fieldset": {"legend": legend},
        **_common(field, problem),
    }


def _item(word: Word, *, checked: bool) -> dict[str, Any]:
    return {
        "value": word.code,
        "text": plain(word.label),
        "hint": {"text": plain(word.help)} if word.help else None,
        "checked": checked,
    }


def _one(field: Field, value: Any, problem: str | None) -> dict[str, Any]:
    items = [_item(word, checked=value == word.code) for word in field.words]
    known = {word.code for word in field.words}
    why = _why_not(value) if value not in known else ""
    if field.may_be_open or why:
        items += in_words(field.name, field.id, why, known)
    return {**_group(field, problem), "items": items}


def _known_to(field: Field, value: Any, problem: str | None) -> dict[str, Any]:
    addresses = [(word.code, plain(word.label)) for word in field.words]
    items = who_may_know.items(field.name, field.id, value, field.own, addresses)
    return {**_group(field, problem), "name": who_may_know.who(field.name), "items": items}


def _why_not(value: Any) -> str:
    """The answer that there is no answer; empty where there is one, or nothing."""
    entry = value[0] if isinstance(value, list) and len(value) == 1 else value
    return entry if isinstance(entry, str) and is_open(entry) else ""


def _select(field: Field, value: Any, problem: str | None) -> dict[str, Any]:
    nothing = Word(code="", label="Choose, or leave open")
    items = [
        {"value": word.code, "text": plain(word.label), "selected": (value or "") == word.code}
        for word in (nothing, *field.words)
    ]
    return {**_text(field, value, problem), "items": items}


def _many(field: Field, value: Any, problem: str | None) -> dict[str, Any]:
    chosen = [str(each) for each in (value if isinstance(value, list) else [value])]
    items = [_item(word, checked=word.code in chosen) for word in field.words]
    return {**_group(field, problem), "items": items}


def _yes(field: Field, value: Any, problem: str | None) -> dict[str, Any]:
    item = {"value": "yes", "text": plain(field.label), "checked": value is True}
    return {
        "idPrefix": field.id,
        "name": field.name,
        "items": [{**item, "hint": {"text": field.hint} if field.hint else None}],
        "errorMessage": {"text": problem} if problem else None,
    }


def _day(field: Field, value: Any, problem: str | None) -> dict[str, Any]:
    day, clock = value if isinstance(value, str) else "", ""
    if field.may_have_time:
        day, clock = on_the_clock(day)
    parts = parts_of(day)
    widths = {"day": 2, "month": 2, "year": 4}
    items = [
        {
            "id": f"{field.id}-{part}",
            "name": f"{field.name}:{part}",
            "label": part.capitalize(),
            "value": parts[part],
            "classes": f"govuk-input--width-{widths[part]}"
            + (" govuk-input--error" if problem else ""),
        }
        for part in PARTS
    ]
    if field.may_have_time:
        items.append(_time(field, clock))
    params = _group(field, problem)
    params["hint"] = params["hint"] or {
        "text": f"For example, {field.example}. Leave out what you do not know."
    }
    return {"id": field.id, "items": items, **params}


def _time(field: Field, clock: str) -> dict[str, Any]:
    return {
        "id": f"{field.id}-time",
        "name": f"{field.name}:time",
        "label": "Time, such as 3:20pm (optional)",
        "value": clock,
        "inputmode": "text",
        "classes": "govuk-input--width-5",
    }


def in_words_of(field: Field, value: Any) -> tuple[str, ...]:
    """An answer as people read it: labels for words that have one."""
    if field.shape is Shape.YES:
        return ("Yes",)
    why_not = _why_not(value)
    if why_not:
        return (why_not[:1].upper() + why_not[1:],)
    if field.shape is Shape.DAY:
        return (dated(str(value)),)
    labels = {word.code: word.label for word in field.words}
    values = value if isinstance(value, list) else [value]
    return tuple(labels.get(str(each), str(each)) for each in values)
