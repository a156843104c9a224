"""A flipped bit, a missing file, an older vault, a forged row: named by its code and never served
as good.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from sqlcipher3 import dbapi2

from agency_client.adapters.vault import SqlcipherVault, open_vault
from agency_client.adapters.vault.session import connect
from agency_client.ports.vault import Standing, VaultHead
from agency_client.ports.vault.settings import FEED_CURSOR
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.package.blocks import digest_of
from tests.client.vault_values import (
    KEY,
    NOW,
    attachment,
    contents,
    core_hash,
    fill,
    new_home,
    opened,
    record,
    write_blob,
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = new_home(tmp_path_factory.mktemp("sound") / "home")
    with opened(home) as vault:
        for n in range(6):
            with vault.transaction() as tx:
                fill(tx, n)
                tx.settings.put(FEED_CURSOR, n)
                tx.settings.raise_clock_floor(NOW)
        with vault.transaction() as tx:  # free pages, which nothing reads
            tx.contents.put(core_hash(9), contents(9, sections=40))
        with vault.transaction() as tx:
            tx.contents.erase(core_hash(9))
    assert [path.name for path in home.iterdir()] == ["vault.db"]
    return home


def copy(home: Path, to: Path) -> Path:
    shutil.copytree(home, to)
    return to


def everything(vault: SqlcipherVault) -> list[object]:
    """All that the vault serves."""
    with vault.reading() as view:
        found: list[object] = [
            view.settings.get(FEED_CURSOR),
            view.settings.clock_floor(),
            view.directory.entries(),
            view.received.inbox(),
            view.received.count(),
            view.guard.gaps(),
            view.sent.listing(),
            view.sent.unfinished(),
            view.sequences.unused(),
            view.postings.waiting(),
            view.alerts.unseen(),
            view.quarantine.listing(),
            view.audit.rows(),
        ]
        for n in range(6):
            core = core_hash(n)
            found += [
                view.received.offer(core),
                view.contents.get(core),
                view.sent.endpoints(core),
                view.sent.record(core),
                view.events.of(core),
                view.objects.of(core),
            ]
        return found


def test_no_flipped_bit_is_served(sound: Path, tmp_path: Path) -> None:
    with opened(sound) as vault:
        good, head = everything(vault), vault.head()
    data = (sound / "vault.db").read_bytes()
    random = Random(7)
    places = [random.randrange(len(data) * 8) for _ in range(40)]
    places += [page * 4096 * 8 + random.randrange(4096 * 8) for page in range(len(data) // 4096)]
    raised = 0
    for place in (0, 128, *places):
        damaged = bytearray(data)
        damaged[place // 8] ^= 1 << (place % 8)
        (tmp_path / "vault.db").write_bytes(damaged)
        error, served = served_by(tmp_path, head)
        # Where nothing was raised, the page was one that nothing here reads.
        assert served == good if error is None else error.code == "E_STORE_INTEGRITY"
        raised += error is not None
    assert raised > len(places) // 2


def served_by(home: Path, head: VaultHead) -> tuple[TamperError | None, list[object]]:
    """What a vault raises, or serves; and that a check finds something either way."""
    try:
        with opened(home, head) as vault:
            assert vault.check() != ()
            return None, everything(vault)
    except TamperError as error:
        return error, []


def test_a_cut_file_is_damage(sound: Path, tmp_path: Path) -> None:
    with opened(sound) as vault:
        good, head = everything(vault), vault.head()
    data = (sound / "vault.db").read_bytes()
    for length in (0, 1, 16, 4095, 4096, 8192, len(data) // 2, len(data) - 4096, len(data) - 1):
        home = tmp_path / str(length)
        home.mkdir()
        (home / "vault.db").write_bytes(data[:length])
        error, served = served_by(home, head)
        assert served == good if error is None else error.code == "E_STORE_INTEGRITY", length
        assert error is not None or length >= len(data) - 4096


def test_a_missing_vault_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(TamperError) as refused:
        open_vault(tmp_path, KEY)
    assert refused.value.code == "E_STORE_INTEGRITY"
    assert list(tmp_path.iterdir()) == []


def test_a_vault_of_another_home_does_not_open(sound: Path) -> None:
    with pytest.raises(TamperError) as refused:
        open_vault(sound, bytes(32))
    assert refused.value.code == "E_STORE_INTEGRITY"


def test_a_plain_database_in_its_place_does_not_open(tmp_path: Path) -> None:
    plain = dbapi2.connect(tmp_path / "vault.db")
    plain.execute("CREATE TABLE head (generation)")
    plain.close()
    with pytest.raises(TamperError) as refused:
        open_vault(tmp_path, KEY)
    assert refused.value.code == "E_STORE_INTEGRITY"


def test_a_vault_of_a_later_program_is_left_alone(sound: Path, tmp_path: Path) -> None:
    home = copy(sound, tmp_path / "later")
    with_the_key(home, "PRAGMA user_version = 99")
    before = (home / "vault.db").read_bytes()
    with pytest.raises(RefusedError) as refused:
        open_vault(home, KEY)
    assert refused.value.code == "E_STORE_VERSION"
    assert (home / "vault.db").read_bytes() == before


# -- blobs -------------------------------------------------------------------------------------


def test_a_flipped_bit_of_a_blob_is_not_served(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with opened(home) as vault:
        name = write_blob(vault, b"ciphertext" * 999)
        with vault.transaction() as tx:
            tx.contents.put(core_hash(1), contents(1, attachment(1, 5, b"ciphertext" * 999)))
        assert vault.check() == ()
        with vault.blobs.open(name) as blob:
            assert blob.read() == b"ciphertext" * 999
        path = home / "blobs" / name.hex()
        for change in (flip, cut, Path.unlink):
            data = path.read_bytes()
            change(path)
            with pytest.raises(TamperError) as refused:
                vault.blobs.open(name)
            assert refused.value.code == "E_STORE_INTEGRITY"
            assert [p.code for p in vault.check()] == ["E_STORE_INTEGRITY"]
            path.write_bytes(data)
        assert vault.check() == ()


def test_a_blob_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with opened(new_home(tmp_path / "home")) as vault:
        name = digest_of(b"right")
        with pytest.raises(TamperError), vault.blobs.create(name) as blob:
            blob.write(b"wrong")
        with pytest.raises(KeyboardInterrupt), vault.blobs.create(name) as blob:
            raise KeyboardInterrupt
        assert not vault.blobs.has(name)
        assert list((tmp_path / "home" / "blobs" / "parts").iterdir()) == []
        with vault.blobs.create(name) as blob:
            blob.write(b"right")
            assert not vault.blobs.has(name)
        assert vault.blobs.has(name)
        assert vault.blobs.names() == {name}
        vault.blobs.remove(name)
        vault.blobs.remove(name)
        assert not vault.blobs.has(name)


def test_a_body_on_its_way_in_goes_on_where_it_was(tmp_path: Path) -> None:
    with opened(new_home(tmp_path / "home")) as vault:
        with vault.blobs.incoming(core_hash(1), 3000) as body:
            body.seek(1000)
            body.write(b"block")
        with vault.blobs.incoming(core_hash(1), 3000) as body:
            assert body.seek(0, 2) == 3000
            body.seek(1000)
            assert body.read(6) == b"block\x00"
        assert vault.blobs.names() == frozenset()
        vault.blobs.discard_incoming(core_hash(1))
        vault.blobs.discard_incoming(core_hash(1))
        assert list((tmp_path / "home" / "blobs" / "incoming").iterdir()) == []


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


# -- older and forged vaults --------------------------------------------------------------------


def with_the_key(home: Path, *statements: str) -> None:
    """What an insider who has the key does to the file."""
    connection = connect(home / "vault.db", KEY, wait=1)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def head_of(home: Path) -> VaultHead:
    with opened(home) as vault:
        return vault.head()


def require_reading_only(home: Path, expected: VaultHead, standing: Standing) -> None:
    with opened(home, expected) as vault:
        assert vault.standing is standing
        with vault.reading() as view:
            assert len(view.received.inbox()) >= 6
        with pytest.raises(TamperError) as refused, vault.transaction():
            pytest.fail("it may be written")
        assert refused.value.code == standing.value
        assert refused.value.exit_code == 5


def test_a_vault_in_step_or_ahead_of_the_keystore_is_sound(sound: Path, tmp_path: Path) -> None:
    home = copy(sound, tmp_path / "home")
    known = head_of(home)
    for expected in (None, VaultHead(), known):
        with opened(home, expected) as vault:
            assert vault.standing is Standing.SOUND
    with opened(home, known) as vault, vault.transaction() as tx:
        record(tx, 99)  # and no time to tell the keystore
    with opened(home, known) as vault:
        assert vault.standing is Standing.SOUND
        assert vault.check() == ()


def test_an_older_vault_in_its_place_is_for_reading_only(sound: Path, tmp_path: Path) -> None:
    home = copy(sound, tmp_path / "home")
    for write_audit in (True, False):
        older = copy(home, tmp_path / f"older-{write_audit}")
        with opened(home) as vault:
            with vault.transaction() as tx:
                record(tx, 99) if write_audit else tx.settings.put(FEED_CURSOR, 99)
            known = vault.head()
        require_reading_only(older, known, Standing.ROLLED_BACK)


def test_without_a_generation_the_audit_chain_tells_an_older_vault(
    sound: Path, tmp_path: Path
) -> None:
    home = copy(sound, tmp_path / "home")
    older = copy(home, tmp_path / "older")
    with opened(home) as vault:
        with vault.transaction() as tx:
            record(tx, 99)
        known = VaultHead(audit=vault.head().audit)
    require_reading_only(older, known, Standing.ROLLED_BACK)


@pytest.mark.parametrize(
    "statements",
    [
        ("DELETE FROM audit WHERE number = 6",),
        ("DELETE FROM audit WHERE number = 6", "UPDATE head SET audit_count = 5"),
        ("UPDATE audit SET outcome = 'E_SIG' WHERE number = 6",),
        ("UPDATE audit SET time = time + 1 WHERE number = 6",),
        ("UPDATE head SET audit_hash = zeroblob(32)",),
        ("UPDATE head SET audit_count = 0, audit_hash = zeroblob(32)", "DELETE FROM audit"),
        (
            "INSERT INTO audit SELECT 7, time, actor, action, object, outcome, detail, previous "
            "FROM audit WHERE number = 6",
        ),
    ],
)
def test_a_cut_or_altered_audit_chain_is_for_reading_only(
    sound: Path, tmp_path: Path, statements: tuple[str, ...]
) -> None:
    home = copy(sound, tmp_path / "home")
    known = head_of(home)
    drop = ("DROP TRIGGER audit_stays", "DROP TRIGGER audit_stays_as_written")
    with_the_key(home, *drop, *statements)
    require_reading_only(home, known, Standing.AUDIT_BROKEN)
    with opened(home, known) as vault:
        assert "E_AUDIT_BROKEN" in {problem.code for problem in vault.check()}


def test_a_chain_written_anew_is_not_the_one_the_keystore_knows(tmp_path: Path) -> None:
    chains = []
    for name, act in (("one", 1), ("two", 2)):
        home = new_home(tmp_path / name)
        with opened(home) as vault:
            for n in range(6):
                with vault.transaction() as tx:
                    fill(tx, n)
                    record(tx, act)
            chains.append((home, vault.head()))
    (home, known), (_, other) = chains
    assert known.generation == other.generation
    require_reading_only(home, other, Standing.AUDIT_BROKEN)


def test_an_altered_row_in_the_middle_shows_when_all_is_checked(
    sound: Path, tmp_path: Path
) -> None:
    home = copy(sound, tmp_path / "home")
    known = head_of(home)
    with_the_key(
        home,
        "DROP TRIGGER audit_stays_as_written",
        "UPDATE audit SET action = 'send' WHERE number = 3",
    )
    with opened(home, known) as vault:
        assert [p.place for p in vault.check()] == ["audit[4]"]
        assert [p.code for p in vault.check()] == ["E_AUDIT_BROKEN"]


def test_the_chain_and_the_log_are_appended_only(sound: Path, tmp_path: Path) -> None:
    home = copy(sound, tmp_path / "home")
    for statement in (
        "DELETE FROM audit",
        "UPDATE audit SET time = 0",
        "DELETE FROM statements",
        "UPDATE statements SET statement = x'00'",
    ):
        with pytest.raises(dbapi2.IntegrityError, match="append only"):
            with_the_key(home, statement)
