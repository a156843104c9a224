"""A record in words: what was written, under headings, each answer beside its question. Texts are literal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from agency_client.record.breaches import BreachDocument
from agency_client.record.catalogue import Catalogue
from agency_client.record.decisions import DecisionDocument
from agency_client.record.places import Place, written
from agency_client.record.syntax import parse
from agency_client.record.tables import Many, declared
from agency_client.record.wording import in_words
from agency_client.web.questions import Questions, label_of
from agency_client.web.statement_words import Said, dated
from phoenix_protocol.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Answers under one heading; the heading is empty for those that come first."""

    heading: str
    said: tuple[Said, ...] = field(repr=False)


#: Records that are written as documents.
_DOCUMENTS: Final[dict[str, type[Any]]] = {
    "decision": DecisionDocument,
    "breach": BreachDocument,
    "breach_step": BreachDocument,
}
_HEADINGS: Final = {
    "asked": "What was asked",
    "people": "People",
    "decision": "What was decided, and why",
    "legal": "By what right",
    "consent": "Consent",
    "capacity": "Whether somebody can decide for themselves",
    "child_voice": "What the child wants",
    "advice": "Advice",
    "breach": "What happened",
    "affected": "Who is affected",
    "notified": "Who was told",
    "misdirection": "Who should not have had it",
}
#: What the other records keep, by the name under which they keep it.
_NAMES: Final = {
    "asked_of": "Asked",
    "asked_by": "Asked by",
    "role": "In which role",
    "question": "Question",
    "included": "What went along",
    "answer": "Advice",
    "by": "By",
    "said": "Answer",
    "review": "What was looked at",
    "outcome": "What came of it",
    "reason": "Reason",
    "until": "Until",
    "words": "In their words",
    "to": "To",
    "how": "How",
    "what": "What",
    "why": "Why",
    "when": "When",
}
#: What only a program can do anything with.
_FOR_PROGRAMS: Final = frozenset({"core", "clause", "place", "places"})
_OPENED: Final = {
    "yes": "They accepted it, and its content was released to them. Get it attested that it is destroyed.",
    "unknown": "It has expired and nobody has confirmed how. Ask them whether they opened it.",
    "cover": "They can have seen its cover and nothing else. Nothing of its content was released to them.",
    "no": "They have not been offered it.",
}


def record_groups(
    kind: str, document: bytes, known: Questions, catalogue: Catalogue
) -> tuple[Group, ...]:
    """What a record says. One that is in no form that can be told apart gives nothing: its text is shown as it is."""
    try:
        values = json.loads(document) if kind == "breach_receipts" else parse(document).values
    except (UsageError, ValueError):
        return ()
    if kind in _DOCUMENTS:
        return tuple(_of_document(_DOCUMENTS[kind], values, known, catalogue))
    if isinstance(values, list):
        return (Group(heading="", said=tuple(_receipts(values))),)
    return (Group(heading="", said=tuple(_plain(kind, values, known, catalogue))),)


def _of_document(
    table: type[Any], values: Mapping[str, Any], known: Questions, catalogue: Catalogue
) -> Iterator[Group]:
    found: dict[str, list[Said]] = {}
    for place, said in _answers(table, values, (), known, catalogue):
        top = str(place[0]) if len(place) > 1 else ""
        found.setdefault(_HEADINGS.get(top, ""), []).append(said)
    for heading in ("", *_HEADINGS.values()):
        if heading in found:
            yield Group(heading=heading, said=tuple(found[heading]))


def _answers(
    table: type[Any], values: Mapping[str, Any], at: Place, known: Questions, catalogue: Catalogue
) -> Iterator[tuple[Place, Said]]:
    for entry in declared(table):
        value, here = values.get(entry.name), (*at, entry.name)
        inner = getattr(entry.reader, "table", None)
        if value in (None, "", [], {}) or _is_elsewhere(written(here)):
            continue
        if isinstance(entry.reader, Many) and inner is not None and isinstance(value, list):
            for n, each in enumerate(value):
                yield from _answers(inner, each, (*here, n), known, catalogue)
        elif inner is not None and isinstance(value, Mapping):
            yield from _answers(inner, value, here, known, catalogue)
        else:
            label = label_of(written(here), known, catalogue, entry.codes)
            yield here, Said(label, _words(value, entry.codes, catalogue))


def _is_elsewhere(place: str) -> bool:
    """Whether a page has this in another place: packages are links, labels of people are for their author."""
    return place == "packages" or place.endswith("].id")


def _words(value: Any, codes: str | None, catalogue: Catalogue) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(_words(each, codes, catalogue) for each in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{name.replace('_', ' ')}: {each}" for name, each in value.items())
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return dated(in_words(catalogue, codes, str(value)))


# -- records that programs write ---------------------------------------------------------------------------------------


def _plain(
    kind: str, values: Mapping[str, Any], known: Questions, catalogue: Catalogue
) -> Iterator[Said]:
    if kind == "answer":
        yield Said("Question", label_of(str(values.get("place", "")), known, catalogue))
    for name, value in values.items():
        if name in _FOR_PROGRAMS or value in (None, "", [], {}):
            continue
        label = _NAMES.get(name, name.replace("_", " ").capitalize())
        yield Said(label, _code(kind, name, value, values, known, catalogue))


def _code(
    kind: str,
    name: str,
    value: Any,
    values: Mapping[str, Any],
    known: Questions,
    catalogue: Catalogue,
) -> str:
    from agency_client.web.due_words import due_words
    from agency_client.web.when import moment

    if kind == "answer" and name == "said":
        field_ = known.get(str(values.get("place", "")))
        labels = {word.code: word.label for word in field_.words} if field_ is not None else {}
        return "\n".join(labels.get(str(each), dated(str(each))) for each in value)
    if kind == "review" and name == "until" and isinstance(value, int):
        return moment(value)
    if kind == "review" and name == "review":
        return due_words(str(value))
    if kind == "review" and name in ("outcome", "reason"):
        return REVIEWED.get(str(value), str(value).replace("_", " "))
    return _words(value, None, catalogue)


#: Outcomes of reviews and reasons of erasing, for people.
REVIEWED: Final = {
    "keep": "Kept until it is looked at again",
    "erase": "Erased",
    "hold": "Kept, because of a hold",
    "done": "Done",
    "retention_ended": "It had been kept long enough",
    "in_own_record": "It is in your own record",
    "not_needed": "It was not needed",
    "misdirected": "It was not meant for you",
    "inaccurate": "It was wrong",
    "right_to_erasure": "Somebody had the right to have it erased",
    "court_order": "A court ordered it",
}


def _receipts(values: list[Any]) -> Iterator[Said]:
    for each in values:
        yield Said(str(each.get("address")), _OPENED.get(str(each.get("opened")), ""))
