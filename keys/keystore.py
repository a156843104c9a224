"""The keystore of a home: opened by passphrase or master key, saved durably, one save at a time.

Beside ``keys.phoenix`` stands ``keys.phoenix.previous``, the generation before, so that no torn
write can lose a key. When a save destroys a key, both become the new generation: no copy remains.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from keys import content as contents
from keys import disk, wrapping
from keys import format as file_format
from keys.content import Content
from keys.format import Header, KeyFile, Kind
from keys.passphrase import Passphrase
from keys.wrapping import FLOOR, Cost, MasterKey
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.randomness import Randomness, SystemRandomness

FILE: Final = "keys.phoenix"
PREVIOUS: Final = "keys.phoenix.previous"
DAMAGED: Final = "keys.phoenix.damaged"

_SYSTEM: Final = SystemRandomness()


class Keystore:
    """An open keystore. ``content`` is as of opening or of the last update or reload."""

    def __init__(
        self, home: Path, file: KeyFile, master: MasterKey, content: Content, randomness: Randomness
    ) -> None:
        self.home: Final = home
        self._file = file
        self._master = master
        self._content = content
        self._randomness: Final = randomness

    @property
    def content(self) -> Content:
        """Every key of this home."""
        return self._content

    @property
    def master_key(self) -> MasterKey:
        """What the agent holds (32 bytes)."""
        return self._master

    @property
    def generation(self) -> int:
        """How often this keystore was saved."""
        return self._file.generation

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to tell the person about the permissions of the file and its folder."""
        return disk.warnings(self.home / FILE)

    def update(self, change: Callable[[Content], Content]) -> Content:
        """Change the content and save it durably; nothing is saved when nothing changes.

        ``change`` gets the newest content, which another program may have saved meanwhile; no
        update is lost. Raises what ``change`` raises, UnavailableError ``E_STORE_BUSY`` or
        ``E_STORE_WRITE``, LockedError ``E_LOCKED`` (the passphrase was changed meanwhile) and
        TamperError ``E_STORE_INTEGRITY``. Both generations are whole then too.
        """
        with disk.locked(self.home, exclusive=True):
            current = self._load()
            changed = change(self._content)
            if changed != self._content:
                self._save(current, self._file.header, self._file.wrapped, self._master, changed)
        return self._content

    def reload(self) -> Content:
        """The newest content, when another program has saved meanwhile."""
        with disk.locked(self.home, exclusive=False):
            self._load()
        return self._content

    def change_passphrase(self, passphrase: Passphrase, *, cost: Cost = FLOOR) -> None:
        """A new passphrase, with a new master key: neither the old one nor a held key opens it.

        Raises RefusedError ``E_PASSPHRASE_SHORT`` and what :meth:`update` raises.
        """
        passphrase.check_new()
        lock = file_format.new_lock(Kind.KEYSTORE, passphrase, cost, self._randomness)
        with disk.locked(self.home, exclusive=True):
            self._load()
            self._save(None, *lock, self._content)

    def _load(self) -> bytes:
        """Read what is on the disk; the lock is held."""
        data = _read(self.home)
        file = file_format.parse(data)
        if file != self._file:
            self._content = content_of(file, self._master)
            self._file = file
        return data

    def _save(
        self,
        current: bytes | None,
        header: Header,
        wrapped: bytes,
        master: MasterKey,
        content: Content,
    ) -> None:
        """Write the next generation, keeping ``current`` unless it holds what must be gone."""
        file = sealed_file(
            header, wrapped, self._file.generation + 1, master, content, self._randomness
        )
        data = file.encoded()
        erases = contents.secrets_of(self._content) - contents.secrets_of(content)
        kept = data if erases or current is None else current
        # The older name first: at every moment there is a whole file under each.
        disk.replace(self.home, {PREVIOUS: kept, FILE: data})
        if kept is data:
            disk.remove(self.home / DAMAGED)
        self._file, self._master, self._content = file, master, content

    def __repr__(self) -> str:
        return f"<Keystore generation {self.generation}>"


