"""A document key as words and a code that people compare by phone: both say the first 80 bits of its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_protocol.directory.statements import KeySet
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.joining import join_code
from phoenix_protocol.signed import signer_id
from phoenix_protocol.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWords:
    """The eight words of a key, and its code, which is that of ``phoenix keys status`` in its holder's home."""

    words: tuple[str, ...]
    code: str


def words_of_key(fingerprint: bytes) -> KeyWords:
    """The words and the code of a key by its fingerprint, the SHA-256 of its public bytes."""
    return KeyWords(words=words(fingerprint), code=join_code(ObjectHash(fingerprint)))


def words_of_holders(keys: KeySet) -> tuple[KeyWords, ...]:
    """Those of every key of a set, in its order."""
    return tuple(words_of_key(signer_id(holder.key)) for holder in keys.holders)
