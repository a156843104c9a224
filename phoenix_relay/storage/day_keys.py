"""Storage keys, one for each key period in which something expires: files outside the database (docs/protocol.md §7).

A key is called by the second at which its period ends, so that changing the length of the period confuses nothing. It
is on the disk before anything is sealed under it, and nothing but its destruction has to be certain for all of that to
be unreadable: rows, files, write-ahead log and backups alike. AES-256-GCM with random nonces: good for 2^32 items.
"""

from __future__ import annotations

import errno
import re
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from phoenix_protocol import encoding
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.randomness import Randomness
from phoenix_relay.storage import durable
from phoenix_relay.storage.rows import Day

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
#: How much longer sealed bytes are: nonce and tag.
OVERHEAD: Final = NONCE_BYTES + 16

#: Errors of reading that say nothing of the file read.
_PASSING: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR, errno.EAGAIN})

_NAME: Final = re.compile(r"(0|[1-9][0-9]{0,15})\.key", re.ASCII)

#: So many files are named in one error; of the rest their number.
_NAMED: Final = 3


class DayKeyError(TamperError):
    """Files of storage keys are damaged or cannot be read: ``E_STORE_INTEGRITY``.

    ``file`` names them, under the relay's home. A day's number is nobody's.
    """

    def __init__(self, *files: str) -> None:
        self.file: Final = ", ".join(files)
        super().__init__(
            "E_STORE_INTEGRITY",
            f"A storage key is not whole or cannot be read: {self.file}.",
            next="Put the file right. If that cannot be, stop the relay, remove the file and start the relay with "
            "--accept-lost-keys: what was kept under it is deleted, and its senders are told that the relay lost it.",
        )


