"""Power cuts, kills, full disks and races: no key is ever lost, no update either."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import keys
from keys import content as contents
from keys import disk, holders
from keys.keystore import FILE, PREVIOUS, Keystore
from phoenix_protocol.errors import RefusedError, TamperError
from tests.keys.rings import (
    CHEAP,
    PASSPHRASE,
    POLICE,
    SYSTEM,
    counted,
    full,
    new_keystore,
    reopened,
)

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def start(*words: str) -> subprocess.Popen[str]:
    """The saver, as a process of its own."""
    command = [sys.executable, "-m", "tests.keys.saver", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=REPOSITORY, stdin=pipe, stdout=pipe, text=True)


@pytest.fixture
def keystore(tmp_path: Path) -> Keystore:
    """A small keystore: a manager's keys and a few saves."""
    store = new_keystore(tmp_path / "home")
    store.update(lambda content: holders.with_manager(content, POLICE, SYSTEM))
    store.update(counted)
    return store


def by_key(home: Path, keystore: Keystore) -> Keystore:
    """The keystore of ``home``, quickly."""
    return keys.open_keystore(home, keystore.master_key, cost=CHEAP)


def test_a_part_file_cut_at_any_byte_changes_nothing(keystore: Keystore, tmp_path: Path) -> None:
    """What a power cut before either rename leaves, at every length."""
    home, secrets = keystore.home, contents.secrets_of(keystore.content)
    shutil.copytree(home, tmp_path / "next")
    following = by_key(tmp_path / "next", keystore)
    following.update(counted)
    for name in (FILE, PREVIOUS):
        data = (tmp_path / "next" / name).read_bytes()
        part = home / (name + disk.PART)
        for cut in range(len(data) + 1):
            part.write_bytes(data[:cut])
            assert contents.secrets_of(by_key(home, keystore).content) == secrets
        assert by_key(home, keystore).update(counted).audit.counter == 2
        assert not part.exists()
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "next", home)
        keystore = by_key(home, keystore)
        (home / FILE).write_bytes((tmp_path / "next" / PREVIOUS).read_bytes())


def test_a_keystore_cut_at_any_byte_is_refused_and_comes_back(keystore: Keystore) -> None:
    """What a file system that breaks its promises leaves: the final name, torn."""
    home, secrets = keystore.home, contents.secrets_of(keystore.content)
    keystore.update(counted)
    data = (home / FILE).read_bytes()
    for cut in range(len(data)):
        (home / FILE).write_bytes(data[:cut])
        with pytest.raises(TamperError) as refused:
            by_key(home, keystore)
        assert refused.value.code == "E_STORE_INTEGRITY"
    for cut in range(0, len(data), 97):
        (home / FILE).write_bytes(data[:cut])
        recovered = keys.recover_previous(home, PASSPHRASE, cost=CHEAP)
        assert contents.secrets_of(recovered.content) == secrets


def test_a_generation_before_cut_at_any_byte_does_not_matter(keystore: Keystore) -> None:
    home = keystore.home
    data = (home / PREVIOUS).read_bytes()
    for cut in range(0, len(data), 31):
        (home / PREVIOUS).write_bytes(data[:cut])
        keystore.update(counted)
        assert by_key(home, keystore).content == keystore.content


def test_a_stop_between_the_renames_of_a_destruction_is_made_good(keystore: Keystore) -> None:
    """The older name is new, the newer still old: the next roll destroys again."""
    home = keystore.home
    keystore.update(lambda _: full())
    before = (home / FILE).read_bytes()
    keystore.update(lambda content: counted(full()))
    (home / FILE).write_bytes(before)
    again = by_key(home, keystore)
    gone = contents.secrets_of(again.content)
    again.update(lambda _: full())
    for name in (FILE, PREVIOUS):
        (home / FILE).write_bytes((home / name).read_bytes())
        assert not gone & contents.secrets_of(by_key(home, keystore).content)


def test_a_killed_program_loses_nothing_that_it_saved(tmp_path: Path) -> None:
    home = tmp_path / "home"
    new_keystore(home).update(lambda _: full())
    chance = random.Random(20261118)
    saved = 0
    for _ in range(6):
        process = start("forever", str(home))
        assert process.stdout is not None
        first = process.stdout.readline()
        threading.Timer(chance.uniform(0.0, 0.25), process.kill).start()
        lines = [first, *process.stdout]
        process.wait()
        whole = [line for line in lines if line.endswith("\n")]
        counter, first_epoch = whole[-1].split()
        found = reopened(home).content
        # Each was saved before it was said; at most one more was saved and not said.
        assert saved < int(counter) <= found.audit.counter <= int(counter) + 1
        if found.audit.counter == int(counter):
            assert found.epochs[0].hash.hex() == first_epoch
        assert found.endpoint is not None
        assert found.endpoint.document_key().public_bytes()
        saved = found.audit.counter
    assert saved > 20


def test_updates_of_two_programs_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    new_keystore(home)
    programs = [start("times", str(home), "60") for _ in range(2)]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        program.communicate("go\n")
    assert [program.returncode for program in programs] == [0, 0]
    assert reopened(home).content.audit.counter == 120
    assert reopened(home).generation == 121


def test_updates_of_two_threads_lose_nothing(tmp_path: Path) -> None:
    new_keystore(tmp_path / "home")

    def save(store: Keystore) -> None:
        for _ in range(25):
            store.update(counted)

    stores = [reopened(tmp_path / "home") for _ in range(3)]
    threads = [threading.Thread(target=save, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reopened(tmp_path / "home").content.audit.counter == 75


def test_only_one_of_many_makes_the_keystore(tmp_path: Path) -> None:
    made: list[Keystore] = []

    def make() -> None:
        try:
            made.append(new_keystore(tmp_path / "home"))
        except RefusedError:
            return

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert reopened(tmp_path / "home").content == made[0].content


def test_a_full_disk_at_any_byte_leaves_the_keystore_as_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    before = new_keystore(home).content
    process = start("without-room", str(home))
    said, _ = process.communicate()
    refused, size = (int(word) for word in said.split())
    assert process.returncode == 0
    assert refused == size
    after = reopened(home).content
    assert after.vault_key == before.vault_key
    assert after.audit.counter == 8
