"""Signed objects: one envelope for every document and statement (docs/protocol.md §3).

``Signed = [type, payload, [[signer, signature], …]]`` with distinct signers in ascending order. The payload is opaque
until it is verified, then parsed once; what is shown comes from that one parse. The type is the signature's context,
so no object can stand in for another. Hashes cover ``[type, payload]`` and never a signature: two valid, different
composite signatures exist on one message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from phoenix_protocol import encoding, limits, schema
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ObjectHash, SignerId
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.signatures import SIGNATURE_BYTES, DocumentPrivateKey, verify

TYPE_PREFIX: Final = "phoenix/1/"


class Message(Protocol):
    """A message class that can be signed or hashed: it knows its type string."""

    TYPE: ClassVar[str]


M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature and who made it."""

    signer: SignerId = schema.wire(schema.fixed(32))
    signature: bytes = schema.wire(schema.fixed(SIGNATURE_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A type, the exact payload bytes and the signatures on them."""

    type: str = schema.wire(schema.Text(64))
    payload: bytes = schema.wire(schema.Blob(limits.SIGNED_BYTES))
    signatures: tuple[Signature, ...] = schema.wire(
        schema.ListOf(schema.Row(Signature), minimum=1, maximum=limits.HOLDERS)
    )

    @property
    def hash(self) -> ObjectHash:
        """What this object is known by, whoever signed it."""
        return object_hash(self.type, self.payload)

    def encoded(self) -> bytes:
        """The bytes that travel."""
        return encoding.encode_in_order(_ROW.to_plain(self, "Signed"))


_ROW: Final = schema.Row(Signed)


def parse_signed(data: bytes, *, limit: int = 2 * limits.SIGNED_BYTES) -> Signed:
    """Read an envelope. Raises TamperError ``E_PARSE``, ``E_LIMIT``, or ``E_SUITE`` for another protocol version.

    Nothing is verified yet: the payload stays opaque until :func:`open_signed`.
    """
    signed = _ROW.from_plain(encoding.decode(data, limit=limit), "Signed")
    if not signed.type.startswith(TYPE_PREFIX):
        raise TamperError("E_SUITE", "The object is of another protocol or version.")
    signers = [s.signer for s in signed.signatures]
    if any(a >= b for a, b in pairwise(signers)):
        raise TamperError("E_PARSE", "The signers of an object are not distinct and in order.")
    return signed


def object_hash(type_: str, payload: bytes) -> ObjectHash:
    """SHA-256 over ``[type, payload]`` as an RFC 9162 leaf: object hash and log leaf are one value."""
    return ObjectHash(leaf_hash(encoding.encode_in_order([type_, payload])))


def hash_of(message: Message) -> ObjectHash:
    """The object hash of a message."""
    return object_hash(message.TYPE, schema.encode(message))


# The same few keys sign nearly everything.
@lru_cache(maxsize=256)
def signer_id(document_key: bytes) -> SignerId:
    """Who a document key is, in a signature."""
    return SignerId(sha256(document_key))


def sign(message: Message, keys: Sequence[DocumentPrivateKey]) -> Signed:
    """Sign ``message`` with each of ``keys``. One key for documents, as many as a threshold asks for statements."""
    payload = schema.encode(message)
    signatures = sorted(
        (
            Signature(
                signer=signer_id(key.public_bytes()),
                signature=key.sign(payload, message.TYPE.encode()),
            )
            for key in keys
        ),
        key=lambda s: s.signer,
    )
    return Signed(type=message.TYPE, payload=payload, signatures=tuple(signatures))


def merge(first: Signed, second: Signed) -> Signed:
    """Both sets of signatures on the same object. Raises TamperError ``E_PARSE`` when the objects differ."""
    if (first.type, first.payload) != (second.type, second.payload):
        raise TamperError("E_PARSE", "Signatures on two different objects cannot be put together.")
    by_signer = {s.signer: s for s in (*first.signatures, *second.signatures)}
    return Signed(
        type=first.type,
        payload=first.payload,
        signatures=tuple(by_signer[signer] for signer in sorted(by_signer)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Generic[M]):
    """A message whose every signature was verified, with its hash and who signed it."""

    message: M
    hash: ObjectHash
    signers: tuple[SignerId, ...]


def expect_type(signed: Signed, message: type[M]) -> None:
    """Raise TamperError ``E_SIG_TYPE`` unless the object says it is a ``message``."""
    if signed.type != message.TYPE:
        raise TamperError("E_SIG_TYPE", "An object of one type was presented as another.")


def open_signed(
    signed: Signed,
    message: type[M],
    key_of: Callable[[SignerId], bytes],
    *,
    code: str = "E_SIG",
) -> Opened[M]:
    """Verify every signature, then parse the payload once.

    ``key_of`` gives the document key of a signer, or raises what an unknown signer means to the caller.
    Raises TamperError ``E_SIG_TYPE``, ``code`` for a bad signature, ``E_PARSE``, ``E_LIMIT`` or ``E_CRITICAL``.
    """
    expect_type(signed, message)
    for signature in signed.signatures:
        key = key_of(signature.signer)
        if signer_id(key) != signature.signer:
            raise TamperError(code, "A signature names a key that is not the one it was made with.")
        verify(key, signed.payload, signature.signature, signed.type.encode(), code=code)
    return Opened(
        message=schema.decode(message, signed.payload, limit=limits.SIGNED_BYTES),
        hash=signed.hash,
        signers=tuple(s.signer for s in signed.signatures),
    )


def read_unverified(signed: Signed, message: type[M]) -> M:
    """Parse a payload whose signatures the caller checks next, with keys that the payload itself names.

    For genesis statements and join requests only: their keys arrive inside them.
    """
    expect_type(signed, message)
    return schema.decode(message, signed.payload, limit=limits.SIGNED_BYTES)
