"""What the record rules judge a document by: the directory, the vault and what it answers, gathered into facts."""

from __future__ import annotations

from collections.abc import Sequence

from agency_client.ports.vault import Vault
from agency_client.record import listed
from agency_client.record.copied import Copied, Copies
from agency_client.record.document import Document
from agency_client.record.facts import AttachedFile, Facts, Own, Reach
from agency_client.record.shipped import shipped_calendar
from agency_client.record.sources import Protected
from agency_client.use_cases.asked_about import asked_about
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.comparing import of_recipients
from agency_client.use_cases.copying import find_copies
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.protecting import sources_of
from agency_client.use_cases.recording import own_by
from agency_client.use_cases.thread_consent import thread_consent
from agency_client.use_cases.told_before import passed_on_from, told_of
from agency_client.use_cases.training import training_has_ended
from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.endpoints import Endpoint
from phoenix_protocol.directory.statements import Assurance
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, ObjectHash, PackageId, Seconds, agency_of


def facts_of(home: Home, known: Known, document: Document, options: Options, now: Seconds) -> Facts:
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
    return own_by(address, agency.signatory)


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
