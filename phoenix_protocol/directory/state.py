"""The directory: a pure fold over the statements of the log (docs/protocol.md §4).

It takes bytes and becomes more knowing, or raises. A :class:`Directory` is a value: admitting a statement gives another
and leaves the first as it was, whether it succeeds or not. All directories of one log share a store that only grows, so
that admitting costs the same at fifty statements and at fifty thousand, and every earlier state can still be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from phoenix_protocol.directory import agencies, claims, endpoints, partnership
from phoenix_protocol.directory.claims import Claim
from phoenix_protocol.directory.history import History, State, Step
from phoenix_protocol.directory.lookups import View
from phoenix_protocol.directory.statements import (
    BY_TYPE,
    AgencyKeys,
    Member,
    MemberEnd,
    Partnership,
    Signatory,
    SignatoryStatus,
    Statement,
)
from phoenix_protocol.directory.thresholds import (
    VERIFIED_BEFORE,
    VERIFYING,
    Authority,
    Verifier,
    require,
)
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Anchor, ObjectHash, SignerId
from phoenix_protocol.signed import Signed, parse_signed, read_unverified


class Directory(View):
    """What is known of a partnership after so many statements. See :class:`View` for what it can be asked.

    A value. Directories of one log share a store that only the newest of them extends: admit from one thread at a time;
    reading from others meanwhile is safe. Admitting to one that is not the newest of its store copies what it knows.
    """

    __slots__ = ()

    @classmethod
    def begin(cls, genesis: bytes, anchor: Anchor) -> Directory:
        """The directory after its first statement: Signed bytes of the genesis, which ``anchor`` names.

        Raises TamperError ``E_PARSE``, ``E_LIMIT``, ``E_SUITE``, ``E_SIG_TYPE``, ``E_CRITICAL``, ``E_ANCHOR``,
        ``E_KEY_UNCERTIFIED``, ``E_SIG``, ``E_KEY_WEAK``; RefusedError ``E_ROOT_CHAIN``, ``E_THRESHOLD``, ``E_SUITE``.
        """
        return _begun(genesis, anchor, VERIFYING)

    def admit(self, signed: bytes) -> Directory:
        """The directory after one more statement: Signed bytes, from anywhere.

        In this order: the bytes (TamperError ``E_PARSE``, ``E_LIMIT``, ``E_CRITICAL``, ``E_SUITE`` also for a type that
        is no statement); this partnership (``E_ANCHOR``); its place in its subject's chain (``E_DIR_CHAIN``,
        ``E_ROOT_CHAIN``, ``E_ID_TAKEN``, ``E_AGENCY_CLOSED``); every signature, by keys with a say in it
        (``E_KEY_UNCERTIFIED``, ``E_SIG``, ``E_KEY_WEAK``), of enough people (``E_THRESHOLD``); what it says
        (``E_PARSE``, ``E_TIME``, ``E_NAME``, ``E_SUITE``, ``E_DIR_CHAIN``, ``E_THRESHOLD``); ids and keys that it takes
        (``E_ID_LOOKALIKE``, ``E_KEY_WEAK``). What does not verify is a TamperError, what a rule refuses a RefusedError;
        out of a log that somebody serves, either is an alarm.
        """
        return _after(self, signed, VERIFYING)

    @classmethod
    def replay_verified(cls, statements: Iterable[bytes], anchor: Anchor) -> Directory:
        """A directory out of statements that :meth:`admit` admitted in this order, and an authenticated store kept.

        Every rule is applied again but the verifying of signatures and of keys' strength. Never for bytes from outside.
        Raises as :meth:`admit`, and RefusedError ``E_ROOT_CHAIN`` when there is no statement.
        """
        remaining = iter(statements)
        genesis = next(remaining, None)
        if genesis is None:
            raise RefusedError("E_ROOT_CHAIN", "A directory begins with its genesis.")
        directory = _begun(genesis, anchor, VERIFIED_BEFORE)
        for signed in remaining:
            directory = _after(directory, signed, VERIFIED_BEFORE)
        return directory

    def at(self, size: int) -> Directory:
        """The directory as it was after ``size`` statements, at no cost. Raises ValueError when it never was."""
        if not 1 <= size <= self.size:
            raise ValueError("The directory never had this size.")
        return Directory(self._history, size, self.anchor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A statement's envelope with its object hash, and how its signatures are looked at."""

    signed: Signed
    itself: ObjectHash
    verifier: Verifier

    def require(self, authority: Authority) -> tuple[SignerId, ...]:
        return require(self.signed, authority, self.verifier)


