"""What a package says, opened: one shape for what was received and for the sender's own copy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, SegmentId
    from phoenix_protocol.sealing.contents import Entry, Item, Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSection:
    """One section: its manifest entry with the salt that opens its commitment, why each reader has
    it, and its items.

    ``reasons`` has the own address alone in what was received, and every reader in what was sent.
    """

    entry: Entry
    salt: bytes = field(repr=False)
    reasons: Mapping[Address, str] = field(repr=False)
    items: tuple[Item, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttachment:
    """A file of a section. Its ciphertext is the blob named ``entry.digest``; ``key`` opens that.

    The context of the encryption is the package's id with ``entry.segment`` and its type.
    ``stored`` says whether the blob is kept here (the sender may keep the file elsewhere).
    """

    entry: Entry
    salt: bytes = field(repr=False)
    reasons: Mapping[Address, str] = field(repr=False)
    section: SegmentId
    item: ItemId
    name: str = field(repr=False)
    media_type: str
    size: int
    digest: bytes  # SHA-256 of the file's own content
    key: bytes = field(repr=False)
    stored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that this home may read of one package. ``grant`` is the encoded grant, absent for the
    sender.
    """

    manifest: Manifest = field(repr=False)
    manifest_salt: bytes = field(repr=False)
    grant: bytes | None = field(repr=False, default=None)
    sections: tuple[StoredSection, ...]
    attachments: tuple[StoredAttachment, ...]


class ContentsStore(Protocol):
    """Contents by core hash."""

    def put(self, core: ObjectHash, contents: Contents) -> None:
        """Keep the contents. The same again changes nothing; raises TamperError ``E_CONFLICT`` for
        others.
        """
        ...

    def get(self, core: ObjectHash) -> Contents | None:
        """The contents, in the order in which they were put; None when not accepted, or erased."""
        ...

    def items(
        self, cores: Collection[ObjectHash]
    ) -> Mapping[ObjectHash, tuple[tuple[Item, ...], ...]]:
        """The items of every section of these packages, in the order in which they were put; others are left out."""
        ...

    def attachment(self, core: ObjectHash, segment: SegmentId) -> StoredAttachment | None:
        """One attachment."""
        ...

    def find_item(self, item: ItemId) -> tuple[tuple[ObjectHash, SegmentId], ...]:
        """Every package and section that holds this item: a statement keeps its id when it is
        passed on.
        """
        ...

    def unreferred(self, blobs: Collection[bytes]) -> tuple[bytes, ...]:
        """Which of these digests of blobs no package refers to."""
        ...

    def erase(self, core: ObjectHash) -> tuple[bytes, ...]:
        """Forget the contents. Gives the digests of blobs that nothing refers to any more, for
        ``blobs.remove``.

        What the file still holds of them goes with ``vault.settle()``.
        """
        ...
