"""Several programs and sudden deaths: what returned is there, what did not is not, and nothing in
between.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agency_client.ports.vault import Standing
from agency_client.ports.vault.settings import FEED_CURSOR
from phoenix_protocol.errors import UnavailableError
from tests.client.vault_values import (
    MARKER,
    contents,
    core_hash,
    digest,
    event,
    new_home,
    opened,
    posting,
    received,
    record,
)


@contextmanager
def writer(repository: Path, home: Path, mode: str) -> Iterator[subprocess.Popen[str]]:
    """The writing program, killed without a word when the block ends."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.client.vault_writer", str(home), mode],
        cwd=repository,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()
        assert program.stdout is not None
        program.stdout.close()


def line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


@pytest.mark.parametrize("milliseconds", [1, 13, 47, 110, 230])
def test_killed_at_any_moment(repository: Path, tmp_path: Path, milliseconds: int) -> None:
    home = new_home(tmp_path / "home")
    with writer(repository, home, "many") as program:
        assert line(program) == "0"
        time.sleep(milliseconds / 1000)
        program.kill()
        assert program.stdout is not None
        returned = [0, *(int(text) for text in program.stdout.read().splitlines())]
    with opened(home) as vault:
        assert vault.check() == ()
        with vault.reading() as view:
            packages = view.received.inbox()
            # One more may have been committed whose word did not get out.
            assert len(packages) - len(returned) in (0, 1)
            for n in range(len(packages)):
                assert view.received.get(core_hash(n)) == received(n)
                assert view.contents.get(core_hash(n)) == contents(n)
                assert view.events.of(core_hash(n)) == (event(n),)
            assert view.postings.waiting() == tuple(posting(n) for n in range(len(packages)))
            assert view.audit.head().count == len(packages)
            assert not view.contents.get(core_hash(len(packages)))
        head = vault.head()
        assert (head.generation, head.audit.count) == (len(packages), len(packages))


def test_killed_inside_a_large_transaction(repository: Path, tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with writer(repository, home, "middle") as program:
        assert line(program) == "middle"
        # More was written than memory keeps: pages of it are on the disk, none in the clear.
        assert (home / "vault.db-wal").stat().st_size > 1_000_000
        assert found_in(home, MARKER.encode()) == []
    with opened(home) as vault:
        assert vault.check() == ()
        assert vault.head().generation == 1
        with vault.reading() as view:
            assert [p.core for p in view.received.inbox()] == [core_hash(0)]
            assert view.contents.get(core_hash(1)) is None
            assert view.audit.head().count == 1
        with vault.transaction() as tx:
            record(tx, 1)


def test_killed_inside_a_blob(repository: Path, tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with writer(repository, home, "blob") as program:
        assert line(program) == "middle"
        with opened(home) as vault:
            vault.settle()
        assert len(list((home / "blobs" / "parts").iterdir())) == 1  # its writer lives
    with opened(home) as vault:
        assert not vault.blobs.has(digest("blob"))
        assert vault.blobs.names() == frozenset()
        vault.settle()
    assert list((home / "blobs" / "parts").iterdir()) == []


def test_two_programs_lose_no_update(repository: Path, tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with (
        writer(repository, home, "count") as one,
        writer(repository, home, "count") as two,
        opened(home) as vault,
    ):
        assert [line(one), line(two)] == ["done", "done"]
        with vault.reading() as view:
            assert view.settings.get(FEED_CURSOR) == 400
            assert view.audit.head().count == 400
        assert vault.check() == ()
        assert vault.head().generation == 400


def test_a_writer_that_does_not_finish_is_waited_for_and_then_named(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with opened(home) as one, opened(home, wait=0.2) as two:
        with one.transaction() as tx:
            record(tx, 1)
            started = time.monotonic()
            with pytest.raises(UnavailableError) as busy, two.transaction():
                pytest.fail("two write at once")
            assert time.monotonic() - started >= 0.15
            assert busy.value.code == "E_STORE_BUSY"
            with two.reading() as view:
                assert view.audit.head().count == 0
        with two.transaction() as tx:
            record(tx, 2)
        assert two.standing is Standing.SOUND
        assert two.check() == ()


def test_settling_waits_for_readers_and_says_when_it_could_not(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with opened(home) as reader, opened(home, wait=0.1) as vault:
        with reader.reading() as view:
            assert view.audit.head().count == 0
            with vault.transaction() as tx:
                record(tx, 1)
            with pytest.raises(UnavailableError) as busy:
                vault.settle()
            assert busy.value.code == "E_STORE_BUSY"
        vault.settle()
        assert (home / "vault.db-wal").stat().st_size == 0


def found_in(folder: Path, text: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and text in path.read_bytes()]
