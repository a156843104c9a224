"""Rules on statements copied from a received package: they are there, and go on as they came (hard block 10)."""

from __future__ import annotations

from collections.abc import Iterator

from agency_client.record.copied import LONGEST
from agency_client.record.copying import KEPT, basis_of, controlled_in, copied_in, said_in
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, problem, warning
from agency_client.record.tables import declared
from agency_client.record.unanswerable import settled


def found(document: Document, facts: Facts) -> Iterator[Finding]:
    """A copy names a statement that this home has received."""
    for _, statement in document.statements.values():
        wanted = statement.copy_of
        if wanted is None or statement.copied is not None:
            continue
        missing = [n for n in ("package", "statement") if getattr(wanted, n) is None]
        for name in missing:
            message = f"The copy does not say its {name}."
            yield problem("E_DOC_MISSING", (*wanted.at, name), message, clause="PR1")
        if not missing:
            message = statement.not_copied or "This home has not received that statement."
            yield problem("E_DOC_COPY", wanted.at, message, clause="PR1")


def unchanged(document: Document, facts: Facts) -> Iterator[Finding]:
    """A copy says what it said: an opinion does not become a fact on the way, and nobody else its author."""
    for section, statement, copied in copied_in(document):
        said = {**said_in(copied), "basis": basis_of(statement, section, document)}
        for name in (*KEPT, "basis"):
            if not _same(getattr(statement, name), said[name]):
                message = f"This is not what the copied statement says. Its {name} stays as it is."
                remedy = f"Remove {name}, or write a statement of your own beside the copy."
                at = (*statement.at, name)
                yield problem("E_DOC_COPY", at, message, remedy=remedy, clause="SH4")


def _same(written: object, said: object) -> bool:
    """Equal but for the places where they stand."""
    if written is None or said is None or not hasattr(written, "at"):
        return written == said
    names = [entry.name for entry in declared(type(written))]
    return all(getattr(written, n) == getattr(said, n) for n in names)


def same_people(document: Document, facts: Facts) -> Iterator[Finding]:
    """Who gives the people of a copy ids of their own names exactly those people."""
    for _, statement, copied in copied_in(document):
        if len(statement.about) != len(copied.people):
            message = f"The copied statement is about {len(copied.people)} of its people."
            remedy = "Name the same people in the same order by your own ids, or remove 'about'."
            yield problem(
                "E_DOC_COPY", (*statement.at, "about"), message, remedy=remedy, clause="SH4"
            )


def not_endless(document: Document, facts: Facts) -> Iterator[Finding]:
    """A chain of copies has an end."""
    for _, statement, copied in copied_in(document):
        if copied.said.chain_depth >= LONGEST and statement.copy_of is not None:
            message = "This statement has been passed on too often to go on as a copy."
            yield problem("E_DOC_COPY", statement.copy_of.at, message, clause="PR1")


def still_said(document: Document, facts: Facts) -> Iterator[Finding]:
    """What was withdrawn, corrected or disputed since it came deserves a second look."""
    for _, statement, copied in copied_in(document):
        if copied.marks and statement.copy_of is not None:
            message = f"This statement was {' and '.join(copied.marks)} since it came."
            yield warning("W_DOC_COPY", statement.copy_of.at, message, clause="KM4")


def passed_on_before(document: Document, facts: Facts) -> Iterator[Finding]:
    """Whoever got what a package said hears what the one says that replaced it."""
    missing = [name for name in facts.passed_on if name not in (*document.to, facts.own.address)]
    places = (s.copy_of.at for _, s, _ in copied_in(document) if s.copy_of is not None)
    for at in list(places)[:1] if missing else ():
        message = (
            "What you copy replaced something that you had passed on to others, who are not told of this: "
            f"{', '.join(missing)}."
        )
        yield warning("W_DOC_TOLD", at, message, clause="KM4")


def released(document: Document, facts: Facts) -> Iterator[Finding]:
    """What its agency controls goes on when it is released, or to protect somebody now (hard block 10)."""
    is_overridden = settled(document.onward.safety_override)
    for _, statement, copied in controlled_in(document):
        if statement.copy_of is None:
            continue
        if is_overridden:
            message = f"This goes on without a release. {copied.sent_from} is told so, and why."
            yield warning("W_DOC_OVERRIDE", statement.copy_of.at, message, clause="Q13")
        else:
            message = f"{copied.sent_from} keeps control of this, and has not released it."
            yield problem("E_DOC_CONTROLLED", statement.copy_of.at, message, clause="Q13")


def nothing_to_override(document: Document, facts: Facts) -> Iterator[Finding]:
    """An override where nothing is controlled may be left over from another package."""
    if document.onward.safety_override is not None and not any(controlled_in(document)):
        message = "Nothing in this document needs a release, so nothing is overridden."
        at = (*document.onward.at, "safety_override")
        yield warning("W_DOC_OVERRIDE", at, message, clause="Q13")


RULES = (
    found,
    unchanged,
    same_people,
    not_endless,
    still_said,
    passed_on_before,
    released,
    nothing_to_override,
)
