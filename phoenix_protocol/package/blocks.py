"""The digest of encrypted bytes: an RFC 9162 root over their 1 MiB blocks (docs/protocol.md §5).

With the leaf hashes at hand an upload or download can stop and go on, each block checked by itself. A segment's digest
is made the same way over its own blocks; large segments start on a block boundary of the body, so that one pass of
hashing serves both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phoenix_protocol.errors import TamperError
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.merkle import leaf_hash, root


def block_count(length: int) -> int:
    """How many blocks ``length`` bytes make."""
    return -(-length // BLOCK)


def blocks_of(data: bytes | bytearray | memoryview) -> Iterator[memoryview]:
    """``data`` in blocks of 1 MiB; the last may be shorter."""
    view = memoryview(data)
    return (view[start : start + BLOCK] for start in range(0, len(view), BLOCK))


def block_leaf(block: bytes | bytearray | memoryview) -> bytes:
    """The leaf hash of one block."""
    return leaf_hash(block)


def digest_of(data: bytes | bytearray | memoryview) -> bytes:
    """The digest of ``data``."""
    return root([leaf_hash(block) for block in blocks_of(data)])


def digest_of_leaves(leaves: Sequence[bytes]) -> bytes:
    """The digest of the bytes whose blocks have these leaf hashes."""
    return root(leaves)


def check_block(leaves: Sequence[bytes], length: int, number: int, block: bytes) -> None:
    """Raise TamperError ``E_BODY_DIGEST`` unless ``block`` is block ``number`` of a body of ``length`` bytes."""
    expected = min(BLOCK, length - number * BLOCK)
    if (
        not 0 <= number < len(leaves)
        or len(block) != expected
        or leaf_hash(block) != leaves[number]
    ):
        raise TamperError("E_BODY_DIGEST", "A block of the package is not the one that was signed.")
