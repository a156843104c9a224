"""Whoever takes the disk reads nothing; what is erased is gone for whoever has the key, too."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from agency_client.adapters.vault import open_vault
from phoenix_protocol.errors import TamperError
from tests.client.vault_values import (
    KEY,
    MARKER,
    attachment,
    contents,
    core_hash,
    digest,
    endpoint,
    fill,
    new_home,
    offer,
    opened,
    received,
    write_blob,
)

PAGE = 4096
RESERVED = 80  # initialisation vector and authentication code at the end of each page
SALT = 16


def decrypted(file: Path) -> Iterator[bytes]:
    """Every page of a SQLCipher file, used or free, without its authentication."""
    data = file.read_bytes()
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        sealed = page[SALT if start == 0 else 0 : -RESERVED]
        vector = page[-RESERVED : -RESERVED + 16]
        opening = Cipher(algorithms.AES256(KEY), modes.CBC(vector)).decryptor()
        yield opening.update(sealed) + opening.finalize()


def test_no_marker_name_or_key_is_on_the_disk_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in ("SQLITE_TMPDIR", "TMPDIR"):
        monkeypatch.setenv(name, str(temporary))
    home = new_home(tmp_path / "home")
    searched = [MARKER, "mash@", "SQLite format", "CREATE TABLE", "received_by_state"]
    secrets = [KEY, KEY.hex().encode(), offer(1).grant_key, endpoint(1), core_hash(1)]
    needles = [*(text.encode() for text in searched), *secrets]

    def exposed() -> list[tuple[str, bytes]]:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        contents_of = {path.name: path.read_bytes() for path in files}
        return [(name, n) for name, data in contents_of.items() for n in needles if n in data]

    with opened(home) as vault:
        with vault.transaction() as tx:
            for n in range(150):
                fill(tx, n)
            # A sort that would spill into a temporary file.
            assert len(tx.received.inbox()) == 150
            assert exposed() == []
        assert (home / "vault.db-wal").stat().st_size > 0
        assert exposed() == []
        vault.settle()
        assert exposed() == []
    assert exposed() == []
    assert list(temporary.iterdir()) == []
    # The control: with the key, the search finds it.
    assert any(MARKER.encode() in page for page in decrypted(home / "vault.db"))


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        home = new_home(tmp_path / "home")
        with opened(home) as vault:
            with vault.transaction() as tx:
                fill(tx, 1)
            write_blob(vault, b"ciphertext")
            vault.blobs.incoming(digest("body"), 10).close()
            paths = list(home.rglob("*"))
            modes_of = {p.name: stat.S_IMODE(p.stat().st_mode) for p in paths}
    finally:
        os.umask(umask)
    folders = {p.name for p in paths if p.is_dir()}
    assert {"vault.db", "vault.db-wal", "blobs", "incoming"} <= set(modes_of)
    assert {name for name, mode in modes_of.items() if mode & 0o077} == set()
    assert {modes_of[name] for name in folders} == {0o700}


def test_damage_is_reported_once_and_by_us(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = new_home(tmp_path / "home")
    with pytest.raises(TamperError) as refused:
        open_vault(home, bytes(32))
    assert refused.value.code == "E_STORE_INTEGRITY"
    assert capfd.readouterr() == ("", "")
    assert KEY.hex() not in str(refused.value)


def test_values_do_not_show_their_secrets() -> None:
    shown = repr([received(1), offer(1), contents(1, attachment(1, 5, b""))])
    assert MARKER not in shown
    assert repr(offer(1).cover_key) not in shown


def test_erased_contents_are_gone_from_every_page(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with opened(home) as vault:
        with vault.transaction() as tx:
            for n in range(20):
                tx.contents.put(core_hash(n), contents(n, sections=5))
        vault.settle()
        erased, left = b"statement 7.3.1 ", b"statement 8.3.1 "
        assert any(erased in page for page in decrypted(home / "vault.db"))
        with vault.transaction() as tx:
            tx.contents.erase(core_hash(7))
        vault.settle()
        assert (home / "vault.db-wal").stat().st_size == 0
        pages = list(decrypted(home / "vault.db"))
        assert not any(erased in page for page in pages)
        assert any(left in page for page in pages)
        assert vault.check() == ()
