"""Words to compare by phone: the list, its bits, and what they stand for."""

from __future__ import annotations

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol.identifiers import Address, ObjectHash
from phoenix_protocol.joining import join_code
from phoenix_protocol.words import fingerprint_words, join_words, word_list, words

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LIST = word_list()


def bits_of(said: tuple[str, ...]) -> int:
    number = 0
    for word in said:
        number = number << 10 | LIST.index(word)
    return number


def test_the_list_has_1024_short_words_in_order() -> None:
    assert len(LIST) == 1024
    assert list(LIST) == sorted(set(LIST))
    assert all(4 <= len(w) <= 7 and w.isascii() and w.isalpha() and w.islower() for w in LIST)


def test_no_word_is_taken_for_another() -> None:
    assert len({word[:4] for word in LIST}) == 1024
    close = [(a, b) for a, b in itertools.combinations(LIST, 2) if differ_by_one(a, b)]
    assert close == []


def differ_by_one(a: str, b: str) -> bool:
    """Whether one letter put in, left out or changed makes ``a`` into ``b``."""
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[at + (len(a) == len(b)) :] == b[at + 1 :]


def test_the_list_is_frozen() -> None:
    assert hashlib.sha256(" ".join(LIST).encode()).hexdigest()[:16] == "132bd8455e809592"


@given(st.binary(min_size=32, max_size=32))
def test_words_and_code_say_the_same_eighty_bits(request_hash: bytes) -> None:
    code = join_code(ObjectHash(request_hash)).replace("-", "")
    number = 0
    for symbol in code:
        number = number << 5 | CROCKFORD.index(symbol)
    said = join_words(ObjectHash(request_hash))
    assert len(said) == 8
    assert bits_of(said) == number == int.from_bytes(request_hash[:10], "big")


@given(st.binary(min_size=10, max_size=40), st.integers(1, 32))
def test_words_are_the_first_bits(digest: bytes, count: int) -> None:
    bits = 10 * count
    if bits > 8 * len(digest):
        with pytest.raises(ValueError, match="ten bits"):
            words(digest, bits)
    else:
        assert bits_of(words(digest, bits)) == int.from_bytes(digest, "big") >> (
            8 * len(digest) - bits
        )


@pytest.mark.parametrize("bits", [0, -10, 5, 79, 81])
def test_words_take_ten_bits_each(bits: int) -> None:
    with pytest.raises(ValueError, match="ten bits"):
        words(bytes(32), bits)


def test_a_fingerprint_is_of_the_address_and_all_its_keys_in_any_order() -> None:
    mash, duty = Address("mash@ardenfold-police"), Address("duty@ardenfold-police")
    one, two = bytes(1984), bytes(1983) + b"\1"
    assert fingerprint_words(mash, [one, two]) == fingerprint_words(mash, [two, one, one])
    different = {
        fingerprint_words(mash, [one]),
        fingerprint_words(mash, [two]),
        fingerprint_words(mash, [one, two]),
        fingerprint_words(mash, []),
        fingerprint_words(duty, [one]),
    }
    assert len(different) == 5
    assert all(len(said) == 8 for said in different)
