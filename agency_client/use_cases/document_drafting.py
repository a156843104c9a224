"""From a document that was judged to something to seal: its draft, who gets it, what is kept and owed with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar

from agency_client.record.attachments import AttachmentSource
from agency_client.record.catalogue import Catalogue
from agency_client.record.copying import copied_in
from agency_client.record.document import Document
from agency_client.record.drafting import More, Setting, draft_package, readers_of
from agency_client.record.facts import Facts
from agency_client.record.findings import Findings
from agency_client.record.items import Ids
from agency_client.record.looks import looks, owed_looks, owed_name
from agency_client.record.placement import Rules
from agency_client.record.registering import of_document
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.when import expiry
from agency_client.use_cases.document_options import AttachedSource, Options
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.overriding import overridden, together
from agency_client.use_cases.recipients import records_addresses
from agency_client.use_cases.sealing import Keep, Outgoing, Passing
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds, agency_of
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.sealing.drafts import PackageDraft

DocumentT = TypeVar("DocumentT", bound=Document)

#: How long an answer may be owed before somebody is reminded of it (seconds).
OWED_WITHIN: Final = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a kind of document adds to a package: sections, entries of the cover, what is kept together with it."""

    more: More = lambda _ids: ()
    cover: Mapping[str, Plain] = field(default_factory=dict)
    keep: Keep | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[DocumentT]):
    """A kind of document that is sent as a package: how it is judged, and what it adds."""

    judge: Callable[[DocumentT, Facts], Findings]
    add: Callable[[DocumentT, Facts, Setting], Added]


def outgoing_of(
    home: Home,
    known: Known,
    document: DocumentT,
    data: bytes,
    options: Options,
    facts: Facts,
    findings: Findings,
    kind: Kind[DocumentT],
) -> Outgoing:
    own = facts.own.address
    setting = setting_for(
        known,
        own,
        document.to,
        urgent=options.urgent,
        supersedes=facts.sent.get(document.supersedes or ""),
        catalogue=facts.catalogue,
    )
    added = kind.add(document, facts, setting)
    ids = Ids.drawn(document, home.randomness)
    draft = draft_package(
        document,
        setting,
        _sources(options.attachments),
        home.randomness,
        more=added.more,
        ids=ids,
        cover=added.cover,
    )
    outgoing = Outgoing(
        draft=draft,
        addresses=_addresses(draft, document, own),
        expires=expiry(options.expires or document.expires, facts.now, facts.bounds.life),
        document=data,
        options=options.as_text(),
        entered=of_document(document, draft.sections),
        owed=tuple(owed_name(p) for p in findings.owed),
        passed_on=tuple(_passed_on(document, setting, ids)),
        looks=(
            *looks(document),
            *owed_looks(findings.owed, Seconds(facts.now + OWED_WITHIN)),
        ),
    )
    return replace(outgoing, keep=together(added.keep, overridden(home, document, data, facts)))


def setting_for(
    known: Known,
    own: Address,
    to: Iterable[str],
    *,
    urgent: bool = False,
    supersedes: ObjectHash | None = None,
    catalogue: Catalogue | None = None,
) -> Setting:
    """Who sends to whom, whose records get a copy, and by what rules it is written."""
    agencies = {agency_of(Address(name)) for name in (*to, own)}
    partnership = known.directory.partnership
    return Setting(
        own=own,
        records=records_addresses(known, sorted(agencies)),
        rules=Rules(
            protocol=partnership.protocol,
            protocol_version=partnership.protocol_version,
            protocol_text=partnership.protocol_text,
            catalogue=catalogue or shipped_catalogue(),
            urgent=urgent,
        ),
        supersedes=supersedes,
    )


def _passed_on(document: Document, setting: Setting, ids: Ids) -> Iterator[Passing]:
    """What goes on with a package, to whom. One's own address and records had it before."""
    own = {setting.own, *setting.records.get(agency_of(setting.own), ())}
    for section, statement, copied in copied_in(document):
        yield Passing(
            core=copied.core,
            item=copied.item,
            to_item=ids.statements[statement.number],
            to=tuple(sorted(readers_of(section.need_to_know, setting).keys() - own)),
        )


def _sources(attached: Sequence[AttachedSource]) -> tuple[AttachmentSource, ...]:
    return tuple(
        AttachmentSource(section=a.section, name=a.name, size=a.size or 0, read=a.read)
        for a in attached
    )


def _addresses(draft: PackageDraft, document: Document, own: Address) -> dict[Address, Why]:
    """Every address that reads a section, and why it is in the package."""
    written_to = {Address(name) for name in document.to}
    readers = {address for section in draft.sections for address in section.readers}
    return {
        address: Why.TO if address in written_to else (Why.OWN if address == own else Why.RECORDS)
        for address in sorted(readers)
    }
