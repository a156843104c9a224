"""Holding what is kept of packages against the digests in their cores and deliveries, blocks against their leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, Table, exists, select

from phoenix_protocol import merkle
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.package.envelope import Core, Delivery, read_core
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.signed import parse_signed, read_unverified
from phoenix_protocol.suite.hashing import sha256
from phoenix_relay.maintenance.findings import Finding, name_of, rows_of
from phoenix_relay.maintenance.log_check import hash_of_signed
from phoenix_relay.storage import parts as storage_parts
from phoenix_relay.storage import sayings as storage_sayings
from phoenix_relay.storage.bodies import Bodies
from phoenix_relay.storage.day_keys import DayKeyError, DayKeys
from phoenix_relay.storage.parts import EVERYONE, Part
from phoenix_relay.storage.rows import Body, Day
from phoenix_relay.storage.tables import BODIES, DELIVERIES, DETAILS, PACKAGES, PARTS, RECIPIENTS
from phoenix_relay.storage.uploads import body_of_row

CHANGED: Final = "It was changed."

Digests: TypeAlias = dict[tuple[bytes, str], bytes]

_STATES: Final = frozenset(state.value for state in State)


def check_packages(connection: Connection, day_keys: DayKeys) -> Iterator[Finding]:
    """Cores, deliveries, receipts, recipients, and every sealed part that a core or delivery has a digest of."""
    for package in rows_of(connection, PACKAGES):
        core = None if package.core_bytes is None else _core_of(package)
        if package.core_bytes is not None and core is None:
            yield Finding(place="packages", name=name_of(package.core), what=CHANGED)
        digests = {} if core is None else _digests_of(core)
        deliveries = _of(connection, DELIVERIES, package.core)
        for delivery in deliveries:
            yield from _check_delivery(delivery, digests)
        for recipient in _of(connection, RECIPIENTS, package.core):
            yield from _check_recipient(recipient, core, {row.hash for row in deliveries})
        for part in _of(connection, PARTS, package.core):
            yield from _check_part(connection, part, digests, day_keys)


def check_strays(connection: Connection) -> Iterator[Finding]:
    """Deliveries, recipients and parts whose package is not there."""
    for table in (DELIVERIES, RECIPIENTS, PARTS):
        stray = ~exists().where(PACKAGES.c.core == table.c.core)
        for row in connection.execute(select(table.c.core).distinct().where(stray)):
            yield Finding(place=table.name, name=name_of(row.core), what="Its package is missing.")


def check_details(connection: Connection, day_keys: DayKeys) -> Iterator[Finding]:
    """Every sealed detail."""
    for row in rows_of(connection, DETAILS):
        _, what = _open(day_keys, row.day, storage_sayings.place(row.saying), row.sealed)
        if what is not None and _is_there(connection, DETAILS, row):
            yield Finding(place="details", name=name_of(row.saying), what=what)


def check_bodies(connection: Connection, bodies: Bodies) -> Iterator[Finding]:
    """Every block of every uploaded body that a package needs, and those of others that have arrived."""
    for row in rows_of(connection, BODIES):
        body = body_of_row(row)
        arrived = set(range(len(body.leaves))) - set(bodies.missing_now(body))
        expected = range(len(body.leaves)) if _is_needed(connection, row.id) else sorted(arrived)
        for index in expected:
            what = _bad_block(bodies, body, index)
            # Deleted between two looks is not damage: the row goes first, then its files.
            if what is not None and _is_there(connection, BODIES, row):
                yield Finding(place="bodies", name=f"{name_of(row.id)}/{index}", what=what)


def _core_of(package: Row[Any]) -> Core | None:
    try:
        core, core_hash = read_core(package.core_bytes)
    except PhoenixError:
        return None
    says = (core_hash, core.package, core.sender, core.created, core.expires)
    row = (package.core, package.package, package.sender, package.created, package.expires)
    return core if says == row else None


def _check_delivery(row: Row[Any], digests: Digests) -> Iterator[Finding]:
    name = f"{name_of(row.core)}/{row.number}"
    if hash_of_signed(row.held) != row.held_hash:
        yield Finding(place="receipts", name=name, what=CHANGED)
    if row.signed is None:
        return
    if hash_of_signed(row.signed) != row.hash:
        yield Finding(place="deliveries", name=name, what=CHANGED)
        return
    for granted in read_unverified(parse_signed(row.signed), Delivery).endpoints:
        digests[(granted.endpoint, Part.CAPSULE.value)] = granted.capsule
        digests[(granted.endpoint, Part.GRANT.value)] = granted.grant


def _digests_of(core: Core) -> Digests:
    return {
        (EVERYONE, Part.COVER.value): core.cover.digest,
        (EVERYONE, Part.BODY.value): core.body.digest,
    }


def _check_recipient(row: Row[Any], core: Core | None, deliveries: set[bytes]) -> Iterator[Finding]:
    known = row.state in _STATES and row.delivery in deliveries
    named = core is None or (row.address, row.why) in {
        (to.address, to.why.value) for to in core.recipients
    }
    if not (known and named):
        name = f"{name_of(row.core)}/{name_of(row.endpoint)}"
        yield Finding(place="recipients", name=name, what=CHANGED)


def _check_part(
    connection: Connection, row: Row[Any], digests: Digests, day_keys: DayKeys
) -> Iterator[Finding]:
    name = f"{name_of(row.core)}/{row.part}"
    place = storage_parts.place(row.core, row.endpoint, row.part)
    plain, what = _open(day_keys, row.day, place, row.sealed)
    if plain is not None:
        hashed = merkle.leaf_hash(plain) if row.part == Part.BODY.value else sha256(plain)
        if digests.get((row.endpoint, row.part), hashed) != hashed:
            what = "It does not have the digest that its sender signed."
    if what is not None and _is_there(connection, PARTS, row):
        yield Finding(place="parts", name=name, what=what)


def _open(
    day_keys: DayKeys, day: int, place: tuple[str | bytes, ...], sealed: bytes
) -> tuple[bytes | None, str | None]:
    """What was sealed, or what is wrong with it. Neither without its storage key, which is a finding by itself."""
    try:
        return day_keys.unseal(Day(day), place, sealed), None
    except RefusedError:
        return None, None
    except DayKeyError as error:
        return None, error.what
    except PhoenixError:
        return None, CHANGED


def _bad_block(bodies: Bodies, body: Body, index: int) -> str | None:
    try:
        bodies.read_now(body, index)
    except RefusedError:
        return None  # its storage key is not there
    except PhoenixError as error:
        return error.what
    return None


def _is_needed(connection: Connection, body: bytes) -> bool:
    wanted = select(PACKAGES.c.core).where(PACKAGES.c.body == body)
    return connection.execute(wanted).first() is not None


def _of(connection: Connection, table: Any, core: bytes) -> list[Row[Any]]:
    return list(connection.execute(select(table).where(table.c.core == core)).all())


def _is_there(connection: Connection, table: Table, row: Row[Any]) -> bool:
    """Whether a row that looked damaged is there still: deleted between two looks is not damage."""
    keys = table.primary_key.columns
    same = [key == row._mapping[key] for key in keys]
    return connection.execute(select(*keys).where(*same)).first() is not None
