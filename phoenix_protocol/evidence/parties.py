"""Who took part: endpoints as the log describes them, and under which keys they signed (docs/protocol.md §6.11)."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.endpoints import End
from phoenix_protocol.directory.openings import address_in, name_in
from phoenix_protocol.directory.statements import Member, Role
from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence.past import Past
from phoenix_protocol.identifiers import Address, AgencyId, EndpointId, Seconds, SignerId
from phoenix_protocol.signed import hash_of, signer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An endpoint. Address and name are None where the bundle does not open them; ``end`` is what the log said later.

    ``certified_in`` is the index of the statement that certified its key, ``certified_by`` who signed that.
    """

    endpoint: EndpointId
    agency: AgencyId
    agency_name: str
    address: Address | None
    name: str | None
    role: Role
    signer: SignerId
    certified_in: int
    certified_by: tuple[SignerId, ...]
    valid_from: Seconds
    valid_until: Seconds
    end: End | None
    standing: TakesPart
    standing_since: Seconds


def party(past: Past, endpoint: EndpointId, member: Member | None = None) -> Party:
    """An endpoint with the key of ``member``, or else its newest.

    Raises TamperError ``E_KEY_UNCERTIFIED`` for one that the bundle does not show.
    """
    found = past.directory.endpoint(endpoint)
    agency = past.directory.agency(found.agency) if found is not None else None
    wanted = member or (found.newest if found is not None else None)
    position = past.directory.position_of(hash_of(wanted)) if wanted is not None else None
    if found is None or agency is None or wanted is None or position is None:
        raise TamperError("E_KEY_UNCERTIFIED", "The log does not show who this is.")
    statement = past.shown[position]
    return Party(
        endpoint=endpoint,
        agency=agency.id,
        agency_name=agency.signatory.name,
        address=address_in(wanted, past.openings),
        name=name_in(wanted, past.openings),
        role=wanted.role,
        signer=signer_id(wanted.document_key),
        certified_in=statement.index,
        certified_by=tuple(signature.signer for signature in statement.signed.signatures),
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        end=found.end,
        standing=agency.standing,
        standing_since=agency.since,
    )
