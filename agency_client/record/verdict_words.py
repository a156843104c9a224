"""What a verified bundle says, in words: for the command line and for pages (docs/protocol.md §6.11). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from agency_client.record.copied import source_known_to
from agency_client.record.opened import ReadSection, ReadStatement
from agency_client.record.page import only_these
from agency_client.record.register_table import named
from agency_client.record.verdicts import most_parts
from phoenix_protocol import limits, schema
from phoenix_protocol.evidence.parts import VerifiedSection
from phoenix_protocol.evidence.sayings import VerifiedSaying
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.package.events import Event, Recall, Tombstone, Verdict, Void
from phoenix_protocol.package.notices import NoticeAnswer, NoticeDelivery
from phoenix_protocol.record import Person, Statement
from phoenix_protocol.sealing.notices import Notice, NoticeAction

#: What somebody did who said something of a package.
DID: Final = {
    "accepted": "said that it is theirs",
    "returned": "returned it unread",
    "committed": "stored it",
    "unreadable": "could not open it",
    "erased": "erased what they had of it",
    "acknowledged": "took responsibility",
    "outcome": "told what came of it",
    "recall": "took it back",
    "verdict": "The relay's answer to the recall",
    "void": "said that a number leads to nothing",
    "tombstone": "The relay's report that it expired",
    "correct": "corrected a statement",
    "dispute": "disputed a statement",
    "withdraw": "withdrew a statement",
    "release": "released a statement",
    "handed_on": "handed that notice on",
    "answer_received": "has the notice",
    "answer_done": "did what the notice asks",
    "answer_disagreed": "disagrees with the notice",
    "answer_passed_on": "passed the notice on",
}

#: What became of a statement.
MARKS: Final = {
    NoticeAction.CORRECT: "CORRECTED",
    NoticeAction.DISPUTE: "DISPUTED",
    NoticeAction.WITHDRAW: "WITHDRAWN",
    NoticeAction.RELEASE: "RELEASED",
}


def left_out(proved: VerifiedBundle) -> dict[str, Any]:
    """What a reader can tell of what is not there."""
    return {
        "parts": proved.parts.withheld,
        "items": sum(section.left_out for section in proved.parts.sections),
        "files": sum(file.offset is None for file in proved.parts.attachments),
        "cover": proved.parts.cover is None,
        "words": sum(s.has_words and s.detail is None for s in proved.said),
        "at_most": most_parts(proved),
    }


def left_out_lines(proved: VerifiedBundle) -> Iterator[str]:
    """What is not shown, a line each; nothing where whoever made the file left nothing out."""
    found = left_out(proved)
    parts = counted(found["parts"], "section or file", "sections or files")
    lines = (
        (found["parts"], f"{parts} of the package"),
        (found["items"], f"{counted(found['items'], 'item')} of sections that are shown"),
        (found["files"], f"The content of {counted(found['files'], 'file')}"),
        (found["cover"], "The cover"),
        (found["words"], f"The words of {counted(found['words'], 'receipt')}"),
    )
    return (words for there, words in lines if there)


def hidden_line(proved: VerifiedBundle) -> str:
    """How many sections and files there can be that are not shown."""
    return hidden_words(most_parts(proved))


def hidden_words(most: int) -> str:
    """That there can be up to so many sections and files that are not shown."""
    if not most:
        return "There is no section or file that is not shown."
    parts = counted(most, "section or file that is", "sections and files that are")
    return (
        f"The package can have up to {parts} not shown: the sender's list hides how many there are."
    )


def counted(number: int, one: str, many: str | None = None) -> str:
    """So many of something."""
    return f"1 {one}" if number == 1 else f"{number} {many or one + 's'}"


def people_in(section: VerifiedSection, read: ReadSection) -> dict[str, str]:
    """The names of a section's people by their labels, and words for those whom it is about and does not name."""
    known = {person.said.label: person.said.name for person in read.people}
    left = "a person who was left out" if section.left_out else "somebody who is not named here"
    unnamed = {label: left for each in read.statements for label in each.about}
    return unnamed | known


def opened_by(section: VerifiedSection, proved: VerifiedBundle) -> set[str]:
    """The addresses whose receipts say that they opened a section."""
    return {
        proved.parties[saying.message.endpoint].address or saying.message.endpoint.hex()
        for saying in proved.said
        if isinstance(saying.message, Event)
        and saying.message.endpoint in proved.parties
        and saying.detail is not None
        and section.commitment in saying.detail.opened
    }


def what(saying: VerifiedSaying) -> str:
    """The kind of an event, the action of a notice, or what else it is."""
    match saying.message:
        case Event():
            return saying.message.kind.value
        case Recall():
            return "recall"
        case Verdict():
            return "verdict"
        case Void():
            return "void"
        case Tombstone():
            return "tombstone"
        case Notice():
            return saying.message.action.value
        case NoticeDelivery():
            return "handed_on"
        case NoticeAnswer():
            return f"answer_{saying.message.answer.value}"


def person_in_words(person: Person) -> str:
    """Somebody by name and role, and who alone may know them as a protected source. The text is literal."""
    known_to = source_known_to(person)
    who = named(person.name, person.role, is_protected=bool(known_to))
    return f"{who}. {only_these(known_to)}" if known_to else who


def said_in_words(
    saying: VerifiedSaying, moment: Callable[[int | None], str | None]
) -> dict[str, Any]:
    """What its maker said in words, as far as it is shown. ``moment`` writes a time."""
    message, detail = saying.message, saying.detail
    found: dict[str, Any] = {}
    if isinstance(message, Notice):
        found = {"words": message.words, "text": replacement(message)}
    elif detail is not None:
        found = {
            name: getattr(detail, name) for name in ("owner", "use", "reason", "words", "record")
        }
        found["due"] = moment(detail.due)
    return {name: value for name, value in found.items() if value is not None}


def replacement(notice: Notice) -> str | None:
    """What a correction puts in the place of a statement's text."""
    if notice.replacement is None:
        return None
    return schema.decode(Statement, notice.replacement, limit=limits.STATEMENT_BYTES).text


def about(statement: ReadStatement, proved: VerifiedBundle) -> tuple[Notice, ...]:
    """The notices about a statement, in the order of their times."""
    found = (s.message for s in proved.said if isinstance(s.message, Notice))
    return tuple(sorted((n for n in found if n.item == statement.id), key=lambda n: n.time))
