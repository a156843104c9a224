"""Passing on what its agency controls without a release, to protect somebody: recorded, audited, told to the agency.

Word to the agency is written when the package is sealed and falls due at once: whatever stops this program, it goes
with the next round of work. It waits until the package itself is with the relay: nothing is told that never happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agency_client.ports.vault import Due, Families, RegisterLine, SentPackage
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.originators import ToOriginator, Written, override_words
from agency_client.record.subjects import terms
from agency_client.record.syntax import parse
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import ToRecord, keep
from agency_client.use_cases.sealing import Keep
from phoenix_protocol.identifiers import ObjectHash

#: The kind of the record, and of its line in the register.
OVERRIDE: Final = "safety_override"
#: What falls due: the agency has not been told yet.
ORIGINATOR_TOLD: Final = "originator_told"


def overridden(home: Home, document: Document, data: bytes, facts: Facts) -> Keep | None:
    """What is kept with a package that passes on what was not released; None for any other."""
    why = document.onward.safety_override
    if why is None:
        return None
    given = Written(
        document=document, values=parse(data).values, own=facts.own.address, now=facts.now
    )
    return _keeping(home, override_words(given), why)


def together(*kept: Keep | None) -> Keep:
    """All of them, in order, in one transaction."""

    def keep_all(tx: Families, package: SentPackage) -> None:
        for each in kept:
            if each is not None:
                each(tx, package)

    return keep_all


def _keeping(home: Home, words: Sequence[ToOriginator], why: str) -> Keep:
    """Keeps each of ``words`` as a record that goes with a sealed package."""

    def keep_with(tx: Families, package: SentPackage) -> None:
        for word in words:
            number = keep(home, tx, _record(word, why, package), package.created)
            due = Due(
                kind=ORIGINATOR_TOLD,
                at=package.created,
                made=package.created,
                core=package.core,
                record=number,
            )
            tx.dues.put(due)

    return keep_with


def _record(word: ToOriginator, why: str, package: SentPackage) -> ToRecord:
    facts = {"purpose": (package.purpose,), "reasons": (why,)}
    return ToRecord(
        kind=OVERRIDE,
        document=word.document,
        summary=f"Passed on without the release of {word.address}",
        cores=(package.core, ObjectHash(word.core)),
        line=RegisterLine(
            kind=OVERRIDE, time=package.created, parties=(word.address,), facts=facts
        ),
        terms=terms(parties=(word.address,)),
    )
