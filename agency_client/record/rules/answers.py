"""Rules on required answers: what is not answered, or answered only by "not known" without a reason, is owed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from agency_client.record.as_written import AsWritten
from agency_client.record.document import Document
from agency_client.record.facts import Facts, WordFacts
from agency_client.record.findings import Finding, owed
from agency_client.record.places import Place
from agency_client.record.tables import declared
from agency_client.record.unanswerable import lacks_reason

#: Required answers that every package owes: clause, table, field, what to say.
REQUIRED: Final = (
    ("KM1", "decision", "welfare", "Say how the child's welfare was the first consideration."),
    ("CF5", "decision", "if_shared", "Say what might happen if this is shared."),
    ("CF5", "decision", "if_not_shared", "Say what might happen if this is not shared."),
    ("OB1", "legal", "regime", "Say which data protection regime applies."),
    ("OB1", "legal", "confidence_basis", "Say what lifts the duty of confidence."),
    ("OB1", "legal", "article_8", "Say why this respects the right to private and family life."),
    (
        "Q4",
        "legal",
        "gateway",
        "Say by which duty or power you share this, or that there is neither.",
    ),
)


def required(document: Document, facts: Facts) -> Iterator[Finding]:
    """Each answer that every package owes."""
    for clause, table, name, message in REQUIRED:
        tabled = getattr(document, table)
        if not getattr(tabled, name):
            yield owed(clause, (*tabled.at, name), message)


def child_voice(document: Document, facts: Facts) -> Iterator[Finding]:
    """What the child wants, or why nobody asked, is owed."""
    voice = document.child_voice
    if voice.words is None and voice.not_sought_reason is None:
        message = "Say what the child wants, in the child's own words, or why nobody asked."
        yield owed("CO6", (*voice.at, "words"), message)


def quality(document: Document, facts: Facts) -> Iterator[Finding]:
    """A police sender says how far the information can be relied on."""
    table = document.quality
    said = (table.accuracy, table.completeness, table.reliability, table.up_to_date)
    if facts.own.kind == "police" and not all(said):
        message = "Say how accurate, complete, reliable and up to date this is."
        yield owed("OB2", table.at, message, in_words=False)


def reasons(document: AsWritten, facts: WordFacts) -> Iterator[Finding]:
    """Whatever is not known or not applicable says why."""
    for at, answer, codes in texts_of(document):
        is_word = codes is not None and facts.catalogue.find(codes, answer) is not None
        if lacks_reason(answer) and not is_word and at[-1] not in _OWN_WORDS:
            yield owed("SH6", at, "Say why this is not known or not applicable.")


#: Fields in which those words would be somebody's own: what a person or a statement says.
_OWN_WORDS: Final = frozenset({"text", "words", "name", "title", "id", "thread"})


def texts_of(table: Any) -> Iterator[tuple[Place, str, str | None]]:
    """Every text of a table and of the tables inside it: its place, the text, the enumeration it comes from."""
    for entry in declared(type(table)):
        value, at = getattr(table, entry.name), (*table.at, entry.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, str):
                yield at, inner, entry.codes
            elif hasattr(inner, "at"):
                yield from texts_of(inner)


RULES = (required, child_voice, quality, reasons)
