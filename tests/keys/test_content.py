"""What a keystore holds: read strictly, never shown."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import content as contents
from keys import holders
from keys.content import Content
from phoenix_protocol import encoding, schema
from phoenix_protocol.errors import PhoenixError, RefusedError, TamperError
from phoenix_protocol.identifiers import Anchor
from tests.keys.rings import ANCHOR, NOW, SYSTEM, full

FULL = full()
BYTES = contents.encode(FULL)

plain: st.SearchStrategy[Any] = st.recursive(
    st.integers(0, 1 << 63) | st.binary(max_size=100) | st.text(max_size=20) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=8,
)


def test_what_was_written_is_read() -> None:
    assert contents.decode(BYTES) == FULL
    empty = contents.empty(NOW, SYSTEM)
    assert contents.decode(contents.encode(empty)) == empty


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data: bytes) -> None:
    with pytest.raises(TamperError):
        contents.decode(data)


@given(plain)
def test_any_value_is_survived(value: Any) -> None:
    with pytest.raises(PhoenixError):
        contents.decode(encoding.encode(value))


@given(st.sampled_from([f.name for f in schema.fields_of(Content)]), plain)
def test_any_field_of_another_kind_is_refused_or_read_as_it_was(name: str, value: Any) -> None:
    changed = {**schema.to_plain(FULL), name: value}
    try:
        read = contents.decode(encoding.encode(changed))
    except PhoenixError:
        return
    assert schema.to_plain(read) == changed


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TamperError):
        contents.decode(encoding.encode({**schema.to_plain(FULL), "surplus": 1}))


def test_a_newer_content_asks_for_a_newer_program() -> None:
    newer = {**schema.to_plain(FULL), "version": 2, "surplus": 1}
    with pytest.raises(RefusedError) as refused:
        contents.decode(encoding.encode(newer))
    assert refused.value.code == "E_SUITE"


def secret_bytes(value: Any) -> set[bytes]:
    """The byte fields, at any depth, whose names say that they are seeds or keys."""
    if isinstance(value, tuple):
        return set().union(*(secret_bytes(item) for item in value))
    if not dataclasses.is_dataclass(value):
        return set()
    fields = [(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)]
    own = {item for name, item in fields if name.endswith("seed") or name == "vault_key"}
    return own.union(*(secret_bytes(item) for _, item in fields))


def test_every_secret_is_known_as_one() -> None:
    found = secret_bytes(FULL)
    assert contents.secrets_of(FULL) == found
    # The vault key, four document seeds, two request seeds, thirteen epochs.
    assert len(found) == 1 + 4 + 2 + 13
    assert contents.secrets_of(contents.empty(NOW, SYSTEM)) != frozenset()


def test_nothing_secret_or_personal_shows() -> None:
    shown = repr(FULL)
    for secret in contents.secrets_of(FULL):
        assert repr(secret[4:14])[2:-1] not in shown
        assert secret.hex()[:12] not in shown
    assert "Sam Reeve" not in shown
    assert "MASH desk" not in shown


def test_a_home_belongs_to_one_partnership() -> None:
    assert contents.with_anchor(FULL, ANCHOR) == FULL
    with pytest.raises(TamperError) as refused:
        contents.with_anchor(FULL, Anchor(bytes(32)))
    assert refused.value.code == "E_ANCHOR"


def test_a_content_out_of_bounds_is_not_written() -> None:
    too_many = dataclasses.replace(FULL, epochs=FULL.epochs * 5)
    with pytest.raises(TamperError) as refused:
        contents.encode(too_many)
    assert refused.value.code == "E_LIMIT"
    assert len(holders.joining(FULL).epoch_keys) == 13
