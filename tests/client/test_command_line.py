"""What the command line refuses before it opens anything, and the words it has for states."""

from __future__ import annotations

import pytest

from agency_client.cli.meanings import HERE, SENT_STATES, STATES
from agency_client.cli.program import main
from phoenix_protocol import limits
from phoenix_protocol.package.lifecycle import State

ID = "00" * 16
FOUND = ("partnership", "create", "--relay", "http://127.0.0.1:9", "--claim", "c")
TOO_LONG_LINE = "x" * (limits.LINE + 1)
TOO_LONG = "é" * (limits.LONG_TEXT // 2) + "x"


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(list(words))
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert "E_USAGE" in told
    return told


@pytest.mark.parametrize(
    ("words", "option", "text"),
    [
        (("return", ID), "--reason", TOO_LONG),
        (("recall", ID), "--reason", TOO_LONG),
        (("acknowledge", ID, "--use", "u"), "--owner", TOO_LONG_LINE),
        (("acknowledge", ID, "--owner", "o"), "--use", TOO_LONG),
        (("outcome", ID), "TEXT", TOO_LONG),
        (FOUND, "--name", TOO_LONG_LINE),
        (("join", "a@b", "--anchor", "0", "--relay", "r"), "--name", TOO_LONG_LINE),
    ],
)
def test_a_text_that_no_message_has_room_for_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], option: str, text: str
) -> None:
    given = (text,) if option == "TEXT" else (option, text)
    told = refused(capsys, *words, *given)
    assert option in told
    assert "is the most" in told
    assert "xxxx" not in told, "the text itself is not repeated"


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_text_says_nothing_and_is_refused(
    capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert "empty" in refused(capsys, "return", ID, "--reason", text)


@pytest.mark.parametrize(
    ("words", "option", "choice"),
    [
        (("review", "done", "r1"), "--outcome", "keep, erase, hold, done"),
        (("review", "done", "r1", "--outcome", "no"), "--outcome", "'erase'"),
        (("settle", "n"), "--outcome", "rectified"),
    ],
)
def test_a_choice_that_is_missing_or_wrong_is_told_in_one_clean_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], option: str, choice: str
) -> None:
    told = refused(capsys, *words)
    assert option in told
    assert choice in told
    assert "<U+" not in told
    assert "\t" not in told


def test_bytes_that_are_not_text_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "UTF-8" in refused(capsys, "outcome", ID, "\udcff")


def test_an_agency_id_is_told_apart_from_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["partnership", "suspend", "Not An Id"])
    told = capsys.readouterr().err
    assert caught.value.code in (3, 6)
    assert "@" not in told


def test_every_state_has_its_words() -> None:
    assert set(STATES) == {state.value for state in State}
    assert set(SENT_STATES) == {*STATES, "given up"}
    assert set(HERE) == set(STATES) - {"sent", "held"}, "a package that came was offered"
