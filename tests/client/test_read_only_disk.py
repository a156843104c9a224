"""A disk that takes no writes: what is here is read and warned of, and nothing is said to be kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.client.record_homes import opened_home
from tests.client.request_packages import a_request, sent_from_here
from tests.client.request_values import example

TEXT = example("p2-request.toml")
MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" "$0" && exec "$@"'
#: Opens a home as programs do, looks, and tries to keep something.
LOOK = """
import asyncio, json, sys
from pathlib import Path
from agency_client.client import Client
from agency_client.unlocking import Unlock
from phoenix_protocol.errors import PhoenixError
from tests.keys.rings import CHEAP

unlock = Unlock(environment={}, master_key=bytes.fromhex(sys.argv[2]), cost=CHEAP)
found = {}
try:
    with Client.open(Path(sys.argv[1]), unlock) as client:
        found["warnings"] = client.warnings
        found["sent"] = [line.package.purpose for line in asyncio.run(client.sent())]
        found["inbox"] = len(asyncio.run(client.inbox()))
        found["alerts"] = len(asyncio.run(client.alerts()))
        asyncio.run(client.see_alert(1))
except PhoenixError as error:
    found["refused"] = [error.code, error.exit_code]
print(json.dumps(found))
"""
#: Writes, and ends as if it had been killed: the log stays beside the file.
DIE = """
import os, sys
from pathlib import Path
from agency_client.adapters.vault import open_vault
from agency_client.ports.vault.settings import FEED_CURSOR
from tests.keys.rings import CHEAP
from keys.keystore import open_keystore

keystore = open_keystore(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), cost=CHEAP)
vault = open_vault(Path(sys.argv[1]), keystore.content.vault_key)
with vault.transaction() as tx:
    tx.settings.put(FEED_CURSOR, 7)
os._exit(0)
"""


@pytest.fixture(scope="module", autouse=True)
def _mounts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where this user may not mount anything."""
    folder = tmp_path_factory.mktemp("probe")
    words = ["unshare", "-Urm", "sh", "-c", MOUNT, str(folder), "true"]
    if not shutil.which("unshare") or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("This user cannot mount a folder for reading only (unshare).")


@pytest.fixture
def home(tmp_path: Path) -> tuple[Path, str]:
    """A home from which something was sent, closed, and its master key."""
    path = tmp_path / "home"
    with opened_home(path) as home:
        with home.vault.transaction() as tx:
            sent_from_here(tx, a_request(TEXT, 4 * 3600), TEXT)
        return path, home.keystore.master_key.hex()


def look(path: Path, key: str, *before: str) -> Any:
    words = [*before, sys.executable, "-c", LOOK, str(path), key]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def look_only(path: Path, key: str) -> Any:
    """The same where the home's disk takes no writes."""
    return look(path, key, "unshare", "-Urm", "sh", "-c", MOUNT, str(path))


def test_what_is_here_is_read_with_a_warning(home: tuple[Path, str]) -> None:
    before = {file.name: file.read_bytes() for file in home[0].iterdir() if file.is_file()}
    found = look_only(*home)
    assert len(found["sent"]) == 1
    assert "E_STORE_READ_ONLY" in " ".join(found["warnings"])
    assert found["refused"] == ["E_STORE_READ_ONLY", 4], "nothing is said to be kept that is not"
    assert {f.name: f.read_bytes() for f in home[0].iterdir() if f.is_file()} == before


def test_a_disk_that_takes_writes_is_not_warned_of(home: tuple[Path, str]) -> None:
    found = look(*home)
    assert (found["warnings"], len(found["sent"])) == ([], 1)


def test_what_a_killed_program_left_in_the_log_is_read_too_or_nothing_is(
    home: tuple[Path, str],
) -> None:
    path, key = home
    subprocess.run([sys.executable, "-c", DIE, str(path), key], check=True)
    assert (path / "vault.db-wal").stat().st_size
    assert len(look_only(path, key)["sent"]) == 1
    (path / "vault.db-shm").unlink()
    assert look_only(path, key) == {"refused": ["E_STORE_READ_ONLY", 4]}
    assert len(look(path, key)["sent"]) == 1, "once it can be written, all of it is there"
