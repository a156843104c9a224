"""The register as rows of words, for paper, spreadsheets and screens. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault.register import RegisterLine, SharedSection
from agency_client.record.catalogue import Catalogue
from agency_client.record.when import DAY, span

#: The fact that says whom not to alert, of whatever a line tells of.
DO_NOT_ALERT: Final = "do_not_alert"
#: The fact that names those of its people who are protected sources.
PROTECTED: Final = "protected"
#: The facts that say who asked for what was decided, and who said what was said of something later.
ASKED_BY: Final = "asked_by"
SAID_BY: Final = "said_by"
#: Kinds of line that tell of a package.
SENT: Final = "sent"
RECEIVED: Final = "received"

#: What kinds of line are called. Others are called by their code, with blanks.
KINDS: Final[dict[str, str]] = {
    SENT: "Shared",
    RECEIVED: "Received",
    "decision": "Decided",
    "advice_question": "Advice asked for",
    "breach": "Breach",
    "notice_correct": "Corrected",
    "notice_withdraw": "Withdrawn",
    "notice_dispute": "Disputed",
    "notice_release": "Released",
    "protocol_review": "Protocol reviewed",
    "disagreement": "Disagreed",
    "disclosure": "Told outside the system",
    "restriction": "Restricted",
    "restriction_lifted": "Restriction lifted",
    "restricted_read": "Read what is restricted",
    "safety_override": "Passed on without a release",
}
#: The enumerations that a line's codes of law come from.
_BASIS: Final = (
    "article_6",
    "article_9",
    "part3_purpose",
    "gateway",
    "confidence_basis",
    "subject_access_exemption",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody with whom it was shared, or from whom it came: how far it is there, if that is known."""

    name: str
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """A line with what is known of it by now. ``reference`` is the package's id or the record's name.

    ``erased``: the package that it tells of was erased here.
    """

    line: RegisterLine
    reference: str
    parties: tuple[Party, ...]
    state: str | None = None
    owed: tuple[str, ...] = ()
    answered: tuple[str, ...] = field(repr=False, default=())
    erased: bool = False

    def said(self, name: str) -> tuple[str, ...]:
        """The values of a fact; empty when nothing was said."""
        return self.line.facts.get(name, ())

    @property
    def people(self) -> tuple[tuple[str, str], ...]:
        """Everybody it is about: name and role."""
        roles = self.said("roles")
        return tuple(
            (name, roles[n] if n < len(roles) else "") for n, name in enumerate(self.said("people"))
        )

    @property
    def known_days(self) -> int | None:
        """How many days it was known before this line was written; None where nobody said since when."""
        known = span((*self.said("known_at"), "")[0])
        if known is None or known.first > self.line.time:
            return None
        return (self.line.time - known.first) // DAY


Words = Callable[[RegisterEntry, Catalogue], str]


def kind_in_words(kind: str) -> str:
    """What a kind of line is called."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


def outcome_in_words(entry: RegisterEntry, catalogue: Catalogue) -> str:
    """What was decided; empty where nothing was."""
    found = ((catalogue.find("decision_outcome", code), code) for code in entry.said("outcome"))
    return _joined(word.label if word is not None else code for word, code in found)


def named(name: str, role: str, is_protected: bool) -> str:
    """Somebody by name and role, and that who they are is protected as a source. The text is literal."""
    more = ", ".join(part for part in (role, "PROTECTED SOURCE" if is_protected else "") if part)
    return f"{name} ({more})" if more else name


def people_in_words(entry: RegisterEntry) -> Iterator[str]:
    """Everybody whom a line is about, and who of them is a protected source."""
    protected = entry.said(PROTECTED)
    return (named(name, role, name in protected) for name, role in entry.people)


def section_in_words(section: SharedSection) -> str:
    """A section: what it says, how much, and to whom."""
    counted = (
        (section.facts, "fact", "facts"),
        (section.reported, "reported", "reported"),
        (section.opinions, "opinion", "opinions"),
        (section.files, "file", "files"),
    )
    amount = ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counted if n)
    to = f", to {', '.join(section.readers)}" if section.readers else ""
    return f"{section.title} ({amount or 'empty'}){to}"


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(text for text in texts if text)


def _when(entry: RegisterEntry, catalogue: Catalogue) -> str:  # noqa: ARG001  # one shape for all
    from datetime import UTC, datetime

    return datetime.fromtimestamp(entry.line.time, UTC).strftime("%Y-%m-%d %H:%M")


def _parties(entry: RegisterEntry, catalogue: Catalogue) -> str:  # noqa: ARG001
    return _joined(f"{p.name} ({p.state})" if p.state else p.name for p in entry.parties)


def _people(entry: RegisterEntry, catalogue: Catalogue) -> str:  # noqa: ARG001
    return _joined(people_in_words(entry))


def _what(entry: RegisterEntry, catalogue: Catalogue) -> str:  # noqa: ARG001
    return _joined((*map(section_in_words, entry.line.sections), *entry.said("asked_for")))


def _basis(entry: RegisterEntry, catalogue: Catalogue) -> str:
    return _joined(_law(code, catalogue) for code in entry.said("basis"))


def _law(code: str, catalogue: Catalogue) -> str:
    found = (catalogue.find(name, code) for name in _BASIS)
    return next((word.label for word in found if word is not None), code)


def _fact(name: str) -> Words:
    return lambda entry, _catalogue: _joined(entry.said(name))


#: Every column: its heading, and its words of an entry.
COLUMNS: Final[tuple[tuple[str, Words], ...]] = (
    ("When (UTC)", _when),
    ("What happened", lambda entry, _: kind_in_words(entry.line.kind)),
    ("Reference", lambda entry, _: entry.reference),
    ("With whom", _parties),
    ("Asked by", _fact(ASKED_BY)),
    ("Said by", _fact(SAID_BY)),
    ("About whom", _people),
    ("Own reference", _fact("thread")),
    ("Why", _fact("purpose")),
    ("What", _what),
    ("What was not shared, and why", _fact("withheld")),
    ("Decision", outcome_in_words),
    ("Decided by", _fact("decided_by")),
    ("By what right", _basis),
    ("Reasons", _fact("reasons")),
    ("Answered later", lambda entry, _: _joined(entry.answered)),
    ("Erased here", lambda entry, _: "Yes: this line alone is left" if entry.erased else ""),
    ("Still owed", lambda entry, _: _joined(entry.owed)),
    ("Do not alert", _fact(DO_NOT_ALERT)),
)


def rows(entries: Sequence[RegisterEntry], catalogue: Catalogue) -> Iterator[list[str]]:
    """The entries as rows of words, in the order of :data:`COLUMNS`. Texts are literal: make them safe to show."""
    for entry in entries:
        yield [words(entry, catalogue) for _, words in COLUMNS]
