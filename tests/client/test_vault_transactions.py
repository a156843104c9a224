"""A transaction is all or nothing, ends when its block ends, and counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.adapters.vault import SqlcipherVault, create_vault
from agency_client.ports.vault import Standing, Vault, VaultHead
from agency_client.ports.vault.settings import ADDRESS, FEED_CURSOR, Setting
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from tests.client.vault_values import (
    KEY,
    NOW,
    core_hash,
    fill,
    new_home,
    offer,
    opened,
    received,
    record,
    undone,
)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def test_the_adapter_is_what_the_port_asks_for(vault: Vault) -> None:
    assert vault.standing is Standing.SOUND
    assert vault.head() == VaultHead()


def test_what_a_transaction_wrote_is_there_for_the_next_process(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with opened(home) as vault, vault.transaction() as tx:
        fill(tx, 1)
    with opened(home) as again:
        assert again.check() == ()
        with again.reading() as view:
            assert view.received.get(core_hash(1)) == received(1)


def test_a_transaction_that_raises_leaves_nothing(vault: SqlcipherVault) -> None:
    before = vault.head()
    with undone(vault) as tx:
        fill(tx, 1)
        assert tx.directory.size() == 1
    with vault.reading() as view:
        assert view.received.inbox() == ()
        assert view.directory.size() == 0
        assert view.sequences.unused() == ()
        assert view.audit.rows() == ()
    assert vault.head() == before


def test_a_refusal_in_the_middle_undoes_what_came_before_it(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.received.add(received(1), offer(1))

    def add_another_and_the_same() -> None:
        with vault.transaction() as tx:
            tx.received.add(received(2), offer(2))
            tx.received.add(received(1), offer(1))

    with pytest.raises(RefusedError):
        add_another_and_the_same()
    with vault.reading() as view:
        assert view.received.get(core_hash(2)) is None


def test_nothing_runs_after_the_block(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        cursor = tx.settings
    with pytest.raises(RuntimeError, match="ended"):
        cursor.put(FEED_CURSOR, 3)
    with pytest.raises(RuntimeError, match="ended"):
        tx.received.inbox()


def test_a_view_cannot_write(vault: SqlcipherVault) -> None:
    with vault.reading() as view, pytest.raises(RuntimeError, match="reading only"):
        view.settings.put(FEED_CURSOR, 3)
    with vault.reading() as view:
        assert view.settings.get(FEED_CURSOR) is None


def test_a_view_is_one_moment(vault: SqlcipherVault) -> None:
    with vault.reading() as view:
        assert view.settings.get(FEED_CURSOR) is None
        with vault.transaction() as tx:
            tx.settings.put(FEED_CURSOR, 3)
        assert view.settings.get(FEED_CURSOR) is None
    with vault.reading() as view:
        assert view.settings.get(FEED_CURSOR) == 3


def test_transactions_do_not_nest(vault: SqlcipherVault) -> None:
    with (
        vault.transaction() as tx,
        pytest.raises(RuntimeError, match="nest"),
        vault.transaction(),
    ):
        pytest.fail("the inner one began")
    with pytest.raises(RuntimeError, match="ended"):
        tx.audit.head()


def test_threads_take_turns_and_lose_nothing(vault: SqlcipherVault) -> None:
    def count() -> None:
        for _ in range(20):
            with vault.transaction() as tx:
                tx.settings.put(FEED_CURSOR, (tx.settings.get(FEED_CURSOR) or 0) + 1)
                record(tx, 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with vault.reading() as view:
        assert view.settings.get(FEED_CURSOR) == 80
    assert vault.check() == ()


def test_the_generation_counts_transactions_that_wrote(vault: SqlcipherVault) -> None:
    for n in range(3):
        with vault.transaction() as tx:
            record(tx, n)
    with vault.transaction() as tx:
        tx.received.inbox()
    with vault.reading() as view:
        view.received.inbox()
    head = vault.head()
    assert (head.generation, head.audit.count) == (3, 3)


def test_settings_keep_their_types(vault: SqlcipherVault) -> None:
    blob = Setting("blob", bytes)
    with vault.transaction() as tx:
        tx.settings.put(ADDRESS, "mash@ardenfold-police")
        tx.settings.put(FEED_CURSOR, (1 << 63) - 1)
        tx.settings.put(blob, b"\x00\xff")
        with pytest.raises(TypeError):
            tx.settings.put(FEED_CURSOR, "3")  # type: ignore[misc]
        with pytest.raises(TypeError):
            tx.settings.put(FEED_CURSOR, True)
    with vault.transaction() as tx:
        assert tx.settings.get(ADDRESS) == "mash@ardenfold-police"
        assert tx.settings.get(FEED_CURSOR) == (1 << 63) - 1
        assert tx.settings.get(blob) == b"\x00\xff"
        tx.settings.forget(blob)
        assert tx.settings.get(blob) is None


def test_the_clock_floor_only_rises_and_survives_a_restart(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with opened(home) as vault, vault.transaction() as tx:
        assert tx.settings.clock_floor() == 0
        assert tx.settings.raise_clock_floor(NOW) == NOW
        assert tx.settings.raise_clock_floor(Seconds(NOW - 50)) == NOW
    with opened(home) as vault, vault.reading() as view:
        view.settings.check_clock(NOW)
        view.settings.check_clock(Seconds(NOW - 300))
        with pytest.raises(RefusedError) as refused:
            view.settings.check_clock(Seconds(NOW - 301))
        assert refused.value.code == "E_CLOCK"


def test_a_home_has_one_vault(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with opened(home) as vault, vault.transaction() as tx:
        record(tx, 1)
    with pytest.raises(RefusedError) as refused:
        create_vault(home, bytes(32))
    assert refused.value.code == "E_STORE_EXISTS"
    with opened(home) as vault:
        assert vault.head().generation == 1
    assert [path.name for path in home.iterdir()] == ["vault.db"]


def test_making_a_vault_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "vault.db.new").write_bytes(b"half a vault")
    (home / "vault.db.new-wal").write_bytes(b"half a log")
    create_vault(home, KEY)
    assert [path.name for path in home.iterdir()] == ["vault.db"]
    with opened(home) as vault:
        assert vault.check() == ()


def test_closing_twice_is_once(tmp_path: Path) -> None:
    vault = opened(new_home(tmp_path / "home"))
    vault.close()
    vault.close()


def test_a_key_has_32_bytes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        create_vault(tmp_path, b"short")
