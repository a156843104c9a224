"""Plain CBOR values for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from phoenix_protocol.encoding import MAX_DEPTH, Plain

#: Any text that has UTF-8.
CLEAN_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)

_WHOLE_NUMBERS = st.integers(-(1 << 63), (1 << 64) - 1) | st.sampled_from(
    [
        sign * edge + step
        for edge in (24, 1 << 8, 1 << 16, 1 << 32)
        for sign in (1, -1)
        for step in (-1, 0, 1)
    ]
)


def plain_values(leaves: int = 20) -> st.SearchStrategy[Plain]:
    """Values of every plain kind, nested as deep as is allowed."""
    scalars: st.SearchStrategy[Plain] = (
        _WHOLE_NUMBERS | st.booleans() | st.binary(max_size=40) | CLEAN_TEXT
    )
    nested: st.SearchStrategy[Plain] = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(CLEAN_TEXT, inner, max_size=5),
        max_leaves=leaves,
    )
    return nested.filter(lambda value: depth(value) <= MAX_DEPTH)


def depth(value: Plain) -> int:
    """How many lists and maps lie in each other."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return 0
    return 1 + max(map(depth, value), default=0)
