"""The table of look-alikes: frozen, equal to Unicode's, the same on every Python."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol.directory.names import check_id, lookalikes, skeleton
from phoenix_protocol.errors import RefusedError

TABLE = {chr(code): drawn for code, drawn in lookalikes().items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("modern", "modem"),
        ("unit1", "unitl"),
        ("n0rth", "north"),
        ("p\u0430yments", "payments"),
        ("\u03bf\u217cd", "old"),
        ("stra\u00dfe", "strasse"),
        ("\u1e0d", "d\u0323"),
        ("caf\u00e9", "cafe\u0301"),
    ],
)
def test_what_looks_alike_has_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("mash", "wash"), ("unit1", "unit2"), ("a.b", "a-b"), ("ab", "a-b"), ("cafe", "caf\u00e9")],
)
def test_what_can_be_told_apart_has_two(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(st.text(max_size=40))
def test_a_skeleton_is_its_own_skeleton_but_for_what_case_brings_back(text: str) -> None:
    once = skeleton(text)
    assert skeleton(once) == skeleton(skeleton(once))
    assert skeleton(unicodedata.normalize("NFC", text)) == once


def test_the_table_is_unicodes() -> None:
    """Against another project's copy, of a later Unicode: for what can stand in an id, nothing differs."""
    raw = (files("confusable_homoglyphs") / "confusables.json").read_text("utf-8")
    pairs = {
        frozenset((source.strip("\u200e"), found["c"].strip("\u200e")))
        for source, group in json.loads(raw).items()
        for found in group
    }
    ours = {frozenset(pair) for pair in TABLE.items()}
    assert ours <= pairs
    characters = allowed_characters()
    between_ids = {pair for pair in pairs if all(c in characters for c in pair)}
    assert between_ids <= ours
    assert len(between_ids) > 1_000


def allowed_characters() -> set[str]:
    """Every character that an id can hold."""
    every = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    return {c for c in every if re.fullmatch(r"[^\W_]|[._-]", c) and c.lower() == c and is_id(c)}


def is_id(text: str) -> bool:
    try:
        check_id(text)
    except RefusedError as error:
        return error.code != "E_NAME"
    return True


def test_the_table_is_frozen_for_this_version_of_the_protocol() -> None:
    lines = [f"{source}{target}" for source, target in sorted(TABLE.items())]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert (len(TABLE), digest[:16]) == (2946, "18c23f8de4fa8fd6")


def test_every_character_of_an_id_is_older_than_any_supported_python() -> None:
    """On every Python the same characters: only what Unicode 3.2 had, and its normal forms do not change."""
    characters = allowed_characters()
    digest = hashlib.sha256("".join(sorted(characters)).encode()).hexdigest()
    assert (len(characters), digest[:16]) == (88_695, "f619a5e01627789f")


@pytest.mark.parametrize("text", ["\ua7b5", "a\u3164", "e\u0301", "\U0001f600", "\u1160b"])
def test_what_not_every_program_reads_alike_is_no_id(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize("text", ["mash", "\u0175rexham", "tŷ", "école", "школа", "学校"])
def test_other_scripts_are_welcome(text: str) -> None:
    assert is_id(text)
