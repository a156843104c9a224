"""``backup`` and ``restore``: consistent copies of a relay's home while it serves, without its storage keys.

A copy has the database (SQLite's online backup), the body files, and the relay's own signing keys unless they are left
out; never a storage key, so that nothing opens from it that the relay itself could open no more. What was held when the
copy was made is reported as not delivered when the restored relay first serves: senders send it again. The database
says that it was restored until then; any other relay that misses storage keys does not start.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from phoenix_protocol.errors import RefusedError, TamperError, UnavailableError, UsageError
from phoenix_protocol.identifiers import Seconds
from phoenix_relay.custody import KEYS, SEEDS
from phoenix_relay.storage import durable, schemas
from phoenix_relay.storage.facts import Fact
from phoenix_relay.storage.sqlite import DATABASE, copy_database
from phoenix_relay.storage.store import BODIES
from phoenix_relay.storage.tables import SCHEMA_VERSION

MANIFEST: Final = "backup.json"
FORMAT: Final = 1
#: A restored relay's feeds go on from here: no client has seen a cursor so high, so none misses what is new.
CURSOR_STEP: Final = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy has: body files, whether the signing keys are in it, and when it was made."""

    bodies: int
    keys: bool
    time: Seconds


def back_up(home: Path, target: Path, now: Seconds, *, keys: bool = True) -> Copied:
    """Copy the relay in ``home`` to ``target``, a folder that is not there or is empty.

    Raises UsageError ``E_NOT_FOUND`` without a relay, RefusedError ``E_CONFLICT`` when ``target`` has something in it,
    UnavailableError ``E_RELAY`` when it cannot be written to.
    """
    schemas.require_current(home / DATABASE)
    _require_empty(target, "The backup's folder is not empty.")
    try:
        durable.make_folder(target)
        # Files first, and again for what came while the rows were copied: every row of the copy has its files.
        _copy_bodies(home / BODIES, target / BODIES)
        copy_database(home / DATABASE, target / DATABASE)
        bodies = _copy_bodies(home / BODIES, target / BODIES)
        named = [DATABASE] + ([f"{KEYS}/{name}" for name in SEEDS] if keys else [])
        for name in named[1:]:
            _copy_file(home / name, target / name)
        _sync(target / DATABASE)
        _write_manifest(target, named, now)
    except (OSError, sqlite3.Error) as error:
        raise UnavailableError(
            "E_RELAY",
            f"The backup could not be written ({type(error).__name__}).",
            next="Remove what was begun, and repeat with space enough.",
        ) from None
    return Copied(bodies=bodies, keys=keys, time=now)


def restore(source: Path, home: Path) -> Copied:
    """Make a relay in ``home``, which is not there or is empty, out of a backup.

    Raises UsageError ``E_PARSE`` when ``source`` is no backup, RefusedError ``E_CONFLICT`` when ``home`` is not empty,
    TamperError ``E_STORE_INTEGRITY`` when the copy was changed, UnavailableError ``E_RELAY`` for the disk.
    """
    manifest = _read_manifest(source)
    _require_empty(home, "The folder to restore into is not empty.")
    _verify(source, manifest)
    try:
        durable.make_folder(home)
        bodies = _copy_bodies(source / BODIES, home / BODIES)
        for name in manifest["files"]:
            if name != DATABASE:
                _copy_file(source / name, home / name)
        # The database last: without it the folder is no relay.
        _copy_file(source / DATABASE, home / DATABASE)
        _go_on_from(home / DATABASE)
    except (OSError, sqlite3.Error) as error:
        raise UnavailableError(
            "E_RELAY",
            f"The relay could not be restored ({type(error).__name__}).",
            next="Remove what was begun, and repeat with space enough.",
        ) from None
    return Copied(bodies=bodies, keys=len(manifest["files"]) > 1, time=manifest["time"])


def _require_empty(folder: Path, what: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError("E_CONFLICT", what, next="Choose an empty folder, or a new one.")


def _copy_bodies(source: Path, target: Path) -> int:
    """Copy what is in ``source`` and not yet in ``target``; how many files ``target`` has."""
    durable.make_folder(target)
    for file in sorted(source.glob("*/*/*")):
        copy = target / file.relative_to(source)
        # A block that goes while others are copied belongs to a package that has come to its end.
        if not file.name.startswith(durable.PART) and not copy.exists():
            with suppress(FileNotFoundError):
                _copy_file(file, copy)
    return sum(1 for _ in target.glob("*/*/*"))


def _copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as reading:
        durable.make_folder(target.parent)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as writing:
            shutil.copyfileobj(reading, writing, 1 << 20)
            writing.flush()
            os.fsync(writing.fileno())
    durable.sync_folder(target.parent)


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(file: Path) -> str:
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()


def _write_manifest(target: Path, names: list[str], now: Seconds) -> None:
    files = {name: _digest(target / name) for name in names}
    manifest = {"format": FORMAT, "schema": SCHEMA_VERSION, "time": now, "files": files}
    durable.write_new(target / MANIFEST, json.dumps(manifest, indent=1).encode())


def _read_manifest(source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text("utf-8"))
        known = {DATABASE, *(f"{KEYS}/{name}" for name in SEEDS)}
        if manifest["format"] == FORMAT and {DATABASE} <= manifest["files"].keys() <= known:
            return manifest
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    raise UsageError(
        "E_PARSE",
        "There is no whole backup in this folder.",
        next="Name a folder that phoenix-relay backup has finished.",
    )


def _verify(source: Path, manifest: dict[str, Any]) -> None:
    for name, digest in manifest["files"].items():
        if not (source / name).is_file() or _digest(source / name) != digest:
            raise TamperError(
                "E_STORE_INTEGRITY",
                f"The file {name} of the backup was changed.",
                next="Use another backup.",
            )


def _go_on_from(database: Path) -> None:
    connection = sqlite3.connect(database)
    try:
        with connection:
            connection.execute(
                "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'feed'", (CURSOR_STEP,)
            )
            connection.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, CAST('1' AS BLOB))", (Fact.RESTORED.value,)
            )
            connection.execute(
                "INSERT INTO sqlite_sequence SELECT 'feed', ?"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'feed')",
                (CURSOR_STEP,),
            )
    finally:
        connection.close()
    schemas.require_current(database)
    _sync(database)
