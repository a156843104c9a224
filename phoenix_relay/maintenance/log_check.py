"""Holding the log against itself: statements against their hashes, hashes against the roots that were published."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from phoenix_protocol.commitments import commit
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.joining import join_code
from phoenix_protocol.merkle import Frontier
from phoenix_protocol.signed import parse_signed
from phoenix_relay.maintenance.findings import Finding, name_of, rows_of
from phoenix_relay.storage.claims import Claims
from phoenix_relay.storage.log import Log
from phoenix_relay.storage.tables import EPOCHS, JOINS, LEAVES, OPENINGS, SAYINGS


def check_log(connection: Connection) -> Iterator[Finding]:
    """Every statement, the root after each append, and every opening."""
    # The roots first: what is appended meanwhile is then beyond the last of them.
    roots = dict(Log(connection).roots())
    frontier = Frontier()
    for row in rows_of(connection, LEAVES):
        if row.place != frontier.size:
            yield Finding(place="log", name=str(frontier.size), what="The statement is missing.")
            return
        if hash_of_signed(row.statement) != row.hash:
            yield Finding(place="log", name=str(row.place), what="The statement was changed.")
        frontier = frontier.append(row.hash)
        if roots.pop(frontier.size, frontier.root()) != frontier.root():
            what = "The tree does not have the root that was published."
            yield Finding(place="log", name=str(frontier.size), what=what)
    for size in roots:
        yield Finding(place="log", name=str(size), what="Statements at the end are missing.")
    for row in rows_of(connection, OPENINGS):
        if commit(row.kind, row.salt, row.text.encode()) != row.commitment:
            yield Finding(place="openings", name=str(row.place), what="The opening was changed.")


def check_signatures(connection: Connection) -> Iterator[Finding]:
    """Every signature of the log, by the same fold that admitted its statements: no hash covers them.

    What comes after a statement that does not verify cannot be judged, so that one finding is the last.
    """
    taken = Claims(connection).taken()
    if taken is None:
        return
    directory: Directory | None = None
    for row in rows_of(connection, LEAVES):
        try:
            directory = (
                Directory.begin(row.statement, taken.anchor)
                if directory is None
                else directory.admit(row.statement)
            )
        except PhoenixError as error:
            what = f"The statement does not verify ({error.code})."
            yield Finding(place="log", name=str(row.place), what=what)
            return


def check_documents(connection: Connection) -> Iterator[Finding]:
    """Epoch keys, join requests and everything said of packages, each against its object hash."""
    for table in (EPOCHS, SAYINGS):
        for row in rows_of(connection, table):
            if hash_of_signed(row.signed) != row.hash:
                name = name_of(row.hash)
                yield Finding(place=table.name, name=name, what="The object was changed.")
    for row in rows_of(connection, JOINS):
        if join_code(row.request) != row.code:
            name = name_of(row.request)
            yield Finding(place="joins", name=name, what="The join request was changed.")


def hash_of_signed(signed: bytes) -> bytes | None:
    """The object hash of Signed bytes; None when they are not a Signed object."""
    try:
        return parse_signed(signed).hash
    except PhoenixError:
        return None
