"""From a package document to something to seal: facts gathered, rules applied, drafted (docs/document.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Generic, Protocol, TypeVar

from agency_client.ports.vault import Vault
from agency_client.record import listed
from agency_client.record.attachments import AttachmentSource
from agency_client.record.audience import audience_of
from agency_client.record.catalogue import Catalogue
from agency_client.record.copied import Copied, Copies
from agency_client.record.copying import copied_in, with_copies
from agency_client.record.document import Document
from agency_client.record.drafting import More, Setting, draft_package, readers_of
from agency_client.record.facts import AttachedFile, Facts, Own, Reach
from agency_client.record.findings import Findings
from agency_client.record.items import Ids
from agency_client.record.looks import looks, owed_looks, owed_name
from agency_client.record.placement import Rules
from agency_client.record.reading import read_document
from agency_client.record.registering import of_document
from agency_client.record.rules import check_document
from agency_client.record.shipped import shipped_calendar, shipped_catalogue
from agency_client.record.sources import Protected
from agency_client.record.when import expiry
from agency_client.use_cases.asked_about import asked_about
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.comparing import of_recipients
from agency_client.use_cases.copying import find_copies
from agency_client.use_cases.handing_in import Progressed
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known, recall_directory
from agency_client.use_cases.overriding import overridden, tell_originators, together
from agency_client.use_cases.protecting import sources_of
from agency_client.use_cases.recipients import records_addresses
from agency_client.use_cases.sealing import Keep, Outgoing, Passing
from agency_client.use_cases.sending import SendResult, send
from agency_client.use_cases.thread_consent import thread_consent
from agency_client.use_cases.told_before import passed_on_from, told_of
from agency_client.use_cases.training import training_has_ended
from keys.content import missing
from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.endpoints import Endpoint
from phoenix_protocol.directory.statements import Assurance
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, ObjectHash, PackageId, Seconds, agency_of
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.sealing.drafts import PackageDraft

DocumentT = TypeVar("DocumentT", bound=Document)

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
    """What the command adds to the document.

    ``answers`` is the core, in hex, of the request that it answers; ``speaks_of`` the packages that its words are
    about.
    """

    attachments: tuple[AttachedSource, ...] = ()
    expires: str | None = None
    urgent: bool = False
    answers: str | None = None
    speaks_of: tuple[ObjectHash, ...] = ()

    def as_text(self) -> tuple[str, ...]:
        """The options that make two sends different, besides the attachments' bytes."""
        named = tuple(f"attach:{a.section}:{a.name}" for a in self.attachments)
        answered = (f"answers:{self.answers}",) if self.answers else ()
        return (*named, f"expires:{self.expires}", f"urgent:{self.urgent}", *answered)


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


PACKAGE: Final[Kind[Document]] = Kind(
    judge=check_document, add=lambda _document, _facts, _setting: Added()
)


async def check(home: Home, data: bytes, options: Options) -> Findings:
    """What the record rules say of a document, against the directory as this home last knew it. Sends nothing.

    Raises UsageError when it cannot be read as a document at all.
    """
    return check_written(home, read_document(data), options, PACKAGE)