def _begun(genesis: bytes, anchor: Anchor, verifier: Verifier) -> Directory:
    signed = parse_signed(genesis)
    said = _Said(signed=signed, itself=signed.hash, verifier=verifier)
    statement = read_unverified(signed, Partnership)
    partnership.check_genesis(statement, said.itself, anchor)
    said.require(partnership.authority(statement, None))
    state = partnership.follow(statement, said.itself, None)
    empty = Directory(History(), 0, anchor)
    return _recorded(empty, said, state, claims.of_partnership(statement))


def _after(directory: Directory, data: bytes, verifier: Verifier) -> Directory:
    signed = parse_signed(data)
    statement = _read(signed)
    if statement.anchor != directory.anchor:
        raise TamperError("E_ANCHOR", "The statement is of another partnership.")
    said = _Said(signed=signed, itself=signed.hash, verifier=verifier)
    if directory.position_of(said.itself) is not None:
        raise RefusedError("E_DIR_CHAIN", "The statement was admitted before.")
    state, claimed = _judged(directory, statement, said)
    return _recorded(directory, said, state, claimed)


def _read(signed: Signed) -> Statement:
    message = BY_TYPE.get(signed.type)
    if message is None:
        raise TamperError(
            "E_SUITE", "This is not a statement that this version of the program knows."
        )
    return read_unverified(signed, message)


def _recorded(
    directory: Directory, said: _Said, state: State, claimed: Iterable[Claim]
) -> Directory:
    history, size = directory._history, directory.size
    settled = claims.settle(
        claimed,
        lambda resource: history.claims.newest(resource, size),
        verifying=said.verifier is VERIFYING,
    )
    if history.size != size:
        history = history.until(size)
    history.record(Step(hash=said.itself, state=state, claims=settled))
    return Directory(history, size + 1, directory.anchor)


# -- one function for each statement: its place, who signs, what follows ---------------------------------------------

_Judgement = tuple[State, Iterator[Claim]]


def _judged(directory: Directory, statement: Statement, said: _Said) -> _Judgement:
    match statement:
        case Partnership():
            return _partnership(directory, statement, said)
        case Signatory() | SignatoryStatus():
            return _agency(directory, statement, said)
        case AgencyKeys():
            return _agency_keys(directory, statement, said)
        case Member() | MemberEnd():
            return _endpoint(directory, statement, said)


def _partnership(directory: Directory, statement: Partnership, said: _Said) -> _Judgement:
    before = directory._governed()
    partnership.check_place(statement, before)
    said.require(partnership.authority(statement, before))
    state = partnership.follow(statement, said.itself, before)
    return state, claims.of_partnership(statement)


def _agency(
    directory: Directory,
    statement: Signatory | SignatoryStatus,
    said: _Said,
) -> _Judgement:
    before = directory.agency(statement.agency)
    agencies.check_place(statement, before)
    said.require(Authority(quorums=(directory._governed().governance,)))
    if isinstance(statement, SignatoryStatus):
        return agencies.follow_status(statement, said.itself, before), iter(())
    state = agencies.follow_signatory(statement, said.itself, before)
    return state, claims.of_signatory(statement.agency, statement.root)


def _agency_keys(directory: Directory, statement: AgencyKeys, said: _Said) -> _Judgement:
    before = agencies.check_keys_place(statement, directory.agency(statement.agency))
    said.require(agencies.keys_authority(statement, before))
    state = agencies.follow_keys(statement, said.itself, before)
    return state, claims.of_agency_keys(statement)


def _endpoint(directory: Directory, statement: Member | MemberEnd, said: _Said) -> _Judgement:
    named = statement.endpoint
    before = directory.endpoint(named) if named is not None else None
    managers = endpoints.check_place(statement, directory.agency(statement.agency), before)
    signing = tuple(signature.signer for signature in said.signed.signatures)
    authority = endpoints.authority(statement, managers, before, signing)
    signers = said.require(authority)
    if isinstance(statement, MemberEnd):
        return endpoints.follow_end(statement, said.itself, before), iter(())
    state = endpoints.follow_member(statement, said.itself, before, signers)
    return state, claims.of_member(statement, state.id)
