"""Addresses and agency ids (docs/protocol.md §2.8): one spelling each, nothing that could be mistaken for more."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import address, agency_id, agency_of

GOOD = [
    "a",
    "0",
    "mash",
    "northshire-police",
    "a.b_c-d",
    "école",
    "школа",
    "学校",
    "x" * 64,
    "a-" * 31 + "ab",
]
BAD = [
    "",
    " ",
    "a b",
    " a",
    "a ",
    "a\n",
    "A",
    "Police",
    "ÉCOLE",
    "-a",
    "a-",
    ".a",
    "a.",
    "_a",
    "a_",
    "a..b",
    "a.-b",
    "a__b",
    "a/b",
    "a\\b",
    "../a",
    "a@b",
    "a:b",
    "a,b",
    "a%b",
    "a\0",
    "a\u200bb",  # zero width space
    "a\u202eb",  # right-to-left override
    "a\ufeff",
    "e\u0301cole",  # not in NFC
    "\u212b",  # angstrom sign: NFC makes another letter of it
    "x" * 65,
    "a-" * 32 + "a",
    "<b>",
    "'--",
    "$(id)",
]


@pytest.mark.parametrize("text", GOOD)
def test_well_formed_ids_stay_as_they_are(text: str) -> None:
    assert agency_id(text) == text
    assert address(f"{text}@{text}") == f"{text}@{text}"
    assert agency_of(address(f"desk@{text}")) == text


@pytest.mark.parametrize("text", BAD)
def test_other_ids_are_refused_without_being_repeated(text: str) -> None:
    for name, check in ((text, agency_id), (f"{text}@b", address), (f"a@{text}", address)):
        with pytest.raises(RefusedError) as caught:
            check(name)
        assert caught.value.code == "E_NAME"
        assert len(text) < 3 or text not in str(caught.value)


@pytest.mark.parametrize("text", ["", "a", "@", "a@", "@b", "a@b@c", "a@@b", "a b@c", "a@b c"])
def test_an_address_is_a_desk_at_an_agency(text: str) -> None:
    with pytest.raises(RefusedError, match="E_NAME"):
        address(text)


@given(st.text(max_size=80))
def test_any_text_is_one_spelling_or_refused(text: str) -> None:
    try:
        assert agency_id(text) == text
    except RefusedError:
        return
    assert unicodedata.normalize("NFC", text) == text == text.lower()
    assert text[0].isalnum() and text[-1].isalnum()  # noqa: PT018  # one thought
    assert len(text) <= 64
    assert not set(text) & set(" @/\\\0\n\r\t\"'<>%$")
    assert address(f"{text}@{text}")


def test_naughty_strings_are_an_id_or_refused(vectors: Path) -> None:
    texts = json.loads((vectors / "naughty-strings.json").read_text("utf-8"))
    accepted = []
    for text in texts:
        try:
            accepted.append(agency_id(text))
        except RefusedError as error:
            assert error.code == "E_NAME"  # noqa: PT017  # refused with this, or not at all
    assert accepted
    assert all(
        text.replace("-", "").replace(".", "").replace("_", "").isalnum() for text in accepted
    )
