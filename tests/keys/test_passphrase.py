"""Where passphrases come from, and which are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keys import passphrase
from keys.passphrase import Passphrase, find, from_file
from phoenix_protocol.errors import LockedError, RefusedError


def written(tmp_path: Path, content: bytes, mode: int = 0o600) -> Path:
    path = tmp_path / "passphrase"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"correct horse", "correct horse"),
        (b"correct horse\n", "correct horse"),
        (b"correct horse\r\n", "correct horse"),
        (b"correct horse\n\n", "correct horse\n"),
        (b" spaces stay \n", " spaces stay "),
        (b"cr stays\r", "cr stays\r"),
        (b"", ""),
    ],
)
def test_one_newline_is_dropped(tmp_path: Path, content: bytes, text: str) -> None:
    assert from_file(written(tmp_path, content)).passphrase.text == text


@pytest.mark.parametrize(("mode", "count"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1)])
def test_open_permissions_warn(tmp_path: Path, mode: int, count: int) -> None:
    found = from_file(written(tmp_path, b"correct horse battery\n", mode))
    assert len(found.warnings) == count
    assert all("correct" not in warning for warning in found.warnings)


def test_a_pipe_is_as_good_as_a_file() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"correct horse battery\n")
    os.close(writing)
    found = from_file(Path(f"/proc/self/fd/{reading}"))
    os.close(reading)
    assert found.passphrase.text == "correct horse battery"
    assert found.warnings == ()


@pytest.mark.parametrize("content", [b"\xff\xfe not text", b"x" * 4097])
def test_what_is_no_passphrase_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LockedError) as refused:
        from_file(written(tmp_path, content))
    assert refused.value.code == "E_LOCKED"


def test_a_missing_file_is_refused_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(LockedError) as refused:
        find({passphrase.VARIABLE: str(tmp_path / "absent")})
    assert "absent" not in str(refused.value)


def test_without_file_and_without_prompt_it_stays_locked() -> None:
    with pytest.raises(LockedError) as refused:
        find({})
    assert refused.value.code == "E_LOCKED"


def test_the_file_comes_before_the_prompt(tmp_path: Path) -> None:
    named = {passphrase.VARIABLE: str(written(tmp_path, b"from the file, quietly"))}
    assert find(named, lambda _: "from the prompt").passphrase.text == "from the file, quietly"
    assert find({}, lambda _: "from the prompt").passphrase.text == "from the prompt"


def test_a_new_passphrase_is_asked_for_twice() -> None:
    answers = iter(["correct horse battery", "correct horse battery"])
    found = find({}, lambda _: next(answers), is_new=True)
    assert found.passphrase.text == "correct horse battery"
    assert list(answers) == []
    answers = iter(["correct horse battery", "correct horse batterx"])
    with pytest.raises(RefusedError) as refused:
        find({}, lambda _: next(answers), is_new=True)
    assert refused.value.code == "E_PASSPHRASE_DIFFERS"


@pytest.mark.parametrize("text", ["", "elevenchars", "é" * 11, "e\u0301" * 11])
def test_length_is_the_only_rule(text: str, tmp_path: Path) -> None:
    named = {passphrase.VARIABLE: str(written(tmp_path, text.encode()))}
    with pytest.raises(RefusedError) as refused:
        find(named, is_new=True)
    assert refused.value.code == "E_PASSPHRASE_SHORT"
    assert find(named).passphrase.text == text
    Passphrase("aaaaaaaaaaaa").check_new()


def test_every_keyboard_gives_the_same_key() -> None:
    assert Passphrase("cafe\u0301 au lait").encoded == Passphrase("café au lait").encoded


def test_it_never_shows_itself() -> None:
    assert "horse" not in repr(Passphrase("correct horse")) + str(Passphrase("correct horse"))
