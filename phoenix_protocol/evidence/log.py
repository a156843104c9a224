"""The log in a bundle: leaves, the statements that the proof needs, and the others (docs/protocol.md §6.11, B3, B4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory.checkpoints import claimed_size
from phoenix_protocol.directory.openings import by_commitment
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import (
    AgencyKeys,
    Member,
    Partnership,
    Signatory,
    Statement,
)
from phoenix_protocol.directory.versions import GrowingTree
from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence.damage import at, numbered
from phoenix_protocol.evidence.lines import check_lines
from phoenix_protocol.evidence.messages import (
    LOG,
    OTHER_RECORD,
    STATEMENT_RECORD,
    Bundle,
    BundleStatement,
)
from phoenix_protocol.evidence.past import Past, ShownStatement
from phoenix_protocol.evidence.records import Records
from phoenix_protocol.evidence.subjects import check_other, read_statement, subjects_of
from phoenix_protocol.identifiers import Anchor
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.notes import (
    Cosignature,
    NoteKey,
    OpenedCheckpoint,
    open_checkpoint,
    verify_cosignatures,
)
from phoenix_protocol.schema import decode
from phoenix_protocol.signed import parse_signed
from phoenix_protocol.suite.hashing import HASH_BYTES

_LEAVES_RECORD: Final = LOG * HASH_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLog:
    """A log that was verified as far as it is shown, the note over it, and who cosigned that."""

    past: Past
    checkpoint: OpenedCheckpoint
    cosignatures: tuple[Cosignature, ...]


def read_log(records: Records, bundle: Bundle, anchor: Anchor) -> ShownLog:
    """Checks B3 and B4: the shown statements fold, and the checkpoint is over exactly this log."""
    leaves = _leaves(records)
    directory, shown = _shown(records, bundle, anchor, leaves)
    with at("bundle"):
        if len(shown) == len(leaves) and not bundle.whole:
            raise TamperError("E_PARSE", "The log is whole, and the bundle says that it is not.")
    if bundle.whole:
        _check_others(records, shown, leaves)
    tree = GrowingTree()
    for leaf in leaves:
        tree.append(leaf)
    past = Past(directory, shown, tree, whole=bundle.whole)
    with at("checkpoint"):
        return _sealed(past, bundle.checkpoint)


def _leaves(records: Records) -> list[bytes]:
    with at("leaves"):
        data = records.record(_LEAVES_RECORD)
        if not data or len(data) % HASH_BYTES:
            raise TamperError("E_PARSE", "The leaves of the log are not whole.")
    return [data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES)]


def _shown(
    records: Records, bundle: Bundle, anchor: Anchor, leaves: Sequence[bytes]
) -> tuple[Directory, list[ShownStatement]]:
    with at(numbered("statement", 0)):
        first, encoded = _statement(records, leaves)
        if first.index != 0:
            raise TamperError("E_ROOT_CHAIN", "The log does not begin with its genesis.")
        directory = Directory.begin(encoded, anchor)
    shown = [first]
    for number in range(1, bundle.statements):
        with at(numbered("statement", number)):
            statement, encoded = _statement(records, leaves)
            if statement.index <= shown[-1].index:
                raise TamperError("E_PARSE", "The statements are not in the order of the log.")
            directory = directory.admit(encoded)
            shown.append(statement)
    return directory, shown


def _statement(records: Records, leaves: Sequence[bytes]) -> tuple[ShownStatement, bytes]:
    message = decode(BundleStatement, records.record(STATEMENT_RECORD), limit=STATEMENT_RECORD)
    signed = parse_signed(message.statement)
    if message.index >= len(leaves) or leaves[message.index] != signed.hash:
        raise _misplaced()
    statement = read_statement(signed)
    opened = by_commitment(message.openings)
    if len(opened) != len(message.openings) or not opened.keys() <= commitments_in(statement):
        raise TamperError("E_COMMITMENT", "A name is not the one that the statement commits to.")
    shown = ShownStatement(
        index=message.index,
        hash=signed.hash,
        signed=signed,
        statement=statement,
        openings=message.openings,
    )
    return shown, message.statement


def _misplaced() -> TamperError:
    return TamperError("E_DIR_FORK", "The statement is not the one at this place of the log.")


def commitments_in(statement: Statement) -> set[Commitment]:
    """Every commitment to a name or address that a statement has."""
    match statement:
        case Partnership():
            return {holder.name for holder in statement.governance.holders}
        case Signatory():
            return {holder.name for holder in statement.root.holders}
        case AgencyKeys():
            holders = {holder.name for holder in statement.root.holders}
            return holders | {manager.name for manager in statement.managers}
        case Member():
            hidden = (statement.address_commitment, statement.name_commitment)
            return {commitment for commitment in hidden if commitment is not None}
        case _:
            return set()


def _check_others(
    records: Records, shown: Sequence[ShownStatement], leaves: Sequence[bytes]
) -> None:
    subjects = subjects_of((statement.hash, statement.statement) for statement in shown)
    indexes = {statement.index for statement in shown}
    for index, leaf in enumerate(leaves):
        if index not in indexes:
            with at(numbered("log", index)):
                record = records.record(OTHER_RECORD)
                if leaf_hash(record) != leaf:
                    raise _misplaced()
                check_other(record, subjects)


def _sealed(past: Past, note: str) -> ShownLog:
    """B4: the log's own note over all of it, with no line that nobody here can verify, cosigned by enough."""
    if claimed_size(note) != past.tree.size:
        raise TamperError("E_DIR_FORK", "The checkpoint is of a log of another size.")
    past.relied_on(note)
    key, partnership = past.log_key(past.tree.size), past.directory.partnership
    witnesses = [NoteKey(name=w.name, public=w.key) for w in partnership.witnesses]
    check_lines(note, key, witnesses)
    cosignatures = verify_cosignatures(
        note, log_key=key, witnesses=witnesses, threshold=partnership.witness_threshold
    )
    opened = open_checkpoint(note, log_key=key)
    return ShownLog(past=past, checkpoint=opened, cosignatures=cosignatures)
