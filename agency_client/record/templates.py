"""The commented documents that `phoenix new` writes: packages, requests, requests about victims, answers, decisions.

Each has a beginning of its own; people, sections, decision and law are those of the package's template.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Final

from agency_client.record.asked import ReadQuestion
from agency_client.record.plain import plain
from agency_client.record.shipped import shipped

_HEADING: Final = "# -- "
_WIDTH: Final = 110


class Template(Enum):
    """What a new document is for. An answer is made from the request that it answers."""

    PACKAGE = "package"
    REQUEST = "request"
    VICTIM_REQUEST = "victim-request"
    DECISION = "decision"


Localise = Callable[[str], str]


def _as_shipped(text: str) -> str:
    return text


def template(kind: Template, localise: Localise = _as_shipped) -> str:
    """The commented document. ``localise`` puts what is shipped into the words of one jurisdiction."""
    whole = localise(shipped("template.toml").decode())
    if kind is Template.PACKAGE:
        return whole
    if kind is Template.DECISION:
        return _decision(whole, localise(shipped("decision-template.toml").decode()))
    people, _sections, *rest = _after_cover(whole)
    is_victim = kind is Template.VICTIM_REQUEST
    victim = localise(shipped("victim-template.toml").decode()) if is_victim else ""
    head = localise(shipped("request-template.toml").decode())
    return "".join((head, victim, people, *rest))


#: Where the parts of a package's template end that a decision alone has too.
_ENDS: Final = {"decision": "# Only to protect somebody now", "legal": "# If several people"}


def _decision(whole: str, own: str) -> str:
    """The template of a decision: its own parts, and those of the package's under its own headings."""
    people, _sections, decision, law, _quality, consent = _after_cover(whole)
    bodies = {"people": people, "decision": decision, "legal": law, "consent": consent}
    for name, part in bodies.items():
        body = part.partition("\n\n")[2].partition(_ENDS.get(name, "\0"))[0]
        own = own.replace(f"@{name}\n" if name != "consent" else f"@{name}", body)
    return own


def response_document(
    asker: str, questions: Iterable[ReadQuestion], localise: Localise = _as_shipped
) -> str:
    """The commented document that answers these questions. No answer is given in it; no question is localised."""
    people, sections, *rest = _after_cover(localise(shipped("template.toml").decode()))
    readers = f'[section.need_to_know]\n{_quoted(asker)} = ""\n'
    sections = sections.replace("[section.need_to_know]\n", readers, 1)
    answers = "".join(map(_answer, questions))
    head = localise(shipped("response-template.toml").decode())
    return "".join((head, answers, people, sections, *rest))


def _after_cover(whole: str) -> list[str]:
    """The parts of the package's template that follow its cover."""
    parts = whole.split(_HEADING)
    return [_HEADING + part for part in parts[2:]]


def _answer(question: ReadQuestion) -> str:
    about = f" About: {', '.join(question.about)}." if question.about else ""
    period = " to ".join(p for p in (question.period_from, question.period_until) if p)
    return (
        f"{_comment(question.text + about + (f' Period: {period}.' if period else ''))}"
        "[[answer]]\n"
        f"question = {_quoted(question.word)}\n"
        "# shared, withheld, not_held or not_searched.\n"
        'answer = ""\n'
        "# For 'shared': the numbers of the statements below, or the ids of sections with a file.\n"
        "#statements = [1]\n"
        '#sections = ["notes"]\n'
        "# For the others: what, and why; whoever asked reads both. And when you will look again.\n"
        '#what = "..."\n'
        '#reason = "..."\n'
        "#review_at = 2027-01-31\n\n"
    )


def _comment(text: str) -> str:
    """Other people's words as notes: one line after the other, none of which is anything else."""
    lines, line = [], ""
    for word in plain(text).split(" "):
        if line and len(line) + len(word) > _WIDTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "".join(f"# {each}\n" for each in (*lines, line))


def _quoted(text: str) -> str:
    """Text in quotes, as TOML reads it."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    is_shown = character == " " or unicodedata.category(character)[0] not in "CZ"
    return character if is_shown else f"\\U{ord(character):08X}"
