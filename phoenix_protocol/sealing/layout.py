"""Where segments lie in the body (docs/protocol.md §5).

Small segments, decoys among them, lie shuffled one after another; large ones follow, shuffled, each
on a block boundary, so that their blocks are the body's blocks. Gaps and the rest of the bucket are
random bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phoenix_protocol.identifiers import SegmentId
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.blocks import block_count, block_leaf
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.drafts import Body
from phoenix_protocol.sealing.padding import body_length


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The offset of every segment, the gaps between them as (offset, length), and the body's whole length."""

    offsets: Mapping[SegmentId, int]
    gaps: tuple[tuple[int, int], ...]
    length: int


def lay_out(
    lengths: Mapping[SegmentId, int], decoys: Sequence[int], randomness: Randomness
) -> Layout:
    """Places for segments of these ``lengths`` and for decoys of these, all in bytes."""
    small: list[tuple[SegmentId | None, int]] = [(None, length) for length in decoys]
    small += [(s, n) for s, n in lengths.items() if n <= BLOCK]
    large: list[tuple[SegmentId | None, int]] = [(s, n) for s, n in lengths.items() if n > BLOCK]
    offsets: dict[SegmentId, int] = {}
    gaps: list[tuple[int, int]] = []
    end = 0
    for segment, length in (*randomness.shuffled(small), *randomness.shuffled(large)):
        start = end if length <= BLOCK else block_count(end) * BLOCK
        if start > end:
            gaps.append((end, start - end))
        if segment is None:
            gaps.append((start, length))
        else:
            offsets[segment] = start
        end = start + length
    total = body_length(end)
    if total > end:
        gaps.append((end, total - end))
    return Layout(offsets=offsets, gaps=tuple(gaps), length=total)


def fill_gaps(layout: Layout, body: Body, randomness: Randomness) -> None:
    """Write random bytes wherever no segment lies."""
    for start, length in layout.gaps:
        for at in range(start, start + length, BLOCK):
            body.write_at(at, randomness.random_bytes(min(BLOCK, start + length - at)))


def body_leaves(
    layout: Layout, body: Body, known: Mapping[SegmentId, Sequence[bytes]]
) -> tuple[bytes, ...]:
    """The leaf hashes of the body's blocks. Those of large segments are ``known`` from sealing them."""
    leaves: dict[int, bytes] = {}
    for segment, hashes in known.items():
        if layout.offsets[segment] % BLOCK == 0:
            # The last block of a segment may share its block of the body with what follows.
            first = layout.offsets[segment] // BLOCK
            leaves.update((first + n, leaf) for n, leaf in enumerate(hashes[:-1]))
    return tuple(
        leaves[n] if n in leaves else block_leaf(body.read_at(n * BLOCK, BLOCK))
        for n in range(block_count(layout.length))
    )
