"""Recording what left the system: told on the phone, printed, exported, sent in another way (clause Q11, hard block 1).

Somebody who is no member has no keys, so nothing can be sealed to them. Where a named approver decides that they are
told all the same, this is the log of it. What has happened is recorded whatever it was: nothing here refuses it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault import Contents, RegisterLine, Term
from agency_client.record.copied import CONTROLLED, source_known_to
from agency_client.record.opened import ReadPerson, ReadSection, read_section
from agency_client.record.pointing import Pointed, called, find_item
from agency_client.record.registering import facts_of_people
from agency_client.record.subjects import people_terms, terms
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import ToRecord, keep
from agency_client.use_cases.viewing import find_package
from phoenix_protocol.errors import Problem, RefusedError
from phoenix_protocol.identifiers import ObjectHash, PackageId, Seconds
from phoenix_protocol.record import Person

#: The kind of the record, and of its line in the register.
DISCLOSURE: Final = "disclosure"
#: How something can leave.
MEANS: Final = (
    "phone",
    "in_person",
    "printed",
    "exported",
    "email",
    "post",
    "other_system",
    "court",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What somebody says left: of which package, to whom, how, why, and who approved it.

    ``statements`` are as `phoenix open` calls them; none means everything of the package that is here.
    """

    package: str
    to: str = field(repr=False)
    how: str
    why: str = field(repr=False)
    approved_by: str = field(repr=False)
    statements: tuple[str, ...] = ()
    at: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """The record of it, and what deserves a second look."""

    record: int
    package: PackageId
    statements: tuple[str, ...]
    at: Seconds
    warnings: tuple[Problem, ...]


def record_disclosure(home: Home, said: Disclosure) -> Disclosed:
    """Record that something of a package here left the system.

    Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS`` for a package or statement that is not here, ``E_ERASED``.
    """
    core = find_package(home, said.package)
    with home.vault.reading() as view:
        package = view.received.get(core) or view.sent.get(core)
        contents = view.contents.get(core)
    if package is None or contents is None:
        raise RefusedError("E_ERASED", "What this package said is not here.")
    sections = _sections(contents)
    meant = _meant(sections, said.statements)
    touched = [sections[n] for n in sorted({each.section for each in meant})]
    now = home.clock.now()
    happened = now if said.at is None else said.at
    names = tuple(each.called for each in meant)
    new = _record(core, package.package, said, names, touched, happened)
    with home.vault.transaction() as tx:
        number = keep(home, tx, new, now)
    return Disclosed(
        record=number,
        package=package.package,
        statements=names,
        at=happened,
        warnings=tuple(_second_looks(touched)),
    )


def _sections(contents: Contents) -> list[ReadSection]:
    return [read_section(section.items) for section in contents.sections]


def _meant(sections: Sequence[ReadSection], wanted: Sequence[str]) -> tuple[Pointed, ...]:
    if not wanted:
        return called(sections)
    return tuple(dict.fromkeys(find_item(sections, text) for text in wanted))


def _record(
    core: ObjectHash,
    package: PackageId,
    said: Disclosure,
    names: tuple[str, ...],
    touched: Sequence[ReadSection],
    happened: Seconds,
) -> ToRecord:
    document = {
        "package": package.hex(),
        "statements": list(names),
        "to": said.to,
        "how": said.how,
        "why": said.why,
        "approved_by": said.approved_by,
        "at": happened,
    }
    people = [person.said for section in touched for person in section.people]
    facts = {
        "reasons": (said.why,),
        "decided_by": (said.approved_by,),
        **facts_of_people(people),
        "outcome": (said.how,),
    }
    return ToRecord(
        kind=DISCLOSURE,
        document=json.dumps(document, ensure_ascii=False, indent=1).encode(),
        summary=f"Told outside the system: {said.to}",
        cores=(core,),
        line=RegisterLine(
            kind=DISCLOSURE, time=happened, core=core, parties=(said.to,), facts=facts
        ),
        terms=_terms(people, said.to),
    )


def _terms(people: Sequence[Person], to: str) -> frozenset[Term]:
    return people_terms([(p.label, p.name, p.identifiers) for p in people]) | terms(parties=(to,))


def _second_looks(touched: Sequence[ReadSection]) -> Iterator[Problem]:
    """What its agency controls, and who a protected source is, are told outside with special care."""
    for section in touched:
        if CONTROLLED in section.handling:
            yield Problem(
                code="W_DISCLOSED_CONTROLLED",
                place=section.id,
                message="The agency that this came from keeps control of it.",
                next="Tell that agency that it was told outside, to whom and why.",
            )
        if any(_is_protected(person) for person in section.people):
            yield Problem(
                code="W_DISCLOSED_SOURCE",
                place=section.id,
                message="This says who a protected source is.",
                next="Make sure that the source is safe, and tell whoever promised the protection.",
            )


def _is_protected(person: ReadPerson) -> bool:
    return bool(source_known_to(person.said))
