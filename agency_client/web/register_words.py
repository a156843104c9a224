"""A line of the register in words for a page: what happened, where it is looked at, and everything that is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.register_table import (
    ASKED_BY,
    RECEIVED,
    SAID_BY,
    SENT,
    RegisterEntry,
    kind_in_words,
    outcome_in_words,
    people_in_words,
    section_in_words,
)
from agency_client.record.wording import in_words
from agency_client.web.sent_words import THERE
from agency_client.web.statement_words import Said
from agency_client.web.states import HERE
from phoenix_protocol.package.lifecycle import State

#: The lists of words that codes of law come from.
_LAW: Final = ("article_6", "article_9", "part3_purpose", "gateway", "confidence_basis")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterWords:
    """One line. ``href`` is what it tells of, ``whole`` everything that is recorded about that."""

    kind: str
    title: str = field(repr=False)
    time: int
    href: str
    whole: str
    owed: int
    said: tuple[Said, ...] = field(repr=False)


def register_words(entry: RegisterEntry, catalogue: Catalogue) -> RegisterWords:
    """One line of the register. Texts are literal: templates make them safe."""
    line = entry.line
    purpose = "; ".join(entry.said("purpose"))
    return RegisterWords(
        kind=kind_in_words(line.kind),
        title=purpose or "; ".join(entry.said("asked_for")) or kind_in_words(line.kind),
        time=line.time,
        href=_href(entry),
        whole=_whole(entry),
        owed=len(entry.owed),
        said=tuple(Said(name, words) for name, words in _said(entry, catalogue) if words),
    )


def _href(entry: RegisterEntry) -> str:
    line = entry.line
    if line.said is not None:
        return f"/notices/{line.said.hex()}"
    if line.record is None and line.core is not None and line.kind == SENT:
        return f"/sent/{line.core.hex()}"
    if line.record is None and line.core is not None and line.kind == RECEIVED:
        return f"/inbox/{line.core.hex()}"
    return _whole(entry)


def _whole(entry: RegisterEntry) -> str:
    line = entry.line
    if line.record is not None:
        return f"/register/record/{line.record}"
    return f"/register/package/{line.core.hex()}" if line.core is not None else "/register"


def _said(entry: RegisterEntry, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield _with_whom(entry), "\n".join(_parties(entry))
    yield "Asked by", "; ".join(entry.said(ASKED_BY))
    yield "Said by", "; ".join(entry.said(SAID_BY))
    yield "About", "; ".join(people_in_words(entry))
    yield "Your reference", "; ".join(entry.said("thread"))
    yield "What", "\n".join((*map(section_in_words, entry.line.sections), *entry.said("asked_for")))
    yield "Not shared", "\n".join(entry.said("withheld"))
    yield "Decision", outcome_in_words(entry, catalogue)
    yield "Decided by", "; ".join(entry.said("decided_by"))
    yield "By what right", "; ".join(_law(code, catalogue) for code in entry.said("basis"))
    yield "Erased here", "Yes. This line alone is left." if entry.erased else ""
    yield "Reasons", "\n".join(entry.said("reasons"))
    if entry.known_days is not None:
        yield "Known for", "1 day" if entry.known_days == 1 else f"{entry.known_days} days"


def _with_whom(entry: RegisterEntry) -> str:
    return {SENT: "To", RECEIVED: "From"}.get(entry.line.kind, "With")


def _parties(entry: RegisterEntry) -> Iterator[str]:
    for party in entry.parties:
        yield f"{party.name}: {THERE[State(party.state)].label}" if party.state else party.name
    if entry.line.kind == RECEIVED and entry.state is not None:
        yield f"Here: {HERE[State(entry.state)].label}"


def _law(code: str, catalogue: Catalogue) -> str:
    found = (in_words(catalogue, name, code) for name in _LAW)
    return next((words for words in found if words != code), code)
