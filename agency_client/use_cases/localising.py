"""Templates and lists in the words of the jurisdiction that this home's agency belongs to (docs/document.md)."""

from __future__ import annotations

from functools import partial

from agency_client.record.catalogue import Catalogue
from agency_client.record.localising import localised
from agency_client.record.templates import Template, template
from agency_client.record.word_lists import WordList, word_lists
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import recall_directory
from agency_client.use_cases.recording import whose
from phoenix_protocol.directory.statements import Signatory
from phoenix_protocol.identifiers import AgencyId


def place_of(home: Home) -> str:
    """The jurisdiction of this home's agency as the directory says; empty where it is not known yet."""
    signatory = _signatory(home)
    return signatory.jurisdiction if signatory is not None else ""


def word_lists_here(home: Home, catalogue: Catalogue) -> tuple[WordList, ...]:
    """The lists of words of a catalogue, without what is not open to this home's agency."""
    signatory = _signatory(home)
    if signatory is None:
        return word_lists(catalogue)
    return word_lists(catalogue, signatory.kind, signatory.jurisdiction)


def _signatory(home: Home) -> Signatory | None:
    known = recall_directory(home)
    agency = known.directory.agency(AgencyId(whose(home).rpartition("@")[2])) if known else None
    return agency.signatory if agency is not None else None


def template_here(home: Home, kind: Template) -> str:
    """The commented document of a kind, without the words of other jurisdictions."""
    return template(kind, partial(localised, catalogue=catalogue_of(home), place=place_of(home)))
