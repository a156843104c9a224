"""Rules on the package and its sections: purpose, marking, names, something to say (hard block 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import Finding, owed, problem, warning
from agency_client.record.places import Place

#: Names that the sections which are added to the author's have.
ADDED: Final = frozenset({"legal", "decision"})


def purpose(document: Document, facts: Facts) -> Iterator[Finding]:
    """A package has a purpose."""
    if document.purpose is None:
        message = "The document does not say what it is shared for."
        yield problem("E_DOC_PURPOSE", ("purpose",), message, clause="PR2")


def something(document: Document, facts: Facts) -> Iterator[Finding]:
    """There is something to share: a section, and in each section a statement or a file."""
    is_missing = not document.section and not document.speaks_without_sections
    if is_missing and not document.faults.has(("section",)):
        message = "The document has no section, so there is nothing to share."
        yield problem(
            "E_DOC_EMPTY", ("section",), message, remedy="Write a [[section]].", clause="SH5"
        )
    attached = {file.section for file in facts.attachments}
    for section in document.section:
        if not section.statement and section.id not in attached:
            message = "This section has no statement and no attached file."
            yield problem("E_DOC_EMPTY", (*section.at, "statement"), message, clause="SH5")


def names(document: Document, facts: Facts) -> Iterator[Finding]:
    """Every section has an id of its own."""
    seen: set[str] = set()
    for section in document.section:
        at = (*section.at, "id")
        if section.id is None:
            message = "This section has no id."
            yield problem("E_DOC_MISSING", at, message, remedy='Write id = "..." in one word.')
        elif section.id in ADDED:
            message = "This id belongs to a section that is added by itself."
            yield problem("E_DOC_DUPLICATE", at, message, remedy="Choose another id.")
        elif section.id in seen:
            message = "Another section has this id."
            yield problem("E_DOC_DUPLICATE", at, message)
        seen.add(section.id or "")


def marking(document: Document, facts: Facts) -> Iterator[Finding]:
    """Markings are those of the catalogue: anything above OFFICIAL-SENSITIVE is not sent this way."""
    if document.classification is None:
        message = "No marking is given. The package will be marked OFFICIAL-SENSITIVE."
        yield warning("W_DOC_MARKING", ("classification",), message, clause="Q12")
    known = facts.catalogue.enumerations["classification"]
    for word, at in _markings(document):
        if word not in known:
            message = "This marking is not one of those allowed here."
            message += did_you_mean(word.upper(), known) if word.upper() in known else ""
            yield problem("E_DOC_MARKING", at, message, clause="Q12")


def _markings(document: Document) -> Iterator[tuple[str, Place]]:
    if document.classification:
        yield document.classification, ("classification",)
    for section in document.section:
        if section.marking:
            yield section.marking, (*section.at, "marking")


def cover_marking(document: Document, facts: Facts) -> Iterator[Finding]:
    """The cover's marking should be as high as that of any section."""
    if document.classification != "OFFICIAL":
        return
    for section in document.section:
        if section.marking == "OFFICIAL-SENSITIVE":
            message = "This section is marked higher than the package that it is in."
            yield warning("W_DOC_MARKING", (*section.at, "marking"), message, clause="Q12")


def cover(document: Document, facts: Facts) -> Iterator[Finding]:
    """What recipients read first should say how soon, and whom to phone."""
    if document.urgency is None:
        message = "The urgency is not given. Recipients will read 'not stated'."
        yield warning("W_DOC_URGENCY", ("urgency",), message)
    contact = document.contact
    if not (contact.phone or contact.out_of_hours or contact.email):
        message = "Recipients are not told how to reach you."
        yield warning("W_DOC_CONTACT", contact.at, message)


def confidentiality(document: Document, facts: Facts) -> Iterator[Finding]:
    """What kind of information a section holds, and why it is confidential, is owed."""
    for section in document.section:
        if not section.confidential:
            at: Place = (*section.at, "confidential")
            yield owed("CF1", at, "Say why this section is confidential, or that it is not.")
        elif "given_in_confidence" in section.confidential and section.confider is None:
            at = (*section.at, "confider")
            yield owed("CF1", at, "Say who gave this in confidence. It stays with your agency.")
        if not section.sensitivity:
            at = (*section.at, "sensitivity")
            yield owed("Q2", at, "Say what kind of information this section holds.")


def permitted(document: Document, facts: Facts) -> Iterator[Finding]:
    """What recipients may do with it is owed, for the package or for each section."""
    for section in document.section:
        if not document.permitted_action and not section.permitted_action:
            at = (*section.at, "permitted_action")
            yield owed("Q13", at, "Say what recipients may do with this.")


def supersedes(document: Document, facts: Facts) -> Iterator[Finding]:
    """Only a package that was sent from here can be superseded."""
    if document.supersedes is not None and document.supersedes not in facts.sent:
        message = "No package with this id was sent from here."
        yield problem("E_DOC_SUPERSEDES", ("supersedes",), message, clause="KM4")


def told_before(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whoever was told of the earlier package hears of this one, or is left out knowingly."""
    missing = [name for name in facts.told if name not in (*document.to, facts.own.address)]
    if missing and document.supersedes is not None:
        message = f"These were told of the earlier package and are not told of this: {', '.join(missing)}."
        yield warning("W_DOC_TOLD", ("supersedes",), message, clause="KM4")


RULES = (
    purpose,
    something,
    names,
    marking,
    cover_marking,
    cover,
    confidentiality,
    permitted,
    supersedes,
    told_before,
)