def check_written(
    home: Home, document: DocumentT, options: Options, kind: Kind[DocumentT]
) -> Findings:
    """The same of a document of any kind that is read already."""
    known = recall_directory(home)
    if known is None:
        raise missing("a directory")
    facts = _facts(home, known, document, options, home.now())
    return _informed(kind.judge(document, facts), document, facts, known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a send did, and what the rules said on the way."""

    result: SendResult
    findings: Findings


#: Told what the rules say, and who reads what, before anything is sealed.
Seen = Callable[[Findings], None]


def _unseen(_findings: Findings) -> None:
    """Nobody looks."""


async def send_document(
    home: Home, data: bytes, options: Options, progressed: Progressed, seen: Seen = _unseen
) -> Sent:
    """Check, draft, seal and hand in a document.

    Every problem is refused at once, before anything is sealed: RefusedError ``E_DOCUMENT``. Raises what
    :func:`~agency_client.use_cases.sending.send` raises.
    """
    sent = await send_written(home, read_document(data), data, options, progressed, PACKAGE, seen)
    await tell_originators(home)
    return sent


async def send_written(
    home: Home,
    document: DocumentT,
    data: bytes,
    options: Options,
    progressed: Progressed,
    kind: Kind[DocumentT],
    seen: Seen = _unseen,
) -> Sent:
    """The same of a document of any kind, read out of the bytes ``data``."""
    said: list[Findings] = []

    def prepare(known: Known, now: Seconds) -> Outgoing:
        facts = _facts(home, known, document, options, now)
        findings = kind.judge(document, facts)
        findings.refuse()
        said.append(_informed(findings, document, facts, known))
        seen(said[-1])
        filled = with_copies(document, facts.copies)
        return _outgoing(home, known, filled, data, options, facts, findings, kind)

    result = await send(home, prepare, progressed)
    return Sent(result=result, findings=said[0])


def _informed(findings: Findings, document: Document, facts: Facts, known: Known) -> Findings:
    """``findings`` with what is known of the recipients and is no finding."""
    compared = (facts.compared.get(name) for name in dict.fromkeys(document.to))
    setting = setting_for(known, facts.own.address, (name for name in document.to if "@" in name))
    return replace(
        findings,
        compared=tuple(each for each in compared if each is not None),
        audience=audience_of(with_copies(document, facts.copies), setting),
    )


# -- facts -----------------------------------------------------------------------------------------------------------


def _facts(home: Home, known: Known, document: Document, options: Options, now: Seconds) -> Facts:
    own, _ = endpoint_of(home)
    copies = find_copies(home, document)
    return Facts(
        now=now,
        own=_own(known, own.address),
        addresses=reaches(known, now),
        bounds=known.directory.bounds,
        catalogue=catalogue_of(home),
        attachments=tuple(
            AttachedFile(section=a.section, name=a.name, size=a.size) for a in options.attachments
        ),
        expires=options.expires,
        calendar=shipped_calendar(),
        urgent=options.urgent,
        review_due=known.directory.partnership.review_due,
        sent=_sent(home.vault, document.supersedes),
        copies=copies,
        asked=asked_about(home, document, options.answers),
        told=_told(home, document.supersedes),
        passed_on=_passed_on_before(home, copies),
        thread_consent=thread_consent(home, document),
        assured=_assured(known),
        training_ended=training_has_ended(home, now),
        kinds={str(a.id): a.signatory.kind for a in known.directory.agencies()},
        names={str(a.id): a.signatory.name for a in known.directory.agencies()},
        compared=of_recipients(home, known, document.to, now),
        sources=_sources_spoken_of(home, document, options, copies),
    )


def _sources_spoken_of(
    home: Home, document: Document, options: Options, copies: Copies
) -> tuple[Protected, ...]:
    """The protected sources of every package that a document answers, supersedes, copies from or is about."""
    answered = (ObjectHash(bytes.fromhex(options.answers)),) if options.answers else ()
    copied = (found.core for found in copies.values() if isinstance(found, Copied))
    replaced = _sent(home.vault, document.supersedes).values()
    with home.vault.reading() as view:
        return sources_of(view, (*options.speaks_of, *answered, *copied, *replaced))


def _assured(known: Known) -> dict[str, Sequence[Assurance]]:
    """What each agency assures of its security. One that has not spoken yet assures nothing."""
    return {
        agency.id: agency.keys.assurances if agency.keys is not None else ()
        for agency in known.directory.agencies()
    }


def _own(known: Known, address: Address) -> Own:
    agency = known.directory.agency(agency_of(address))
    if agency is None:
        raise RefusedError(
            "E_NOT_FOUND", "The directory does not know your agency.", next=listed.AGENCIES
        )
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


def _sent(vault: Vault, id_: str | None) -> dict[str, ObjectHash]:
    """The package of our own that a document names, by its id as it is written there."""
    try:
        package = PackageId(bytes.fromhex(id_ or ""))
    except ValueError:
        return {}
    with vault.reading() as view:
        found = view.sent.by_package(package)
    # An id is written in lower case: another way of writing it was never one.
    return {found.package.hex(): found.core} if found is not None else {}


def _told(home: Home, id_: str | None) -> tuple[str, ...]:
    """Who was told of the package that a document supersedes."""
    sent = _sent(home.vault, id_)
    with home.vault.reading() as view:
        return tuple(name for core in sent.values() for name in told_of(home, view, core))


def _passed_on_before(home: Home, copies: Copies) -> tuple[str, ...]:
    """Who was told out of packages that those replaced from which a document copies."""
    cores = dict.fromkeys(found.core for found in copies.values() if isinstance(found, Copied))
    if not cores:
        return ()
    with home.vault.reading() as view:
        return passed_on_from(home, view, cores)


# -- drafting --------------------------------------------------------------------------------------------------------


def _outgoing(
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
