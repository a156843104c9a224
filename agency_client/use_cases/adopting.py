"""What an agency says of itself, as its information manager: the protocol it adopts, what it assures of its security.

docs/protocol.md §4.3: each makes the agency's next ``agency-keys``, with everything else in it as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agency_client.ports.relay import Relay
from agency_client.record.assurances import AssuranceDocument, read_assurances
from agency_client.record.findings import Findings
from agency_client.record.rules.assuring import check_assurances
from agency_client.use_cases.agencies import append, audit
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.protocols import (
    ProtocolVersion,
    has_adopted,
    keep_text,
    require_text,
    versions_of,
)
from agency_client.use_cases.recording import record_facts
from agency_client.use_cases.talking import in_step
from keys.content import RootKeys, missing
from phoenix_protocol.directory.agencies import Agency
from phoenix_protocol.directory.statements import Adoption, AgencyKeys
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import AgencyId, ObjectHash
from phoenix_protocol.signed import sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """The version of the protocol that an agency has adopted. ``again``: it had done so before."""

    agency: AgencyId
    version: ProtocolVersion
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What an agency wants to declare, with what the rules say of it; and the agency, once it is declared."""

    document: AssuranceDocument
    findings: Findings
    agency: AgencyId | None = None


async def adopt(home: Home, text: bytes | None = None) -> Adopted:
    """Sign the newest version of the protocol for this home's agency; ``text`` is a copy of it to keep first.

    Nobody signs what they do not have: RefusedError ``E_PROTOCOL_TEXT`` where the partnership names a text and no copy
    is here, or ``text`` is another. LockedError ``E_KEY_MISSING`` for a home without the agency's root key.
    """
    root = _root(home)
    async with in_step(home) as (relay, known):
        _, keys = _own_word(known, root)
        versions = versions_of(known)
        version = versions[-1]
        if text is not None:
            keep_text(home, versions, text)
        require_text(home, version)
        if has_adopted(keys, version):
            return Adopted(agency=root.agency, version=version, again=True)
        adoption = Adoption(version=version.number, text=version.text, time=home.now())
        said = await _say(home, relay, known, root, replace(keys, adopted=adoption))
    audit(home, "protocol.adopted", said)
    return Adopted(agency=root.agency, version=version)


def look_at_assurances(home: Home, data: bytes) -> Declared:
    """What the rules say of a declaration. Declares nothing. Raises UsageError when it cannot be read at all."""
    document = read_assurances(data)
    return Declared(document=document, findings=check_assurances(document, record_facts(home, ())))


async def declare(home: Home, data: bytes) -> Declared:
    """Declare what this home's agency assures of its security, in the place of what it declared before.

    Raises RefusedError ``E_DOCUMENT`` with every problem; then nothing is declared. LockedError ``E_KEY_MISSING``.
    """
    root = _root(home)
    looked = look_at_assurances(home, data)
    looked.findings.refuse("Nothing was declared.")
    async with in_step(home) as (relay, known):
        _, keys = _own_word(known, root)
        wanted = replace(keys, assurances=looked.document.said())
        if wanted != keys:
            said = await _say(home, relay, known, root, wanted)
            audit(home, "assurances.declared", said)
    return replace(looked, agency=root.agency)


def _root(home: Home) -> RootKeys:
    if home.content.root is None:
        raise missing("an agency's root key")
    return home.content.root


def _own_word(known: Known, root: RootKeys) -> tuple[Agency, AgencyKeys]:
    agency = known.directory.agency(root.agency)
    if agency is None or agency.keys is None:
        raise RefusedError(
            "E_NOT_FOUND",
            "The partnership has not admitted this home's agency yet.",
            next="Hand its admission request to whoever governs the partnership: 'phoenix partnership admit'.",
        )
    return agency, agency.keys


async def _say(
    home: Home, relay: Relay, known: Known, root: RootKeys, word: AgencyKeys
) -> ObjectHash:
    """Append the agency's next word."""
    agency, _ = _own_word(known, root)
    statement = replace(word, previous=agency.keys_head, issued=home.now())
    signed = sign(statement, [root.document_key()])
    await append(home, relay, known, [(signed, ())])
    return signed.hash
