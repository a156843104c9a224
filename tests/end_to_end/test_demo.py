"""What the demonstration leaves behind: homes with their relay, and commands that open the app in them."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from deploy.demo.homes import InUseError, Left, alone, find, how_to_open, leave, opening
from tests.end_to_end import quillmere
from tests.end_to_end.processes import environment, kill
from tests.end_to_end.quillmere import Keyholder

_WHOSE = {"desk": "MASH desk", "police": "Manager of Ardenfold Constabulary"}
_APPS = ("deploy", "demo", "apps.py")


@pytest.fixture(scope="module")
def story(
    made: Path, keyholder: Keyholder, tmp_path_factory: pytest.TempPathFactory
) -> quillmere.Town:
    """The folder of a story whose programs have all ended."""
    town = quillmere.copied(made, tmp_path_factory.mktemp("demo") / "story", keyholder)
    (town.folder / "relay.toml").write_text("key_period = 10\nsweep_every = 1\n")
    return town


@pytest.fixture(scope="module")
def left(story: quillmere.Town) -> Left:
    """What it leaves."""
    return leave(story.folder, story.folder.parent / "kept", story.relay.port, _WHOSE)


@contextmanager
def started(words: Sequence[str | Path], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        words,
        cwd=cwd,
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def said(process: subprocess.Popen[str], last: str) -> list[str]:
    """The lines that a program prints until it has said ``last``."""
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or last not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], lines
    return lines


def home_page(link: str) -> str:
    """The page that a launch link leads to."""
    with build_opener(HTTPCookieProcessor(CookieJar())).open(link) as answer:
        return str(answer.read().decode())


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_one_command_opens_every_app_beside_the_relay(left: Left, repository: Path) -> None:
    with started([sys.executable, repository.joinpath(*_APPS), left.folder], repository) as showing:
        lines = said(showing, "Ctrl-C")
        links = [line.split()[-1] for line in lines if "/launch/" in line]
        assert len(links) == len(_WHOSE)
        pages = [home_page(link) for link in links]
        assert "mash@ardenfold-police" in pages[0]
        assert "Members and requests to join" in pages[1]
        assert answers(left.port)
        with pytest.raises(InUseError):
            leave(left.folder, left.folder, left.port, _WHOSE)
        showing.send_signal(signal.SIGINT)
        assert showing.wait(60) == 0
    assert not answers(left.port)


def test_each_home_opens_with_the_command_that_is_printed(left: Left, repository: Path) -> None:
    words = how_to_open(left)
    assert "make demo-app" in words
    assert all(opening(left, name) in words for name in _WHOSE)
    command = f"exec env {opening(left, 'desk')} --no-browser --shared-machine"
    with started(["sh", "-c", command], repository) as app:
        link = said(app, "/launch/")[-1].strip()
        assert "The relay" in home_page(link)
    relay = next(line for line in words.splitlines() if "phoenix-relay" in line)
    with started(shlex.split(relay), repository) as serving:
        assert json.loads(said(serving, "listening")[-1])["url"].endswith(f":{left.port}")


def test_the_next_story_replaces_what_the_last_one_left(left: Left, story: quillmere.Town) -> None:
    kept = left.folder.parent / "again"
    leave(story.folder, kept, left.port, _WHOSE)
    (kept / "old").write_text("of the story before")
    leave(story.folder, kept, 1, {"desk": "Somebody else"})
    assert not (kept / "old").exists()
    found = find(kept)
    assert found is not None
    assert (found.port, dict(found.machines)) == (1, {"desk": "Somebody else"})
    assert not (kept / "police").exists()
    with alone(kept), pytest.raises(InUseError):
        leave(story.folder, kept, 2, _WHOSE)
    assert find(kept) == found


def test_without_a_story_the_command_says_what_to_do(tmp_path: Path, repository: Path) -> None:
    with started([sys.executable, repository.joinpath(*_APPS), tmp_path], repository) as showing:
        assert "make demo first" in said(showing, "first")[-1]
        assert showing.wait(60) == 2
