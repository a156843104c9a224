"""The kinds of document that an agency's own questions can be asked of, and finding answers in them by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from agency_client.record.as_written import AskedHere
from agency_client.record.decisions import DecisionDocument
from agency_client.record.document import Document
from agency_client.record.places import Place
from agency_client.record.requests import RequestDocument
from agency_client.record.responses import ResponseDocument
from agency_client.record.tables import Many, One, declared

#: By the words for them. A kind that is made from another stands before it.
KINDS: Final[dict[str, type[AskedHere]]] = {
    "request": RequestDocument,
    "response": ResponseDocument,
    "package": Document,
    "decision": DecisionDocument,
}
#: Kinds by which something is shared: what a question is asked of that does not say more.
SHARING: Final = frozenset({"package", "response"})


def kind_of(document: AskedHere) -> str:
    """The word for the kind of a document."""
    return next(word for word, kind in KINDS.items() if isinstance(document, kind))


def is_answer(kind: type[Any], path: Sequence[str]) -> bool:
    """Whether documents of a kind have an answer at ``path``: names alone, through tables and arrays of tables."""
    found = next((entry for entry in declared(kind) if path and entry.name == path[0]), None)
    if found is None:
        return False
    if len(path) == 1:
        return not isinstance(found.reader, One)
    return isinstance(found.reader, One | Many) and is_answer(found.reader.table, path[1:])


def unanswered(table: Any, path: Sequence[str]) -> Iterator[Place]:
    """Every place of ``path`` in a document that says nothing. What other agencies said is theirs."""
    if getattr(table, "copied", None):
        return
    name, rest = path[0], path[1:]
    value, at = getattr(table, name), (*table.at, name)
    if not rest:
        if value is None or value in ((), {}):
            yield at
    elif value is None:
        yield (*at, *rest)
    else:
        for inner in value if isinstance(value, tuple) else (value,):
            yield from unanswered(inner, rest)
