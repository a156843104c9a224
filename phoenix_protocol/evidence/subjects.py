"""What a statement of the log is about, told from its bytes before anybody verifies it (docs/protocol.md §4.1, §6.11).

A statement's leaf in the log covers its type and payload and no signature. So the file can hold the others of a log
without theirs, and a reader can see that none of them is about those that the proof rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from phoenix_protocol import encoding, limits, schema
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
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import AgencyId, EndpointId, ObjectHash
from phoenix_protocol.signed import Signed, read_unverified
from phoenix_protocol.suite.signatures import DOCUMENT_KEY_BYTES

_HASH_BYTES: Final = 32
_LEAF_BYTES: Final = limits.SIGNED_BYTES + limits.KIB


def leaf_of(signed: Signed) -> bytes:
    """What the leaf hash of a statement covers: its type and payload."""
    return encoding.encode([signed.type, signed.payload])


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """The agencies and endpoints that a proof rests on, and the endpoints' document keys."""

    agencies: frozenset[AgencyId]
    endpoints: frozenset[EndpointId]
    keys: frozenset[bytes]


def subjects_of(statements: Iterable[tuple[ObjectHash, Statement]]) -> Subjects:
    """Whom statements, each with its object hash, are about."""
    agencies: set[AgencyId] = set()
    endpoints: set[EndpointId] = set()
    keys: set[bytes] = set()
    for itself, statement in statements:
        if not isinstance(statement, Partnership):
            agencies.add(statement.agency)
        if isinstance(statement, Member | MemberEnd):
            endpoints.add(statement.endpoint or EndpointId(itself))
        if isinstance(statement, Member):
            keys.add(statement.document_key)
    return Subjects(
        agencies=frozenset(agencies), endpoints=frozenset(endpoints), keys=frozenset(keys)
    )


def read_statement(signed: Signed) -> Statement:
    """The statement in an envelope, unverified. Raises TamperError ``E_SUITE`` for another type, ``E_PARSE`` …"""
    message = BY_TYPE.get(signed.type)
    if message is None:
        raise TamperError("E_SUITE", "This is not a statement that this program knows.")
    return read_unverified(signed, message)


# -- the others -----------------------------------------------------------------------------------------------------


def check_other(leaf: bytes, subjects: Subjects) -> None:
    """Refuse a statement that is shown without its signatures, and is about those that the proof rests on.

    ``leaf`` is what its leaf hash covers. A partnership, and what is about one of the agencies or endpoints, has to be
    shown whole (TamperError ``E_DIR_CHAIN``); one of their document keys is nobody else's (``E_KEY_WEAK``). Raises
    ``E_SUITE`` for a type that is no statement, ``E_PARSE``.
    """
    message = next((m for prefix, m in _PREFIXES.items() if leaf.startswith(prefix)), None)
    if message is None:
        raise TamperError("E_SUITE", "The log has a statement that this program does not know.")
    if message in _OF_ENDPOINTS and not _may_matter(leaf, subjects):
        return
    _check_statement(_decoded(leaf, message), subjects)


def _may_matter(leaf: bytes, subjects: Subjects) -> bool:
    """Spares decoding what is not about an endpoint and does not have its key: nearly all of a long log."""
    key = any(found in subjects.keys for found in _values(leaf, _KEY, DOCUMENT_KEY_BYTES))
    return key or may_be_about(leaf, subjects.endpoints)


def _check_statement(statement: Statement, subjects: Subjects) -> None:
    match statement:
        case Partnership():
            raise _hidden()
        case Member() | MemberEnd():
            if statement.endpoint in subjects.endpoints:
                raise _hidden()
            if isinstance(statement, Member) and statement.document_key in subjects.keys:
                raise TamperError("E_KEY_WEAK", "A key that signed this is somebody else's, too.")
        case _:
            if statement.agency in subjects.agencies:
                raise _hidden()


def may_be_about(data: bytes, endpoints: Collection[EndpointId]) -> bool:
    """Whether a payload, or what a leaf covers, mentions one of ``endpoints`` where a statement names its endpoint."""
    return any(found in endpoints for found in _values(data, _ENDPOINT, _HASH_BYTES))


def _values(leaf: bytes, field: bytes, length: int) -> Iterator[bytes]:
    """What stands behind every mention of a field. There is one encoding for a field of a statement that counts."""
    at = leaf.find(field)
    while at >= 0:
        start = at + len(field)
        yield leaf[start : start + length]
        at = leaf.find(field, start)


def _decoded(leaf: bytes, message: type[Statement]) -> Statement:
    payload = encoding.decode(leaf[len(_prefix(message)) :], limit=_LEAF_BYTES)
    if not isinstance(payload, bytes):
        raise TamperError("E_PARSE", "This is not a statement of the log.")
    return schema.decode(message, payload, limit=limits.SIGNED_BYTES)


def _hidden() -> TamperError:
    return TamperError(
        "E_DIR_CHAIN", "A statement about those who signed is there without its signatures."
    )


def _field(name: str, length: int) -> bytes:
    """How the name of a field, and the head of its value of so many bytes, are encoded."""
    return encoding.encode(name) + encoding.encode(bytes(length))[:-length]


def _prefix(message: type[Statement]) -> bytes:
    """How what a leaf hash covers begins: a list of two, and the type."""
    return b"\x82" + encoding.encode(message.TYPE)


_ENDPOINT: Final = _field("endpoint", _HASH_BYTES)
_KEY: Final = _field("document_key", DOCUMENT_KEY_BYTES)
_OF_ENDPOINTS: Final = frozenset({Member, MemberEnd})
#: The most frequent first.
_PREFIXES: Final[dict[bytes, type[Statement]]] = {
    _prefix(message): message
    for message in (Member, MemberEnd, AgencyKeys, Signatory, SignatoryStatus, Partnership)
}
