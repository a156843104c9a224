"""The Merkle tree: every public proof, good and bad, and a recursive definition to compare with."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol.errors import TamperError
from phoenix_protocol.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from phoenix_protocol.suite import sha256

LEAVES = tuple(leaf_hash(bytes([n])) for n in range(130))
SIZES = st.integers(1, len(LEAVES))


def includes(**proof: Any) -> bool:
    try:
        verify_inclusion(**proof)
    except TamperError as error:
        if error.code != "E_COMMITMENT":
            raise
        return False
    return True


def is_consistent(**proof: Any) -> bool:
    try:
        verify_consistency(**proof)
    except TamperError as error:
        if error.code != "E_DIR_FORK":
            raise
        return False
    return True


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162 §2.1.1, word for word."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = max(2**n for n in range(20) if 2**n < len(leaves))
    return node_hash(defined_root(leaves[:k]), defined_root(leaves[k:]))


def cases(vectors: Path, kind: str) -> list[tuple[Path, dict[str, Any]]]:
    paths = sorted((vectors / "merkle" / kind).rglob("*.json"))
    assert len(paths) == 98
    return [(path, json.loads(path.read_text())) for path in paths]


def b64(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_public_inclusion_proofs(vectors: Path) -> None:
    for path, case in cases(vectors, "inclusion"):
        accepted = includes(
            leaf=b64(case["leafHash"]),
            index=case["leafIdx"],
            size=case["treeSize"],
            proof=[b64(item) for item in case["proof"] or []],
            root=b64(case["root"]),
        )
        assert accepted != case["wantErr"], path


def test_public_consistency_proofs(vectors: Path) -> None:
    for path, case in cases(vectors, "consistency"):
        accepted = is_consistent(
            first_size=case["size1"],
            first_root=b64(case["root1"]),
            second_size=case["size2"],
            second_root=b64(case["root2"]),
            proof=[b64(item) for item in case["proof"] or []],
        )
        assert accepted != case["wantErr"], path


def test_the_roots_of_the_first_sizes_are_as_defined() -> None:
    assert root([]) == EMPTY_ROOT == Tree([]).root() == Frontier().root()
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")
    for size in range(len(LEAVES) + 1):
        expected = defined_root(LEAVES[:size])
        assert root(LEAVES[:size]) == expected
        assert Tree(LEAVES[:size]).root() == expected


def test_a_leaf_cannot_pass_for_a_node() -> None:
    assert leaf_hash(b"\x01" + LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@given(SIZES, st.data())
def test_every_leaf_is_proved_at_its_place_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    proof = {
        "leaf": leaves[index],
        "size": size,
        "proof": inclusion_proof(leaves, index),
        "root": root(leaves),
    }
    assert includes(index=index, **proof)
    assert includes(index=other, **proof) == (index == other)
    assert not includes(index=size, **proof)
    assert not includes(index=-1, **proof)


@given(SIZES, SIZES)
def test_every_earlier_tree_is_a_beginning(one: int, other: int) -> None:
    first, second = sorted((one, other))
    proof = {
        "first_size": first,
        "first_root": root(LEAVES[:first]),
        "second_size": second,
        "second_root": root(LEAVES[:second]),
        "proof": consistency_proof(LEAVES[:second], first),
    }
    assert is_consistent(**proof)
    changed = (leaf_hash(b"rewritten"), *LEAVES[1:first])
    assert not is_consistent(**{**proof, "first_root": root(changed)})
    assert first == second or not is_consistent(**{**proof, "first_size": first + 1})


@given(SIZES, st.data())
def test_a_changed_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    index = data.draw(st.integers(0, size - 1))
    proof = list(inclusion_proof(leaves, index))
    position = data.draw(st.integers(0, len(proof)))
    change = data.draw(st.sampled_from(["insert", "drop", "replace", "lengthen"]))
    changed = list(proof)
    if change == "insert":
        changed.insert(position, LEAVES[0])
    elif position == len(proof):
        changed.append(b"")
    elif change == "drop":
        del changed[position]
    else:
        changed[position] = LEAVES[129] if change == "replace" else changed[position] + b"\0"
    known = {"leaf": leaves[index], "index": index, "size": size, "root": root(leaves)}
    assert includes(proof=proof, **known)
    assert includes(proof=changed, **known) == (changed == proof)


def test_bytes_cannot_move_between_leaf_and_sibling() -> None:
    tree_root = node_hash(LEAVES[0], LEAVES[1])
    both = LEAVES[0] + LEAVES[1]
    moved = {"index": 0, "size": 2, "root": tree_root}
    assert includes(leaf=both[:32], proof=[both[32:]], **moved)
    assert not includes(leaf=both[:31], proof=[both[31:]], **moved)
    assert not includes(leaf=both, proof=[b""], **moved)
    later = {"first_size": 1, "second_size": 2, "second_root": tree_root}
    assert is_consistent(first_root=both[:32], proof=[both[32:]], **later)
    assert not is_consistent(first_root=both[:31], proof=[both[31:]], **later)


def test_a_proof_of_a_larger_tree_is_not_one_of_a_smaller() -> None:
    tree_root = node_hash(LEAVES[0], LEAVES[1])
    leaf = {"leaf": LEAVES[1], "proof": [LEAVES[0]], "root": tree_root}
    assert includes(index=1, size=2, **leaf)
    assert not includes(index=0, size=1, **leaf)
    roots = {
        "first_root": root(LEAVES[:7]),
        "second_root": root(LEAVES[:8]),
        "proof": consistency_proof(LEAVES[:8], 7),
    }
    assert is_consistent(first_size=7, second_size=8, **roots)
    assert not is_consistent(first_size=3, second_size=4, **roots)


def test_nothing_is_proved_about_an_empty_tree() -> None:
    empty = {"first_size": 0, "first_root": EMPTY_ROOT, "proof": []}
    assert not is_consistent(second_size=0, second_root=EMPTY_ROOT, **empty)
    assert not is_consistent(second_size=1, second_root=LEAVES[0], **empty)
    assert not includes(leaf=EMPTY_ROOT, index=0, size=0, proof=[], root=EMPTY_ROOT)


@given(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70), st.integers(0, 80))
def test_any_numbers_are_judged_quickly(one: int, other: int, length: int) -> None:
    proof = [LEAVES[0]] * length
    assert not includes(leaf=LEAVES[1], index=one, size=other, proof=proof, root=LEAVES[2])
    assert not is_consistent(
        first_size=one,
        first_root=LEAVES[1],
        second_size=other,
        second_root=LEAVES[2],
        proof=proof,
    )


@pytest.mark.parametrize("index", [-1, 3])
def test_no_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proof(LEAVES[:3], index)


@pytest.mark.parametrize("first", [-1, 0, 4])
def test_no_proof_of_a_tree_that_never_was(first: int) -> None:
    with pytest.raises(ValueError, match="earlier tree"):
        consistency_proof(LEAVES[:3], first)


def test_the_caller_names_the_finding() -> None:
    with pytest.raises(TamperError, match="E_BODY_DIGEST"):
        verify_inclusion(
            leaf=LEAVES[0], index=0, size=1, proof=(), root=EMPTY_ROOT, code="E_BODY_DIGEST"
        )


@given(st.integers(0, 130), st.integers(0, 130))
def test_a_frontier_goes_on_from_anywhere(one: int, other: int) -> None:
    first, second = sorted((one, other))
    before = Frontier().extend(LEAVES[:first])
    kept = Frontier(size=before.size, hashes=before.hashes)
    after = kept.extend(LEAVES[first:second])
    assert (before.size, before.root()) == (first, root(LEAVES[:first]))
    assert (after.size, after.root()) == (second, root(LEAVES[:second]))
    assert kept == before


def test_appending_one_by_one_is_extending() -> None:
    frontier = Frontier()
    for leaf in LEAVES:
        frontier = frontier.append(leaf)
    assert frontier == Frontier().extend(LEAVES)


@pytest.mark.parametrize(
    ("size", "hashes"),
    [(1, ()), (3, LEAVES[:1]), (0, LEAVES[:1]), (-1, LEAVES[:1]), (1, (b"short",))],
)
def test_a_frontier_that_cannot_be_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match=r"frontier|hash"):
        Frontier(size=size, hashes=hashes)


def test_fifty_thousand_statements_are_cheap() -> None:
    """One append to a log of 50,000 against building it once: measured in one run."""
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(50_000)]
    started = time.process_time()
    frontier = Frontier().extend(leaves)
    building = time.process_time() - started
    assert len(frontier.hashes) <= 16
    started = time.process_time()
    for leaf in leaves[:100]:
        frontier = frontier.append(leaf)
        frontier.root()
    assert time.process_time() - started < building
    tree = Tree(leaves)
    started = time.process_time()
    for index in range(0, 50_000, 500):
        assert len(tree.inclusion_proof(index)) <= 16
    assert time.process_time() - started < building
