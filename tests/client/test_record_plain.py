"""Other people's text on a screen and other people's names on a disk: shown, never obeyed."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.record.plain import SAFE_SUFFIXES, plain, stored_name

DANGEROUS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jordan T", "Jordan T"),
        ("Siân Ó Briain, 李, Ægir 👩‍👧", "Siân Ó Briain, 李, Ægir 👩‍👧"),
        ("می‌خواهم", "می‌خواهم"),
        ("\x1b[31mred\x1b[0m", "<U+001B>[31mred<U+001B>[0m"),
        ("\x9b31m", "<U+009B>31m"),
        ("a\rb\bc\x7f", "a<U+000D>b<U+0008>c<U+007F>"),
        ("evil\u202egnp.exe", "evil<U+202E>gnp.exe"),
        ("\u2066a\u2069\u200f\u061c", "<U+2066>a<U+2069><U+200F><U+061C>"),
        ("a\u200bb\ufeffc\u00ad", "a<U+200B>b<U+FEFF>c<U+00AD>"),
        ("a\u2028b\u2029c", "a<U+2028>b<U+2029>c"),
        ("\U000e0041", "<U+E0041>"),
        ("\ud800", "<U+D800>"),
        ("two\nlines\tand a tab", "two<U+000A>lines<U+0009>and a tab"),
    ],
)
def test_what_steers_a_terminal_is_shown_and_the_rest_is_left(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_lines_can_be_kept() -> None:
    assert plain("two\nlines\tand\x1b\r", lines=True) == "two\nlines\tand<U+001B><U+000D>"


@given(st.text())
def test_nothing_dangerous_is_ever_shown(text: str) -> None:
    shown = plain(text)
    assert not [
        c for c in shown if unicodedata.category(c) in DANGEROUS and c not in "\u200c\u200d"
    ]
    assert shown.encode().decode() == shown
    assert plain(shown) == shown


def test_no_naughty_string_reaches_the_terminal(vectors: Path) -> None:
    for text in json.loads((vectors / "naughty-strings.json").read_text("utf-8")):
        assert "\x1b" not in plain(text)
        assert "\u202e" not in plain(text)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("report.pdf", "pdf"),
        ("REPORT.PDF", "pdf"),
        ("a.tar.zip", "zip"),
        ("../../etc/passwd", "bin"),
        ("..\\..\\x.exe", "bin"),
        ("con", "bin"),
        ("x.html", "bin"),
        ("x.svg", "bin"),
        ("x.pdf.lnk", "bin"),
        ("x.pdf\n", "bin"),
        ("x.pdf\0.exe", "bin"),
        ("", "bin"),
        (".pdf", "pdf"),
        ("fdp.\u202eexe.pdf", "pdf"),
    ],
)
def test_files_are_named_by_digest_and_a_known_ending(name: str, suffix: str) -> None:
    assert stored_name(b"\xab" * 32, name) == f"{'ab' * 32}.{suffix}"


@given(st.binary(min_size=32, max_size=32), st.text())
def test_no_name_leads_out_of_its_folder(digest: bytes, name: str) -> None:
    stored = stored_name(digest, name)
    assert stored.isascii()
    assert len(stored) <= 64 + 5
    assert PurePosixPath(stored).name == PureWindowsPath(stored).name == stored
    assert stored.rpartition(".")[2] in SAFE_SUFFIXES | {"bin"}
