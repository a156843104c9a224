"""Salted commitments (docs/protocol.md §2.6)."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol import encoding
from phoenix_protocol.commitments import SALT_BYTES, commit

PARTS = st.tuples(
    st.sampled_from(["name", "address", "phoenix/1/item"]) | st.text(max_size=8),
    st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES),
    st.binary(max_size=40),
)


@given(PARTS)
def test_a_commitment_is_the_leaf_of_kind_salt_and_content(parts: tuple[str, bytes, bytes]) -> None:
    assert commit(*parts) == sha256(b"\0" + encoding.encode([*parts])).digest()


@given(PARTS, PARTS)
def test_nothing_else_has_the_same_commitment(
    one: tuple[str, bytes, bytes], other: tuple[str, bytes, bytes]
) -> None:
    assert (commit(*one) == commit(*other)) == (one == other)


@given(PARTS, st.binary(max_size=8))
def test_content_and_salt_do_not_run_into_each_other(
    parts: tuple[str, bytes, bytes], more: bytes
) -> None:
    kind, salt, content = parts
    assert (
        commit(kind, salt + more[:1], content) != commit(kind, salt, more[:1] + content) or not more
    )
