"""Words said later of a package do not name a protected source either (hard block 9)."""

from __future__ import annotations

from pathlib import Path

from agency_client.record.reading import read_document
from agency_client.record.rules.protection import tells_source

P1 = Path(__file__).resolve().parents[2] / "config" / "demo" / "p1.toml"
POLICE = "mash@ardenfold-police"


def test_a_protected_source_is_named_to_those_alone_who_may_know() -> None:
    document = read_document(P1.read_bytes())
    (friend,) = (person for person in document.people if person.source_known_to)
    said = f"{friend.name} said so"
    assert tells_source(document, [said], [POLICE])
    assert tells_source(document, ["why", said.upper()], [*friend.source_known_to, POLICE])
    assert not tells_source(document, ["A friend said so"], [POLICE])
    assert not tells_source(document, [said], friend.source_known_to)
