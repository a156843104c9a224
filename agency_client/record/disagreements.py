"""A professional disagreement as packages: what somebody disagrees with and why, the answer, and how it ended. Pure.

A program writes these documents from a command (docs/records.md); the machinery is that of every package. They name the
package that they are about, and repeat nothing of what that says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from agency_client.record.as_written import written_from
from agency_client.record.carried import check_carried
from agency_client.record.document import Document
from agency_client.record.drafting import More, Setting, entry_items, head_of, readers_of
from agency_client.record.facts import Facts
from agency_client.record.fields import CODE, LINE, LONG, End
from agency_client.record.findings import Findings
from agency_client.record.items import Ids, new_id
from agency_client.record.opened import ReadSection
from agency_client.record.placement import answers_of, entries_of
from agency_client.record.places import Place
from agency_client.record.reading import numbered
from agency_client.record.syntax import parse
from agency_client.record.tables import One, said
from agency_client.record.when import span
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.drafts import SectionDraft

#: The kind of the section, as its head says it, and its id.
DISAGREEMENT: Final = "disagreement"


class Step(Enum):
    """What a package says of a disagreement."""

    RAISED = "raised"
    ANSWERED = "answered"
    CLOSED = "closed"


class Ended(Enum):
    """How a disagreement ended, as whoever raised it says."""

    CHANGED = "changed"  # the decision or answer was changed
    KEPT = "kept"  # it stands, and the reasons are accepted
    DIFFER = "differ"  # it stands, and both go on seeing it differently
    TAKEN_FURTHER = "taken_further"  # to somebody above both, outside this system


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreeing:
    """``[disagreement]``: a step, and the package that it is about by the hash of its core.

    Of what is raised that is the package disagreed with, and ``request`` the request that this answers; of an answer
    and of an end it is the package in which the disagreement was raised.
    """

    step: str | None = said(CODE)
    core: str | None = said(CODE)
    request: str | None = said(CODE)
    what: str | None = said(LONG)
    why: str | None = said(LONG)
    wanted: str | None = said(LONG)
    with_whom: str | None = said(LINE)
    by: str | None = said(LINE)
    text: str | None = said(LONG)
    outcome: str | None = said(CODE)
    due: str | None = said(End())
    at: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisagreementDocument(Document):
    """One step of a disagreement. It has no sections of its own."""

    disagreement: Disagreeing = said(One(Disagreeing), default=Disagreeing(at=("disagreement",)))

    @property
    def speaks_without_sections(self) -> bool:
        """The words are there to be sent."""
        return True

    @property
    def readers(self) -> frozenset[str]:
        """Whoever it goes to reads it."""
        return super(DisagreementDocument, self).readers | frozenset(self.to)

    def for_all(self) -> tuple[Any, ...]:
        """The words of the step too."""
        return (*super(DisagreementDocument, self).for_all(), self.disagreement)


# -- writing -----------------------------------------------------------------------------------------------------------

_PURPOSES: Final = {
    Step.RAISED: "A professional disagreement",
    Step.ANSWERED: "The answer to a professional disagreement",
    Step.CLOSED: "How a professional disagreement ended",
}


def step_document(to: Iterable[str], step: Step, words: Mapping[str, str | None]) -> bytes:
    """The document of one step, to these addresses. ``words`` are the fields of ``[disagreement]``."""
    given = {name: text for name, text in words.items() if text}
    document = {
        "to": list(to),
        "purpose": _PURPOSES[step],
        "handling": ["RECIPIENTS_ONLY"],
        "legal": {"retention": "As long as the package that it is about"},
        "disagreement": {"step": step.value, **given},
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def read_step_document(data: bytes) -> DisagreementDocument:
    """What :func:`step_document` wrote."""
    document = written_from(DisagreementDocument, parse(data))
    return replace(document, section=numbered(document.section))


def check_step(document: DisagreementDocument, facts: Facts) -> Findings:
    """What the rules say. To somebody of another agency it is sharing: what that needs is owed, as in an emergency.

    Nothing stops a disagreement but a recipient that cannot be.
    """
    return check_carried(document, facts)


def disagreement_section(
    document: DisagreementDocument, due: str | None, setting: Setting, randomness: Randomness
) -> More:
    """What makes the section of a step; what is raised wants an answer by ``due``."""

    def more(_ids: Ids) -> Iterator[SectionDraft]:
        answers = dict(answers_of(document.disagreement))
        if due is not None:
            answers["disagreement.due"] = (due,)
        yield SectionDraft(
            head=head_of(
                DISAGREEMENT,
                "Disagreement",
                document.classification,
                document.handling,
                DISAGREEMENT,
            ),
            head_id=new_id(randomness),
            items=tuple(entry_items(entries_of([answers]), randomness)),
            readers=readers_of(dict.fromkeys(document.to, document.purpose or ""), setting),
        )

    return more


# -- reading -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStep:
    """A step as it came. ``words`` are what it says by name; what is no hash is None in ``core`` and ``request``."""

    step: Step
    core: ObjectHash | None
    request: ObjectHash | None
    due: Seconds | None
    words: Mapping[str, str]


_STEPS: Final = {step.value: step for step in Step}
_WORDS: Final = ("what", "why", "wanted", "with_whom", "by", "text", "outcome")


def read_step(sections: Iterable[ReadSection]) -> ReadStep | None:
    """The step in ``sections``; None when they hold none."""
    for section in sections:
        step = _STEPS.get(_one(section, "step") or "")
        if section.kind == DISAGREEMENT and step is not None:
            when = span(_one(section, "due") or "")
            named = {name: _one(section, name) for name in _WORDS}
            return ReadStep(
                step=step,
                core=_hash(_one(section, "core")),
                request=_hash(_one(section, "request")),
                due=Seconds(when.last) if when is not None else None,
                words={name: text for name, text in named.items() if text is not None},
            )
    return None


def _one(section: ReadSection, name: str) -> str | None:
    return next(iter(section.answers.get(f"disagreement.{name}", ())), None)


def _hash(text: str | None) -> ObjectHash | None:
    try:
        found = bytes.fromhex(text or "")
    except ValueError:
        return None
    return ObjectHash(found) if len(found) == 32 else None


def as_words(said: Mapping[str, Any]) -> dict[str, str]:
    """Those of a record's texts that are words of a disagreement."""
    return {name: said[name] for name in _WORDS if isinstance(said.get(name), str)}
