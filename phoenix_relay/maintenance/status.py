"""``status``: counts, sizes, oldest held, next expiry, log size, storage keys; numbers only, no names."""

from __future__ import annotations

from pathlib import Path

from phoenix_relay.storage import schemas
from phoenix_relay.storage.claims import Claims
from phoenix_relay.storage.day_keys import days_in
from phoenix_relay.storage.facts import Fact, Facts
from phoenix_relay.storage.sqlite import DATABASE, reader_engine
from phoenix_relay.storage.store import BODIES, DAY_KEYS
from phoenix_relay.storage.tally import Tally


def status(home: Path) -> dict[str, int | str | None]:
    """What a relay's home holds. Sizes are bytes, times POSIX seconds. Changes nothing.

    Raises UsageError ``E_NOT_FOUND`` when there is no relay, RefusedError ``E_STORE_VERSION`` for another schema.
    """
    schemas.require_current(home / DATABASE)
    with reader_engine(home / DATABASE).connect() as connection:
        counts = Tally(connection).counts()
        facts, taken = Facts(connection), Claims(connection).taken()
        origin, swept = facts.get(Fact.ORIGIN), facts.number(Fact.SWEPT)
    days = days_in(home / DAY_KEYS)
    return {
        "origin": origin.decode() if origin is not None else None,
        "anchor": taken.anchor.hex() if taken is not None else None,
        "log_size": counts.statements,
        "endpoints": counts.endpoints_served,
        "joins": counts.joins,
        "packages": counts.packages,
        "unfinished": counts.unfinished,
        "held_bytes": counts.octets,
        "oldest_held": counts.oldest_held,
        "next_expiry": counts.next_expiry,
        "database_bytes": _size(home / DATABASE),
        "body_bytes": sum(_size(file) for file in (home / BODIES).glob("*/*/*")),
        "day_keys": len(days),
        "next_day_ends": days[0] if days else None,
        "last_sweep": swept or None,
    }


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
