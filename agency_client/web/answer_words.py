"""The answers of a section under headings, and out of them what nobody who reads a package may miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.copied import source_known_to
from agency_client.record.opened import ReadSection
from agency_client.record.pointing import called
from agency_client.record.wording import answer_lines, in_words
from agency_client.web.statement_words import Said, dated, is_protected

#: Questions that the catalogue has no title for, in better words than their names are.
_QUESTIONS: Final = {
    "Legal article 8": "Why it is necessary and proportionate",
    "Legal acting for": "On whose behalf",
    "Legal court order": "Court order",
    "Legal policy document": "Policy document",
    "Legal retention trigger": "Kept from",
    "Legal retention review": "To be looked at again",
    "Legal inform review": "To be looked at again",
    "Legal informed how": "How they were told",
    "Request on behalf of": "For whom",
    "Request threshold": "At which threshold",
    "Request why": "Why it is asked",
    "Request public task": "In which task",
    "Request power": "By which power",
    "Request due": "Answer by",
    "Request reply to": "Answer to",
    "Question text": "Question",
    "Question about": "About whom",
    "Informing person": "Who",
    "Informing how": "How they were told",
    "Informing review": "To be looked at again",
}


def question_words(name: str, heading: str) -> str:
    """A question under a heading: without the name of its group, which the heading says."""
    if name in _QUESTIONS:
        return _QUESTIONS[name]
    for group in _GROUPS:
        if heading and name.startswith(group):
            words = name.removeprefix(group)
            return words[:1].upper() + words[1:]
    return name


#: Answers under headings of their own, by how their names begin. What nothing claims comes first.
_HEADINGS: Final = (
    ("decision.", "What was decided, and why"),
    ("legal.", "By what right it was shared"),
    ("informing[", "Who was told that it is shared"),
    ("consent.", "Consent"),
    ("capacity[", "Whether somebody can decide for themselves"),
    ("child_voice.", "What the child wants"),
    ("advice[", "Advice"),
    ("quality.", "How far it can be relied on"),
)
#: How the names of answers in these groups begin as questions.
_GROUPS: Final = (
    *("Decision ", "Legal ", "Informing ", "Consent ", "Capacity ", "Child voice ", "Advice "),
    "Quality ",
)


def answers_of(
    answers: Mapping[str, tuple[str, ...]], catalogue: Catalogue
) -> Iterator[tuple[str, tuple[Said, ...]]]:
    """Answers under headings, as questions in words with what was answered."""
    claimed = tuple(begins for begins, _ in _HEADINGS)
    rest = {
        name: said
        for name, said in answers.items()
        if not name.startswith(claimed) and name != "permitted_action"
    }
    groups = [("", rest)]
    groups += [
        (heading, {name: said for name, said in answers.items() if name.startswith(begins)})
        for begins, heading in _HEADINGS
    ]
    for heading, group in groups:
        lines = tuple(
            Said(question_words(name, heading), said)
            for name, said in answer_lines(_sorted(group), catalogue, dated)
        )
        if lines:
            yield heading, lines


def _sorted(answers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What belongs to one person stays together, the person first."""

    def key(name: str) -> tuple[str, bool, str]:
        table, _, last = name.rpartition(".")
        return (table, last != "person", last) if table.startswith("informing") else ("", True, "")

    return {name: answers[name] for name in sorted(answers, key=key)}


_NOT_TOLD: Final = frozenset({"not_informed", "will_inform_by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """What stands above everything: whom nobody may alert, who has not been told, whose words they are not to say.

    ``protected`` names statements and people, ``permitted`` what may be done with what came.
    """

    do_not_alert: tuple[str, ...] = field(repr=False)
    not_told: tuple[str, ...] = field(repr=False)
    is_not_told: bool
    protected: tuple[str, ...] = field(repr=False)
    permitted: tuple[str, ...]


def warnings_of(sections: Sequence[ReadSection], catalogue: Catalogue) -> Warnings:
    """See :class:`Warnings`."""
    alert = dict.fromkeys(line for section in sections for line in section.do_not_alert)
    told: list[str] = []
    is_not_told = False
    for section in sections:
        for name, said in section.answers.items():
            if name.startswith("informing[") and name.endswith(".status"):
                person = section.answers.get(name.removesuffix("status") + "person", ("somebody",))
                told += _unaware(person, said, catalogue)
            is_not_told = is_not_told or (name == "legal.informed" and bool(_NOT_TOLD & {*said}))
    return Warnings(
        do_not_alert=tuple(alert),
        not_told=tuple(dict.fromkeys(told)),
        is_not_told=is_not_told or bool(told),
        protected=tuple(dict.fromkeys(_protected(sections))),
        permitted=tuple(dict.fromkeys(_permitted(sections, catalogue))),
    )


def _unaware(person: Sequence[str], said: Sequence[str], catalogue: Catalogue) -> Iterator[str]:
    for code in said:
        if code in _NOT_TOLD:
            who = ", ".join(person).replace("_", " ")
            yield f"{who[:1].upper()}{who[1:]}: {in_words(catalogue, 'informed', code).lower()}"


def _protected(sections: Sequence[ReadSection]) -> Iterator[str]:
    """People who are protected sources, and statements of such."""
    words = {pointed.item: pointed.words for pointed in called(sections)}
    for section in sections:
        for person in section.people:
            if source_known_to(person.said):
                role = person.said.role.replace("_", " ")
                yield f"{person.said.name} ({role})" if role else person.said.name
        yield from (words[each.id] for each in section.statements if is_protected(each))


def _permitted(sections: Sequence[ReadSection], catalogue: Catalogue) -> Iterator[str]:
    """What may be done with all of it; with the title, where that is said of one section alone."""
    for section in sections:
        for code in section.answers.get("permitted_action", ()):
            words = in_words(catalogue, "permitted_action", code)
            yield f"{section.title}: {words}" if section.statements else words
