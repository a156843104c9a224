"""Corrections, withdrawals, disputes and releases in the register, beside the package that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from agency_client.ports.vault import Families, RegisterLine, StoredNotice
from agency_client.record.register_table import SAID_BY
from agency_client.record.subjects import terms
from agency_client.use_cases.recording import people_of
from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import Address, ObjectHash
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
            **people_of(tx, [core]),
        },
    )
    found_by = terms(parties=[*parties, notice.maker])
    tx.register.add(line, tx.register.terms_of(core=core) | found_by)
