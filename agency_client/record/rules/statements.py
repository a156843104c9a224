"""Rules on statements: typed, attributed, sourced, resting on what the same readers get (hard block 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.faults import did_you_mean
from agency_client.record.findings import Finding, owed, problem, warning
from agency_client.record.statements import Section, Statement
from agency_client.record.word_lists import KIND_LIST, see
from phoenix_protocol.record import CLASS_OF, Kind, StatementClass

KINDS = {kind.value: kind for kind in Kind}


def kind_of(statement: Statement) -> Kind | None:
    """The kind of a statement, if it has a known one."""
    return KINDS.get(statement.kind or "")


def class_of(statement: Statement) -> StatementClass | None:
    """The class that readers see, if the kind is known."""
    kind = kind_of(statement)
    return CLASS_OF[kind] if kind else None


def _made_here(document: Document) -> Iterator[Statement]:
    """The statements that are no copies: what a copy says is its agency's, and has rules of its own."""
    return (s for _, s in document.statements.values() if s.copy_of is None)


def typed(document: Document, facts: Facts) -> Iterator[Finding]:
    """Every statement is of one of the nine kinds, so that fact and opinion are told apart."""
    for statement in _made_here(document):
        at = (*statement.at, "kind")
        if statement.kind is None:
            message = "This statement has no kind, so nobody can tell fact from opinion."
            yield problem("E_DOC_UNTYPED", at, message, clause="SH4")
        elif kind_of(statement) is None:
            message = "This is not a kind of statement." + did_you_mean(statement.kind, KINDS, 3)
            following = f"Use one of: {', '.join(KINDS)}. {see(KIND_LIST)}"
            yield problem("E_DOC_KIND", at, message, remedy=following, clause="SH4")


def worded(document: Document, facts: Facts) -> Iterator[Finding]:
    """Every statement says something."""
    for statement in _made_here(document):
        if statement.text is None:
            message = "This statement has no text."
            yield problem("E_DOC_MISSING", (*statement.at, "text"), message, clause="SH4")


def attributed(document: Document, facts: Facts) -> Iterator[Finding]:
    """An opinion has an author; whose any other statement is, is owed."""
    for statement in _made_here(document):
        at = (*statement.at, "author")
        if statement.author is not None:
            continue
        if class_of(statement) is StatementClass.OPINION:
            message = "This is an opinion, and it does not say whose."
            yield problem("E_DOC_AUTHOR", at, message, clause="SH4")
        elif kind_of(statement) in (Kind.OBSERVED, Kind.REPORTED, Kind.HEARSAY, Kind.CHILD_SAID):
            yield owed("SH4", at, "Say who saw, heard or was told this. A role is enough.")


def sourced(document: Document, facts: Facts) -> Iterator[Finding]:
    """What was reported has a source descriptor. A child's words have one: the child."""
    for statement in _made_here(document):
        kind = kind_of(statement)
        if kind is None or CLASS_OF[kind] is not StatementClass.REPORTED:
            continue
        at = (*statement.at, "source")
        if statement.source is None and kind is not Kind.CHILD_SAID:
            message = "This was reported by somebody, and it does not say what kind of source."
            yield problem("E_DOC_SOURCE", at, message, clause="SH4")


def source_types(document: Document, facts: Facts) -> Iterator[Finding]:
    """A source that is described has a type."""
    for statement in _made_here(document):
        if statement.source is not None and statement.source.type is None:
            message = "This source has no type."
            yield problem("E_DOC_SOURCE", (*statement.source.at, "type"), message, clause="SH4")


def graded(document: Document, facts: Facts) -> Iterator[Finding]:
    """Intelligence has its grade; a grade names its scheme and code."""
    for statement in _made_here(document):
        if kind_of(statement) is Kind.INTELLIGENCE and statement.grade is None:
            yield owed(
                "SH4",
                (*statement.at, "grade"),
                "Give the police grade of this intelligence.",
                in_words=False,
            )
        for name in ("scheme", "code"):
            if statement.grade is not None and getattr(statement.grade, name) is None:
                message = f"This grade has no {name}."
                yield problem("E_DOC_MISSING", (*statement.grade.at, name), message, clause="SH4")


def basis(document: Document, facts: Facts) -> Iterator[Finding]:
    """A statement rests only on others that all its readers get too."""
    known = document.statements
    for section, statement in known.values():
        for n, number in enumerate(statement.basis):
            reason = _basis_refusal(section, statement, number, known.get(number))
            if number and reason:
                at = document.entry((*statement.at, "basis"), n)
                yield problem("E_DOC_BASIS", at, reason, clause="SH4")


def _basis_refusal(
    section: Section, statement: Statement, number: int, target: tuple[Section, Statement] | None
) -> str | None:
    if target is None:
        return "No statement has this number. They are counted from 1 through the whole document."
    if number == statement.number:
        return "A statement cannot rest on itself."
    if not section.readers <= target[0].readers:
        return f"Not everybody who gets this statement gets statement {number}."
    return None


def assessments_rest_on_something(document: Document, facts: Facts) -> Iterator[Finding]:
    """What a professional assessment rests on is owed."""
    for statement in _made_here(document):
        if kind_of(statement) is Kind.PROFESSIONAL_ASSESSMENT and not statement.basis:
            at = (*statement.at, "basis")
            yield owed(
                "SH4",
                at,
                "Say which statements this assessment rests on, by number.",
                in_words=False,
            )


#: Each of these dates a statement, and so does one that cannot be read: its fault is told already.
_WHEN: Final = ("as_of", "event_from", "recorded_at")


def dated(document: Document, facts: Facts) -> Iterator[Finding]:
    """When a fact or report holds is owed."""
    for statement in _made_here(document):
        when = statement.as_of or statement.event_from or statement.recorded_at
        is_said = when is not None or any(document.faults.has((*statement.at, n)) for n in _WHEN)
        if not is_said and class_of(statement) is not StatementClass.OPINION:
            yield owed("OB2", (*statement.at, "as_of"), "Say as of when this holds.")


def checked(document: Document, facts: Facts) -> Iterator[Finding]:
    """When somebody last looked whether it still holds should be said."""
    if document.statements and document.quality.checked_on is None:
        at = (*document.quality.at, "checked_on")
        message = "The document does not say when the statements were last checked."
        yield warning("W_DOC_CHECKED", at, message, clause="OB2")


RULES = (
    typed,
    worded,
    attributed,
    sourced,
    source_types,
    graded,
    basis,
    assessments_rest_on_something,
    dated,
    checked,
)
