"""Any bytes survive: nothing but a refusal comes out, and the directory stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol import encoding
from phoenix_protocol.directory.checkpoints import check_checkpoint, check_relied_on
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import BY_TYPE
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.signed import SIGNATURE_BYTES
from tests.protocol.quillmere import NOW, quillmere
from tests.protocol.quillmere_changes import refusal

HERE = quillmere()
PLAIN = st.recursive(
    st.integers(-(2**63), 2**64 - 1)
    | st.binary(max_size=40)
    | st.text(max_size=10)
    | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert refusal(HERE.directory, data) in {"E_PARSE", "E_SUITE"}
    with pytest.raises(PhoenixError):
        Directory.begin(data, HERE.anchor)


@given(st.sampled_from(sorted(BY_TYPE)), PLAIN, st.binary(min_size=32, max_size=32))
def test_any_payload_is_refused(name: str, payload: encoding.Plain, signer: bytes) -> None:
    row: encoding.Plain = [name, encoding.encode(payload), [[signer, bytes(SIGNATURE_BYTES)]]]
    assert refusal(HERE.directory, encoding.encode(row)) in {"E_PARSE", "E_LIMIT"}


@given(PLAIN)
def test_any_value_is_refused(value: encoding.Plain) -> None:
    assert refusal(HERE.directory, encoding.encode(value)) in {"E_PARSE", "E_SUITE", "E_LIMIT"}


@settings(max_examples=80)
@given(st.integers(1, len(HERE.log) - 1), st.data())
def test_one_changed_bit_of_a_statement_is_refused(index: int, data: st.DataObject) -> None:
    before, good = HERE.directory.at(index), HERE.log[index]
    assert refusal(before, good) == ""
    bit = data.draw(st.integers(0, len(good) * 8 - 1))
    changed = bytearray(good)
    changed[bit // 8] ^= 1 << bit % 8
    assert refusal(before, bytes(changed)) != ""


@settings(max_examples=30)
@given(st.integers(0, len(HERE.log) - 1), st.data())
def test_a_statement_cut_short_or_gone_on_is_refused(index: int, data: st.DataObject) -> None:
    good = HERE.log[index]
    cut = data.draw(st.integers(0, len(good) - 1))
    more = data.draw(st.binary(min_size=1, max_size=8))
    assert refusal(HERE.directory, good[:cut]) == "E_PARSE"
    assert refusal(HERE.directory, good + more) == "E_PARSE"


@pytest.mark.parametrize("size", [1 << 10, 1 << 21, (1 << 21) + 1])
@pytest.mark.parametrize("first", [b"\x9f", b"\x81", b"\x9a\xff\xff\xff\xff"])
def test_nothing_oversized_or_deep_is_taken_apart(size: int, first: bytes) -> None:
    data = (first * size)[:size]
    assert refusal(HERE.directory, data) in {"E_PARSE", "E_LIMIT"}
    if size > 1 << 21:
        assert refusal(HERE.directory, data) == "E_LIMIT"


@given(st.text(max_size=200))
def test_any_text_is_no_checkpoint(text: str) -> None:
    for check in (check_checkpoint, check_relied_on):
        with pytest.raises(PhoenixError):
            check(text, HERE.directory, NOW)


@settings(max_examples=60)
@given(st.data())
def test_one_changed_character_of_a_checkpoint_is_refused(data: st.DataObject) -> None:
    good = HERE.checkpoint()
    at = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != good[at]))
    with pytest.raises(PhoenixError):
        check_checkpoint(good[:at] + other + good[at + 1 :], HERE.directory, NOW)
