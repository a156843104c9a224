"""Who this home is, and how members, agencies, keys and assurances are said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from agency_client.record.assurances import NONE, has_ended
from agency_client.record.catalogue import Catalogue
from agency_client.use_cases.governing import SignatoryLine
from agency_client.use_cases.joining import MemberLine
from agency_client.web.asked import Asked
from agency_client.web.when import day
from keys.epochs import Phase
from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.statements import Assurance, Role
from phoenix_protocol.identifiers import AgencyId, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """What this home may do about people: each by the keys that it holds. ``agency`` is the one that it manages."""

    is_known: bool
    is_waiting: bool
    is_desk: bool
    is_manager: bool
    is_governor: bool
    speaks_for: AgencyId | None
    agency: AgencyId | None


def who_of(asked: Asked) -> Who:
    """Who this home is."""
    content = asked.client.home.content
    endpoint, manager, root = content.endpoint, content.manager, content.root
    return Who(
        is_known=content.anchor is not None,
        is_waiting=endpoint is not None and endpoint.id is None,
        is_desk=endpoint is not None and endpoint.id is not None,
        is_manager=manager is not None,
        is_governor=content.governance is not None,
        speaks_for=root.agency if root is not None else None,
        agency=manager.agency if manager is not None else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A state in words, with the colour that goes with it."""

    text: str
    colour: str = "grey"


_STANDINGS: Final = {
    "in force": Tag(text="Member", colour="green"),
    "not in force": Tag(text="Certificate has ended", colour="orange"),
    "left": Tag(text="Left"),
    "superseded": Tag(text="Machine was replaced"),
    "compromised": Tag(text="Keys got into other hands", colour="red"),
}
_PARTS: Final = {
    TakesPart.ACTIVE: Tag(text="Takes part", colour="green"),
    TakesPart.SUSPENDED: Tag(text="Suspended", colour="orange"),
    TakesPart.CLOSED: Tag(text="Closed for ever"),
}
_ROLES: Final = {
    Role.PRACTITIONER: "People",
    Role.SYSTEM: "A program, not a person",
    Role.RECORDS: "The agency's records",
}
_KINDS: Final = {
    "governance": "Governs the partnership",
    "root": "Speaks for your agency",
    "manager": "Approves and ends members",
    "endpoint": "Signs what is sent from here",
}
PHASES: Final = {
    Phase.COMING: Tag(text="Ready for later", colour="blue"),
    Phase.CURRENT: Tag(text="In use", colour="green"),
    Phase.OPENING: Tag(text="Only opens"),
    Phase.DUE: Tag(text="Will be destroyed", colour="orange"),
}
_SCOPES: Final = {
    letter: f"Children Act 2004, section 16LA, letter {letter}" for letter in ("a", "b", "c")
}


def standing_of(line: MemberLine) -> Tag:
    """How a member stands."""
    return _STANDINGS.get(line.standing, Tag(text=line.standing))


def part_of(standing: TakesPart) -> Tag:
    """How an agency stands."""
    return _PARTS[standing]


def role_of(role: Role) -> str:
    """What a machine is for."""
    return _ROLES[role]


def kind_of_key(kind: str) -> str:
    """What a key of this machine is for."""
    return _KINDS.get(kind, kind)


def label(catalogue: Catalogue, enumeration: str, code: str) -> str:
    """A word of the catalogue; the code itself where it has none."""
    known = catalogue.enumerations.get(enumeration, {}).get(code)
    return known.label if known is not None else code


def scope_of(scope: str) -> str:
    """Whether the duty to share of the Children Act binds an agency."""
    return _SCOPES.get(scope, "Not said" if scope == NONE else scope)


def assurance_in_words(said: Assurance, catalogue: Catalogue, now: Seconds) -> str:
    """One assurance: the scheme, how the agency stands in it, and until when."""
    scheme = label(catalogue, "assurance_scheme", said.scheme)
    if said.scheme == NONE:
        return "Says that it has none"
    status = label(catalogue, "assurance_status", said.status).lower()
    if said.valid_to is None:
        return f"{scheme}: {status}"
    return (
        f"{scheme}: {status}, {'ended' if has_ended(said, now) else 'until'} {day(said.valid_to)}"
    )


def agency_facts(line: SignatoryLine, catalogue: Catalogue, now: Seconds) -> Mapping[str, Any]:
    """An agency for a page."""
    return {
        "line": line,
        "tag": part_of(line.standing),
        "kind": label(catalogue, "agency_kind", line.kind)
        if line.kind != "unspecified"
        else "Not said",
        "jurisdiction": label(catalogue, "jurisdiction", line.jurisdiction),
        "scope": scope_of(line.legal_scope),
        "assurances": [assurance_in_words(each, catalogue, now) for each in line.assurances],
    }
