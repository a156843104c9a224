"""Rules on who gets the package: known addresses in force, sections and recipients that agree (hard blocks 1 and 8)."""

from __future__ import annotations

from collections.abc import Iterator

from agency_client.record.document import Document
from agency_client.record.facts import Facts, Reach
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import Finding, owed, problem, warning
from agency_client.record.places import Place
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.identifiers import address


def somebody(document: Document, facts: Facts) -> Iterator[Finding]:
    """There is somebody to send it to."""
    if not document.to:
        yield problem("E_DOC_RECIPIENT", ("to",), "Nobody is named as a recipient.", clause="SH5")


def known(document: Document, facts: Facts) -> Iterator[Finding]:
    """Every address is one, is in the directory, is in force, and its agency takes part."""
    for name, at in document.addresses():
        yield from reached(name, at, facts)


def reached(name: str, at: Place, facts: Facts) -> Iterator[Finding]:
    """An address is one's own, or one that can be written to."""
    if name == facts.own.address:
        return
    reach = facts.addresses.get(name)
    if reach is None:
        yield _unknown(name, at, facts)
    elif reach is Reach.ENDED:
        message = "This address is no longer in use."
        yield problem("E_DOC_ENDED", at, message, clause="Q10")
    elif reach is not Reach.IN_FORCE:
        state = "is suspended" if reach is Reach.SUSPENDED else "has left the partnership"
        message = f"The agency of this address {state}."
        yield problem("E_DOC_AGENCY", at, message, clause="SG1")


def _unknown(name: str, at: Place, facts: Facts) -> Finding:
    try:
        address(name)
    except PhoenixError:
        message = "This is not an address. An address has the form desk@agency."
    else:
        message = "Nobody in the directory has this address."
    in_force = [known for known, reach in facts.addresses.items() if reach is Reach.IN_FORCE]
    message += did_you_mean(name, in_force)
    return problem("E_DOC_RECIPIENT", at, message, clause="Q10")


def not_oneself(document: Document, facts: Facts) -> Iterator[Finding]:
    """The sender's own address always gets everything, so it is not a recipient."""
    for name, at in document.addresses():
        if name == facts.own.address:
            yield problem(
                "E_DOC_RECIPIENT",
                at,
                "This is your own address.",
                remedy="Remove it: your own address always keeps a copy.",
                clause="SH5",
            )


def same_keys(document: Document, facts: Facts) -> Iterator[Finding]:
    """Where words were compared, the keys are those that they stood for then. Asking again by phone shows it."""
    for n, name in enumerate(document.to):
        compared = facts.compared.get(name)
        if compared is not None and compared.has_changed:
            message = "The keys of this address have changed since its words were compared."
            yield warning("W_DOC_KEYS", ("to", n), message, clause="Q10")


def no_twins(document: Document, facts: Facts) -> Iterator[Finding]:
    """No address is named twice."""
    for n, name in enumerate(document.to):
        if name and name in document.to[:n]:
            message = "This address is there twice."
            yield problem(
                "E_DOC_DUPLICATE", ("to", n), message, remedy="Remove one of them.", clause="SH5"
            )


def every_recipient_has_a_section(document: Document, facts: Facts) -> Iterator[Finding]:
    """Nobody is named who gets nothing."""
    readers = document.readers
    for n, name in enumerate(document.to):
        if name and name not in readers and document.section:
            message = "No section is for this address."
            yield problem(
                "E_DOC_AUDIENCE",
                ("to", n),
                message,
                remedy="Write it under the need to know of a section, or remove it here.",
                clause="SH5",
            )


def every_reader_is_a_recipient(document: Document, facts: Facts) -> Iterator[Finding]:
    """Nobody gets a section who is not named as a recipient."""
    if not document.to or document.faults.has(("to",)):
        return
    for section in document.section:
        for name in section.need_to_know:
            if name not in document.to and name in facts.addresses:
                yield problem(
                    "E_DOC_AUDIENCE",
                    (*section.at, "need_to_know", name),
                    "This address is not among the recipients in 'to'.",
                    remedy="Add it to 'to', or remove it here.",
                    clause="SH5",
                )


def every_section_has_readers(document: Document, facts: Facts) -> Iterator[Finding]:
    """A section says who needs to know it."""
    for section in document.section:
        if not section.need_to_know:
            yield problem(
                "E_DOC_NEED_TO_KNOW",
                (*section.at, "need_to_know"),
                "This section does not say who needs to know it.",
                clause="SH5",
            )


def every_reader_has_a_reason(document: Document, facts: Facts) -> Iterator[Finding]:
    """Why this person needs this section is owed."""
    for section in document.section:
        for name, reason in section.need_to_know.items():
            if not reason.strip():
                at = (*section.at, "need_to_know", name)
                yield owed("SH5", at, "Say why this address needs this section.")


RULES = (
    somebody,
    known,
    not_oneself,
    same_keys,
    no_twins,
    every_recipient_has_a_section,
    every_reader_is_a_recipient,
    every_section_has_readers,
    every_reader_has_a_reason,
)
