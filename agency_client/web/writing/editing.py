"""Changing the lists of a draft: people, sections, statements. Plain values in place; numbers that point go along."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

Tree = dict[str, Any]
#: What sealing calls its own sections, and evidence its parts.
_OWN_IDS: Final = frozenset(
    {"advice", "cover", "decision", "disagreement", "legal", "request", "response", "words"}
)
#: Ids are read aloud and typed.
_LONGEST_ID: Final = 24
#: An id that no title has made.
_MADE: Final = re.compile(r"s-[0-9a-f]{6}")


def people_of(document: Tree) -> list[Tree]:
    """The people of a document; an empty list is put in where there is none."""
    return _list(document, "people")


def sections_of(document: Tree) -> list[Tree]:
    """The sections of a document."""
    return _list(document, "section")


def statements_of(section: Tree) -> list[Tree]:
    """The statements of a section."""
    return _list(section, "statement")


def readers_of(section: Tree) -> dict[str, str]:
    """Who needs to know a section, and why."""
    return _table(section, "need_to_know")


def _list(table: Tree, name: str) -> list[Tree]:
    if not isinstance(table.get(name), list):
        table[name] = []
    found: list[Tree] = table[name]
    return found


def _table(table: Tree, name: str) -> dict[str, str]:
    if not isinstance(table.get(name), dict):
        table[name] = {}
    found: dict[str, str] = table[name]
    return found


# -- people -----------------------------------------------------------------------------------------------------------


def add_person(document: Tree) -> int:
    """A new person; gives their position."""
    people = people_of(document)
    people.append({"id": _free("p", {person.get("id") for person in people})})
    return len(people) - 1


def remove_person(document: Tree, position: int) -> None:
    """Take a person out, also where statements are about them."""
    gone = people_of(document).pop(position).get("id")
    for _, _, statement in every_statement(document):
        about = statement.get("about")
        if isinstance(about, list):
            statement["about"] = [name for name in about if name != gone]
    for question in document.get("question") or ():
        if isinstance(question.get("about"), list):
            question["about"] = [name for name in question["about"] if name != gone]
    for name in ("capacity", "informing"):
        answers = document.get(name)
        if isinstance(answers, list):
            document[name] = [answer for answer in answers if answer.get("person") != gone]


def _free(letter: str, taken: set[Any]) -> str:
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


# -- sections and statements ------------------------------------------------------------------------------------------


def every_statement(document: Tree) -> Iterator[tuple[int, int, Tree]]:
    """Every statement with the positions of its section and itself, in the order of their numbers."""
    for s, section in enumerate(sections_of(document)):
        for n, statement in enumerate(statements_of(section)):
            yield s, n, statement


def has_protected_source(statement: Tree) -> bool:
    """Whether a statement says that who its source is stays protected."""
    source = statement.get("source")
    return isinstance(source, dict) and source.get("identity_protected") is True


def number_of(document: Tree, section: int, position: int) -> int:
    """The number of a statement: they are counted from 1 through the whole document."""
    before = sum(len(statements_of(each)) for each in sections_of(document)[:section])
    return before + position + 1


def add_section(document: Tree, title: str) -> int:
    """A new section at the end; gives its position.

    Its id tells readers nothing of how many others there are: it is out of its title, or out of what is written.
    """
    sections = sections_of(document)
    id_ = _section_id(document, title, {section.get("id") for section in sections})
    sections.append({"id": id_, "title": title, "need_to_know": {}, "statement": []})
    return len(sections) - 1


def name_section(document: Tree, section: int, title_before: str) -> tuple[str, str] | None:
    """Let the id of a section follow its title, where this app made the id; gives the id before and now, if it changed.

    Whoever chose an id of their own keeps it.
    """
    sections = sections_of(document)
    here, others = sections[section], [s for n, s in enumerate(sections) if n != section]
    before, title = str(here.get("id") or ""), str(here.get("title") or "")
    if not (_MADE.fullmatch(before) or before == _of_title(title_before)):
        return None
    id_ = _of_title(title)
    if not id_ or id_ == before or id_ in {each.get("id") for each in others} | _OWN_IDS:
        return None
    here["id"] = id_
    for answer in document.get("answer") or ():
        if isinstance(answer.get("sections"), list):
            answer["sections"] = [id_ if name == before else name for name in answer["sections"]]
    return before, id_


def _section_id(document: Tree, title: str, taken: set[Any]) -> str:
    id_ = _of_title(title)
    if id_ and id_ not in taken | _OWN_IDS:
        return id_
    written = json.dumps([document, title], default=str, sort_keys=True)
    return "s-" + hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _of_title(title: str) -> str:
    """The id that a title makes; empty where it makes none."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    id_ = "-".join(re.findall(r"[a-z0-9]+", letters))[:_LONGEST_ID].strip("-")
    return id_ if id_ and id_[0].isalpha() else ""


