"""Ciphertext of attachments and of bodies on their way in, as files beside the vault."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class BlobWriter(Protocol):
    """A blob being written. It appears under its name when the ``with`` block ends, whole and
    durable, or never.
    """

    def write(self, data: bytes) -> object:
        """Append ``data``."""
        ...


class Blobs(Protocol):
    """Files named by the digest of their ciphertext (a segment's, docs/protocol.md §5).

    Nothing personal is in a name; nothing plain is in a file.
    """

    def create(self, digest: bytes) -> AbstractContextManager[BlobWriter]:
        """Write the blob ``digest``. Raises TamperError ``E_STORE_INTEGRITY`` when what was written
        has another digest.
        """
        ...

    def open(self, digest: bytes) -> BinaryIO:
        """The blob, read through and compared with its digest first, then at its start.

        Raises TamperError ``E_STORE_INTEGRITY`` when it is missing or damaged.
        """
        ...

    def has(self, digest: bytes) -> bool:
        """Whether the blob is there (not whether it is sound)."""
        ...

    def remove(self, digest: bytes) -> None:
        """Remove the blob, if it is there."""
        ...

    def names(self) -> frozenset[bytes]:
        """The digests of all blobs, to find the ones that nothing refers to."""
        ...

    def sweep(self) -> None:
        """Remove what writers left that died before their blob was whole."""
        ...

    def incoming(self, name: bytes, length: int) -> BinaryIO:
        """The file of a body on its way in, open for reading and writing anywhere; made with
        ``length`` bytes if new.

        ``name`` is the core hash. Blocks are checked against their leaves again when a fetch goes
        on, so nothing else records which have come.
        """
        ...

    def discard_incoming(self, name: bytes) -> None:
        """Remove that file, if it is there."""
        ...
