"""Randomness comes from the operating system and goes in as an argument."""

from __future__ import annotations

from collections import Counter

from phoenix_protocol.randomness import Randomness, SystemRandomness, random_bytes, shuffled
from tests.protocol.seeded_randomness import SeededRandomness


def draw(randomness: Randomness) -> tuple[bytes, tuple[int, ...]]:
    return randomness.random_bytes(32), randomness.shuffled(range(40))


def test_the_system_never_repeats() -> None:
    assert draw(SystemRandomness()) != draw(SystemRandomness())
    assert len(random_bytes(7)) == 7


def test_a_seed_repeats() -> None:
    assert draw(SeededRandomness(3)) == draw(SeededRandomness(3))
    assert draw(SeededRandomness(3)) != draw(SeededRandomness(4))


def test_shuffling_keeps_every_item_and_leaves_the_original() -> None:
    items = [1, 1, 2, 3]
    assert Counter(shuffled(items)) == Counter(items)
    assert items == [1, 1, 2, 3]
    assert shuffled([]) == ()


def test_every_order_comes_up() -> None:
    assert len({shuffled("abc") for _ in range(400)}) == 6
