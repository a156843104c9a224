"""When words were compared by phone, for which keys, is kept in the vault and says so when they have changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from agency_client.adapters.vault import SqlcipherVault
from agency_client.cli.compared_pages import compared_text
from agency_client.ports.vault import Comparison
from agency_client.record.facts import Compared
from phoenix_protocol.identifiers import Address, Seconds, SignerId
from tests.client.record_values import COMPLETE, POLICE, check, facts
from tests.client.vault_values import NOW, new_home, opened

MASH = Address(POLICE)
ONE, TWO = SignerId(b"1" * 32), SignerId(b"2" * 32)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def comparison(later: int, *keys: SignerId) -> Comparison:
    return Comparison(address=MASH, time=Seconds(NOW + later), keys=keys, by="Duty lead")


def test_the_newest_comparison_of_an_address_comes_back(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.comparisons.newest(MASH) is None
        tx.comparisons.add(comparison(1, ONE))
        tx.comparisons.add(comparison(2, ONE, TWO))
        assert tx.comparisons.newest(MASH) == comparison(2, ONE, TWO)
        assert tx.comparisons.newest(Address("other@ardenfold-police")) is None


def test_the_keys_whose_words_were_shown_last_come_back(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.comparisons.shown(MASH) == ()
        tx.comparisons.show(MASH, (ONE,))
        tx.comparisons.show(MASH, (ONE, TWO))
        assert tx.comparisons.shown(MASH) == (ONE, TWO)


@pytest.mark.parametrize(
    "statement", ["UPDATE comparisons SET time = 1", "DELETE FROM comparisons"]
)
def test_what_was_compared_is_never_changed(vault: SqlcipherVault, statement: str) -> None:
    with vault.transaction() as tx:
        tx.comparisons.add(comparison(1, ONE))
    with pytest.raises(dbapi2.IntegrityError), vault.transaction() as tx:
        tx.comparisons._session.run(statement)  # type: ignore[attr-defined]


def test_that_words_were_never_compared_is_no_finding() -> None:
    never = facts(compared={POLICE: Compared(address=MASH)})
    found = check(COMPLETE, never)
    assert (found.problems, found.warnings, found.owed) == ((), (), ())


def test_changed_keys_stop_nothing() -> None:
    changed = Compared(address=MASH, at=NOW, has_changed=True)
    found = check(COMPLETE, facts(compared={POLICE: changed}))
    assert found.problems == ()
    assert [w.code for w in found.warnings] == ["W_DOC_KEYS"]


def test_it_is_said_in_words() -> None:
    assert "nobody here has compared" in compared_text(Compared(address=MASH))
    said = compared_text(Compared(address=MASH, at=NOW, by="A\x1b[31m", has_changed=True))
    assert "have changed since" in said
    assert "\x1b" not in said
