"""What a place of a document is asked as, wherever it is answered: the same words as where documents are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from agency_client.record.amending import field_at, place_of
from agency_client.record.catalogue import Catalogue
from agency_client.record.fields import LINE, LONG, ListOf, Text, When, YesNo
from agency_client.record.places import Place, written
from agency_client.record.tables import Declared
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.writing import consent_questions as consent
from agency_client.web.writing import package
from agency_client.web.writing.breach_questions import breach_fields
from agency_client.web.writing.statement_questions import (
    person_fields,
    section_fields,
    statement_fields,
)
from agency_client.web.writing.steps import Setting

#: What nobody asks in words of its own where documents are written.
_LABELS: Final = {
    "asked.by": "Who asked for the information?",
    "asked.for_whom": "For whom?",
    "asked.asked_at": "When were you asked?",
    "asked.how": "How were you asked?",
    "asked.what": "What were you asked for?",
    "decision.detriment": "Why would sharing be more detrimental to the child than not sharing?",
    "decision.refer_to": "Whom do you refer them to?",
    "decision.searched": "Where was it looked for, and where not?",
    "people": "Whom is it about?",
    "consent.given_by": "Whose consent is it?",
}
_POSITION: Final = re.compile(r"\[[0-9]+\]")

_ONE_OF_EACH: Final[Mapping[str, Any]] = {"section": [{"statement": [{}]}], "people": [{}]}

Questions = Mapping[str, Field]


def setting_for(asked: Asked, document: Mapping[str, Any]) -> Setting:
    """Who answers here, by which words, about which document."""
    writer = asked.client.writer()
    return Setting(
        own=writer.own,
        catalogue=writer.catalogue,
        today=datetime.fromtimestamp(asked.now, UTC).date(),
        document=document,
    )


def questions(setting: Setting) -> Questions:
    """Every question that is asked of packages and breaches, by the place that it answers.

    Of a document without sections and people one of each is asked about: for what a place is called.
    """
    whole = replace(setting, document={**_ONE_OF_EACH, **setting.document})
    steps = [*(step for group in package.groups(whole) for step in group.steps), consent.GIVEN]
    asked = [field for step in steps if step.fields is not None for field in step.fields(whole)]
    asked += [
        field for n, _ in enumerate(whole.document["people"]) for field in person_fields(whole, n)
    ]
    for n, section in enumerate(whole.document["section"]):
        asked += section_fields(whole, n)
        for m, _ in enumerate(section.get("statement") or ()):
            asked += statement_fields(whole, n, m)
    return {field.name: field for field in (*asked, *breach_fields(whole))}


def label_of(place: str, known: Questions, catalogue: Catalogue, codes: str | None = None) -> str:
    """What a place is called."""
    plain = _POSITION.sub("", place)
    for name in (place, plain, _POSITION.sub("[1]", place)):
        if name in known:
            return known[name].label.removesuffix(" (optional)")
        if name in _LABELS:
            return _LABELS[name]
    if codes is not None and codes in catalogue.titles:
        return catalogue.titles[codes]
    words = plain.rpartition(".")[2].replace("_", " ")
    return words[:1].upper() + words[1:]


def fields_for(place: str, setting: Setting, kinds: tuple[type[Any], ...]) -> tuple[Field, ...]:
    """What to ask for an answer that is owed at a place: its own question, or all of the table around it."""
    known = questions(setting)
    if place in known:
        return (_may_be_open(known[place]),)
    found = field_at(kinds, place_of(place))
    if found is not None:
        return (_declared(found, place_of(place), known, setting),)
    return tuple(
        _may_be_open(field) for name, field in known.items() if name.startswith(f"{place}.")
    )


def _may_be_open(field: Field) -> Field:
    """The same, where not knowing is an answer too."""
    is_open = field.shape in (Shape.ONE, Shape.DAY, Shape.LINE, Shape.LONG, Shape.LINES)
    return _copy(field, may_be_open=is_open)


def _copy(field: Field, **changes: Any) -> Field:
    return replace(field, **changes)


def _declared(found: Declared, at: Place, known: Questions, setting: Setting) -> Field:
    """A question out of what the document declares of a field."""
    label = label_of(written(at), known, setting.catalogue, found.codes)
    is_list = isinstance(found.reader, ListOf)
    if found.codes is not None:
        shape = Shape.MANY if is_list else Shape.ONE
        words = setting.words(found.codes)
        return Field(at=at, shape=shape, label=label, words=words, may_be_open=not is_list)
    if isinstance(found.reader, When):
        return Field(at=at, shape=Shape.DAY, label=label, may_be_open=True)
    if isinstance(found.reader, YesNo):
        words = (Word(code="yes", label="Yes"), Word(code="no", label="No"))
        return Field(at=at, shape=Shape.ONE, label=label, words=words)
    if found.reader in (LINE, LONG) or isinstance(found.reader, Text):
        shape = Shape.LINE if found.reader == LINE else Shape.LONG
        return Field(at=at, shape=shape, label=label, may_be_open=True)
    return Field(at=at, shape=Shape.LINES, label=label, hint="One on each line.", may_be_open=True)
