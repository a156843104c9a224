"""The sealed bytes of packages: cover, inline body, and each endpoint's capsule and grant (docs/protocol.md §7)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import EndpointId, ObjectHash
from phoenix_relay.storage.damage import DamageError
from phoenix_relay.storage.day_keys import DayKeyError, DayKeys
from phoenix_relay.storage.prepared import Prepared
from phoenix_relay.storage.rows import Day
from phoenix_relay.storage.sqlite import DATABASE
from phoenix_relay.storage.tables import PARTS


class Part(Enum):
    """Which sealed bytes of a package."""

    COVER = "cover"
    BODY = "body"
    CAPSULE = "capsule"
    GRANT = "grant"


#: In place of an endpoint, for what belongs to the whole package.
EVERYONE: Final = EndpointId(b"")

_ONE: Final = (
    (PARTS.c.core == bindparam("core"))
    & (PARTS.c.endpoint == bindparam("endpoint"))
    & (PARTS.c.part == bindparam("part"))
)
_FIND: Final = Prepared(select(PARTS.c.day, PARTS.c.sealed).where(_ONE))
_EXISTS: Final = Prepared(select(PARTS.c.day).where(_ONE))
_KEEP: Final = Prepared(insert(PARTS))
_REMOVE: Final = Prepared(
    delete(PARTS).where(PARTS.c.core == bindparam("of"), PARTS.c.endpoint == bindparam("whose"))
)
_REMOVE_ALL: Final = Prepared(delete(PARTS).where(PARTS.c.core == bindparam("of")))


class Parts:
    """Each sealed under the key of its package's day, bound to package, endpoint and kind."""

    __slots__ = ("_connection", "_day_keys")

    def __init__(self, connection: Connection, day_keys: DayKeys) -> None:
        self._connection: Final = connection
        self._day_keys: Final = day_keys

    @property
    def day_keys(self) -> DayKeys:
        """The keys that parts are sealed under."""
        return self._day_keys

    def keep(
        self, core: ObjectHash, day: Day, parts: Iterable[tuple[EndpointId, Part, bytes]]
    ) -> None:
        """Seal and keep parts of a package. Raises as ``DayKeys.seal``."""
        rows = [
            {
                "core": core,
                "endpoint": endpoint,
                "part": part.value,
                "day": day,
                "sealed": self._day_keys.seal(day, place(core, endpoint, part.value), plain),
            }
            for endpoint, part, plain in parts
        ]
        _KEEP.many(self._connection, rows)

    def has(self, core: ObjectHash, endpoint: EndpointId, part: Part) -> bool:
        """Whether a part is kept."""
        return _EXISTS.first(self._connection, _key(core, endpoint, part)) is not None

    def get(self, core: ObjectHash, endpoint: EndpointId, part: Part) -> bytes:
        """A part, unsealed.

        Raises RefusedError ``E_NOT_FOUND`` when it is not kept (any more), ``E_EXPIRED`` when its storage key is gone,
        TamperError ``E_STORE_INTEGRITY`` for damage.
        """
        row = _FIND.first(self._connection, _key(core, endpoint, part))
        if row is None:
            raise RefusedError("E_NOT_FOUND", "Nothing is kept of this here.")
        return self._day_keys.unseal(row.day, place(core, endpoint, part.value), row.sealed)

    def released(self, core: ObjectHash, endpoint: EndpointId, part: Part) -> bytes:
        """As :meth:`get`, for what is asked for after an offer: DamageError when this part alone is damaged.

        That is known from the cover, which opens under the same key: a wrong key can be put right, damage cannot.
        """
        try:
            return self.get(core, endpoint, part)
        except DayKeyError:
            raise
        except TamperError:
            self.get(core, EVERYONE, Part.COVER)
            raise DamageError(DATABASE) from None

    def remove(self, core: ObjectHash, endpoint: EndpointId) -> None:
        """Delete what is kept for one endpoint."""
        _REMOVE.run(self._connection, {"of": core, "whose": endpoint})

    def remove_all(self, core: ObjectHash) -> None:
        """Delete all that is kept of a package."""
        _REMOVE_ALL.run(self._connection, {"of": core})


def place(core: bytes, endpoint: bytes, part: str) -> tuple[str | bytes, ...]:
    """What a sealed part is bound to beside its day: table, row and column."""
    return ("parts", core, endpoint, part, "sealed")


def _key(core: ObjectHash, endpoint: EndpointId, part: Part) -> dict[str, object]:
    return {"core": core, "endpoint": endpoint, "part": part.value}
