"""The Merkle tree of the log, of bodies and of sections (docs/protocol.md §2, RFC 9162 §2.1).

Leaves are hashed with a 0x00 in front, nodes with a 0x01, so that neither passes for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite.hashing import HASH_BYTES, sha256

#: The root of a tree without leaves.
EMPTY_ROOT: Final = sha256()


def leaf_hash(*entry: bytes | bytearray | memoryview) -> bytes:
    """The hash of one leaf's content, which may be given in pieces."""
    return sha256(b"\x00", *entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children's hashes."""
    return sha256(b"\x01", left, right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """All of a tree that is needed to go on appending: one hash for each bit set in its size.

    ``hashes`` are the roots of its full subtrees, largest first. A value: appending gives another.
    Raises ValueError when size and hashes cannot belong together.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError("A frontier has one hash for each bit set in its size.")
        if any(len(item) != HASH_BYTES for item in self.hashes):
            raise ValueError("A hash is 32 bytes.")

    def append(self, leaf: bytes) -> Frontier:
        """This frontier with one more leaf hash: one hash on average, log2(size) at most."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """This frontier with more leaf hashes, in their order."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            node, carry = leaf, size
            while carry & 1:
                node, carry = node_hash(hashes.pop(), node), carry >> 1
            hashes.append(node)
            size += 1
        return Frontier(size=size, hashes=tuple(hashes))

    def root(self) -> bytes:
        """The root of the tree so far."""
        if not self.hashes:
            return EMPTY_ROOT
        *rest, node = self.hashes
        for left in reversed(rest):
            node = node_hash(left, node)
        return node


class Tree:
    """A whole tree, kept in levels, for making many proofs at log2(size) each."""

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        level = list(leaf_hashes)
        self._levels: Final = [level]
        while len(level) > 1:
            level = [node_hash(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
            self._levels.append(level)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def root(self) -> bytes:
        """The root over all leaves."""
        return self._span(0, self.size) if self.size else EMPTY_ROOT

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """The path of leaf ``index``, nearest first. ValueError when there is no such leaf."""
        if not 0 <= index < self.size:
            raise ValueError("There is no such leaf.")
        low, high = 0, self.size
        path: list[bytes] = []
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._span(middle, high))
                high = middle
            else:
                path.append(self._span(low, middle))
                low = middle
        return tuple(reversed(path))

    def consistency_proof(self, first_size: int) -> tuple[bytes, ...]:
        """The proof that the first ``first_size`` leaves were this tree once.

        Raises ValueError unless ``first_size`` is from 1 to the size.
        """
        if not 1 <= first_size <= self.size:
            raise ValueError("There is no such earlier tree.")
        low, high = 0, self.size
        path: list[bytes] = []
        while high != first_size:
            middle = low + _split(high - low)
            if first_size <= middle:
                path.append(self._span(middle, high))
                high = middle
            else:
                path.append(self._span(low, middle))
                low = middle
        if low:
            path.append(self._span(low, high))
        return tuple(reversed(path))

    def _span(self, low: int, high: int) -> bytes:
        count = high - low
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._levels[level][low >> level]
        middle = low + _split(count)
        return node_hash(self._span(low, middle), self._span(middle, high))


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes. ValueError when one is not 32 bytes."""
    level = [*leaf_hashes]
    if any(len(item) != HASH_BYTES for item in level):
        raise ValueError("A hash is 32 bytes.")
    while len(level) > 1:
        pairs = list(map(node_hash, level[::2], level[1::2]))
        level = pairs + level[2 * len(pairs) :]  # who is left over goes up alone
    return level[0] if level else EMPTY_ROOT


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The path of one leaf; a :class:`Tree` is cheaper for many. ValueError as there."""
    return Tree(leaf_hashes).inclusion_proof(index)


def consistency_proof(leaf_hashes: Sequence[bytes], first_size: int) -> tuple[bytes, ...]:
    """The proof that the first ``first_size`` leaves were the tree once; see :class:`Tree`."""
    return Tree(leaf_hashes).consistency_proof(first_size)


def verify_inclusion(
    *,
    leaf: bytes,
    index: int,
    size: int,
    proof: Sequence[bytes],
    root: bytes,
    code: str = "E_COMMITMENT",
) -> None:
    """Verify that ``leaf``, a leaf hash, is number ``index`` of the ``size`` leaves under ``root``.

    RFC 9162 §2.1.3.2. Raises TamperError ``code``.
    """
    _require(0 <= index < size and _are_hashes([leaf, *proof]), code)
    node, place, last = leaf, index, size - 1
    for sibling in proof:
        _require(last > 0, code)
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            place, last = _to_left_child(place, last)
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    _require(last == 0 and node == root, code)


def verify_consistency(
    *,
    first_size: int,
    first_root: bytes,
    second_size: int,
    second_root: bytes,
    proof: Sequence[bytes],
    code: str = "E_DIR_FORK",
) -> None:
    """Verify that the tree of ``first_size`` leaves is the beginning of that of ``second_size``.

    RFC 9162 §2.1.4.2. Raises TamperError ``code``. Two sizes of zero are refused as well: every
    tree begins with the empty one, so there is nothing to prove; compare with ``EMPTY_ROOT``.
    """
    _require(0 < first_size <= second_size, code)
    if first_size == second_size:
        _require(not proof and first_root == second_root, code)
        return
    if first_size & (first_size - 1) == 0:
        proof = [first_root, *proof]
    _require(len(proof) > 0 and _are_hashes(proof), code)
    roots = _roots_of_consistency(first_size, second_size, proof, code)
    _require(roots == (first_root, second_root), code)


def _roots_of_consistency(
    first_size: int, second_size: int, proof: Sequence[bytes], code: str
) -> tuple[bytes, bytes]:
    place, last = first_size - 1, second_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = proof[0]
    for sibling in proof[1:]:
        _require(last > 0, code)
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            place, last = _to_left_child(place, last)
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    _require(last == 0, code)
    return first, second


def _to_left_child(place: int, last: int) -> tuple[int, int]:
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _are_hashes(items: Sequence[bytes]) -> bool:
    return all(len(item) == HASH_BYTES for item in items)


def _require(holds: bool, code: str) -> None:
    if not holds:
        raise TamperError(code, "A Merkle proof does not lead to the root.")
