"""Whether somebody waits for an answer about the people of a document (docs/requests.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.ports.vault import Families
from agency_client.record.document import Document
from agency_client.record.opened import read_section
from agency_client.record.subjects import reference
from agency_client.use_cases.home import Home
from agency_client.use_cases.request_dues import OWED_BY_US
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ObjectHash

#: As many characters of an id as lists show.
_SHOWN: Final = 12


def asked_about(home: Home, document: Document, answers: str | None) -> tuple[str, ...]:
    """The requests that are owed an answer here and name somebody of ``document``, by their ids.

    The one that the document ``answers``, the hash of whose core is given in hex, is left out.
    """
    people = {
        found
        for person in document.people
        for text in (person.name, *person.identifiers.values())
        if text and (found := reference(text))
    }
    if not people:
        return ()
    with home.vault.reading() as view:
        return tuple(
            package
            for due in view.dues.open({OWED_BY_US})
            if due.core is not None and due.core.hex() != answers
            for package in _naming(view, due.core, people)
        )


def _naming(view: Families, core: ObjectHash, people: set[str]) -> Iterator[str]:
    """The id of a request, if it names one of ``people``."""
    received, contents = view.received.get(core), view.contents.get(core)
    if received is None or contents is None:
        return
    try:
        named = [p.said for s in contents.sections for p in read_section(s.items).people]
    except TamperError:
        return  # told of when it is read
    texts = (text for person in named for text in (person.name, *person.identifiers.values()))
    if people & {reference(text) for text in texts}:
        yield received.package.hex()[:_SHOWN]
