"""What goes into sealing and what comes out of it:

drafts, identities, bodies, sealed packages (docs/protocol.md §5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import (
    Address,
    Anchor,
    EndpointId,
    ItemId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.envelope import Recipient
from phoenix_protocol.record import Head
from phoenix_protocol.sealing.contents import Cover, Entry, Item, ItemType, Manifest, Place
from phoenix_protocol.signed import Signed
from phoenix_protocol.suite.sealing_keys import SealingKey
from phoenix_protocol.suite.signatures import DocumentPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """A person, statement or set of entries of a section: its type, id and encoded record message."""

    type: ItemType
    id: ItemId
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentDraft:
    """A file to seal. ``read`` gives its ``size`` bytes in pieces, from the beginning, each time it is called."""

    id: ItemId
    name: str
    media_type: str
    size: int
    read: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDraft:
    """A section: who needs to know it and why, and what it holds."""

    head: Head
    head_id: ItemId
    items: tuple[ItemDraft, ...]
    attachments: tuple[AttachmentDraft, ...] = ()
    readers: Mapping[Address, str]  # each with the reason why it needs this section


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDraft:
    """Everything a sender says, before any of it is sealed. The cover's salt and anchor are filled in by sealing.

    ``cover_optional`` are entries of the cover that a reader need not understand.
    """

    sent_from: Address
    purpose: str
    classification: str
    handling: tuple[str, ...]
    urgency: str
    contact: Mapping[str, str]
    reference: str
    thread: str
    supersedes: ObjectHash | None
    sections: tuple[SectionDraft, ...]
    cover_optional: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Who sends, to which addresses, when, over which relay, relying on which checkpoint."""

    anchor: Anchor
    relay: str
    package: PackageId
    sender: EndpointId
    recipients: tuple[Recipient, ...]
    created: Seconds
    expires: Seconds
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealTo:
    """One endpoint to seal to: its address, its epoch key and the next sequence number towards it."""

    endpoint: EndpointId
    address: Address
    epoch_key: ObjectHash
    key: SealingKey
    sequence: int


class Body(Protocol):
    """Where the encrypted body is put together and read back: memory, or a file."""

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> None: ...

    def read_at(self, offset: int, length: int) -> bytes: ...


class MemoryBody:
    """A body in memory, for packages without large attachments."""

    __slots__ = ("data",)

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> None:
        """Put ``data`` at ``offset``; what is skipped stays zero until written."""
        if offset > len(self.data):
            # Zeros that were never written cost no memory, and no time, until they are.
            longer = bytearray(offset)
            longer[: len(self.data)] = self.data
            self.data = longer
        self.data[offset : offset + len(data)] = data

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``, fewer at the end."""
        return bytes(memoryview(self.data)[offset : offset + length])


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPart:
    """One section or attachment as sealed: what the manifest commits to, the salt, the place and key."""

    entry: Entry
    salt: bytes
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSection:
    """A section as its sender keeps it: the items with their salts, and the parts on the wire."""

    part: SealedPart
    items: tuple[Item, ...]
    attachments: tuple[SealedPart, ...]
    reasons: Mapping[Address, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPackage:
    """A package sealed but not yet delivered: its bytes, and what its sender must keep to deliver and to prove it.

    ``grants`` holds the encoded, unencrypted grant of each address; with ``cover_key`` and ``sections`` it is secret.
    """

    core: bytes
    core_hash: ObjectHash
    cover: bytes
    cover_content: Cover
    cover_key: bytes = field(repr=False)
    grants: Mapping[Address, bytes] = field(repr=False)
    manifest: Manifest = field(repr=False)
    manifest_salt: bytes = field(repr=False)
    sections: tuple[SealedSection, ...] = field(repr=False)
    leaves: tuple[bytes, ...]
    body_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDelivery:
    """A signed delivery with the capsule and grant of each of its endpoints, in its order."""

    signed: Signed
    capsules: tuple[bytes, ...]
    grants: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The sending endpoint and its document key."""

    endpoint: EndpointId
    key: DocumentPrivateKey