def create_keystore(
    home: Path,
    passphrase: Passphrase,
    now: Seconds,
    *,
    randomness: Randomness = _SYSTEM,
    cost: Cost = FLOOR,
) -> Keystore:
    """A new keystore, with a vault key and nothing else, in a home that has none.

    ``cost`` is lower than :data:`~keys.wrapping.FLOOR` in tests only. Raises RefusedError
    ``E_PASSPHRASE_SHORT`` or ``E_EXISTS``, UnavailableError ``E_MEMORY`` or ``E_STORE_WRITE``.
    """
    return install(home, passphrase, contents.empty(now, randomness), randomness, cost)


def install(
    home: Path, passphrase: Passphrase, content: Content, randomness: Randomness, cost: Cost
) -> Keystore:
    """A new keystore with ``content``; raises what :func:`create_keystore` raises."""
    passphrase.check_new()
    disk.make_home(home)
    with disk.locked(home, exclusive=True):
        if has_keystore(home):
            raise exists()
        header, wrapped, master = file_format.new_lock(Kind.KEYSTORE, passphrase, cost, randomness)
        file = sealed_file(header, wrapped, 1, master, content, randomness)
        # What a program left that was stopped while making the first one.
        disk.remove(home / (FILE + disk.PART))
        disk.create(home / FILE, file.encoded())
    return Keystore(home, file, master, content, randomness)


def open_keystore(
    home: Path,
    secret: Passphrase | bytes,
    *,
    randomness: Randomness = _SYSTEM,
    cost: Cost = FLOOR,
) -> Keystore:
    """The keystore of ``home``, by its passphrase (Argon2id) or its master key (at once).

    ``cost`` is the least that the file may ask for; tests alone lower it. Raises LockedError
    ``E_PASSPHRASE`` (wrong), ``E_LOCKED`` (another keystore's master key) or ``E_KEY_MISSING``
    (no keystore), TamperError ``E_STORE_INTEGRITY`` or ``E_LIMIT``, RefusedError ``E_SUITE``.
    """
    if not has_keystore(home):
        raise contents.missing("any keys")
    with disk.locked(home, exclusive=False):
        file = file_format.parse(_read(home))
    check_kind(file)
    master = _master(file, secret, cost)
    return Keystore(home, file, master, content_of(file, master), randomness)


def has_keystore(home: Path) -> bool:
    """Whether ``home`` holds a keystore or what is left of one."""
    return any(os.path.lexists(home / name) for name in (FILE, PREVIOUS, DAMAGED))


def _read(home: Path) -> bytes:
    data = disk.read(home / FILE, file_format.LARGEST)
    if data is None:
        raise gone()
    return data


def _master(file: KeyFile, secret: Passphrase | bytes, cost: Cost) -> MasterKey:
    if isinstance(secret, Passphrase):
        return file_format.master_key(file, secret, cost)
    wrapping.check_cost(file.header.cost, cost)
    return MasterKey(secret)


def check_kind(file: KeyFile) -> None:
    """Raise RefusedError ``E_RESTORE`` for a backup in the place of a keystore."""
    if file.header.kind is not Kind.KEYSTORE:
        raise RefusedError(
            "E_RESTORE",
            "This is a backup, and not a keystore.",
            next="Restore it with: phoenix keys restore.",
        )


def sealed_file(
    header: Header,
    wrapped: bytes,
    generation: int,
    master: MasterKey,
    content: Content,
    randomness: Randomness,
) -> KeyFile:
    """``content`` in a file of ``generation``, under the lock that ``header`` describes."""
    return file_format.write(
        header, wrapped, generation, master, contents.encode(content), randomness
    )


def content_of(file: KeyFile, master: MasterKey) -> Content:
    """What a file holds. Raises what :func:`open_keystore` raises."""
    data = file_format.read(file, master)
    try:
        return contents.decode(data)
    except TamperError:
        raise TamperError("E_STORE_INTEGRITY", "A keystore holds what it cannot hold.") from None


def exists() -> RefusedError:
    """The error for a home that has a keystore: ``E_EXISTS``."""
    return RefusedError(
        "E_EXISTS",
        "This home has a keystore already.",
        next="Use another home (--home). Nothing was changed.",
    )


def gone() -> TamperError:
    """The error for a keystore of which something is left, but not the file."""
    return TamperError("E_STORE_INTEGRITY", "The keystore file is gone.")
