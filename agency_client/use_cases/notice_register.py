"""Corrections, withdrawals, disputes and releases in the register, beside the package that they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from agency_client.ports.vault import Families, RegisterLine, StoredNotice
from agency_client.record.opened import ReadPerson, ReadSection, read_section
from agency_client.record.register_table import SAID_BY
from agency_client.record.registering import facts_of_people
from agency_client.record.subjects import terms
from agency_client.use_cases.recording import people_of
from phoenix_protocol import limits, schema
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash
from phoenix_protocol.sealing.notices import Notice
from phoenix_protocol.signed import parse_signed


def enter_notice(
    tx: Families, notice: StoredNotice, core: ObjectHash, parties: Sequence[Address]
) -> None:
    """Write the line of a notice that stands beside a statement of the package ``core``, once.

    ``parties`` are those whom it is shared with: whom we tell, or who told us.
    """
    said = schema.decode(Notice, parse_signed(notice.signed).payload, limit=limits.SIGNED_BYTES)
    line = RegisterLine(
        kind=f"notice_{notice.action}",
        time=notice.time,
        core=core,
        said=notice.hash,
        parties=tuple(parties),
        facts={
            "purpose": (said.words,) if said.words else (),
            SAID_BY: (notice.maker,),
            **_whom(tx, notice, core),
        },
    )
    found_by = terms(parties=[*parties, notice.maker])
    tx.register.add(line, tx.register.terms_of(core=core) | found_by)


def _whom(tx: Families, notice: StoredNotice, core: ObjectHash) -> dict[str, tuple[str, ...]]:
    """Whom the statement is about; everybody of its section where it names nobody, as a file does.

    Of what is no longer here, everybody whom the register names for the package.
    """
    items = {item for where, item in tx.notices.places(notice.hash) if where == core}
    sections = tx.contents.items([core]).get(core, ())
    with suppress(TamperError):
        if people := list(_about([read_section(section) for section in sections], items)):
            return facts_of_people(person.said for person in people)
    return people_of(tx, [core])


def _about(sections: Sequence[ReadSection], items: set[ItemId]) -> Iterator[ReadPerson]:
    for section in sections:
        ids = {s.id for s in section.statements} | {file.id for file in section.attachments}
        if ids & items:
            meant = {p for s in section.statements if s.id in items for p in s.said.about}
            yield from (each for each in section.people if not meant or each.id in meant)
