"""Openings of the names and personal addresses that the log only commits to (docs/protocol.md §4).

They are kept beside the log, served to members and erasable. One that is not there, or does not open what it should,
counts as erased: the log holds without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from phoenix_protocol.commitments import Commitment, commit
from phoenix_protocol.directory.statements import Member, Opening
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, address, agency_of

NAME: Final = "name"
ADDRESS: Final = "address"

Openings = Mapping[Commitment, Opening]


def make_opening(kind: str, text: str, salt: bytes) -> tuple[Commitment, Opening]:
    """The commitment of ``kind`` (``NAME`` or ``ADDRESS``) to ``text`` under a random ``salt``, and its opening."""
    return commit(kind, salt, text.encode()), Opening(kind=kind, salt=salt, text=text)


def by_commitment(openings: Iterable[Opening]) -> dict[Commitment, Opening]:
    """Openings by the commitment that each opens, which is computed here: nobody's word has to be taken."""
    return {_commitment(opening): opening for opening in openings}


def opened(commitment: Commitment | None, kind: str, openings: Openings) -> str | None:
    """What ``commitment`` hides; None when no opening of this kind in ``openings`` opens it."""
    if commitment is None:
        return None
    opening = openings.get(commitment)
    if opening is None or opening.kind != kind or _commitment(opening) != commitment:
        return None
    return opening.text


def address_in(member: Member, openings: Openings) -> Address | None:
    """The address of an endpoint; None for a person whose opening is missing, or names no address of the agency."""
    if member.address is not None:
        return member.address
    text = opened(member.address_commitment, ADDRESS, openings)
    try:
        found = address(text) if text is not None else None
    except RefusedError:
        return None
    # A manager could commit to an address of another agency: the log alone does not show it.
    return found if found is not None and agency_of(found) == member.agency else None


def name_in(member: Member, openings: Openings) -> str | None:
    """The name of an endpoint's desk or person; None for a person whose opening is missing."""
    return (
        member.name if member.name is not None else opened(member.name_commitment, NAME, openings)
    )


def _commitment(opening: Opening) -> Commitment:
    return commit(opening.kind, opening.salt, opening.text.encode())
