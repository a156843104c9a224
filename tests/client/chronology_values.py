"""Statements, sections and packages for tests of the chronology."""

from __future__ import annotations

from typing import Any

from agency_client.record.chronology import Carrier, Entry, entries_of
from agency_client.record.noticed import Noticed
from agency_client.record.opened import ReadPerson, ReadSection, ReadStatement
from phoenix_protocol import record
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    EndpointId,
    ItemId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.record import CLASS_OF, Kind
from phoenix_protocol.sealing.notices import NoticeAction

FRONT = Address("front.door@quillmere-council")
MASH = Address("mash@ardenfold-police")
COUNCIL, POLICE = AgencyId("quillmere-council"), AgencyId("ardenfold-police")
JORDAN = ItemId(b"J" * 16)


def item(n: int) -> ItemId:
    return ItemId(n.to_bytes(16, "big"))


def said(text: str = "Absent", **more: Any) -> record.Statement:
    """A statement; what is not given is empty."""
    values: dict[str, Any] = {
        "kind": Kind.RECORD,
        "text": text,
        "about": (JORDAN,),
        "origin": COUNCIL,
        "chain_depth": 0,
        "basis": (),
        "special_category": (),
        "flags": (),
        "critical": {},
        "optional": {},
        **more,
    }
    return record.Statement(**values)


def section(*statements: record.Statement, first: int = 1, name: str = "seen") -> ReadSection:
    """A section with statements whose ids count from ``first``."""
    person = record.Person(
        label="child",
        name="Jordan T",
        role="child",
        identifiers={},
        part3_category=(),
        critical={},
        optional={},
    )
    return ReadSection(
        id=name,
        item=item(10_000 + first),
        kind="statements",
        title=name,
        marking="OFFICIAL-SENSITIVE",
        handling=(),
        people=(ReadPerson(id=JORDAN, said=person),),
        statements=tuple(
            ReadStatement(id=item(first + n), class_=CLASS_OF[s.kind], about=("child",), said=s)
            for n, s in enumerate(statements)
        ),
        attachments=(),
        answers={},
        do_not_alert=(),
    )


def carrier(n: int = 1, **more: Any) -> Carrier:
    values: dict[str, Any] = {
        "core": ObjectHash(n.to_bytes(32, "big")),
        "package": PackageId(n.to_bytes(16, "big")),
        "sent_from": FRONT,
        "sent": Seconds(1_764_000_000 + n),
        "is_own": False,
        "state": "committed",
        "thread": "QM-0417",
        **more,
    }
    return Carrier(**values)


def entries(
    *statements: record.Statement,
    n: int = 1,
    notices: dict[ItemId, tuple[Noticed, ...]] | None = None,
    **more: Any,
) -> list[Entry]:
    """The statements of one package, in one section."""
    return list(entries_of(carrier(n, **more), [section(*statements)], notices or {}))


def notice(
    action: NoticeAction, replacement: record.Statement | None = None, **more: Any
) -> Noticed:
    values: dict[str, Any] = {
        "notice": ObjectHash(b"n" * 32),
        "action": action,
        "by": FRONT,
        "endpoint": EndpointId(b"e" * 32),
        "number": 1,
        "time": Seconds(1_764_100_000),
        "words": "We looked again",
        "replacement": replacement,
        "conditions": (),
        **more,
    }
    return Noticed(**values)