def remove_section(document: Tree, section: int) -> None:
    """Take a section out, with its statements."""
    with_basis = _Pointing(document)
    gone = sections_of(document).pop(section).get("id")
    with_basis.point_again()
    for answer in document.get("answer") or ():
        if isinstance(answer.get("sections"), list):
            answer["sections"] = [name for name in answer["sections"] if name != gone]


def add_statement(document: Tree, section: int) -> int:
    """A new statement at the end of a section; gives its position there."""
    with_basis = _Pointing(document)
    statements = statements_of(sections_of(document)[section])
    statements.append({})
    with_basis.point_again()
    return len(statements) - 1


def remove_statement(document: Tree, section: int, position: int) -> None:
    """Take a statement out. What rested on it rests on it no more."""
    with_basis = _Pointing(document)
    statements_of(sections_of(document)[section]).pop(position)
    with_basis.point_again()


def move_statement(document: Tree, section: int, position: int, by: int) -> None:
    """Move a statement up (-1) or down (1) in its section; at an end it stays."""
    statements = statements_of(sections_of(document)[section])
    to = position + by
    if not 0 <= to < len(statements):
        return
    with_basis = _Pointing(document)
    statements.insert(to, statements.pop(position))
    with_basis.point_again()


def put_statement(document: Tree, section: int, position: int, to_section: int) -> int:
    """Put a statement into another section, at its end; gives its position there."""
    if section == to_section:
        return position
    with_basis = _Pointing(document)
    sections = sections_of(document)
    statement = statements_of(sections[section]).pop(position)
    target = statements_of(sections[to_section])
    target.append(statement)
    with_basis.point_again()
    return len(target) - 1


class _Pointing:
    """What names statements by their numbers, so that numbers can be given anew."""

    def __init__(self, document: Tree) -> None:
        self._document: Final = document
        numbered = {n: s for n, (_, _, s) in enumerate(every_statement(document), 1)}
        self._pointers: Final = [
            (entry, name, [numbered[n] for n in entry[name] if n in numbered])
            for entry, name in _pointing(document)
        ]

    def point_again(self) -> None:
        """Write the numbers that hold now."""
        numbers = {id(s): n for n, (_, _, s) in enumerate(every_statement(self._document), 1)}
        for entry, name, named in self._pointers:
            kept = sorted(numbers[id(each)] for each in named if id(each) in numbers)
            if kept:
                entry[name] = kept
            else:
                entry.pop(name, None)


def _pointing(document: Tree) -> Iterator[tuple[Tree, str]]:
    """Every entry that names statements by their numbers: statements that rest on others, and answers."""
    for _, _, statement in every_statement(document):
        if isinstance(statement.get("basis"), list):
            yield statement, "basis"
    for answer in document.get("answer") or ():
        if isinstance(answer.get("statements"), list):
            yield answer, "statements"


# -- readers ----------------------------------------------------------------------------------------------------------


def set_recipients(document: Tree, addresses: list[str]) -> None:
    """Who gets the package. Whoever is left out is left out of every section too."""
    document["to"] = addresses
    for section in sections_of(document):
        readers = readers_of(section)
        section["need_to_know"] = {a: why for a, why in readers.items() if a in addresses}


def set_readers(section: Tree, reasons: dict[str, str]) -> None:
    """Who needs to know a section, and why."""
    section["need_to_know"] = reasons