class LostKeysError(TamperError):
    """Storage keys are not there, and something that is stored needs them: ``E_KEY_LOST``.

    ``file`` names the first of them, under the relay's home.
    """

    def __init__(self, *files: str) -> None:
        more = len(files) - _NAMED
        self.file: Final = ", ".join(files[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        super().__init__(
            "E_KEY_LOST", f"Storage keys are not there that what is held here needs: {self.file}."
        )


def day_of(expires: Seconds, period: int) -> Day:
    """The key period of ``period`` seconds in which ``expires`` lies, by its end."""
    return Day((expires // period + 1) * period)


def days_in(folder: Path) -> tuple[Day, ...]:
    """The periods whose keys are in ``folder``, the one that ends first first. None when it is not there."""
    names = (_NAME.fullmatch(path.name) for path in folder.glob("*.key"))
    return tuple(sorted(Day(int(name.group(1))) for name in names if name))


def is_day_key(name: str) -> bool:
    """Whether a file is called as a key is."""
    return _NAME.fullmatch(name) is not None


class DayKeys:
    """The keys in one folder. Safe to use from several threads."""

    def __init__(self, folder: Path, period: int, randomness: Randomness) -> None:
        """``period`` is the length of a key period in seconds. The folder (0700) is made with the first key."""
        durable.remove_parts(folder)
        self._folder: Final = folder
        self._period: Final = period
        self._randomness: Final = randomness
        self._lock: Final = threading.Lock()
        self._known: dict[Day, AESGCM] = {}
        self._ended = Seconds(0)

    def day_of(self, expires: Seconds) -> Day:
        """The key period in which ``expires`` lies, by its end."""
        return day_of(expires, self._period)

    def days(self) -> tuple[Day, ...]:
        """The periods whose keys are here, the one that ends first first."""
        return days_in(self._folder)

    def has(self, day: Day) -> bool:
        """Whether the key of a period is here, on the disk."""
        return self._path(day).is_file()

    def ensure(self, day: Day) -> None:
        """Make the key of ``day`` if there is none. Raises as :meth:`seal`."""
        self._key(day, make=True)

    def seal(self, day: Day, place: Sequence[bytes | str | int], plain: bytes) -> bytes:
        """``plain`` under the key of ``day``, made if there is none, bound to ``place`` (table, row, column).

        Raises RefusedError ``E_EXPIRED`` when the period is over, UnavailableError ``E_RELAY`` when a key cannot be
        written, DayKeyError when the one that is there is damaged.
        """
        nonce = self._randomness.random_bytes(NONCE_BYTES)
        return nonce + self._key(day, make=True).encrypt(nonce, plain, _bound(day, place))

    def unseal(self, day: Day, place: Sequence[bytes | str | int], sealed: bytes) -> bytes:
        """What :meth:`seal` was given.

        Raises RefusedError ``E_EXPIRED`` when the key is gone, TamperError ``E_STORE_INTEGRITY`` for damage, which is
        a DayKeyError when it is the key's.
        """
        key = self._key(day, make=False)
        nonce, ciphertext = sealed[:NONCE_BYTES], memoryview(sealed)[NONCE_BYTES:]
        try:
            return key.decrypt(nonce, ciphertext, _bound(day, place))
        except (InvalidTag, ValueError):
            raise TamperError("E_STORE_INTEGRITY", "Something stored here was changed.") from None

    def damaged(self) -> tuple[Day, ...]:
        """The periods whose keys are here and are damaged or cannot be read, the one that ends first first."""
        return tuple(day for day in self.days() if self._is_damaged(day))

    def file_of(self, day: Day) -> str:
        """What the file of a key is called under the relay's home."""
        return f"{self._folder.name}/{day}.key"

    def missing(self, in_use: Iterable[Day]) -> tuple[Day, ...]:
        """Which of the days ``in_use`` have no key on the disk, the one that ends first first."""
        return tuple(sorted(day for day in in_use if not self.has(day)))

    def retire(self, now: Seconds) -> tuple[Day, ...]:
        """Destroy the keys of every period that is over at ``now``, and refuse those periods from here on.

        Each is overwritten on the disk, then removed. Returns whose keys went.
        """
        with self._lock:
            self._ended = Seconds(max(self._ended, now))
            for day in [day for day in self._known if day <= now]:
                del self._known[day]
            over = tuple(day for day in self.days() if day <= now)
            for day in over:
                durable.overwrite_and_remove(self._path(day))
        return over

    def _key(self, day: Day, *, make: bool) -> AESGCM:
        known = self._known.get(day)
        if known is not None:
            return known
        with self._lock:
            # Under the lock, or a key could be made again behind the back of its destruction.
            if day <= self._ended:
                raise _gone()
            return self._known.setdefault(day, self._load(day, make))

    def _load(self, day: Day, make: bool) -> AESGCM:
        path = self._path(day)
        with durable.disk_errors():
            if make and not path.exists():
                self._make(path)
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                raise _gone() from None
            except OSError as error:
                if error.errno in _PASSING:
                    raise
                content = b""
        if len(content) != KEY_BYTES:
            raise DayKeyError(self.file_of(day))
        return AESGCM(content)

    def _is_damaged(self, day: Day) -> bool:
        try:
            self._key(day, make=False)
        except DayKeyError:
            return True
        except RefusedError:
            return False  # it went meanwhile
        return False

    def _make(self, path: Path) -> None:
        # Two processes may need the same key at once: the first to link it wins, the other reads it.
        durable.make_folder(self._folder)
        try:
            durable.write_new(path, self._randomness.random_bytes(KEY_BYTES))
        except FileExistsError:
            return

    def _path(self, day: Day) -> Path:
        return self._folder / f"{day}.key"


def _bound(day: Day, place: Sequence[bytes | str | int]) -> bytes:
    plain: list[Plain] = ["phoenix-relay/1", int(day), *place]
    return encoding.encode(plain)


def _gone() -> RefusedError:
    return RefusedError(
        "E_EXPIRED", "What was kept of this can no longer be opened: its storage key is gone."
    )
