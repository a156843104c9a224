"""Templates in the words of the jurisdiction that this home's agency belongs to (docs/document.md)."""

from __future__ import annotations

from functools import partial

from agency_client.record.localising import localised
from agency_client.record.templates import Template, template
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import recall_directory
from agency_client.use_cases.recording import whose
from phoenix_protocol.identifiers import AgencyId


def place_of(home: Home) -> str:
    """The jurisdiction of this home's agency as the directory says; empty where it is not known yet."""
    known = recall_directory(home)
    agency = known.directory.agency(AgencyId(whose(home).rpartition("@")[2])) if known else None
    return agency.signatory.jurisdiction if agency is not None else ""


def template_here(home: Home, kind: Template) -> str:
    """The commented document of a kind, without the words of other jurisdictions."""
    return template(kind, partial(localised, catalogue=catalogue_of(home), place=place_of(home)))
