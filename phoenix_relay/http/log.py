"""The relay itself and the log: description, claim, checkpoint, statements, proofs (docs/protocol.md §4, §9)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from phoenix_protocol import limits
from phoenix_protocol.api import (
    Append,
    CheckpointNote,
    Claim,
    LogEntry,
    LogPage,
    Proof,
    RelayDescription,
)
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.key_ids import KeyKind
from phoenix_protocol.merkle import Tree
from phoenix_protocol.signed import parse_signed
from phoenix_relay.http.calls import Answer, Call, message
from phoenix_relay.http.problems import not_found
from phoenix_relay.http.services import Services
from phoenix_relay.storage import Tx
from phoenix_relay.storage.rows import Leaf


async def describe(services: Services, call: Call[Any]) -> Answer:
    """The relay's keys; the anchor only for members: for others it is the secret that an invitation hands over."""
    state = services.log.state
    member = call.caller.kind is not KeyKind.NEW
    anchor = ObjectHash(state.directory.anchor) if state is not None and member else None
    return message(RelayDescription(keys=services.log.keys, anchor=anchor))


async def claim(services: Services, call: Call[Claim]) -> Answer:
    """Give this relay to the partnership that the entries found."""
    state = await services.log.found(call.body.claim, call.body.entries, call.spend_nonce)
    return message(CheckpointNote(checkpoint=state.note))


async def checkpoint(services: Services, _: Call[Any]) -> Answer:
    """The newest checkpoint note."""
    state = await services.log.current()
    return message(CheckpointNote(checkpoint=state.note))


async def page(services: Services, call: Call[Any]) -> Answer:
    """Statements from an index on; openings for members only. Another anchor is not found here."""
    state = await services.log.current()
    if call.hash("anchor") != state.directory.anchor:
        raise not_found()
    first = call.number("from", maximum=limits.COUNTER, default=0)
    openings = call.caller.kind is not KeyKind.NEW
    known = state.directory.leaf_hashes()

    def question(tx: Tx) -> tuple[LogEntry, ...]:
        leaves = tx.log.page(min(first, len(known)), openings=openings)
        # What was appended since belongs to the next checkpoint, not to this one.
        return tuple(_entry(leaf, known) for leaf in leaves if leaf.index < len(known))

    entries = await services.store.read(question)
    return message(LogPage(first=first, entries=entries, checkpoint=state.note))


def _entry(leaf: Leaf, known: Sequence[bytes]) -> LogEntry:
    if parse_signed(leaf.statement).hash != known[leaf.index]:
        raise TamperError("E_STORE_INTEGRITY", "A stored statement was changed.")
    return LogEntry(statement=leaf.statement, openings=leaf.openings)


async def append(services: Services, call: Call[Append]) -> Answer:
    """Append statements, all or none."""
    state = await services.log.append(call.body.entries, call.spend_nonce)
    return message(CheckpointNote(checkpoint=state.note))


async def inclusion(services: Services, call: Call[Any]) -> Answer:
    """The proof that a statement is in the tree of ``size``."""
    leaves = _leaves(services, call.number("size", maximum=limits.COUNTER))
    index = call.number("index", maximum=limits.COUNTER)
    if index >= len(leaves):
        raise not_found()
    hashes = await services.in_pool(lambda: _tree(leaves).inclusion_proof(index))
    return message(Proof(hashes=hashes))


async def consistency(services: Services, call: Call[Any]) -> Answer:
    """The proof that the tree of size ``from`` is the beginning of the tree of size ``to``."""
    leaves = _leaves(services, call.number("to", maximum=limits.COUNTER))
    first = call.number("from", maximum=limits.COUNTER)
    if not 1 <= first <= len(leaves):
        raise not_found()
    hashes = await services.in_pool(lambda: _tree(leaves).consistency_proof(first))
    return message(Proof(hashes=hashes))


def _leaves(services: Services, size: int) -> tuple[bytes, ...]:
    directory = services.partnership().directory
    if not 1 <= size <= directory.size:
        raise not_found()
    return directory.leaf_hashes()[:size]


@lru_cache(maxsize=4)
def _tree(leaves: tuple[bytes, ...]) -> Tree:
    return Tree(leaves)
