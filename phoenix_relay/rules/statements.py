"""What may be appended to the log: statements that the fold admits, with openings that open them (§4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phoenix_protocol import limits
from phoenix_protocol.api import LogEntry
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory.openings import Openings, address_in, by_commitment
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import (
    BY_TYPE,
    AgencyKeys,
    Member,
    Opening,
    Partnership,
    RelayKeys,
    Signatory,
    Statement,
)
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.signed import parse_signed, read_unverified

#: A statement as it goes into the store: object hash, Signed bytes, openings.
Row = tuple[ObjectHash, bytes, Sequence[Opening]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """An endpoint that a new ``member`` statement certifies."""

    endpoint: EndpointId
    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A log with more statements: the directory then, the new rows from index ``first`` on, all openings known."""

    directory: Directory
    first: int
    rows: tuple[Row, ...]
    openings: Openings
    certified: tuple[Certified, ...]


def found(entries: Sequence[LogEntry], ours: RelayKeys, now: Seconds) -> Admitted:
    """The log of a partnership that takes this relay: a genesis that names its keys, and what follows.

    Raises what the fold raises, and as :func:`admit`.
    """
    genesis = parse_signed(entries[0].statement)
    directory = Directory.begin(entries[0].statement, Anchor(genesis.hash))
    row, openings = _accepted(entries[0], {}, ours, now)
    start = Admitted(directory=directory, first=0, rows=(row,), openings=openings, certified=())
    return _follow(start, entries[1:], ours, now)


def admit(
    directory: Directory,
    openings: Openings,
    entries: Sequence[LogEntry],
    ours: RelayKeys,
    now: Seconds,
) -> Admitted:
    """The log after ``entries``, all of them or none. Those that are in it already are passed over.

    Raises what the fold raises; TamperError ``E_COMMITMENT`` for an opening that opens nothing in its statement or a
    person whose address is not opened, ``E_KEY_UNCERTIFIED`` for a partnership that names another relay, ``E_TIME`` for
    a statement out of the future, and for one that follows in an endpoint's chain and is no longer new.
    """
    start = Admitted(
        directory=directory, first=directory.size, rows=(), openings=openings, certified=()
    )
    return _follow(start, entries, ours, now)


def _follow(
    state: Admitted, entries: Sequence[LogEntry], ours: RelayKeys, now: Seconds
) -> Admitted:
    for entry in entries:
        if state.directory.position_of(parse_signed(entry.statement).hash) is None:
            state = _after(state, entry, ours, now)
    return state


def _after(state: Admitted, entry: LogEntry, ours: RelayKeys, now: Seconds) -> Admitted:
    directory = state.directory.admit(entry.statement)
    row, openings = _accepted(entry, state.openings, ours, now)
    return Admitted(
        directory=directory,
        first=state.first,
        rows=(*state.rows, row),
        openings=openings,
        certified=(*state.certified, *_certified(entry, row[0])),
    )


def _accepted(
    entry: LogEntry, known: Openings, ours: RelayKeys, now: Seconds
) -> tuple[Row, Openings]:
    signed = parse_signed(entry.statement)
    statement = read_statement(entry.statement)
    _check_issued(statement, now)
    if isinstance(statement, Partnership):
        require_ours(statement.relay, ours)
    openings = {**known, **_openings(entry, statement)}
    if isinstance(statement, Member) and address_in(statement, openings) is None:
        raise TamperError("E_COMMITMENT", "The relay cannot reach a person of unknown address.")
    return (signed.hash, entry.statement, entry.openings), openings


def _check_issued(statement: Statement, now: Seconds) -> None:
    if statement.issued > now + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", "A statement was issued in the future.")
    follows = isinstance(statement, Member) and statement.endpoint is not None
    # Dated back, it would have the delay of a replacement behind it before anybody saw it, or count by old keys.
    if follows and statement.issued < now - limits.REPLACEMENT_AGE - limits.CLOCK_SKEW:
        raise RefusedError(
            "E_TIME",
            "What an endpoint is from now on was issued too long ago.",
            next="Issue it anew and hand it in within hours, so that its holder has time to object.",
        )


def read_statement(signed: bytes) -> Statement:
    """A statement that the fold has admitted. Raises TamperError ``E_SUITE`` for another type."""
    parsed = parse_signed(signed)
    message = BY_TYPE.get(parsed.type)
    if message is None:
        raise TamperError("E_SUITE", "This is not a statement that this relay knows.")
    return read_unverified(parsed, message)


def require_ours(named: RelayKeys, ours: RelayKeys) -> None:
    """Raise RefusedError ``E_KEY_UNCERTIFIED`` unless a partnership names this relay's keys; its URL may differ."""
    if differing(named, ours):
        raise RefusedError("E_KEY_UNCERTIFIED", "The partnership names another relay or its keys.")


def differing(named: RelayKeys, ours: RelayKeys) -> tuple[str, ...]:
    """By which fields a partnership names another relay than this one."""
    fields = ("origin", "log_key", "response_key", "receipt_key")
    return tuple(field for field in fields if getattr(named, field) != getattr(ours, field))


def _openings(entry: LogEntry, statement: Statement) -> Mapping[Commitment, Opening]:
    found = by_commitment(entry.openings)
    if not set(found) <= set(_commitments(statement)) or len(found) != len(entry.openings):
        raise TamperError("E_COMMITMENT", "An opening does not belong to its statement.")
    return found


def _commitments(statement: Statement) -> Iterator[Commitment]:
    match statement:
        case Partnership():
            yield from (holder.name for holder in statement.governance.holders)
        case Signatory():
            yield from (holder.name for holder in statement.root.holders)
        case AgencyKeys():
            yield from (holder.name for holder in statement.root.holders)
            yield from (manager.name for manager in statement.managers)
        case Member():
            hidden = (statement.address_commitment, statement.name_commitment)
            yield from (commitment for commitment in hidden if commitment is not None)
        case _:
            pass


def _certified(entry: LogEntry, known_as: ObjectHash) -> Iterator[Certified]:
    statement = read_statement(entry.statement)
    if isinstance(statement, Member):
        yield Certified(endpoint=statement.endpoint or EndpointId(known_as), member=statement)
