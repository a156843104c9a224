"""Digests as words, for people who compare them by phone (docs/protocol.md §4).

Ten bits a word, out of 1024 plain English words of four to seven letters in ``words.txt``. The list is part of the
protocol: both ends of a call must have the same one, so it never changes within a version.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final

from phoenix_protocol import encoding
from phoenix_protocol.identifiers import Address, ObjectHash
from phoenix_protocol.joining import CODE_BITS
from phoenix_protocol.signed import signer_id
from phoenix_protocol.suite.hashing import sha256

BITS_PER_WORD: Final = 10
#: What a fingerprint's digest begins with, so that it is no other digest.
FINGERPRINT: Final = "phoenix/1/fingerprint"

_LIST: Final = "words.txt"


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """The 1024 words, in alphabetical order."""
    return tuple(files(__package__).joinpath(_LIST).read_text("ascii").split())


def words(digest: bytes, bits: int = CODE_BITS) -> tuple[str, ...]:
    """The first ``bits`` bits of ``digest``, most significant first, ten to a word: eight words unless said otherwise.

    Raises ValueError when ``bits`` is not a multiple of ten, or the digest is shorter.
    """
    if bits <= 0 or bits % BITS_PER_WORD or bits > 8 * len(digest):
        raise ValueError("Words take ten bits each, and no more than there are.")
    number = int.from_bytes(digest, "big") >> (8 * len(digest) - bits)
    known, mask = word_list(), (1 << BITS_PER_WORD) - 1
    shifts = range(bits - BITS_PER_WORD, -1, -BITS_PER_WORD)
    return tuple(known[number >> shift & mask] for shift in shifts)


def join_words(request: ObjectHash) -> tuple[str, ...]:
    """The eight words of a join request: the same 80 bits as its code (:func:`phoenix_protocol.joining.join_code`)."""
    return words(request, CODE_BITS)


def fingerprint_words(address: Address, document_keys: Iterable[bytes]) -> tuple[str, ...]:
    """The eight words of an address: over it and the document keys of its endpoints, in whatever order they come."""
    signers = sorted({signer_id(key) for key in document_keys})
    return words(sha256(encoding.encode([FINGERPRINT, address, [*signers]])))
