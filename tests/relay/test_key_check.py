"""``check`` and the relay's own keys: what keeps it from starting is named, with the file and the way out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from phoenix_protocol.errors import LockedError
from phoenix_protocol.randomness import SystemRandomness
from phoenix_relay import custody
from phoenix_relay.maintenance.checking import damage, find_damage
from phoenix_relay.maintenance.findings import Finding
from phoenix_relay.storage.sqlite import DATABASE
from tests.protocol.quillmere import seed
from tests.relay.quillmere_relay import Clock, make_home, running


def damaged(home: Path) -> tuple[Finding, ...]:
    return find_damage(home, SystemRandomness())


@pytest.mark.parametrize("name", custody.SEEDS)
@pytest.mark.parametrize(
    ("spoil", "code", "remedy"),
    [
        (lambda key: key.unlink(), "E_LOCKED", "under keys/"),
        (lambda key: key.write_bytes(key.read_bytes()[:-1]), "E_LOCKED", "under keys/"),
        (lambda key: key.chmod(0o640), "E_KEY_EXPOSED", "chmod 600"),
        (lambda key: key.chmod(0o604), "E_KEY_EXPOSED", "chmod 600"),
    ],
)
def test_a_key_that_keeps_the_relay_from_starting_is_found_and_named(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], code: str, remedy: str
) -> None:
    home = tmp_path / "relay"
    make_home(home)
    assert damaged(home) == ()
    spoil(home / custody.KEYS / name)
    (finding,) = damaged(home)
    assert (finding.place, finding.name, finding.code) == ("keys", name, code)
    assert remedy in finding.next
    error = damage((finding,))
    assert error.exit_code == 5
    assert "backup" not in error.next
    assert [(p.place, p.code, p.next) for p in error.problems] == [
        (f"keys {name}", code, finding.next)
    ]


def test_a_missing_folder_is_three_missing_keys(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    make_home(home)
    for name in custody.SEEDS:
        (home / custody.KEYS / name).unlink()
    (home / custody.KEYS).rmdir()
    assert [(f.place, f.name) for f in damaged(home)] == [("keys", name) for name in custody.SEEDS]


def test_keys_are_looked_at_beside_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    make_home(home)
    (home / DATABASE).write_bytes(b"no database at all" * 100)
    (home / custody.KEYS / custody.LOG).chmod(0o644)
    assert [(f.place, f.name) for f in damaged(home)] == [
        ("database", DATABASE),
        ("keys", custody.LOG),
    ]


@pytest.mark.parametrize("name", custody.SEEDS)
async def test_a_key_that_the_partnership_does_not_name_is_found_and_stops_the_relay(
    tmp_path: Path, name: str
) -> None:
    home = tmp_path / "relay"
    async with running(home, Clock()):
        assert damaged(home) == ()
    (home / custody.KEYS / name).write_bytes(seed("of another relay", custody.SEEDS[name]))
    (finding,) = damaged(home)
    assert (finding.place, finding.name, finding.code) == ("keys", name, "E_LOCKED")
    assert "its partnership knows" in finding.what
    with pytest.raises(LockedError, match="its partnership knows") as caught:
        async with running(home, Clock()):
            pass
    assert (caught.value.what, caught.value.next) == (finding.what, finding.next)


async def test_another_name_of_the_log_is_of_the_database(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    async with running(home, Clock()):
        pass
    with sqlite3.connect(home / DATABASE) as connection:
        connection.execute(
            "UPDATE facts SET value = CAST('x.example/log' AS BLOB) WHERE name = 'origin'"
        )
    assert [(f.place, f.name, f.code) for f in damaged(home)] == [
        ("database", DATABASE, "E_LOCKED")
    ]


async def test_a_signature_of_the_log_that_does_not_verify_is_found(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    async with running(home, Clock()):
        pass
    with sqlite3.connect(home / DATABASE) as connection:
        place, statement = connection.execute(
            "SELECT place, statement FROM leaves ORDER BY place DESC LIMIT 1"
        ).fetchone()
        broken = bytearray(statement)
        broken[-10] ^= 1  # the signature stands last, and no hash covers it
        connection.execute(
            "UPDATE leaves SET statement = ? WHERE place = ?", (bytes(broken), place)
        )
    connection.close()
    assert [(f.place, f.name, f.what) for f in damaged(home)] == [
        ("log", str(place), "The statement does not verify (E_SIG).")
    ]
