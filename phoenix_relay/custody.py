"""The relay's own private keys: what signs its log, its responses and its receipts (docs/keys.md).

Three files under ``keys/`` in the relay's home, each made once, exclusively, with mode 0600. None of them can open a
package. Storage keys are not here: they come and go by themselves, under ``daykeys/``.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from phoenix_protocol.directory.statements import RelayKeys
from phoenix_protocol.errors import LockedError, PhoenixError, RefusedError, UnavailableError
from phoenix_protocol.notes.signed_note import LogSigner
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.suite import (
    DOCUMENT_SEED_BYTES,
    ED25519_SEED_BYTES,
    DocumentPrivateKey,
    Ed25519PrivateKey,
)
from phoenix_relay.rules.statements import differing
from phoenix_relay.storage import durable
from phoenix_relay.storage.sqlite import DATABASE

KEYS: Final = "keys"
LOG: Final = "log.key"
RESPONSE: Final = "response.key"
RECEIPT: Final = "receipt.key"

#: File name and length of the seed in it, in bytes.
SEEDS: Final = {
    LOG: ED25519_SEED_BYTES,
    RESPONSE: ED25519_SEED_BYTES,
    RECEIPT: DOCUMENT_SEED_BYTES,
}

#: The field by which a partnership knows each key.
_FIELDS: Final = {LOG: "log_key", RESPONSE: "response_key", RECEIPT: "receipt_key"}
_FILES: Final = {field: f"{KEYS}/{name}" for name, field in _FIELDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPrivateKeys:
    """The relay's private keys, and what the public ones are called."""

    log: LogSigner
    response: Ed25519PrivateKey
    receipt: DocumentPrivateKey
    public: RelayKeys


def make(home: Path, randomness: Randomness) -> None:
    """Make all three keys. Raises RefusedError ``E_CONFLICT`` when one is there, UnavailableError ``E_RELAY``."""
    folder = home / KEYS
    try:
        durable.make_folder(folder)
        for name, length in SEEDS.items():
            durable.write_new(folder / name, randomness.random_bytes(length))
    except FileExistsError:
        raise RefusedError(
            "E_CONFLICT",
            "This folder already has a relay's keys.",
            next="Use the relay that is there, or choose an empty folder with --home.",
        ) from None
    except OSError as error:
        raise UnavailableError(
            "E_RELAY", f"The relay's keys cannot be written (error {error.errno})."
        ) from None


def load(home: Path, *, origin: str, url: str) -> RelayPrivateKeys:
    """The keys of a relay whose log is called ``origin`` and whose members reach it at ``url``.

    Raises LockedError ``E_LOCKED`` when one is missing, not whole, or not to be read, RefusedError ``E_KEY_EXPOSED``
    when other users of the machine could read one.
    """
    seeds = {name: _seed(home / KEYS / name, length) for name, length in SEEDS.items()}
    for name in SEEDS:
        _require_private(home / KEYS / name)
    log = LogSigner.from_seed(origin, seeds[LOG])
    response = Ed25519PrivateKey.from_seed(seeds[RESPONSE])
    receipt = DocumentPrivateKey.from_seed(seeds[RECEIPT])
    public = RelayKeys(
        origin=origin,
        url=url,
        log_key=log.key.public,
        response_key=response.public_bytes(),
        receipt_key=receipt.public_bytes(),
    )
    return RelayPrivateKeys(log=log, response=response, receipt=receipt, public=public)


def require_known(named: RelayKeys, ours: RelayKeys) -> None:
    """Raise LockedError ``E_LOCKED`` unless a partnership knows this relay by the keys in its home.

    Nobody would believe what other keys sign.
    """
    if foreign := _foreign_files(named, ours):
        raise _not_known(foreign)


def faults(
    home: Path, *, origin: str, named: RelayKeys | None
) -> Iterator[tuple[str, PhoenixError]]:
    """Every file for which :func:`load` or :func:`require_known` would refuse, with what they would raise.

    ``named`` is what the partnership knows this relay by; None while there is none.
    """
    public: dict[str, Any] = {}
    for name, length in SEEDS.items():
        path = home / KEYS / name
        try:
            public[_FIELDS[name]] = _public(name, _seed(path, length))
            _require_private(path)
        except PhoenixError as error:
            yield f"{KEYS}/{name}", error
    if named is not None:
        ours = replace(named, origin=origin, **public)
        for file in _foreign_files(named, ours):
            yield file, _not_known([file])


def _public(name: str, seed: bytes) -> bytes:
    if name == RECEIPT:
        return DocumentPrivateKey.from_seed(seed).public_bytes()
    return Ed25519PrivateKey.from_seed(seed).public_bytes()


def _foreign_files(named: RelayKeys, ours: RelayKeys) -> tuple[str, ...]:
    # The log's name stands in the database.
    return tuple(_FILES.get(field, DATABASE) for field in differing(named, ours))


def _not_known(files: Sequence[str]) -> LockedError:
    return LockedError(
        "E_LOCKED",
        f"These are not those of the relay that its partnership knows: {', '.join(files)}.",
        next="Put the relay's own files back into its home, its key files under keys/.",
    )


def _seed(path: Path, length: int) -> bytes:
    try:
        seed = path.read_bytes()
    except OSError:
        seed = b""
    if len(seed) != length:
        raise LockedError(
            "E_LOCKED",
            f"The relay's key {path.name} is missing or not whole.",
            next="Put the key files back into the relay's home, under keys/.",
        )
    return seed


def _require_private(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise RefusedError(
            "E_KEY_EXPOSED",
            f"Other users of this machine can read the relay's key {path.name}.",
            next="Take the rights of other users away (chmod 600), and think about replacing the key.",
        )
