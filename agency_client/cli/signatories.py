"""Agencies as their partners see them: standing, the protocol they have signed, what they assure of their security."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from agency_client.cli.telling import moment, spoken_day, table
from agency_client.record.assurances import has_ended
from agency_client.use_cases.governing import SignatoryLine
from agency_client.use_cases.protocols import ProtocolVersion
from phoenix_protocol.directory.statements import Adoption, Assurance
from phoenix_protocol.identifiers import Seconds


def protocol_json(version: ProtocolVersion) -> dict[str, Any]:
    """A version of the protocol as scripts see it."""
    return {"name": version.name, "version": version.number, "hash": _hex(version.text)}


def signatory_json(line: SignatoryLine) -> dict[str, Any]:
    """An agency as scripts see it."""
    return {
        "id": line.id,
        "name": line.name,
        "standing": line.standing.value,
        "adopted": _adoption_json(line.adopted),
        "is_current": line.is_current,
        "assurances": [assurance_json(each) for each in line.assurances],
    }


def _adoption_json(adopted: Adoption | None) -> dict[str, Any] | None:
    if adopted is None:
        return None
    return {
        "version": adopted.version,
        "hash": _hex(adopted.text),
        "time": moment(adopted.time),
    }


def assurance_json(said: Assurance) -> dict[str, Any]:
    """An assurance as scripts see it."""
    return {
        "scheme": said.scheme,
        "status": said.status,
        "valid_to": moment(said.valid_to),
        "ended": has_ended(said, _now()),
    }


def _hex(digest: bytes | None) -> str | None:
    return digest.hex() if digest is not None else None


def tell_signatories(lines: Sequence[SignatoryLine]) -> None:
    """A table of agencies for a person."""
    table(
        ("Agency", "Name", "Standing", "Protocol adopted", "Security assured by"),
        [(l.id, l.name, l.standing.value, _adopted(l), _assured(l)) for l in lines],  # noqa: E741
    )


def _adopted(line: SignatoryLine) -> str:
    if line.adopted is None:
        return "not yet"
    which = f"version {line.adopted.version}, {spoken_day(line.adopted.time)}"
    return which if line.is_current else f"{which}; not the newest"


def _assured(line: SignatoryLine) -> str:
    return "; ".join(map(assurance_in_words, line.assurances)) or "nothing declared"


def assurance_in_words(said: Assurance) -> str:
    """An assurance for a person."""
    if said.valid_to is None:
        return said.scheme if said.scheme == "none" else f"{said.scheme} ({said.status})"
    word = "ended" if has_ended(said, _now()) else "to"
    return f"{said.scheme} ({said.status}, {word} {spoken_day(said.valid_to)})"


def _now() -> Seconds:
    return Seconds(int(time.time()))
