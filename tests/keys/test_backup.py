"""Backups: whole, under their own lock, and marked when they come back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keys import backup, epochs
from keys import content as contents
from keys import format as file_format
from keys.content import AuditHead, Standing
from keys.keystore import FILE, Keystore, open_keystore
from keys.passphrase import Passphrase
from phoenix_protocol.errors import LockedError, PhoenixError, RefusedError, TamperError
from phoenix_protocol.identifiers import Seconds
from tests.keys.rings import (
    CHEAP,
    NOW,
    PASSPHRASE,
    SYSTEM,
    WRONG,
    counted,
    full,
    new_keystore,
    reopened,
)


@pytest.fixture
def keystore(tmp_path: Path) -> Keystore:
    store = new_keystore(tmp_path / "home")
    store.update(lambda _: counted(full()))
    return store


@pytest.fixture
def copy(keystore: Keystore, tmp_path: Path) -> Path:
    """A backup of the keystore."""
    path = tmp_path / "backup.phoenix"
    backup.back_up(keystore.home, PASSPHRASE, path, NOW, cost=CHEAP)
    return path


def restored(copy: Path, home: Path, now: int = NOW) -> backup.Restored:
    return backup.restore(copy, home, PASSPHRASE, Seconds(now), cost=CHEAP)


def test_everything_comes_back_and_is_marked(
    keystore: Keystore, copy: Path, tmp_path: Path
) -> None:
    result = restored(copy, tmp_path / "new")
    assert keystore.content.audit.counter > 0
    expected = replace(
        keystore.content,
        standing=Standing.RESTORED,
        backup_taken=NOW,
        audit=AuditHead(digest=bytes(32), counter=0),  # of the vault, which is not in a backup
    )
    assert result.keystore.content == expected
    assert result.destroyed == ()
    assert reopened(tmp_path / "new").content == expected


def test_it_is_for_its_owner_alone_and_never_over_another(keystore: Keystore, copy: Path) -> None:
    assert copy.stat().st_mode & 0o777 == 0o600
    before = copy.read_bytes()
    with pytest.raises(RefusedError) as refused:
        backup.back_up(keystore.home, PASSPHRASE, copy, NOW, cost=CHEAP)
    assert refused.value.code == "E_EXISTS"
    assert copy.read_bytes() == before
    assert sorted(p.name for p in copy.parent.iterdir()) == ["backup.phoenix", "home"]


def test_a_part_file_of_somebody_else_is_left_alone(keystore: Keystore, tmp_path: Path) -> None:
    other = tmp_path / "mine.part"
    other.write_bytes(b"mine")
    with pytest.raises(RefusedError):
        backup.back_up(keystore.home, PASSPHRASE, tmp_path / "mine", NOW, cost=CHEAP)
    assert other.read_bytes() == b"mine"
    assert not (tmp_path / "mine").exists()


def test_it_has_a_salt_and_a_master_key_of_its_own(keystore: Keystore, copy: Path) -> None:
    live = file_format.parse((keystore.home / FILE).read_bytes())
    kept = file_format.parse(copy.read_bytes())
    assert live.header.salt != kept.header.salt
    with pytest.raises(LockedError):
        file_format.read(kept, keystore.master_key)


def test_a_backup_is_not_a_keystore_and_a_keystore_is_not_a_backup(
    keystore: Keystore, copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "forged").mkdir()
    (tmp_path / "forged" / FILE).write_bytes(copy.read_bytes())
    with pytest.raises(RefusedError) as refused:
        open_keystore(tmp_path / "forged", PASSPHRASE, cost=CHEAP)
    assert refused.value.code == "E_RESTORE"
    with pytest.raises(RefusedError) as refused:
        restored(keystore.home / FILE, tmp_path / "new")
    assert refused.value.code == "E_RESTORE"
    assert not (tmp_path / "new").exists()


def test_an_old_backup_brings_no_destroyed_key_back(copy: Path, tmp_path: Path) -> None:
    later = NOW + 8 * epochs.WEEK
    result = restored(copy, tmp_path / "new", later)
    assert len(result.destroyed) == 3
    for name in ("keys.phoenix", "keys.phoenix.previous"):
        path = tmp_path / "new" / name
        if path.exists():
            file = file_format.parse(path.read_bytes())
            content = contents.decode(file_format.read(file, result.keystore.master_key))
            assert all(epoch.opens_until > later for epoch in content.epochs)
    assert len(result.keystore.content.epochs) == 10


def test_keys_made_after_restoring_outrank_those_that_were_lost(
    keystore: Keystore, copy: Path, tmp_path: Path
) -> None:
    week, later = Seconds(NOW + epochs.WEEK), Seconds(NOW + epochs.WEEK + 3600)
    lost = epochs.roll(keystore.content, week, SYSTEM).content.epochs[-1]
    content = restored(copy, tmp_path / "new", later).keystore.content
    made = epochs.roll(content, later, SYSTEM).content.epochs[-1]
    assert made.valid_from == lost.valid_from
    assert made.number > lost.number


def test_keys_that_are_due_are_not_backed_up(keystore: Keystore, tmp_path: Path) -> None:
    path = tmp_path / "later"
    backup.back_up(keystore.home, PASSPHRASE, path, Seconds(NOW + 8 * epochs.WEEK), cost=CHEAP)
    file = file_format.parse(path.read_bytes())
    master = file_format.master_key(file, PASSPHRASE, CHEAP)
    assert len(contents.decode(file_format.read(file, master)).epochs) == 10


def test_a_home_with_keys_is_not_restored_over(keystore: Keystore, copy: Path) -> None:
    before = keystore.content
    with pytest.raises(RefusedError) as refused:
        restored(copy, keystore.home)
    assert refused.value.code == "E_EXISTS"
    assert reopened(keystore.home).content == before


def test_the_passphrase_is_needed_both_ways(keystore: Keystore, copy: Path, tmp_path: Path) -> None:
    with pytest.raises(LockedError) as refused:
        backup.back_up(keystore.home, WRONG, tmp_path / "other", NOW, cost=CHEAP)
    assert refused.value.code == "E_PASSPHRASE"
    assert not (tmp_path / "other").exists()
    with pytest.raises(LockedError):
        backup.restore(copy, tmp_path / "new", WRONG, NOW, cost=CHEAP)
    assert not (tmp_path / "new").exists()


def test_a_backup_keeps_the_passphrase_it_was_made_under(
    keystore: Keystore, copy: Path, tmp_path: Path
) -> None:
    keystore.change_passphrase(Passphrase("another correct horse"), cost=CHEAP)
    assert restored(copy, tmp_path / "new").keystore.content.standing is Standing.RESTORED


def test_a_clock_before_the_backup_restores_nothing(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        restored(copy, tmp_path / "new", NOW - epochs.WEEK)
    assert refused.value.code == "E_CLOCK"
    assert not (tmp_path / "new").exists()


def test_a_missing_backup_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(LockedError) as refused:
        restored(tmp_path / "absent", tmp_path / "new")
    assert refused.value.code == "E_KEY_MISSING"


@pytest.mark.parametrize("data", [b"", b"to = []", b"\x00" * 4096])
def test_a_file_that_is_no_backup_is_called_that(tmp_path: Path, data: bytes) -> None:
    other = tmp_path / "other"
    other.write_bytes(data)
    with pytest.raises(RefusedError) as caught:
        restored(other, tmp_path / "home")
    assert caught.value.code == "E_RESTORE"
    assert "not a backup" in caught.value.what


def test_a_damaged_backup_is_refused(copy: Path, tmp_path: Path) -> None:
    data = copy.read_bytes()
    for damaged in (data[:-1], data[:100] + bytes([data[100] ^ 1]) + data[101:]):
        copy.write_bytes(damaged)
        with pytest.raises(TamperError) as refused:
            restored(copy, tmp_path / "new")
        assert refused.value.code == "E_STORE_INTEGRITY"
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_not_there_is_no_place_for_a_backup(
    keystore: Keystore, tmp_path: Path
) -> None:
    with pytest.raises(PhoenixError) as refused:
        backup.back_up(keystore.home, PASSPHRASE, tmp_path / "no" / "where", NOW, cost=CHEAP)
    assert refused.value.code == "E_STORE_WRITE"
