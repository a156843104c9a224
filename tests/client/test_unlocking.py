"""Opening a home: who else can look into it is said, whatever opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agency_client.unlocking import OpenHome, Unlock, make_home, open_home
from tests.keys.rings import CHEAP


@pytest.fixture
def unlock(tmp_path: Path) -> Unlock:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery")
    file.chmod(0o600)
    return Unlock(environment={"PHOENIX_PASSPHRASE_FILE": str(file)}, cost=CHEAP)


def closed(opened: OpenHome) -> tuple[str, ...]:
    """What there was to warn of."""
    opened.home.executor.shutdown()
    opened.home.vault.close()
    return opened.warnings


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o711])
def test_a_home_that_others_can_look_into_is_warned_of(
    tmp_path: Path, unlock: Unlock, mode: int
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(mode)
    for opening in (make_home, make_home, open_home):
        (warning,) = closed(opening(home, unlock))
        assert warning.endswith(f"chmod 700 {home}")
    home.chmod(0o700)
    assert closed(open_home(home, unlock)) == ()


def test_a_keystore_that_others_can_read_is_warned_of(tmp_path: Path, unlock: Unlock) -> None:
    home = tmp_path / "home"
    assert closed(make_home(home, unlock)) == (), "a new home is its owner's alone"
    (home / "keys.phoenix").chmod(0o644)
    (warning,) = closed(open_home(home, unlock))
    assert warning.endswith(f"chmod 600 {home / 'keys.phoenix'}")
