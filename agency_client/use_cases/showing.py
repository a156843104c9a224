"""One record, whole: what was written, who signed it, what followed, what is due. And all records of a package."""

from __future__ import annotations

from dataclasses import dataclass, field

from agency_client.ports.vault import Due, Families, Record
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import find_record
from phoenix_protocol.identifiers import EndpointId, ObjectHash, PackageId
from phoenix_protocol.sealing.recorded import Recorded
from phoenix_protocol.signed import parse_signed, read_unverified


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRecord:
    """A record with its document. ``signer`` is the endpoint that signed it; None for a manager, or for nobody."""

    record: Record
    document: bytes | None = field(repr=False)
    signer: EndpointId | None
    packages: tuple[PackageId, ...]
    following: tuple[ShownRecord, ...]
    dues: tuple[Due, ...]


def show_record(home: Home, number: int) -> ShownRecord:
    """A record and everything that followed it. Raises RefusedError ``E_NOT_FOUND``."""
    with home.vault.reading() as view:
        return _shown(view, find_record(view, number))


def records_of(home: Home, core: ObjectHash) -> tuple[ShownRecord, ...]:
    """Everything that was recorded about a package, oldest first."""
    with home.vault.reading() as view:
        return tuple(_shown(view, record) for record in view.records.of(core))


def dues_of(home: Home, core: ObjectHash) -> tuple[Due, ...]:
    """What is not done yet about a package, soonest first."""
    with home.vault.reading() as view:
        return tuple(due for due in view.dues.of(core=core) if due.closed is None)


def _shown(view: Families, record: Record) -> ShownRecord:
    found = (view.sent.get(core) or view.received.get(core) for core in record.cores)
    return ShownRecord(
        record=record,
        document=view.records.document(record.number),
        signer=_signer(record),
        packages=tuple(package.package for package in found if package is not None),
        following=tuple(_shown(view, each) for each in view.records.following(record.number)),
        dues=view.dues.of(record=record.number),
    )


def _signer(record: Record) -> EndpointId | None:
    # The vault authenticates its own pages: nothing is verified here that was not signed here.
    if record.signed is None:
        return None
    return read_unverified(parse_signed(record.signed), Recorded).endpoint
