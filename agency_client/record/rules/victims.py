"""Rules on requests about victims: three tests, a notice, and the presumption against counselling records.

Police, Crime, Sentencing and Courts Act 2022, Chapter 3A. What is missing is owed; nothing here stops a request.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, owed, warning
from agency_client.record.places import Place
from agency_client.record.requests import RequestDocument, Victim

#: Who may ask for information about a victim under Chapter 3A of the 2022 Act.
_MAY_ASK_OF_VICTIMS: Final = frozenset({"police", "justice"})
#: Where that chapter applies.
CHAPTER_APPLIES: Final = frozenset({"england", "wales"})
_TESTS: Final = (
    ("believed_held", "Say why you believe that they hold this information."),
    ("relevant_to_enquiry", "Say to which reasonable line of enquiry it is relevant."),
    ("necessary_and_proportionate", "Say why asking is necessary and proportionate."),
)


def victim(document: RequestDocument, facts: Facts) -> Iterator[Finding]:
    """The three tests, and the written notice or why there is none, are owed."""
    table = document.victim
    if table is None:
        return
    for name, message in _TESTS:
        if getattr(table, name) is None:
            yield owed("OB1", (*table.at, name), message, in_words=False)
    if table.notice_given is None and table.no_notice_reason is None:
        message = "Say when the victim was given written notice, or why there is none."
        yield owed("Q14", (*table.at, "notice_given"), message)
    if facts.own.kind not in _MAY_ASK_OF_VICTIMS:
        message = "Requests about victims are for police and other authorised persons."
        yield warning("W_DOC_VICTIM", table.at, message)
    elif facts.own.jurisdiction not in CHAPTER_APPLIES:
        message = "The law on requests about victims is that of England and Wales."
        yield warning("W_DOC_VICTIM", table.at, message)


def may_ask_of_victims(kind: str, jurisdiction: str) -> bool:
    """Whether an agency of this kind and place asks about victims under that chapter."""
    return kind in _MAY_ASK_OF_VICTIMS and jurisdiction in CHAPTER_APPLIES


def counselling(document: RequestDocument, facts: Facts) -> Iterator[Finding]:
    """Counselling records are presumed not to be necessary, unless they have substantial probative value."""
    at: Place = (*(document.victim or Victim(at=("victim",))).at, "probative_value")
    asked = [question for question in document.question if question.counselling]
    for question in asked:
        message = "This asks for counselling records. The presumption is against asking for them."
        yield warning("W_DOC_COUNSELLING", (*question.at, "counselling"), message)
    if asked and (document.victim is None or document.victim.probative_value is None):
        message = "Say what substantial probative value the counselling records are likely to have."
        yield owed("OB1", at, message, in_words=False)


VICTIM_RULES = (victim, counselling)
