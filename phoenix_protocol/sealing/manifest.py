"""The manifest and what it commits to, down to single statements (docs/protocol.md §5).

A section's content digest is an RFC 9162 root over salted commitments to its items, so that one
statement can be corrected, passed on or redacted and still be verified up to the sender's
signature. The manifest's list is shuffled and padded with decoys to a power of two: how many
sections a reader was not given does not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from phoenix_protocol import encoding, schema
from phoenix_protocol.commitments import Commitment, commit
from phoenix_protocol.merkle import root
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.contents import Cover, Entry, Item, Manifest

#: No manifest has fewer entries than this.
FEWEST_ENTRIES: Final = 4


def item_commitment(item: Item) -> Commitment:
    """The salted commitment to one item of a section."""
    return commit(
        "phoenix/1/item",
        item.salt,
        encoding.encode_in_order([item.type.value, item.id, item.content]),
    )


def section_digest(items: Sequence[Item]) -> bytes:
    """A section's content digest: the root over its items' commitments."""
    return root([item_commitment(item) for item in items])


def entry_commitment(entry: Entry, salt: bytes) -> Commitment:
    """The salted commitment to a section or attachment."""
    return commit(Entry.TYPE, salt, schema.encode(entry))


def cover_commitment(cover: Cover, encoded: bytes = b"") -> Commitment:
    """The core's commitment to the cover; the salt is a field of the cover.

    ``encoded`` spares encoding it where that was done, or undone, already.
    """
    return commit(Cover.TYPE, cover.salt, encoded or schema.encode(cover))


def manifest_commitment(encoded: bytes, salt: bytes) -> Commitment:
    """The core's commitment to an encoded manifest; the salt travels in the grants."""
    return commit(Manifest.TYPE, salt, encoded)


def entry_count(real: int) -> int:
    """How many entries a manifest with ``real`` real ones has."""
    return max(FEWEST_ENTRIES, 1 << (real - 1).bit_length())


def is_padded(entries: int) -> bool:
    """Whether a manifest may have so many entries."""
    return entries >= 1 and entries == entry_count(entries)


def with_decoys(
    commitments: Sequence[Commitment], randomness: Randomness
) -> tuple[Commitment, ...]:
    """``commitments`` padded with random ones and shuffled."""
    missing = entry_count(len(commitments)) - len(commitments)
    decoys = [Commitment(randomness.random_bytes(32)) for _ in range(missing)]
    return randomness.shuffled([*commitments, *decoys])
