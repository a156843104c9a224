"""Digests made on other threads are those made at once, whatever the pieces (docs/protocol.md §5.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.blocks import block_leaf, blocks_of
from phoenix_protocol.sealing.lanes import BlockLeaves, ContentDigest, threads_for

CONTENT = bytes(range(256)) * (5 * BLOCK // 512) + b"the rest"


@pytest.fixture(scope="module")
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


@settings(max_examples=12)
@given(st.lists(st.integers(0, len(CONTENT)), max_size=40))
def test_digests_do_not_depend_on_threads_or_pieces(threads: Executor, cuts: list[int]) -> None:
    leaves = [block_leaf(block) for block in blocks_of(CONTENT)]
    for executor in (None, threads):
        content, blocks = ContentDigest(executor), BlockLeaves(executor)
        for start, end in pairwise([0, *sorted(cuts), len(CONTENT)]):
            content.update(CONTENT[start:end])
            blocks.add(CONTENT[start:end])
        assert content.digest() == hashlib.sha256(CONTENT).digest()
        assert blocks.leaves() == leaves


def test_short_content_is_hashed_at_once(threads: Executor) -> None:
    assert threads_for(1000, threads) is None
    assert threads_for(BLOCK, threads) is threads
    assert threads_for(BLOCK, None) is None
