"""Small maps and lists as they stand in one column (deterministic CBOR) or in one parameter (JSON)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final, cast

from phoenix_protocol import encoding
from phoenix_protocol.encoding import Plain
from phoenix_protocol.package.lifecycle import State

_LIMIT: Final = 8 << 20

#: Conditions on a column ``state``; each takes one parameter, :func:`pack_states` or NULL.
ONE_OF_STATES: Final = "state IN (SELECT value FROM json_each(?))"
ANY_STATE: Final = "? IS NULL"


def pack_map(values: Mapping[str, str]) -> bytes:
    """A map from text to text."""
    return encoding.encode(cast(Plain, dict(values)))


def unpack_map(data: bytes) -> dict[str, str]:
    """What :func:`pack_map` packed."""
    return cast(dict[str, str], encoding.decode(data, limit=_LIMIT))


def pack_list(values: Sequence[str]) -> bytes:
    """A list of texts."""
    return encoding.encode(cast(Plain, list(values)))


def unpack_list(data: bytes) -> tuple[str, ...]:
    """What :func:`pack_list` packed."""
    return tuple(cast(list[str], encoding.decode(data, limit=_LIMIT)))


def pack_hashes(hashes: Collection[bytes]) -> str:
    """A parameter that ``unhex(value)`` over ``json_each`` unpacks."""
    return json.dumps([each.hex() for each in hashes])


def pack_states(states: Collection[State]) -> str:
    """The parameter of :data:`ONE_OF_STATES`."""
    return json.dumps([state.value for state in states])


def id_range(beginning: str) -> tuple[bytes, bytes]:
    """The first and last id of 16 bytes that begin with these 1 to 32 hex digits."""
    return bytes.fromhex(beginning.ljust(32, "0")), bytes.fromhex(beginning.ljust(32, "f"))
