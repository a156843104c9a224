"""A keystore on a disk: made once, opened by two kinds of key, saved so that what is gone is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import keys
from keys import content as contents
from keys import disk
from keys import format as file_format
from keys.content import Content, Standing
from keys.keystore import DAMAGED, FILE, PREVIOUS, Keystore, has_keystore, open_keystore
from keys.passphrase import Passphrase
from phoenix_protocol.errors import LockedError, PhoenixError, RefusedError, TamperError
from tests.keys.rings import CHEAP, NOW, PASSPHRASE, WRONG, counted, full, new_keystore, reopened


def files_of(home: Path) -> dict[str, bytes]:
    """Everything in a home."""
    return {path.name: path.read_bytes() for path in home.iterdir()}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def keystore(home: Path) -> Keystore:
    store = new_keystore(home)
    store.update(lambda _: full())
    return store


def test_it_is_made_for_its_owner_alone(home: Path) -> None:
    before = os.umask(0)
    try:
        store = new_keystore(home)
        store.update(counted)
    finally:
        os.umask(before)
    assert home.stat().st_mode & 0o777 == 0o700
    for name in (FILE, PREVIOUS, disk.LOCK):
        assert (home / name).stat().st_mode & 0o777 == 0o600
    assert store.warnings == ()
    assert not list(home.glob("*.part"))


def test_open_permissions_warn(keystore: Keystore, home: Path) -> None:
    (home / FILE).chmod(0o644)
    home.chmod(0o755)
    assert len(reopened(home).warnings) == 2


def test_it_opens_by_passphrase_and_by_master_key(keystore: Keystore, home: Path) -> None:
    assert reopened(home).content == keystore.content
    by_key = open_keystore(home, keystore.master_key, cost=CHEAP)
    assert by_key.content == keystore.content
    assert by_key.generation == 2


def test_the_wrong_passphrase_changes_nothing(keystore: Keystore, home: Path) -> None:
    before = files_of(home)
    with pytest.raises(LockedError) as refused:
        open_keystore(home, WRONG, cost=CHEAP)
    assert (refused.value.code, refused.value.exit_code) == ("E_PASSPHRASE", 6)
    assert files_of(home) == before


def test_a_cheap_keystore_does_not_open_outside_tests(keystore: Keystore, home: Path) -> None:
    for secret in (PASSPHRASE, keystore.master_key):
        with pytest.raises(TamperError) as refused:
            open_keystore(home, secret)
        assert refused.value.code == "E_STORE_INTEGRITY"


def test_an_empty_home_has_no_keys(tmp_path: Path) -> None:
    for home in (tmp_path, tmp_path / "absent"):
        assert not has_keystore(home)
        with pytest.raises(LockedError) as refused:
            reopened(home)
        assert refused.value.code == "E_KEY_MISSING"
    assert list(tmp_path.iterdir()) == []


def test_it_is_never_made_over_another(keystore: Keystore, home: Path) -> None:
    before = files_of(home)
    with pytest.raises(RefusedError) as refused:
        new_keystore(home)
    assert refused.value.code == "E_EXISTS"
    assert files_of(home) == before


@pytest.mark.parametrize("left", [FILE, PREVIOUS, DAMAGED])
def test_it_is_not_made_over_what_is_left_of_one(home: Path, left: str) -> None:
    home.mkdir()
    (home / left).write_bytes(b"something")
    with pytest.raises(RefusedError):
        new_keystore(home)
    assert (home / left).read_bytes() == b"something"


def test_a_program_stopped_while_making_it_is_no_hindrance(home: Path) -> None:
    home.mkdir()
    (home / (FILE + disk.PART)).write_bytes(b"half")
    new_keystore(home)
    assert reopened(home).generation == 1
    assert not list(home.glob("*.part"))


def test_a_short_passphrase_makes_no_keystore(home: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        keys.create_keystore(home, Passphrase("elevenchars"), NOW, cost=CHEAP)
    assert refused.value.code == "E_PASSPHRASE_SHORT"
    assert not home.exists()


def test_an_update_is_saved_and_the_generation_before_is_kept(
    keystore: Keystore, home: Path
) -> None:
    before = (home / FILE).read_bytes()
    keystore.update(counted)
    assert keystore.generation == 3
    assert reopened(home).content.audit.counter == 1
    assert (home / PREVIOUS).read_bytes() == before


def test_an_update_without_change_writes_nothing(keystore: Keystore, home: Path) -> None:
    before = (home / FILE).stat()
    keystore.update(lambda content: content)
    after = (home / FILE).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert keystore.generation == 2


def test_an_update_that_fails_changes_nothing(keystore: Keystore, home: Path) -> None:
    before = files_of(home)

    def refuse(content: Content) -> Content:
        raise RefusedError("E_NAME", "No.")

    with pytest.raises(RefusedError):
        keystore.update(refuse)
    with pytest.raises(TamperError):
        keystore.update(lambda content: replace(content, epochs=content.epochs * 5))
    assert files_of(home) == before
    assert keystore.update(counted).audit.counter == 1


def test_an_update_starts_from_what_another_program_saved(keystore: Keystore, home: Path) -> None:
    other = reopened(home)
    other.update(counted)
    assert keystore.content.audit.counter == 0
    assert keystore.update(counted).audit.counter == 2
    assert other.reload().audit.counter == 2
    assert other.generation == keystore.generation == 4


@contextmanager
def still_open(paths: list[Path]) -> Iterator[list[int]]:
    """Descriptors of files, good when the names are gone."""
    descriptors = [os.open(path, os.O_RDONLY) for path in paths]
    try:
        yield descriptors
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def test_what_was_destroyed_is_in_no_file(keystore: Keystore, home: Path) -> None:
    """In the name of the file, in that of the generation before, and where they were."""
    keystore.update(counted)
    gone = keystore.content.epochs[0].seed
    with still_open([home / FILE, home / PREVIOUS]) as descriptors:
        keystore.update(lambda content: replace(content, epochs=content.epochs[1:]))
        for descriptor in descriptors:
            size = os.fstat(descriptor).st_size
            assert os.pread(descriptor, size, 0) == bytes(size)
    found = [
        file_format.read(file_format.parse(data), keystore.master_key)
        for name, data in files_of(home).items()
        if name != disk.LOCK
    ]
    assert len(found) == 2
    assert all(gone not in content for content in found)
    assert all(keystore.content.epochs[0].seed in content for content in found)


def test_what_was_replaced_is_wiped_in_every_save(keystore: Keystore, home: Path) -> None:
    with still_open([home / FILE, home / PREVIOUS]) as descriptors:
        keystore.update(counted)
        for descriptor in descriptors:
            assert os.pread(descriptor, 64, 0) == bytes(64)


def test_a_copy_that_somebody_linked_is_left_alone(keystore: Keystore, home: Path) -> None:
    before = (home / FILE).read_bytes()
    (home / "linked").hardlink_to(home / FILE)
    keystore.update(counted)
    assert (home / "linked").read_bytes() == before


def test_a_new_passphrase_locks_out_the_old_one(keystore: Keystore, home: Path) -> None:
    held, before = keystore.master_key, keystore.content
    chosen = Passphrase("another correct horse")
    keystore.change_passphrase(chosen, cost=CHEAP)
    for secret, code in ((PASSPHRASE, "E_PASSPHRASE"), (held, "E_LOCKED")):
        for name in (FILE, PREVIOUS):
            (home / "copy").mkdir(exist_ok=True)
            (home / "copy" / FILE).write_bytes((home / name).read_bytes())
            with pytest.raises(LockedError) as refused:
                open_keystore(home / "copy", secret, cost=CHEAP)
            assert refused.value.code == code
    assert open_keystore(home, chosen, cost=CHEAP).content == before
    assert keystore.update(counted).audit.counter == 1


def test_a_program_with_the_old_key_cannot_save_over_the_new(
    keystore: Keystore, home: Path
) -> None:
    other = reopened(home)
    keystore.change_passphrase(Passphrase("another correct horse"), cost=CHEAP)
    before = files_of(home)
    for attempt in (other.reload, lambda: other.update(counted)):
        with pytest.raises(LockedError) as refused:
            attempt()
        assert refused.value.code == "E_LOCKED"
    assert files_of(home) == before


def test_something_else_in_its_place_is_refused(keystore: Keystore, home: Path) -> None:
    data = (home / FILE).read_bytes()
    elsewhere = home / "elsewhere"
    elsewhere.write_bytes(data)
    (home / FILE).unlink()
    (home / FILE).symlink_to(elsewhere)
    with pytest.raises(TamperError):
        reopened(home)
    (home / FILE).unlink()
    os.mkfifo(home / FILE)
    with pytest.raises(TamperError):
        reopened(home)


def test_an_older_file_put_back_shows_in_its_generation(keystore: Keystore, home: Path) -> None:
    older = (home / FILE).read_bytes()
    keystore.update(counted)
    (home / FILE).write_bytes(older)
    # The audit head is behind the vault's: that is what the client compares.
    assert reopened(home).content.audit.counter == 0
    assert reopened(home).generation == 2


def test_the_generation_before_takes_the_place_of_a_damaged_one(
    keystore: Keystore, home: Path
) -> None:
    before = keystore.content
    keystore.update(counted)
    damaged = (home / FILE).read_bytes()[:-1]
    (home / FILE).write_bytes(damaged)
    with pytest.raises(TamperError) as refused:
        reopened(home)
    assert (refused.value.code, refused.value.exit_code) == ("E_STORE_INTEGRITY", 5)
    recovered = keys.recover_previous(home, PASSPHRASE, cost=CHEAP)
    assert recovered.content == replace(before, standing=Standing.RESTORED)
    assert recovered.generation == 4
    assert (home / DAMAGED).read_bytes() == damaged
    assert reopened(home).content == recovered.content


def test_the_generation_before_takes_the_place_of_one_that_is_gone(
    keystore: Keystore, home: Path
) -> None:
    (home / FILE).unlink()
    with pytest.raises(TamperError):
        reopened(home)
    with pytest.raises(PhoenixError):
        new_keystore(home)
    keys.recover_previous(home, PASSPHRASE, cost=CHEAP)
    assert reopened(home).content.standing is Standing.RESTORED


def test_a_whole_keystore_is_not_put_back(keystore: Keystore, home: Path) -> None:
    before = files_of(home)
    with pytest.raises(RefusedError) as refused:
        keys.recover_previous(home, PASSPHRASE, cost=CHEAP)
    assert refused.value.code == "E_EXISTS"
    assert files_of(home) == before


def test_recovery_needs_the_passphrase_and_something_to_recover(
    keystore: Keystore, home: Path
) -> None:
    (home / FILE).write_bytes(b"")
    with pytest.raises(LockedError):
        keys.recover_previous(home, WRONG, cost=CHEAP)
    (home / PREVIOUS).unlink()
    with pytest.raises(TamperError):
        keys.recover_previous(home, PASSPHRASE, cost=CHEAP)


def test_destroying_takes_the_damaged_file_too(keystore: Keystore, home: Path) -> None:
    (home / DAMAGED).write_bytes(b"what a recovery left")
    keystore.update(counted)
    assert (home / DAMAGED).exists()
    keystore.update(lambda content: replace(content, epochs=()))
    assert not (home / DAMAGED).exists()


def test_a_restored_home_gets_in_step_again(keystore: Keystore) -> None:
    keystore.update(lambda content: contents.restored(content, NOW))
    assert keystore.content.standing is Standing.RESTORED
    assert keystore.update(contents.in_step).standing is Standing.IN_STEP


def test_it_shows_no_secret(keystore: Keystore) -> None:
    assert repr(keystore) == "<Keystore generation 2>"
