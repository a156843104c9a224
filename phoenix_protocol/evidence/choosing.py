"""Which statements of a log a proof needs: the partnership's, and those of agencies and endpoints that took part."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from phoenix_protocol.api import LogEntry
from phoenix_protocol.directory.openings import by_commitment
from phoenix_protocol.directory.statements import (
    AgencyKeys,
    Member,
    MemberEnd,
    Opening,
    Partnership,
    Signatory,
    SignatoryStatus,
)
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.evidence.messages import LOG, BundleStatement
from phoenix_protocol.evidence.records import framed
from phoenix_protocol.evidence.subjects import leaf_of, may_be_about, read_statement
from phoenix_protocol.identifiers import AgencyId, EndpointId
from phoenix_protocol.schema import encode
from phoenix_protocol.signed import Signed, parse_signed

#: All statements of the log in their order, from the first, each time it is called.
LogEntries = Callable[[], Iterator[LogEntry]]

_OF_ENDPOINTS: Final = frozenset({Member.TYPE, MemberEnd.TYPE})
_OF_AGENCIES: Final = frozenset({Signatory.TYPE, SignatoryStatus.TYPE, AgencyKeys.TYPE})


@dataclass(slots=True)
class _Seen:
    """What one look at the log has found."""

    leaves: list[bytes] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)
    wanted: set[AgencyId] = field(default_factory=set)
    agencies: list[tuple[int, AgencyId]] = field(default_factory=list)

    def look(self, signed: Signed, endpoints: Collection[EndpointId]) -> None:
        """Take in the next statement."""
        index = len(self.leaves)
        self.leaves.append(signed.hash)
        if signed.type == Partnership.TYPE:
            self.shown.add(index)
        elif signed.type in _OF_AGENCIES:
            self.agencies.append((index, _agency(signed)))
        elif signed.type in _OF_ENDPOINTS and _is_about(signed, self.leaves[-1], endpoints):
            self.shown.add(index)
            self.wanted.add(_agency(signed))


def _agency(signed: Signed) -> AgencyId:
    statement = read_statement(signed)
    return AgencyId("") if isinstance(statement, Partnership) else statement.agency


def _is_about(signed: Signed, itself: bytes, endpoints: Collection[EndpointId]) -> bool:
    if itself in endpoints:
        return True
    if not may_be_about(signed.payload, endpoints):
        return False
    statement = read_statement(signed)
    return isinstance(statement, Member | MemberEnd) and statement.endpoint in endpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLog:
    """The leaves of a log, and the indexes of the statements that are shown."""

    entries: LogEntries = field(repr=False)
    leaves: tuple[bytes, ...] = field(repr=False)
    shown: frozenset[int]

    def records(self, *, whole: bool) -> Iterator[bytes]:
        """The leaves, the statements that are shown and, if ``whole``, all others: as they stand in the file."""
        yield framed(b"".join(self.leaves))
        for index, entry in self._numbered():
            if index in self.shown:
                yield framed(encode(_shown(index, entry)))
        if whole:
            for index, entry in self._numbered():
                if index not in self.shown:
                    yield framed(leaf_of(parse_signed(entry.statement)))

    def _numbered(self) -> Iterator[tuple[int, LogEntry]]:
        # The log may have grown since it was looked at.
        return zip(range(len(self.leaves)), self.entries(), strict=False)


def choose(entries: LogEntries, size: int, endpoints: Collection[EndpointId]) -> ChosenLog:
    """What a proof about ``endpoints`` needs out of the first ``size`` statements of a log that was admitted before.

    Raises RefusedError ``E_LIMIT`` for a log that is too long for a bundle.
    """
    if size > LOG:
        raise RefusedError("E_LIMIT", "The partnership's log is too long for a bundle.")
    seen = _Seen()
    for _, entry in zip(range(size), entries(), strict=False):
        seen.look(parse_signed(entry.statement), endpoints)
    agencies = {index for index, agency in seen.agencies if agency in seen.wanted}
    return ChosenLog(
        entries=entries, leaves=tuple(seen.leaves), shown=frozenset(seen.shown | agencies)
    )


def _shown(index: int, entry: LogEntry) -> BundleStatement:
    return BundleStatement(
        index=index,
        statement=entry.statement,
        openings=_openings(entry, parse_signed(entry.statement)),
    )


def _openings(entry: LogEntry, signed: Signed) -> tuple[Opening, ...]:
    """Names and addresses of endpoints alone: who holds keys of governance and agencies proves nothing here."""
    if signed.type != Member.TYPE:
        return ()
    member = read_statement(signed)
    if not isinstance(member, Member):
        return ()
    opened = by_commitment(entry.openings)
    hidden = (member.address_commitment, member.name_commitment)
    return tuple(opened[found] for found in hidden if found is not None and found in opened)
