"""An endpoint's chain: certified, renewed, re-keyed, ended (docs/protocol.md §4)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from phoenix_protocol import limits
from phoenix_protocol.directory.agencies import Agency
from phoenix_protocol.directory.statements import EndReason, Member, MemberEnd
from phoenix_protocol.directory.thresholds import Authority, Quorum
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import (
    AgencyId,
    EndpointId,
    ObjectHash,
    Seconds,
    SignerId,
    agency_of,
)
from phoenix_protocol.signed import signer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Why an endpoint ended, and from when its signatures do not count: said then, or compromised since."""

    reason: EndReason
    effective: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint as it stands: every ``member`` statement about it, oldest first, and its end, if it has one.

    ``head`` is the object hash that the next statement about it has to name.
    """

    id: EndpointId
    agency: AgencyId
    members: tuple[Member, ...]
    head: ObjectHash
    issued: Seconds
    end: End | None = None

    @property
    def newest(self) -> Member:
        """The newest statement, which may begin only later."""
        return self.members[-1]

    def member_at(self, at: Seconds) -> Member | None:
        """What was certified of the endpoint at a time: the newest statement that had begun, if it had not run out.

        Its end is not looked at: see :attr:`end`.
        """
        begun = self._begun(at)
        return begun if begun is not None and at < begun.valid_until else None

    def in_force_at(self, at: Seconds) -> Member | None:
        """As :meth:`member_at`, but None from the endpoint's end on."""
        ended = self.end is not None and self.end.effective <= at
        return None if ended else self.member_at(at)

    def _begun(self, at: Seconds) -> Member | None:
        return next((member for member in reversed(self.members) if member.valid_from <= at), None)

    def proven_at(self, at: Seconds) -> Member:
        """The statement whose keys speak for the endpoint in what is issued at a time, even if it has just run out.

        Not one that waits to begin: what two managers put in the endpoint's place is not the endpoint yet.
        """
        return self._begun(at) or self.members[0]


# -- where a statement stands and who may sign it -------------------------------------------------------------------


def check_place(
    statement: Member | MemberEnd, agency: Agency | None, before: Endpoint | None
) -> Quorum:
    """The information managers who decide, when the statement follows in the endpoint's chain.

    Raises TamperError ``E_KEY_UNCERTIFIED`` for an agency that nobody admitted or that has no managers yet,
    RefusedError ``E_AGENCY_CLOSED`` or ``E_DIR_CHAIN``.
    """
    if agency is None or agency.managers is None:
        raise TamperError("E_KEY_UNCERTIFIED", "No agency of this id has information managers.")
    agency.require_active()
    if (statement.endpoint is None) != (statement.previous is None):
        raise RefusedError("E_DIR_CHAIN", "Endpoint and previous statement come together.")
    if statement.endpoint is not None and (
        before is None or statement.previous != before.head or statement.agency != before.agency
    ):
        raise RefusedError("E_DIR_CHAIN", "This does not follow the endpoint's newest statement.")
    return agency.managers


def authority(
    statement: Member | MemberEnd,
    managers: Quorum,
    before: Endpoint | None,
    signers: tuple[SignerId, ...],
) -> Authority:
    """One information manager; two people of them to change keys without the endpoint's own signature."""
    if before is None or isinstance(statement, MemberEnd):
        return Authority(quorums=(managers,))
    if not _continues(statement, before, signers):
        return Authority(quorums=(managers.with_threshold(2),))
    own = before.proven_at(statement.issued).document_key
    return Authority(quorums=(managers,), also={signer_id(own): own})


def _continues(statement: Member, before: Endpoint, signers: tuple[SignerId, ...]) -> bool:
    """Whether the endpoint's keys stay as they are, or the endpoint signs for the new ones itself."""
    proven = before.proven_at(statement.issued)
    same = (statement.document_key, statement.request_key) == (
        proven.document_key,
        proven.request_key,
    )
    return same or signer_id(proven.document_key) in signers


# -- what follows from it -------------------------------------------------------------------------------------------


def follow_member(
    statement: Member, itself: ObjectHash, before: Endpoint | None, signers: tuple[SignerId, ...]
) -> Endpoint:
    """The endpoint after it was certified, renewed or re-keyed.

    Raises TamperError ``E_PARSE`` unless it is either a desk or a person, RefusedError ``E_NAME`` for an address
    elsewhere, ``E_TIME``, ``E_DIR_CHAIN`` for one that has ended or takes another address or role.
    """
    _check_identity(statement)
    if statement.valid_from >= statement.valid_until:
        raise RefusedError("E_TIME", "A membership ends before it begins.")
    if before is None:
        return Endpoint(
            id=EndpointId(itself),
            agency=statement.agency,
            members=(statement,),
            head=itself,
            issued=statement.issued,
        )
    _check_successor(statement, before)
    _check_beginning(statement, before, continues=_continues(statement, before, signers))
    members = (*before.members, statement)
    return replace(before, members=members, head=itself, issued=statement.issued)


def _check_identity(statement: Member) -> None:
    desk = (statement.address, statement.name)
    person = (statement.address_commitment, statement.name_commitment)
    for shown, hidden in ((desk, person), (person, desk)):
        if None not in shown and hidden == (None, None):
            break
    else:
        raise TamperError("E_PARSE", "A member is either a desk or a person.")
    if statement.address is not None and agency_of(statement.address) != statement.agency:
        raise RefusedError("E_NAME", "A desk's address is in its own agency.")


def _check_successor(statement: Member, before: Endpoint) -> None:
    newest = before.newest
    if before.end is not None:
        raise RefusedError("E_DIR_CHAIN", "An endpoint that has ended stays ended.")
    if statement.issued < before.issued:
        raise RefusedError("E_TIME", "This was issued before the statement that it follows.")
    kept = (newest.address, newest.address_commitment, newest.role)
    if (statement.address, statement.address_commitment, statement.role) != kept:
        raise RefusedError("E_DIR_CHAIN", "An endpoint keeps its address and its role.")


def _check_beginning(statement: Member, before: Endpoint, *, continues: bool) -> None:
    if continues:
        # Or else keys that still wait to begin could be renewed into beginning at once.
        earliest = before.proven_at(statement.issued).valid_from
    else:
        earliest = Seconds(statement.issued + limits.REPLACEMENT_DELAY)
    if statement.valid_from < earliest:
        raise RefusedError(
            "E_TIME",
            "An endpoint's new statement begins too early.",
            next="Let a key that the old one did not sign begin a day later, so that its holder can object.",
        )


def follow_end(statement: MemberEnd, itself: ObjectHash, before: Endpoint | None) -> Endpoint:
    """The endpoint after its end; after one end only an earlier compromise can be said.

    Raises TamperError ``E_PARSE`` unless ``since`` goes with COMPROMISED, RefusedError ``E_TIME``, ``E_DIR_CHAIN``.
    """
    if before is None:
        raise RefusedError("E_DIR_CHAIN", "There is no such endpoint.")
    compromised = statement.reason is EndReason.COMPROMISED
    if compromised != (statement.since is not None):
        raise TamperError("E_PARSE", "A compromise has a beginning, and nothing else does.")
    effective = statement.issued if statement.since is None else statement.since
    if statement.issued < before.issued or effective > statement.issued:
        raise RefusedError("E_TIME", "The times of an endpoint's end contradict each other.")
    if before.end is not None and not (compromised and effective < before.end.effective):
        raise RefusedError("E_DIR_CHAIN", "The endpoint has ended already.")
    end = End(reason=statement.reason, effective=effective)
    return replace(before, end=end, head=itself, issued=statement.issued)
