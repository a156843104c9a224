"""Frames and buckets (docs/protocol.md §2.7, §5.4): what lengths still tell, and what no frame may be."""

from __future__ import annotations

from math import floor, log2

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from phoenix_protocol.errors import TamperError
from phoenix_protocol.limits import BODY_BYTES, GIB, KIB, MIB
from phoenix_protocol.sealing.padding import (
    BODY_MINIMUM,
    LENGTH_BYTES,
    MINIMUM,
    body_length,
    frame,
    framed_length,
    padme,
    unframe,
)

LENGTHS = (
    st.integers(0, 4 * KIB) | st.integers(0, BODY_BYTES) | st.integers(0, 36).map(lambda n: 1 << n)
)
CONTENTS = st.binary(max_size=100) | st.integers(0, 5000).map(bytes)


def by_the_paper(length: int) -> int:
    """Padmé as its authors write it down: the last bits, as many as say less than the length of the length."""
    exponent = floor(log2(length))
    size = floor(log2(exponent)) + 1
    last = exponent - size
    mask = (1 << last) - 1 if last > 0 else 0
    return (length + mask) & ~mask


@given(st.integers(2, 1 << 40))
def test_padme_is_that_of_the_paper(length: int) -> None:
    assert padme(length) == by_the_paper(length)


@given(LENGTHS)
def test_padme_never_shrinks_costs_little_and_is_done_once(length: int) -> None:
    padded = padme(length)
    assert length <= padded <= length * 1.12
    assert padme(padded) == padded


@given(LENGTHS, LENGTHS)
def test_padme_keeps_the_order(one: int, other: int) -> None:
    assert (padme(one) <= padme(other)) or one > other


def test_padme_has_few_sizes() -> None:
    """What an observer learns of a length up to 64 GiB: one of this many sizes, instead of a thousand million."""
    sizes = set()
    size = 2
    while size <= 64 * GIB:
        sizes.add(size)
        size = padme(size + 1)
    assert len(sizes) < 1000


@pytest.mark.parametrize(
    ("length", "padded"), [(0, 0), (1, 1), (2, 2), (9, 10), (1025, 1088), (5008, 5120)]
)
def test_padme_by_example(length: int, padded: int) -> None:
    assert padme(length) == padded


# -- frames ---------------------------------------------------------------------------------------------------------


@given(CONTENTS)
def test_a_frame_gives_its_content_back(content: bytes) -> None:
    framed = frame(content)
    assert len(framed) == framed_length(len(content)) >= MINIMUM
    assert framed == len(content).to_bytes(8, "big") + content + bytes(
        len(framed) - 8 - len(content)
    )
    assert unframe(framed) == content


@given(CONTENTS, st.integers(0, 3000))
def test_a_frame_can_be_as_long_as_the_longest_of_several(content: bytes, more: int) -> None:
    length = framed_length(len(content)) + more
    assert len(frame(content, length)) == length
    assert unframe(frame(content, length)) == content


@given(st.integers(0, MINIMUM - LENGTH_BYTES))
def test_a_word_and_a_paragraph_look_alike(length: int) -> None:
    assert framed_length(length) == MINIMUM


@given(CONTENTS, st.data())
def test_one_changed_byte_of_padding_or_of_the_length_beyond_it_is_refused(
    content: bytes, data: st.DataObject
) -> None:
    framed = bytearray(frame(content))
    assume(len(framed) > LENGTH_BYTES + len(content))
    padding = st.integers(LENGTH_BYTES + len(content), len(framed) - 1)
    framed[data.draw(padding)] = data.draw(st.integers(1, 255))
    with pytest.raises(TamperError, match="E_PADDING"):
        unframe(bytes(framed))


@given(CONTENTS, st.integers(1, 1 << 63))
def test_a_length_beyond_the_frame_is_refused(content: bytes, beyond: int) -> None:
    framed = frame(content)
    said = min(len(framed) - LENGTH_BYTES + beyond, (1 << 64) - 1)
    with pytest.raises(TamperError, match="E_PADDING"):
        unframe(said.to_bytes(LENGTH_BYTES, "big") + framed[LENGTH_BYTES:])


@given(st.binary(min_size=1, max_size=100).filter(lambda c: c[-1] != 0), st.data())
def test_a_shorter_length_leaves_content_in_the_padding(
    content: bytes, data: st.DataObject
) -> None:
    said = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(TamperError, match="E_PADDING"):
        unframe(said.to_bytes(LENGTH_BYTES, "big") + frame(content)[LENGTH_BYTES:])


@pytest.mark.parametrize("framed", [b"", b"\0", bytes(7), b"\xff" * 7, b"\xff" * 8, b"\xff" * 2000])
def test_what_is_no_frame_is_refused(framed: bytes) -> None:
    with pytest.raises(TamperError, match="E_PADDING"):
        unframe(framed)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    try:
        content = unframe(data)
    except TamperError:
        return
    assert frame(content, len(data)) == data


# -- buckets --------------------------------------------------------------------------------------------------------


@given(LENGTHS)
def test_a_body_fills_its_bucket_and_stays_in_it(used: int) -> None:
    length = body_length(used)
    assert length >= max(used, BODY_MINIMUM)
    assert body_length(length) == length
    if used <= MIB:
        assert length & (length - 1) == 0
        assert length == BODY_MINIMUM or length < 2 * used
    else:
        assert length == padme(used)


@given(LENGTHS, LENGTHS)
def test_more_needs_no_smaller_bucket(one: int, other: int) -> None:
    assert body_length(min(one, other)) <= body_length(max(one, other))
