"""Where segments lie in the body (docs/protocol.md §5.4)."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol.identifiers import SegmentId
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.blocks import block_count, block_leaf, blocks_of, check_block
from phoenix_protocol.randomness import SystemRandomness
from phoenix_protocol.sealing.drafts import MemoryBody
from phoenix_protocol.sealing.layout import Layout, body_leaves, fill_gaps, lay_out
from phoenix_protocol.sealing.padding import BODY_MINIMUM, MINIMUM, body_length
from phoenix_protocol.suite.content import encrypted_length
from tests.protocol.seeded_randomness import SeededRandomness

DECOY = encrypted_length(MINIMUM)
LARGE = st.integers(BLOCK + 1, 5 * BLOCK) | st.sampled_from([BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1])
SMALL = st.integers(DECOY, 40_000) | st.sampled_from([DECOY, BLOCK - 1, BLOCK])
SIZES = st.lists(SMALL, min_size=1, max_size=6) | st.lists(SMALL | LARGE, min_size=1, max_size=5)


def segments(sizes: list[int]) -> dict[SegmentId, int]:
    return {SegmentId(n.to_bytes(16, "big")): size for n, size in enumerate(sizes)}


def spans(layout: Layout, lengths: Mapping[SegmentId, int]) -> list[tuple[int, int]]:
    """Every segment and gap as (start, end), in their order."""
    taken = [(at, at + lengths[segment]) for segment, at in layout.offsets.items()]
    return sorted([*taken, *((start, start + length) for start, length in layout.gaps)])


@given(SIZES, st.integers(0, 8), st.integers())
def test_segments_and_gaps_cover_the_body_exactly_once(
    sizes: list[int], decoys: int, seed: int
) -> None:
    lengths = segments(sizes)
    layout = lay_out(lengths, [DECOY] * decoys, SeededRandomness(seed))
    assert layout.offsets.keys() == lengths.keys()
    end = 0
    for start, stop in spans(layout, lengths):
        assert start == end
        assert stop > start
        end = stop
    assert end == layout.length


@given(SIZES, st.integers(0, 8), st.integers())
def test_large_segments_begin_with_a_block_and_follow_the_small_ones(
    sizes: list[int], decoys: int, seed: int
) -> None:
    lengths = segments(sizes)
    layout = lay_out(lengths, [DECOY] * decoys, SeededRandomness(seed))
    large = {s for s, n in lengths.items() if n > BLOCK}
    assert all(layout.offsets[s] % BLOCK == 0 for s in large)
    ends = [layout.offsets[s] + lengths[s] for s in lengths.keys() - large]
    assert max(ends, default=0) <= min((layout.offsets[s] for s in large), default=layout.length)


@given(SIZES, st.integers(0, 8), st.integers())
def test_there_is_room_for_everything_in_the_bucket_and_no_more_than_it(
    sizes: list[int], decoys: int, seed: int
) -> None:
    layout = lay_out(segments(sizes), [DECOY] * decoys, SeededRandomness(seed))
    small = sum(size for size in sizes if size <= BLOCK) + DECOY * decoys
    large = [size for size in sizes if size > BLOCK]
    if large:
        whole = (block_count(small) + sum(map(block_count, large))) * BLOCK
        assert body_length(whole - BLOCK) <= layout.length <= body_length(whole)
    else:
        assert layout.length == body_length(small)
    assert layout.length >= BODY_MINIMUM


@given(st.lists(st.integers(DECOY, 12_000), min_size=1, max_size=4), st.integers(0, 4), st.data())
def test_a_length_within_its_bucket_does_not_show(
    sizes: list[int], decoys: int, data: st.DataObject
) -> None:
    """The relay sees one length: whatever else fits into the same bucket has the same."""
    length = lay_out(segments(sizes), [DECOY] * decoys, SeededRandomness()).length
    others = data.draw(st.lists(st.integers(DECOY, 12_000), min_size=1, max_size=4))
    other = lay_out(segments(others), [DECOY] * decoys, SeededRandomness()).length
    used = [sum(s) + DECOY * decoys for s in (sizes, others)]
    assert (length == other) == (body_length(used[0]) == body_length(used[1]))


@settings(max_examples=12)
@given(SIZES.filter(lambda sizes: sum(sizes) < 8 * BLOCK), st.integers(0, 3), st.integers())
def test_leaves_are_those_of_the_blocks_and_every_byte_is_written(
    sizes: list[int], decoys: int, seed: int
) -> None:
    lengths = segments(sizes)
    layout = lay_out(lengths, [DECOY] * decoys, SeededRandomness(seed))
    body, known = MemoryBody(), {}
    for number, (segment, at) in enumerate(layout.offsets.items(), 1):
        content = bytes([number]) * lengths[segment]
        body.write_at(at, content)
        known[segment] = [block_leaf(block) for block in blocks_of(content)]
    fill_gaps(layout, body, SeededRandomness(seed))
    assert len(body.data) == layout.length
    leaves = body_leaves(layout, body, known)
    assert (
        leaves
        == tuple(block_leaf(block) for block in blocks_of(body.data))
        == body_leaves(layout, body, {})
    )
    for number in range(len(leaves)):
        check_block(leaves, layout.length, number, body.read_at(number * BLOCK, BLOCK))
    for number, (segment, at) in enumerate(layout.offsets.items(), 1):
        assert body.read_at(at, lengths[segment]) == bytes([number]) * lengths[segment]


def test_gaps_are_filled_with_what_says_nothing() -> None:
    """Random bytes have all values, each about as often; zeros or repetition would stand out."""
    layout = lay_out(segments([DECOY]), [DECOY] * 3, SystemRandomness())
    body = MemoryBody()
    fill_gaps(layout, body, SystemRandomness())
    for start, length in layout.gaps:
        if length > 16 * 256:
            found = body.read_at(start, length)
            counts = [found.count(bytes([value])) for value in range(256)]
            spread = sum((count - length / 256) ** 2 for count in counts) / (length / 256)
            assert 255 - 8 * 22.6 < spread < 255 + 8 * 22.6  # chi-squared, eight deviations


def test_every_order_and_place_is_drawn_anew() -> None:
    lengths = segments([DECOY, 2000, 3000])
    seen = {
        tuple(lay_out(lengths, [DECOY], SystemRandomness()).offsets[s] for s in lengths)
        for _ in range(50)
    }
    assert len(seen) == 50
    assert len({min(range(3), key=places.__getitem__) for places in seen}) == 3


def test_free_blocks_are_scattered_among_large_segments_too() -> None:
    lengths = segments([DECOY, 60 * BLOCK + 1, 70 * BLOCK + 1])
    layouts = [lay_out(lengths, [], SystemRandomness()) for _ in range(60)]
    assert len({layout.length for layout in layouts}) == 1
    _, one, other = lengths
    between = {
        abs(layout.offsets[other] - layout.offsets[one]) // BLOCK
        - (61 if layout.offsets[one] < layout.offsets[other] else 71)
        for layout in layouts
    }
    assert len(between) > 1
    assert min(between) >= 0
