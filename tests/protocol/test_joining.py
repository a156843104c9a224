"""The code of a join request (docs/protocol.md §4.10): read out, typed, and compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.joining import join_code, read_join_code

HASHES = st.binary(min_size=32, max_size=32).map(ObjectHash)


@given(HASHES)
def test_a_code_is_sixteen_letters_and_digits_without_look_alikes(request: ObjectHash) -> None:
    code = join_code(request)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert not set(code) & set("ILOU")
    assert read_join_code(code) == code


@given(HASHES)
def test_a_code_is_the_first_eighty_bits(request: ObjectHash) -> None:
    symbols = join_code(request).replace("-", "")
    number = 0
    for symbol in symbols:
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(symbol)
    assert number.to_bytes(10, "big") == request[:10]
    assert join_code(ObjectHash(request[:10] + bytes(22))) == join_code(request)


@given(HASHES, st.data())
def test_however_it_is_typed_it_is_the_same_code(request: ObjectHash, data: st.DataObject) -> None:
    code = join_code(request)
    typed = data.draw(
        st.sampled_from(
            [
                code.lower(),
                f"  {code}\n",
                code.replace("-", ""),
                code.replace("-", " "),
                code.replace("0", "O").replace("1", "I"),
                code.lower().replace("0", "o").replace("1", "l"),
                " ".join(code),
            ]
        )
    )
    assert read_join_code(typed) == code


@given(HASHES, st.integers(0, 79))
def test_one_other_bit_is_another_code(request: ObjectHash, bit: int) -> None:
    changed = bytearray(request)
    changed[bit // 8] ^= 1 << bit % 8
    assert join_code(ObjectHash(bytes(changed))) != join_code(request)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0" * 15,
        "0" * 17,
        "0000-0000-0000-000U",
        "0000-0000-0000-000é",
        "٠" * 16,
        "0" * 15 + "\0",
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="E_NAME"):
        read_join_code(text)


def test_naughty_strings_are_no_code(vectors: Path) -> None:
    for text in json.loads((vectors / "naughty-strings.json").read_text("utf-8")):
        try:
            code = read_join_code(text)
        except RefusedError:
            continue
        assert read_join_code(code) == code
