"""Where segments lie in the body (docs/protocol.md §5).

Small segments, decoys among them, lie shuffled; large ones follow, shuffled, each on a block
boundary, so that their blocks are the body's blocks. What is free in the bucket is scattered among
them, and random bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from phoenix_protocol.identifiers import SegmentId
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.blocks import block_count, block_leaf
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.sealing.drafts import Body
from phoenix_protocol.sealing.padding import body_length
from phoenix_protocol.suite.content import CONTENT_KEY_BYTES, PIECE_BYTES, encrypt


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
    of_decoys: list[tuple[SegmentId | None, int]] = [(None, length) for length in decoys]
    small = randomness.shuffled([*of_decoys, *((s, n) for s, n in lengths.items() if n <= BLOCK)])
    large = randomness.shuffled([(s, n) for s, n in lengths.items() if n > BLOCK])
    used = sum(length for _, length in small)
    room = block_count(used) * BLOCK if large else body_length(used)
    blocks = [block_count(length) for _, length in large]
    unused = blocks[-1] * BLOCK - large[-1][1] if large else 0
    end = room + sum(blocks) * BLOCK - unused
    total = body_length(end)
    starts = _scattered([length for _, length in small], room - used, randomness)
    firsts = _scattered(blocks, (total - end) // BLOCK, randomness)
    offsets = {s: at for (s, _), at in zip(small, starts, strict=True) if s is not None}
    offsets |= {s: room + at * BLOCK for (s, _), at in zip(large, firsts, strict=True)}
    gaps = _gaps(sorted((at, lengths[s]) for s, at in offsets.items()), total)
    return Layout(offsets=offsets, gaps=tuple(gaps), length=total)


def _scattered(lengths: Sequence[int], free: int, randomness: Randomness) -> list[int]:
    """Where each of these begins, in order, with ``free`` units scattered before, between and behind them.

    Lying one after another they would tell a reader, by its own places, how long the parts between are.
    """
    drawn = randomness.random_bytes(16 * len(lengths))
    cuts = sorted(
        int.from_bytes(drawn[at : at + 16], "big") % (free + 1) for at in range(0, len(drawn), 16)
    )
    before = accumulate(lengths, initial=0)
    return [start + cut for start, cut in zip(before, cuts, strict=False)]


def _gaps(taken: Iterable[tuple[int, int]], total: int) -> Iterator[tuple[int, int]]:
    end = 0
    for start, length in (*taken, (total, 0)):
        if start > end:
            yield end, start - end
        end = start + length


def fill_gaps(layout: Layout, body: Body, randomness: Randomness) -> None:
    """Write bytes that say nothing wherever no segment lies; the last first, which makes the body as long as it is."""
    missing = sum(length for _, length in layout.gaps)
    filler = memoryview(b"")
    for start, length in reversed(layout.gaps):
        for at in reversed(range(start, start + length, PIECE_BYTES)):
            wanted = min(PIECE_BYTES, start + length - at)
            if len(filler) < wanted:
                filler = _filler(min(PIECE_BYTES, missing), randomness)
            body.write_at(at, filler[:wanted])
            filler, missing = filler[wanted:], missing - wanted


def _filler(count: int, randomness: Randomness) -> memoryview:
    """``count`` bytes that nobody can tell from random ones, or from a segment.

    Zeros encrypted under a key that is forgotten at once: twenty times as fast as drawing them.
    """
    key = randomness.random_bytes(CONTENT_KEY_BYTES)
    return memoryview(encrypt(key, b"phoenix/1/filler", bytes(count)))[:count]


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
