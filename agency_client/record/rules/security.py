"""Rules on security around a package: what agencies assure of theirs, and training. They warn, and stop nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agency_client.record.assurances import doubt
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, warning
from agency_client.record.places import Place

_CLAUSE: Final = "RT2"


def assured(document: Document, facts: Facts) -> Iterator[Finding]:
    """Every agency that holds a copy of the package, one's own too, has an assurance of its security in force.

    It is said once of all of them, at the first place that names one.
    """
    doubts: dict[str, list[str]] = {}
    places: list[Place] = []
    for agency, at in _agencies(document, facts).items():
        said = facts.assured.get(agency)
        doubted = doubt(said, facts.now) if said is not None else None
        if doubted is not None:
            places.append(at)
            doubts.setdefault(doubted, []).append(
                facts.names.get(agency, agency) if at else "your agency"
            )
    if places:
        yield warning("W_DOC_ASSURANCE", places[0], _told(doubts), clause=_CLAUSE)


def _told(doubts: Mapping[str, Sequence[str]]) -> str:
    """Each doubt once, with whom it is about."""
    ((doubted, first), *others) = doubts.items()
    if len(first) == 1 and not others:
        who = "Your agency" if first[0] == "your agency" else first[0]
        return f"{who} {doubted}."
    each = (f"{', '.join(agencies)} ({doubted})" for doubted, agencies in doubts.items())
    return f"The security of these agencies gives pause: {'; '.join(each)}."


def _agencies(document: Document, facts: Facts) -> dict[str, Place]:
    """Each agency, with the first place that names it; one's own has none."""
    found: dict[str, Place] = {facts.own.address.partition("@")[2]: ()}
    for name, at in document.addresses():
        found.setdefault(name.partition("@")[2], at)
    return found


def trained(document: Document, facts: Facts) -> Iterator[Finding]:
    """The training of those who work here has not ended."""
    if facts.training_ended:
        message = "Training that is recorded here has ended."
        yield warning("W_DOC_TRAINING", (), message, clause=_CLAUSE)


RULES = (assured, trained)
