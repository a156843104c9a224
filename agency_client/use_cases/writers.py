"""Who writes here, by which words, and to whom they can write: what a page needs before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from agency_client.record.catalogue import Catalogue
from agency_client.record.facts import Own
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.home import Home
from agency_client.use_cases.joining import member_lines
from agency_client.use_cases.knowing import recall_directory
from agency_client.use_cases.recording import own_of
from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import Address, agency_of
from phoenix_protocol.sealing.contents import Cover

#: Whoever has sent that many packages without saying how to be reached does not want it said.
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """An agency's desk or person, and the catalogue in force there."""

    own: Own
    catalogue: Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """An address that can be written to, with its name and its agency's."""

    address: Address
    name: str
    agency: str


def writer_of(home: Home) -> Writer:
    """Who writes in this home."""
    return Writer(own=own_of(home), catalogue=catalogue_of(home))


def addressees(home: Home) -> tuple[Addressee, ...]:
    """Everybody else who can be written to, as the directory was last known: by agency, then by address."""
    known = recall_directory(home)
    if known is None:
        return ()
    now, own = home.now(), own_of(home).address
    open_ = [e for e in known.directory.endpoints() if e.in_force_at(now) is not None]
    found: dict[Address, Addressee] = {}
    for line in member_lines(known, open_, now):
        if line.address is None or line.address == own:
            continue
        agency = known.directory.agency(agency_of(line.address))
        name = agency.signatory.name if agency is not None else agency_of(line.address)
        found[line.address] = Addressee(
            address=line.address, name=line.name or line.address, agency=name
        )
    return tuple(sorted(found.values(), key=lambda a: (a.agency, a.address)))


def last_contact(home: Home) -> dict[str, str]:
    """How to reach the sender, as the newest package from here says that says it on its cover; empty before."""
    with home.vault.reading() as view:
        for line in view.sent.listing(limit=_LOOKED_AT):
            record = view.sent.record(line.package.core)
            contact = _contact_of(record.cover) if record is not None else {}
            if contact:
                return contact
    return {}


def _contact_of(cover: bytes) -> dict[str, str]:
    return dict(schema.decode(Cover, cover, limit=limits.COVER_BYTES).contact)
