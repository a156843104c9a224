"""Who the protected sources of a package are, and refusing words about it that would name one (hard block 9).

What is typed after sending is held to the same rule as the document: a notice, an answer to one, a recall. What is sent
as a document of its own is judged by `agency_client/record/rules/protection.py`, with these sources as facts. Receipts
need no rule: they go to whoever sent the package, and so named its sources.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from agency_client.ports.vault import Families
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.reading import read_document
from agency_client.record.sources import (
    Protected,
    hints_at_source,
    protected_by,
    protected_in,
    tells_source,
)
from phoenix_protocol.errors import Problem, RefusedError, TamperError
from phoenix_protocol.identifiers import Address, ObjectHash
from phoenix_protocol.package.envelope import Why, read_core

_NEXT: Final = "Say it without the name."


def sources_of(view: Families, cores: Iterable[ObjectHash]) -> tuple[Protected, ...]:
    """The protected sources of packages as far as this home knows them: as it wrote them, and as they came."""
    found: dict[Protected, None] = {}
    for core in dict.fromkeys(cores):
        record = view.sent.record(core)
        written = protected_in(read_document(record.document).people) if record is not None else []
        ours = {source.name for source in written}
        passed_on = (source for source in _as_stored(view, core) if source.name not in ours)
        found.update(dict.fromkeys((*written, *passed_on)))
    return tuple(found)


def _as_stored(view: Families, core: ObjectHash) -> list[Protected]:
    """Those whom sections of a package name that are here: whoever sent it here knows them too."""
    contents, received = view.contents.get(core), view.received.get(core)
    sections: list[ReadSection] = []
    for section in contents.sections if contents is not None else ():
        with suppress(TamperError):
            sections.append(read_section(section.items))
    return protected_by(sections, [received.sent_from] if received is not None else [])


def without_records(
    view: Families, core: ObjectHash, addresses: Iterable[Address]
) -> tuple[Address, ...]:
    """``addresses`` but for those that keep an agency's records, as they keep everything."""
    offer = view.received.offer(core)
    said = read_core(offer.core)[0].recipients if offer is not None else view.sent.addresses(core)
    records = {each.address for each in said if each.why is Why.RECORDS}
    return tuple(address for address in addresses if address not in records)


def refuse_naming(
    sources: Iterable[Protected], texts: Iterable[str | None], readers: Iterable[str]
) -> tuple[Problem, ...]:
    """Raise RefusedError ``E_DOC_PROTECTED`` where a text names a source to a reader who may not know it.

    Gives what is worth a second look: a part of such a name.
    """
    known, said, audience = tuple(sources), [t for t in texts if t], frozenset(readers)
    if tells_source(known, said, audience):
        raise RefusedError(
            "E_DOC_PROTECTED",
            "This names a protected source to somebody who may not know who it is. Nothing was sent.",
            next=_NEXT,
        )
    if not hints_at_source(known, said, audience):
        return ()
    message = "This has a part of a protected source's name in it, and not everybody who reads it may know who that is."
    return (Problem(code="W_DOC_PROTECTED", message=message, next=_NEXT),)
