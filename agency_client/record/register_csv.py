"""The register as a spreadsheet. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agency_client.record.catalogue import Catalogue
from agency_client.record.register_table import COLUMNS, RegisterEntry, rows
from agency_client.record.spreadsheet import spreadsheet


def register_csv(entries: Sequence[RegisterEntry], catalogue: Catalogue) -> bytes:
    """The file's bytes: a heading, one row for each entry."""
    return spreadsheet([heading for heading, _ in COLUMNS], rows(entries, catalogue))
