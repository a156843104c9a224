"""From a package document to something to seal: facts gathered, rules applied, drafted (docs/document.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from agency_client.ports.vault import Vault
from agency_client.record.attachments import AttachmentSource
from agency_client.record.copying import copied_in, with_copies
from agency_client.record.document import Document
from agency_client.record.drafting import Setting, draft_package, readers_of
from agency_client.record.facts import AttachedFile, Facts, Own, Reach
from agency_client.record.findings import Findings
from agency_client.record.items import Ids
from agency_client.record.looks import looks, owed_looks, owed_name
from agency_client.record.placement import Rules
from agency_client.record.reading import read_document
from agency_client.record.registering import of_document
from agency_client.record.rules import check_document
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.when import expiry
from agency_client.use_cases.copying import find_copies
from agency_client.use_cases.handing_in import Progressed
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known, recall_directory
from agency_client.use_cases.recipients import records_addresses
from agency_client.use_cases.sealing import Outgoing, Passing
from agency_client.use_cases.sending import SendResult, send
from keys.content import missing
from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.endpoints import Endpoint
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds, agency_of
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.sealing.drafts import PackageDraft

#: How long an answer may be owed before somebody is reminded of it (seconds).
OWED_WITHIN: Final = 86400


class AttachedSource(Protocol):
    """A file that was attached: which section it belongs to, its shown name and size, its bytes."""

    @property
    def section(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int | None:
        """Bytes, or None for a file that cannot be read."""
        ...

    def read(self) -> Iterator[bytes]:
        """The bytes in pieces of at most 1 MiB, from the beginning, each time it is called."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command adds to the document."""

    attachments: tuple[AttachedSource, ...] = ()
    expires: str | None = None
    urgent: bool = False

    def as_text(self) -> tuple[str, ...]:
        """The options that make two sends different, besides the attachments' bytes."""
        named = tuple(f"attach:{a.section}:{a.name}" for a in self.attachments)
        return (*named, f"expires:{self.expires}", f"urgent:{self.urgent}")


async def check(home: Home, data: bytes, options: Options) -> Findings:
    """What the record rules say of a document, against the directory as this home last knew it. Sends nothing.

    Raises UsageError when it cannot be read as a document at all.
    """
    document = read_document(data)
    known = recall_directory(home)
    if known is None:
        raise missing("a directory")
    return check_document(document, _facts(home, known, document, options, home.now()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a send did, and what the rules said on the way."""

    result: SendResult
    findings: Findings


async def send_document(home: Home, data: bytes, options: Options, progressed: Progressed) -> Sent:
    """Check, draft, seal and hand in a document.

    Every problem is refused at once, before anything is sealed: RefusedError ``E_DOCUMENT``. Raises what
    :func:`~agency_client.use_cases.sending.send` raises.
    """
    document = read_document(data)
    said: list[Findings] = []

    def prepare(known: Known, now: Seconds) -> Outgoing:
        facts = _facts(home, known, document, options, now)
        findings = check_document(document, facts)
        findings.refuse()
        said.append(findings)
        filled = with_copies(document, facts.copies)
        return _outgoing(home, known, filled, data, options, facts, findings)

    result = await send(home, prepare, progressed)
    return Sent(result=result, findings=said[0])


# -- facts -----------------------------------------------------------------------------------------------------------


def _facts(home: Home, known: Known, document: Document, options: Options, now: Seconds) -> Facts:
    own, _ = endpoint_of(home)
    return Facts(
        now=now,
        own=_own(known, own.address),
        addresses=reaches(known, now),
        bounds=known.directory.bounds,
        catalogue=shipped_catalogue(),
        attachments=tuple(
            AttachedFile(section=a.section, name=a.name, size=a.size) for a in options.attachments
        ),
        expires=options.expires,
        urgent=options.urgent,
        review_due=known.directory.partnership.review_due,
        sent=_sent(home.vault),
        copies=find_copies(home, document),
    )


def _own(known: Known, address: Address) -> Own:
    agency = known.directory.agency(agency_of(address))
    if agency is None:
        raise RefusedError("E_NOT_FOUND", "The directory does not know your agency.")
    signatory = agency.signatory
    return Own(
        address=address,
        kind=signatory.kind,
        jurisdiction=signatory.jurisdiction,
        legal_scope=signatory.legal_scope,
    )


def reaches(known: Known, now: Seconds) -> dict[str, Reach]:
    """Every address that the directory has ever had, and whether it can be written to."""
    found: dict[str, Reach] = {}
    for endpoint in known.directory.endpoints():
        address = known.address_of(endpoint.id)
        if address is not None and found.get(address) is not Reach.IN_FORCE:
            found[address] = _reach(known, endpoint, now)
    return found


_OF_STANDING = {
    TakesPart.SUSPENDED: Reach.SUSPENDED,
    TakesPart.CLOSED: Reach.CLOSED,
}


def _reach(known: Known, endpoint: Endpoint, now: Seconds) -> Reach:
    agency = known.directory.agency(endpoint.agency)
    if agency is not None and agency.standing in _OF_STANDING:
        return _OF_STANDING[agency.standing]
    return Reach.IN_FORCE if endpoint.in_force_at(now) is not None else Reach.ENDED


def _sent(vault: Vault) -> dict[str, ObjectHash]:
    with vault.reading() as view:
        return {s.package.package.hex(): s.package.core for s in view.sent.listing()}


# -- drafting --------------------------------------------------------------------------------------------------------


def _outgoing(
    home: Home,
    known: Known,
    document: Document,
    data: bytes,
    options: Options,
    facts: Facts,
    findings: Findings,
) -> Outgoing:
    own = facts.own.address
    agencies = {agency_of(Address(name)) for name in (*document.to, own)}
    setting = Setting(
        own=own,
        records=records_addresses(known, sorted(agencies)),
        rules=Rules(
            protocol=known.directory.partnership.protocol,
            catalogue=facts.catalogue,
            urgent=options.urgent,
        ),
        supersedes=facts.sent.get(document.supersedes or ""),
    )
    ids = Ids.drawn(document, home.randomness)
    draft = draft_package(
        document, setting, _sources(options.attachments), home.randomness, ids=ids
    )
    return Outgoing(
        draft=draft,
        addresses=_addresses(draft, document, own),
        expires=expiry(options.expires or document.expires, facts.now, facts.bounds.life),
        document=data,
        options=options.as_text(),
        entered=of_document(document, facts.attachments),
        owed=tuple(owed_name(p) for p in findings.owed),
        passed_on=tuple(_passed_on(document, setting, ids)),
        looks=(
            *looks(document),
            *owed_looks(findings.owed, Seconds(facts.now + OWED_WITHIN)),
        ),
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
