"""An answer that is given later: put into the values of a document as it would have stood there. Pure.

The document itself is never changed: these are the values that it would have, to see what is owed then.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.faults import Faults, did_you_mean
from agency_client.record.fields import ListOf, MapOf, Number, Reader, YesNo
from agency_client.record.findings import Findings
from agency_client.record.looks import owed_name
from agency_client.record.places import Place, written
from agency_client.record.problems import NEXT
from agency_client.record.rules.codes import IN_WORDS, MOST_NEAR
from agency_client.record.tables import Declared, Many, One, declared
from agency_client.record.unanswerable import is_open, lacks_reason
from agency_client.record.word_lists import see
from phoenix_protocol.errors import Problem, RefusedError

_NAME: Final = r'(?:[A-Za-z0-9_-]+|"[^"\n]+")'
_STEP: Final = re.compile(r'([A-Za-z0-9_-]+)|"([^"\n]+)"|\[([0-9]{1,4})\]')
_PLACE: Final = re.compile(rf"{_NAME}(?:\[[0-9]{{1,4}}\])?(?:\.{_NAME}(?:\[[0-9]{{1,4}}\])?)*")
_SENTENCE: Final = re.compile(r"\S+\s+\S+")
_YES: Final = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswer:
    """What was said later, at which place of a document, and by whom. ``clause`` is that of what was owed."""

    place: str
    clause: str | None
    said: tuple[str, ...] = field(repr=False)
    by: str | None = field(repr=False, default=None)

    def encoded(self) -> bytes:
        """The document of the record that keeps it: JSON."""
        values = {
            "place": self.place,
            "clause": self.clause,
            "said": list(self.said),
            "by": self.by,
        }
        return json.dumps(values, ensure_ascii=False, indent=1).encode()

    @classmethod
    def decoded(cls, data: bytes) -> LateAnswer:
        """What :meth:`encoded` gave."""
        values = json.loads(data)
        return cls(
            place=values["place"],
            clause=values["clause"],
            said=tuple(values["said"]),
            by=values["by"],
        )


def place_of(text: str) -> Place:
    """A place as people write it, counting from one. Raises RefusedError ``E_ANSWER`` for anything else."""
    if not _PLACE.fullmatch(text):
        raise _refusal("This is not a place in a document.", "Copy it from what is owed.")
    steps = _STEP.findall(text)
    return tuple(name or quoted or int(number) - 1 for name, quoted, number in steps)


def field_at(kinds: Iterable[type[Any]], place: Place) -> Declared | None:
    """The field of the first of these kinds of document that has one at ``place``."""
    return next((found for kind in kinds if (found := _field(kind, place)) is not None), None)


def _field(table: type[Any], place: Place) -> Declared | None:
    if not place or not isinstance(place[0], str):
        return None
    found = next((entry for entry in declared(table) if entry.name == place[0]), None)
    if found is None or len(place) == 1:
        is_answer = found is not None and (_is_list_of_names(found) or not _is_table(found))
        return found if is_answer else None
    inside = place[1:]
    if isinstance(found.reader, MapOf) and len(inside) == 1 and isinstance(inside[0], str):
        return Declared(inside[0], found.reader.text, None)
    if isinstance(found.reader, Many) and isinstance(inside[0], int) and inside[0] >= 0:
        return _field(found.reader.table, inside[1:])
    return _field(found.reader.table, inside) if isinstance(found.reader, One) else None


def _is_table(entry: Declared) -> bool:
    return isinstance(entry.reader, One | Many)


def _is_list_of_names(entry: Declared) -> bool:
    return isinstance(entry.reader, Many) and entry.name in _NAMED_BY


#: Arrays of tables that can be answered by naming each entry: the field that holds the name.
_NAMED_BY: Final = {"people": "name", "given_by": "who"}


def value_for(wanted: Declared, said: Sequence[str]) -> Any:
    """The plain value that a document would have for what was said: text, number, yes or no, or a list of these."""
    reader: Reader[Any] = wanted.reader
    if _is_list_of_names(wanted):
        return [_entry(wanted, n, text) for n, text in enumerate(said)]
    if isinstance(reader, ListOf):
        item = reader.item
        return [_one(item, text) for text in said]
    return _one(reader, said[0] if len(said) == 1 else " ".join(said))


def _entry(wanted: Declared, position: int, name: str) -> dict[str, str]:
    """An entry that has a name and, where people need one, an id."""
    ids = {"id": f"person-{position + 1}"} if wanted.name == "people" else {}
    return {**ids, _NAMED_BY[wanted.name]: name}


def _one(reader: Reader[Any], text: str) -> Any:
    if isinstance(reader, Number) and text.strip().isascii() and text.strip().isdigit():
        return int(text)
    if isinstance(reader, YesNo):
        return _YES.get(text.strip().casefold(), text)
    return text


def with_value(values: Mapping[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """``values`` with ``value`` at ``place``. Tables and entries that are not there are made, one after the last.

    Raises RefusedError ``E_ANSWER`` when the document holds something else on the way.
    """
    changed = copy.deepcopy(dict(values))
    at: Any = changed
    for n, part in enumerate(place[:-1]):
        at = _inside(at, part, [] if isinstance(place[n + 1], int) else {})
    _put(at, place[-1], value)
    return changed


def _inside(at: Any, part: str | int, empty: Any) -> Any:
    if isinstance(part, str) and isinstance(at, dict):
        return at.setdefault(part, empty)
    if isinstance(part, int) and isinstance(at, list):
        if part == len(at):
            at.append(empty)
        if part < len(at):
            return at[part]
    raise _nowhere()


def _put(at: Any, part: str | int, value: Any) -> None:
    if isinstance(part, str) and isinstance(at, dict):
        at[part] = value
        return
    raise _nowhere()


def check_answer(
    wanted: Declared | None, place: Place, said: Sequence[str], catalogue: Catalogue
) -> Problem | None:
    """What is wrong with an answer in itself, whatever else the document says."""
    if wanted is None:
        return _problem("E_DOC_FIELD", place, "There is no such place in this document.")
    if any(lacks_reason(text) for text in said):
        return _problem("E_DOC_MISSING", place, "Say why this is not known or not applicable.")
    faults = Faults({})
    wanted.reader.read(value_for(wanted, said), place, faults)
    if faults.problems:
        return faults.problems[0]
    words = catalogue.enumerations.get(wanted.codes or "", {})
    for text in said if words else ():
        is_free = wanted.codes in IN_WORDS and _SENTENCE.search(text)
        if text not in words and not is_open(text) and not is_free:
            message = "This is not one of the words that can stand here."
            message += did_you_mean(text, words, MOST_NEAR)
            remedy = f"Use one of the words of that list. {see(wanted.codes or '')}"
            return _problem("E_DOC_CODE", place, message, remedy)
    return None


def still_owed(
    kept: Sequence[str], answered: Place, before: Findings, after: Findings
) -> tuple[str, ...]:
    """What is owed after an answer: what was and still is, and what the answer itself has brought up."""
    was = {owed_name(problem) for problem in before.owed}
    now = {owed_name(problem) for problem in after.owed}
    left = [name for name in kept if (name in now if name in was else not _is_at(name, answered))]
    return (*left, *sorted(now - was - set(left)))


def new_problems(before: Findings, after: Findings) -> tuple[Problem, ...]:
    """The problems that the answer has brought up."""
    known = {(problem.code, problem.place) for problem in before.problems}
    return tuple(p for p in after.problems if (p.code, p.place) not in known)


def owed_at(owed: Iterable[str], place: Place) -> str | None:
    """What is owed at ``place``, or at a table around it; None when nothing is."""
    return next((name for name in owed if _is_at(name, place)), None)


def _is_at(name: str, place: Place) -> bool:
    wanted = place_of(name.partition(":")[2])
    return place[: len(wanted)] == wanted


def _problem(code: str, place: Place, message: str, remedy: str | None = None) -> Problem:
    return Problem(code=code, message=message, next=remedy or NEXT[code], place=written(place))


def _nowhere() -> RefusedError:
    return _refusal(
        "The document has something else at that place.", "Copy the place from what is owed."
    )


def _refusal(what: str, remedy: str) -> RefusedError:
    return RefusedError("E_ANSWER", what, next=remedy)


def merged(values: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with what a later document says: tables field by field, lists with what is new in them at the end."""
    whole = copy.deepcopy(dict(values))
    for name, value in more.items():
        kept = whole.get(name)
        if isinstance(kept, dict) and isinstance(value, dict):
            whole[name] = merged(kept, value)
        elif isinstance(kept, list) and isinstance(value, list):
            whole[name] = [*kept, *(each for each in value if each not in kept)]
        else:
            whole[name] = copy.deepcopy(value)
    return whole
