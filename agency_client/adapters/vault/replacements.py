"""Packages that replace others, in their table."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Final

from agency_client.adapters.vault.session import Session
from phoenix_protocol.identifiers import ObjectHash

_AMONG: Final = (
    "WITH wanted AS MATERIALIZED (SELECT unhex(value) AS core FROM json_each(?1)) "
    "SELECT core, replaces FROM wanted JOIN replacements USING (core) UNION "
    "SELECT replacements.core, replaces FROM wanted JOIN replacements "
    "ON replacements.replaces = wanted.core"
)


class ReplacementTable:
    """Implements :class:`agency_client.ports.vault.Replacements`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, core: ObjectHash, replaces: ObjectHash) -> None:
        self._session.run("INSERT OR IGNORE INTO replacements VALUES (?, ?)", core, replaces)

    def among(self, cores: Collection[ObjectHash]) -> tuple[tuple[ObjectHash, ObjectHash], ...]:
        rows = self._session.all(_AMONG, json.dumps([core.hex() for core in cores]))
        return tuple((ObjectHash(core), ObjectHash(replaces)) for core, replaces in rows)
