"""The bytes of a keystore or backup file: a header, a wrapped master key, sealed content, a digest.

::

    "phoenix-keys-1\\n"  CBOR {header, wrapped, generation, sealed}  SHA-256 of all before it

The digest tells damage apart from a wrong passphrase, before any work is done. What makes
deliberate changes fail is the sealing: the wrapped key is bound to the header, the content to
header, wrapped key and generation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from keys import wrapping
from keys.passphrase import Passphrase
from keys.wrapping import Cost, MasterKey
from phoenix_protocol import encoding, limits, schema
from phoenix_protocol.errors import LockedError, PhoenixError, RefusedError, TamperError
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.schema import wire
from phoenix_protocol.suite.hashing import HASH_BYTES, sha256

_MAGIC: Final = b"phoenix-keys-1\n"
_ANY_VERSION: Final = re.compile(rb"phoenix-keys-[1-9][0-9]{0,3}\n")
#: Largest file, in bytes.
LARGEST: Final = 1 * limits.MIB
_OVERHEAD: Final = 1 * limits.KIB
_U32: Final = (1 << 32) - 1


class Kind(Enum):
    """What a file is for. A backup is never used in place: restoring marks what comes out of it."""

    KEYSTORE = "keystore"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """How the master key is wrapped. Readable without the passphrase."""

    kind: Kind = wire(schema.Choice(Kind))
    key_id: bytes = wire(schema.fixed(wrapping.KEY_ID_BYTES))
    salt: bytes = wire(schema.fixed(wrapping.SALT_BYTES))
    memory_kib: int = wire(schema.UInt(_U32, minimum=1))
    iterations: int = wire(schema.UInt(_U32, minimum=1))
    lanes: int = wire(schema.UInt(_U32, minimum=1))

    @property
    def cost(self) -> Cost:
        """What opening by passphrase takes."""
        return Cost(memory_kib=self.memory_kib, iterations=self.iterations, lanes=self.lanes)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """One file. ``generation`` counts the saves of a keystore."""

    header: Header = wire(schema.Nested(Header))
    wrapped: bytes = wire(schema.fixed(wrapping.WRAPPED_BYTES))
    generation: int = wire(schema.UInt(limits.COUNTER))
    sealed: bytes = wire(schema.Blob(LARGEST - _OVERHEAD))

    def encoded(self) -> bytes:
        """The bytes of the file."""
        body = _MAGIC + schema.encode(self)
        return body + sha256(body)


def is_of_this_program(data: bytes) -> bool:
    """Whether a file begins as keystores and backups do, of this or another version."""
    return _ANY_VERSION.match(data) is not None


def parse(data: bytes) -> KeyFile:
    """Read a file; nothing of it is believed yet beyond its form.

    Raises TamperError ``E_STORE_INTEGRITY`` for damage, and RefusedError ``E_SUITE`` for the file
    of a newer program.
    """
    body, digest = data[:-HASH_BYTES], data[-HASH_BYTES:]
    if len(data) > LARGEST or sha256(body) != digest:
        raise _damaged()
    if not body.startswith(_MAGIC):
        raise _of_newer_program() if _ANY_VERSION.match(body) else _damaged()
    try:
        return schema.decode(KeyFile, body[len(_MAGIC) :], limit=LARGEST)
    except PhoenixError:
        raise _damaged() from None


def new_lock(
    kind: Kind, passphrase: Passphrase, cost: Cost, randomness: Randomness
) -> tuple[Header, bytes, MasterKey]:
    """A fresh master key, wrapped under ``passphrase``: header, wrapped key, master key."""
    master = MasterKey(randomness.random_bytes(wrapping.KEY_BYTES))
    header = Header(
        kind=kind,
        key_id=wrapping.key_id(master),
        salt=randomness.random_bytes(wrapping.SALT_BYTES),
        memory_kib=cost.memory_kib,
        iterations=cost.iterations,
        lanes=cost.lanes,
    )
    key = wrapping.derive(passphrase, header.salt, cost)
    return header, wrapping.wrap(key, master, _bound_to_key(header), randomness), master


def master_key(file: KeyFile, passphrase: Passphrase, floor: Cost) -> MasterKey:
    """The master key of a file by its passphrase.

    Raises LockedError ``E_PASSPHRASE``, UnavailableError ``E_MEMORY``, and what
    :func:`keys.wrapping.check_cost` raises.
    """
    wrapping.check_cost(file.header.cost, floor)
    key = wrapping.derive(passphrase, file.header.salt, file.header.cost)
    master = wrapping.unwrap(key, file.wrapped, _bound_to_key(file.header))
    if master is None:
        raise LockedError("E_PASSPHRASE", "The passphrase is wrong.")
    return master


def write(
    header: Header,
    wrapped: bytes,
    generation: int,
    master: MasterKey,
    content: bytes,
    randomness: Randomness,
) -> KeyFile:
    """``content`` sealed into a file."""
    bound = _bound_to_content(header, wrapped, generation)
    sealed = wrapping.seal(master, content, bound, randomness)
    return KeyFile(header=header, wrapped=wrapped, generation=generation, sealed=sealed)


def read(file: KeyFile, master: MasterKey) -> bytes:
    """The content of a file.

    Raises LockedError ``E_LOCKED`` when ``master`` is another file's (as after a change of
    passphrase), TamperError ``E_STORE_INTEGRITY`` when the file was altered.
    """
    if len(master) != wrapping.KEY_BYTES or wrapping.key_id(master) != file.header.key_id:
        raise LockedError("E_LOCKED", "The key that is held is not the key of this keystore.")
    bound = _bound_to_content(file.header, file.wrapped, file.generation)
    content = wrapping.unseal(master, file.sealed, bound)
    if content is None:
        raise _damaged()
    return content


def _bound_to_key(header: Header) -> bytes:
    return encoding.encode(["phoenix keystore key", schema.to_plain(header)])


def _bound_to_content(header: Header, wrapped: bytes, generation: int) -> bytes:
    return encoding.encode(
        ["phoenix keystore content", schema.to_plain(header), wrapped, generation]
    )


def _damaged() -> TamperError:
    return TamperError("E_STORE_INTEGRITY", "The keystore file is damaged or was altered.")


def _of_newer_program() -> RefusedError:
    return RefusedError("E_SUITE", "A newer version of this program wrote the keystore.")
