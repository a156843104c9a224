"""What notices make of a statement: corrected, withdrawn, disputed, released; pure (docs/protocol.md §6.8).

The statement stays as it was signed. What is worked out here is shown beside it, never in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import Address, EndpointId, ItemId, ObjectHash, Seconds
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.notices import Notice, NoticeAction
from phoenix_protocol.sealing.open_notice import replacement_of
from phoenix_protocol.signed import parse_signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """One notice, read: who says what of a statement, and when."""

    notice: ObjectHash
    action: NoticeAction
    by: Address
    endpoint: EndpointId
    number: int
    time: Seconds
    words: str | None = field(repr=False)
    replacement: Statement | None = field(repr=False)
    conditions: tuple[str, ...]


def read_notice(known_as: ObjectHash, by: Address, signed: bytes) -> Noticed:
    """A notice whose signature was verified when it came. Raises TamperError ``E_PARSE``, ``E_LIMIT``."""
    said = schema.decode(Notice, parse_signed(signed).payload, limit=limits.SIGNED_BYTES)
    return Noticed(
        notice=known_as,
        action=said.action,
        by=by,
        endpoint=said.endpoint,
        number=said.number,
        time=said.time,
        words=said.words,
        replacement=replacement_of(said) if said.replacement is not None else None,
        conditions=said.conditions,
    )


#: What an address can have done about a notice.
_OUTCOMES: Final = ("rectified", "restricted", "erased", "disagreed")


def how_to_settle(notice: str) -> str:
    """The command that says what was done about a notice, by its id; one of the outcomes is to be chosen."""
    return f"phoenix settle {notice[:12]} --outcome {'|'.join(_OUTCOMES)}"


#: What one word says of a statement with notices; the first that applies.
_MARKS: Final = (
    (NoticeAction.WITHDRAW, "withdrawn"),
    (NoticeAction.CORRECT, "corrected"),
    (NoticeAction.DISPUTE, "disputed"),
)


def marks(notices: Iterable[Noticed]) -> tuple[str, ...]:
    """Whether a statement was withdrawn, corrected, disputed: every word that applies."""
    actions = {each.action for each in notices}
    return tuple(word for action, word in _MARKS if action in actions)


def is_withdrawn(notices: Iterable[Noticed]) -> bool:
    """Whether somebody who could has withdrawn it."""
    return any(each.action is NoticeAction.WITHDRAW for each in notices)


def as_corrected(statement: Statement, notices: Iterable[Noticed]) -> Statement:
    """What stands in the place of a statement by the newest correction; the statement itself without one.

    Of a statement that was passed on, people and basis are those of the package in which it is held.
    """
    corrections = [n for n in notices if n.replacement is not None]
    if not corrections:
        return statement
    newest = max(corrections, key=lambda n: (n.time, n.endpoint, n.number)).replacement or statement
    if statement.chain_depth == 0:
        return newest
    return replace(
        newest,
        about=statement.about,
        basis=statement.basis,
        chain_depth=statement.chain_depth,
    )


def resting_on(
    basis: Mapping[ItemId, Sequence[ItemId]], withdrawn: Collection[ItemId]
) -> dict[ItemId, tuple[ItemId, ...]]:
    """Which statements rest on withdrawn ones, themselves or through others, and on which.

    ``basis`` is what each statement says that it rests on.
    """
    found = {item: _reached(item, basis) for item in basis}
    return {
        item: tuple(sorted(reached & set(withdrawn)))
        for item, reached in found.items()
        if reached & set(withdrawn)
    }


def _reached(item: ItemId, basis: Mapping[ItemId, Sequence[ItemId]]) -> set[ItemId]:
    """Everything that a statement rests on. It ends, whatever a sender wrote."""
    reached: set[ItemId] = set()
    waiting = list(basis.get(item, ()))
    while waiting:
        each = waiting.pop()
        if each not in reached:
            reached.add(each)
            waiting += basis.get(each, ())
    return reached
