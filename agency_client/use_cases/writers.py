"""Who writes here, and by which words: what a page needs before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from agency_client.record.catalogue import Catalogue
from agency_client.record.facts import Own
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import own_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """An agency's desk or person, and the catalogue in force there."""

    own: Own
    catalogue: Catalogue


def writer_of(home: Home) -> Writer:
    """Who writes in this home."""
    return Writer(own=own_of(home), catalogue=catalogue_of(home))
