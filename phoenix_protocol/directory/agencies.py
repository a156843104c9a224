"""An agency's two chains: what governance says of it, and what it says of itself (docs/protocol.md §4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from phoenix_protocol.directory.statements import (
    AgencyKeys,
    KeySet,
    Signatory,
    SignatoryStatus,
    Standing,
)
from phoenix_protocol.directory.thresholds import Authority, Quorum, managers_quorum, quorum_of
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import AgencyId, ObjectHash, Seconds, agency_of


class TakesPart(Enum):
    """How an agency stands in the partnership. A closed one never comes back."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


#: (how it stands, what governance says) → how it stands then. What is not here is refused.
STANDINGS: Final = {
    (TakesPart.ACTIVE, Standing.SUSPENDED): TakesPart.SUSPENDED,
    (TakesPart.ACTIVE, Standing.CLOSED): TakesPart.CLOSED,
    (TakesPart.SUSPENDED, Standing.RESUMED): TakesPart.ACTIVE,
    (TakesPart.SUSPENDED, Standing.CLOSED): TakesPart.CLOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency as it stands.

    ``head`` and ``keys_head`` are the object hashes that the next statement of each chain has to name; ``root`` is the
    keys that govern the agency now; ``keys`` its own newest word, absent until its first. It stands as it does since
    ``since``, in POSIX seconds.
    """

    id: AgencyId
    signatory: Signatory
    standing: TakesPart
    since: Seconds
    head: ObjectHash
    issued: Seconds
    root: KeySet
    keys: AgencyKeys | None = None
    keys_head: ObjectHash | None = None
    managers: Quorum | None = None

    @property
    def is_active(self) -> bool:
        """Whether the agency is neither suspended nor closed."""
        return self.standing is TakesPart.ACTIVE

    def require_active(self) -> None:
        """Raise RefusedError ``E_AGENCY_CLOSED`` unless the agency may act."""
        if not self.is_active:
            raise RefusedError("E_AGENCY_CLOSED", f"The agency is {self.standing.value}.")


# -- what governance says -------------------------------------------------------------------------------------------


def check_place(statement: Signatory | SignatoryStatus, before: Agency | None) -> None:
    """Raise RefusedError unless this follows in the agency's chain.

    ``E_ID_TAKEN`` for a new agency under an id that was used, ``E_AGENCY_CLOSED`` after its end, else ``E_DIR_CHAIN``.
    """
    if before is None:
        if statement.previous is not None:
            raise RefusedError("E_DIR_CHAIN", "This follows a statement that is not there.")
        return
    if statement.previous is None:
        raise RefusedError("E_ID_TAKEN", "An agency with this id exists, or existed.")
    if before.standing is TakesPart.CLOSED:
        raise RefusedError("E_AGENCY_CLOSED", "A closed agency stays closed.")
    if statement.previous != before.head:
        raise RefusedError("E_DIR_CHAIN", "This does not follow the agency's newest statement.")


def follow_signatory(statement: Signatory, itself: ObjectHash, before: Agency | None) -> Agency:
    """The agency after governance admitted it, or corrected what it said of it.

    Governance can name other root keys only until the agency has spoken for itself. Raises ``E_THRESHOLD``, ``E_TIME``.
    """
    quorum_of(statement.root)
    if before is None:
        return Agency(
            id=statement.agency,
            signatory=statement,
            standing=TakesPart.ACTIVE,
            since=statement.issued,
            head=itself,
            issued=statement.issued,
            root=statement.root,
        )
    _check_issued(statement.issued, before.issued)
    if before.keys is not None and statement.root != before.root:
        raise RefusedError("E_THRESHOLD", "Only the agency itself can change its root keys now.")
    return replace(
        before, signatory=statement, head=itself, issued=statement.issued, root=statement.root
    )


def follow_status(statement: SignatoryStatus, itself: ObjectHash, before: Agency | None) -> Agency:
    """The agency after it was suspended, resumed or closed. Raises ``E_DIR_CHAIN``, ``E_TIME``."""
    if before is None:
        raise RefusedError("E_DIR_CHAIN", "There is no such agency.")
    _check_issued(statement.issued, before.issued)
    standing = STANDINGS.get((before.standing, statement.standing))
    if standing is None:
        raise RefusedError("E_DIR_CHAIN", "The agency's standing does not allow this.")
    issued = statement.issued
    return replace(before, standing=standing, since=issued, head=itself, issued=issued)


# -- what the agency says -------------------------------------------------------------------------------------------


def check_keys_place(statement: AgencyKeys, before: Agency | None) -> Agency:
    """The agency whose word this is. Raises ``E_KEY_UNCERTIFIED``, ``E_AGENCY_CLOSED`` or ``E_DIR_CHAIN``."""
    if before is None:
        raise TamperError("E_KEY_UNCERTIFIED", "An agency speaks that governance has not admitted.")
    before.require_active()
    if statement.previous != before.keys_head:
        raise RefusedError("E_DIR_CHAIN", "This does not follow the agency's newest word.")
    return before


def keys_authority(statement: AgencyKeys, before: Agency) -> Authority:
    """A threshold of the root keys until now and one of the root keys from now on. Raises ``E_THRESHOLD``."""
    return Authority(quorums=(quorum_of(before.root), quorum_of(statement.root)))


def follow_keys(statement: AgencyKeys, itself: ObjectHash, before: Agency) -> Agency:
    """The agency after its own word. Raises ``E_NAME`` for records elsewhere, ``E_TIME``, ``E_THRESHOLD``."""
    # The first was signed before governance admitted the agency: only its own chain counts.
    if before.keys is not None:
        _check_issued(statement.issued, before.keys.issued)
    if any(agency_of(address) != statement.agency for address in statement.records):
        raise RefusedError("E_NAME", "An agency's records are kept at an address of its own.")
    return replace(
        before,
        root=statement.root,
        keys=statement,
        keys_head=itself,
        managers=managers_quorum(statement.managers),
    )


def _check_issued(issued: Seconds, before: Seconds) -> None:
    if issued < before:
        raise RefusedError("E_TIME", "This was issued before the statement that it follows.")
