"""A file that a person names is read when it is a file; nothing keeps a command waiting for ever."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agency_client.cli.files import read_document_file, read_file
from agency_client.cli.program import main
from agency_client.named_files import open_named
from agency_client.verifying import verify_file
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Anchor

READERS: dict[str, Callable[[Path], object]] = {
    "document": read_document_file,
    "request of an agency": read_file,
    "bundle": lambda path: verify_file(path, Anchor(bytes(32))),
}


@pytest.fixture(autouse=True)
def not_for_ever() -> Iterator[None]:
    """A reader that waits for ever fails its test."""

    def late(_number: int, _frame: object) -> None:
        raise TimeoutError("This waits for ever.")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["pipe", "device", "socket", "folder"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Something with a name that is no file."""
    path = tmp_path / str(request.param)
    match request.param:
        case "pipe":
            os.mkfifo(path)
        case "device":
            return Path("/dev/zero")
        case "socket":
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(path))
        case _:
            path.mkdir()
    return path


@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file_is_refused_at_once(odd: Path, reader: str) -> None:
    with pytest.raises(UsageError) as caught:
        READERS[reader](odd)
    assert (caught.value.code, caught.value.exit_code) == ("E_FILE", 2)


def test_a_file_and_a_link_to_one_are_read(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_bytes(b"x")
    link.symlink_to(file)
    for path in (file, link):
        with open_named(path) as opened:
            assert opened.read() == b"x"
    with pytest.raises(UsageError) as caught:
        open_named(tmp_path / "missing")
    assert "No such file" in caught.value.what


def test_check_says_how_to_read_from_another_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(SystemExit) as caught:
        main(["check", str(pipe)])
    assert caught.value.code == 2
    assert "'-'" in capsys.readouterr().err
