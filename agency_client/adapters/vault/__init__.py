"""The vault as a SQLCipher file with ciphertext files beside it (docs/adr/0004-vault.md).

In a home: ``vault.db`` and ``blobs/``. The key is the keystore's; so is the newest
:class:`~agency_client.ports.vault.VaultHead`, which shows an older vault put in its place.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from agency_client.adapters.vault.blobs import BlobFiles
from agency_client.adapters.vault.schema import make_tables
from agency_client.adapters.vault.session import connect, damaged, disk
from agency_client.adapters.vault.vault import WAIT, SqlcipherVault, frozen_lanes, open_lanes
from agency_client.ports.vault import VaultHead
from phoenix_protocol.errors import RefusedError

FILE: Final = "vault.db"
BLOBS: Final = "blobs"

__all__ = ["BLOBS", "FILE", "SqlcipherVault", "create_vault", "open_vault"]


def create_vault(home: Path, key: bytes) -> None:
    """Make an empty vault under ``key`` (32 random bytes) in the directory ``home``, which is
    there.

    It appears whole or not at all. Raises RefusedError ``E_STORE_EXISTS`` when one is there, and
    UnavailableError ``E_STORE_FULL``.
    """
    new = home / f"{FILE}.new"
    with disk():
        _start_empty(new)
    connection = connect(new, key, wait=WAIT)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        make_tables(connection)
    finally:
        connection.close()  # the last one out writes the log into the file
    with disk():
        _put_in_place(new, home / FILE)


def open_vault(
    home: Path, key: bytes, expected: VaultHead | None = None, *, wait: float = WAIT
) -> SqlcipherVault:
    """Open the vault of ``home``.

    ``expected`` is the newest head that the keystore knows; None where it knows none yet. ``wait``
    is how many seconds a transaction waits for another program's. Raises TamperError
    ``E_STORE_INTEGRITY`` when the vault is missing, damaged or under another key, RefusedError
    ``E_STORE_VERSION`` when a later program made it. A vault that is older than expected, or on a
    disk that takes no writes, opens for reading only: see ``standing``.
    """
    file, known = home / FILE, expected or VaultHead()
    if not file.is_file():
        raise damaged()
    writable = not os.statvfs(file).f_flag & os.ST_RDONLY
    writer, reader = open_lanes(file, key, wait) if writable else frozen_lanes(file, key)
    try:
        return SqlcipherVault(writer, reader, BlobFiles(home / BLOBS), known, writable=writable)
    except BaseException:
        reader.connection.close()
        writer.connection.close()
        raise


def _start_empty(file: Path) -> None:
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _put_in_place(new: Path, file: Path) -> None:
    descriptor = os.open(new, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        file.hardlink_to(new)  # unlike a rename, this never replaces
    except FileExistsError:
        raise RefusedError(
            "E_STORE_EXISTS",
            "This home has a vault already.",
            next="Use it, or choose another home. Nothing was changed.",
        ) from None
    finally:
        os.close(descriptor)
        new.unlink()
    descriptor = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
