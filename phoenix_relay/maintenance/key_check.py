"""Holding the relay's key files against what starting asks of them, its own against the partnership in the log too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from phoenix_protocol.directory.statements import Partnership, RelayKeys
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.signed import parse_signed, read_unverified
from phoenix_relay import custody
from phoenix_relay.maintenance.findings import Finding, rows_of
from phoenix_relay.storage.day_keys import DayKeyError, DayKeys, LostKeysError
from phoenix_relay.storage.expiry import Expiry
from phoenix_relay.storage.facts import Fact, Facts
from phoenix_relay.storage.tables import LEAVES


def check_keys(connection: Connection | None, home: Path) -> Iterator[Finding]:
    """Every key file that is missing, damaged, open to others, or not the one that the partnership knows.

    Without a ``connection``, of a database that cannot be opened, nobody can say which those are.
    """
    origin, named = "", None
    if connection is not None:
        # What makes no sense there is a finding of its own.
        with suppress(SQLAlchemyError, PhoenixError, ValueError, TypeError, AttributeError):
            origin, named = Facts(connection).text(Fact.ORIGIN), _named(connection)
    for file, error in custody.faults(home, origin=origin, named=named):
        folder, _, name = file.rpartition("/")
        yield Finding(
            place=folder or "database", name=name, what=error.what, code=error.code, next=error.next
        )


def check_day_keys(connection: Connection, day_keys: DayKeys) -> Iterator[Finding]:
    """Every storage key that is there and does not open anything, or is not there and should.

    A home that was restored has none until it first serves.
    """
    for day in day_keys.damaged():
        file = day_keys.file_of(day)
        error = DayKeyError(file)
        folder, _, name = file.rpartition("/")
        yield Finding(place=folder, name=name, what=error.what, next=error.next)
    if not Facts(connection).get(Fact.RESTORED):
        yield from _missing(connection, day_keys)


def _missing(connection: Connection, day_keys: DayKeys) -> Iterator[Finding]:
    expiry = Expiry(connection)
    for day in day_keys.missing(expiry.days_in_use()):
        # Rows go before their key: a day that ended between two looks is none that lost it.
        if day in expiry.days_in_use():
            error = LostKeysError(day_keys.file_of(day))
            folder, _, name = error.file.rpartition("/")
            yield Finding(
                place=folder, name=name, what=error.what, code=error.code, next=error.next
            )


def _named(connection: Connection) -> RelayKeys | None:
    """The keys in the newest partnership statement. The log was held against its roots before."""
    named = None
    for row in rows_of(connection, LEAVES):
        signed = parse_signed(row.statement)
        if signed.type == Partnership.TYPE:
            named = read_unverified(signed, Partnership).relay
    return named
