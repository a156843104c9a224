"""Sealing and checking attachments of any size with a few blocks of memory (docs/protocol.md §5)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import PackageId
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.blocks import digest_of_leaves
from phoenix_protocol.sealing.contents import Place
from phoenix_protocol.sealing.drafts import AttachmentDraft, Body
from phoenix_protocol.sealing.lanes import BlockLeaves, ContentDigest, threads_for
from phoenix_protocol.sealing.padding import LENGTH_BYTES, framed_length
from phoenix_protocol.sealing.segments import SegmentKey
from phoenix_protocol.suite.content import (
    Decryptor,
    Encryptor,
    encrypted_length,
    key_commitment,
    pieces_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedSegment:
    """What one pass over a segment gives:

    digests of content and ciphertext, the blocks' leaf hashes, the commitment.
    """

    content: bytes
    digest: bytes
    leaves: tuple[bytes, ...]
    key_commitment: bytes


def attachment_segment_length(size: int) -> int:
    """How many bytes an attachment of ``size`` bytes has in the body."""
    return encrypted_length(framed_length(size))


def seal_attachment(
    draft: AttachmentDraft,
    key: SegmentKey,
    package: PackageId,
    body: Body,
    offset: int,
    executor: Executor | None = None,
) -> StreamedSegment:
    """Encrypt an attachment into ``body`` at ``offset``, in one pass.

    Raises RefusedError ``E_ATTACHMENT`` when the file does not have the size it was drafted with.
    """
    encryptor = Encryptor(key.key, key.context(package))
    threads = threads_for(draft.size, executor)
    content, leaves = ContentDigest(threads), BlockLeaves(threads)
    commitment = b""
    position = offset
    for piece in _encrypted(encryptor, _framed(draft, content)):
        commitment = commitment or key_commitment(piece)
        leaves.add(piece)
        body.write_at(position, piece)
        position += len(piece)
    found = leaves.leaves()
    return StreamedSegment(
        content=content.digest(),
        digest=digest_of_leaves(found),
        leaves=tuple(found),
        key_commitment=commitment,
    )


def _framed(draft: AttachmentDraft, content: ContentDigest) -> Iterator[bytes]:
    yield draft.size.to_bytes(LENGTH_BYTES, "big")
    seen = 0
    for piece in draft.read():
        seen += len(piece)
        if seen > draft.size:
            break
        content.update(piece)
        yield piece
    if seen != draft.size:
        raise RefusedError(
            "E_ATTACHMENT",
            "An attachment changed while it was being sealed.",
            next="Close the program that writes to it, then send again.",
        )
    zeros = framed_length(draft.size) - LENGTH_BYTES - draft.size
    while zeros:
        yield bytes(min(zeros, BLOCK))
        zeros -= min(zeros, BLOCK)


def _encrypted(encryptor: Encryptor, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for long in pieces:
        for piece in pieces_of(long):
            if encrypted := encryptor.update(piece):
                yield encrypted
    yield encryptor.finalize()


def read_blocks(body: Body, place: Place) -> Iterator[bytes]:
    """A segment's ciphertext in blocks. Raises TamperError ``E_TRUNCATED`` when the body ends early."""
    position, end = place.offset, place.offset + place.length
    while position < end:
        wanted = min(BLOCK, end - position)
        block = body.read_at(position, wanted)
        if len(block) != wanted:
            raise TamperError(
                "E_TRUNCATED", "The body of the package ends before one of its parts does."
            )
        yield block
        position += wanted


class AttachmentReader:
    """Decrypts one attachment's segment piece by piece.

    What :meth:`pieces` yields is authentic, but only a reader that ran to the end has proved that the attachment is
    whole: write to a part file and discard it on any error. After the end, ``segment`` holds the digests to compare
    with what was signed.
    """

    def __init__(
        self,
        key: SegmentKey,
        package: PackageId,
        body: Body,
        place: Place,
        executor: Executor | None = None,
    ) -> None:
        self._decryptor = Decryptor(key.key, key.context(package), expected_length=place.length)
        self._body = body
        self._place = place
        self._threads = threads_for(place.length, executor)
        self._segment: StreamedSegment | None = None

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces. Raises TamperError ``E_KEY_COMMIT``, ``E_CHUNK``, ``E_TRUNCATED``, ``E_PADDING``."""
        content, leaves = ContentDigest(self._threads), BlockLeaves(self._threads)
        commitment = b""
        unframer = _Unframer()
        for block in read_blocks(self._body, self._place):
            commitment = commitment or key_commitment(block)
            leaves.add(block)
            plain = [unframer.take(self._decryptor.update(piece)) for piece in pieces_of(block)]
            content.update(*plain)
            yield from filter(None, plain)
        last = unframer.take(self._decryptor.finalize())
        content.update(last)
        yield from filter(None, [last])
        unframer.finish()
        found = leaves.leaves()
        self._segment = StreamedSegment(
            content=content.digest(),
            digest=digest_of_leaves(found),
            leaves=tuple(found),
            key_commitment=commitment,
        )

    @property
    def segment(self) -> StreamedSegment:
        """The digests, once :meth:`pieces` ran to its end; ValueError before."""
        if self._segment is None:
            raise ValueError("The attachment was not read to its end.")
        return self._segment


class _Unframer:
    """Takes a framed plaintext piece by piece and gives back its content; padding must be zeros."""

    def __init__(self) -> None:
        self._head = b""
        self._left: int | None = None

    def take(self, piece: bytes) -> bytes:
        if self._left is None:
            self._head += piece
            if len(self._head) < LENGTH_BYTES:
                return b""
            self._left = int.from_bytes(self._head[:LENGTH_BYTES], "big")
            piece, self._head = self._head[LENGTH_BYTES:], b""
        content, padding = piece[: self._left], piece[self._left :]
        self._left -= len(content)
        if padding.count(0) != len(padding):
            raise self._refusal()
        return content

    def finish(self) -> None:
        if self._left != 0:
            raise self._refusal()

    @staticmethod
    def _refusal() -> TamperError:
        return TamperError(
            "E_PADDING", "The padding of a sealed part is not what its sender must have written."
        )
