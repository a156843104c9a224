"""The partnership's own chain: the genesis, and versions walked one by one (docs/protocol.md §4)."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_protocol.directory.statements import Partnership
from phoenix_protocol.directory.thresholds import Authority, Quorum, quorum_of
from phoenix_protocol.epochs import SPEAKS
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import NO_ANCHOR, Anchor, ObjectHash
from phoenix_protocol.notes import NoteKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnershipState:
    """The newest version with its object hash, and who governs from now on."""

    newest: Partnership
    head: ObjectHash
    governance: Quorum


def check_genesis(statement: Partnership, itself: ObjectHash, anchor: Anchor) -> None:
    """Raise TamperError ``E_ANCHOR`` unless this is the statement that ``anchor`` names, and the first of its chain."""
    if Anchor(itself) != anchor:
        raise TamperError("E_ANCHOR", "This is not the partnership that the anchor names.")
    first = statement.version == 1 and statement.previous is None
    if not first or statement.anchor != NO_ANCHOR:
        raise RefusedError("E_ROOT_CHAIN", "A partnership begins with version 1.")


def check_place(statement: Partnership, before: PartnershipState) -> None:
    """Raise RefusedError ``E_ROOT_CHAIN`` or ``E_DIR_CHAIN`` unless this is the very next version."""
    if statement.version != before.newest.version + 1:
        raise RefusedError("E_ROOT_CHAIN", "This is not the next version of the partnership.")
    if statement.previous != before.head:
        raise RefusedError("E_DIR_CHAIN", "This does not follow the newest version.")


def authority(statement: Partnership, before: PartnershipState | None) -> Authority:
    """A threshold of the new governance and, but for the genesis, one of the old. Raises ``E_THRESHOLD``."""
    new = quorum_of(statement.governance)
    return Authority(quorums=(new,) if before is None else (before.governance, new))


def next_protocol_version(before: Partnership, after: Partnership) -> int:
    """Which version of the protocol ``after`` has to name: one more than ``before`` for another name or text of it."""
    same = (before.protocol, before.protocol_text) == (after.protocol, after.protocol_text)
    return before.protocol_version + (0 if same else 1)


def follow(
    statement: Partnership, itself: ObjectHash, before: PartnershipState | None
) -> PartnershipState:
    """The partnership after this statement.

    Raises ``E_SUITE`` for a minimum version that goes down or is above what this program speaks, ``E_ROOT_CHAIN`` for
    another version of the protocol than its name and text make it, ``E_TIME``, ``E_PARSE`` for an origin that no
    checkpoint can bear, ``E_THRESHOLD`` for more witnesses than there are.
    """
    if before is not None and statement.minimum_version < before.newest.minimum_version:
        raise RefusedError("E_SUITE", "The lowest version allowed never goes down.")
    if statement.minimum_version > SPEAKS:
        raise RefusedError("E_SUITE", "The partnership needs a newer version of this program.")
    named = 1 if before is None else next_protocol_version(before.newest, statement)
    if statement.protocol_version != named:
        raise RefusedError("E_ROOT_CHAIN", "The protocol's version does not follow from its text.")
    if before is not None and statement.issued < before.newest.issued:
        raise RefusedError("E_TIME", "This was issued before the version that it follows.")
    if statement.witness_threshold > len({witness.key for witness in statement.witnesses}):
        raise RefusedError("E_THRESHOLD", "More witnesses would have to cosign than there are.")
    NoteKey(name=statement.relay.origin, public=statement.relay.log_key)
    return PartnershipState(
        newest=statement, head=itself, governance=quorum_of(statement.governance)
    )
