"""Who may learn who a source is, as three clear choices over one list of addresses (docs/document.md). Pure.

A document has the only addresses that may know, and nothing where it is no secret. Nobody at all is the own address
alone, which knows already. A draft keeps an empty list for "no secret", which no document has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final

from agency_client.web.forms import Form


class Choice(Enum):
    """Who may learn it."""

    NOBODY = "nobody"
    THESE = "these"
    EVERYBODY = "everybody"


#: What each choice is called, and what it does.
WORDS: Final[Mapping[Choice, tuple[str, str]]] = {
    Choice.EVERYBODY: (
        "It is no secret who this is",
        "Whoever gets a statement about them gets the name.",
    ),
    Choice.THESE: (
        "It is a secret. Tell only these",
        "Nobody else gets the name, also when it is passed on.",
    ),
    Choice.NOBODY: (
        "It is a secret. Tell nobody",
        "The name stays at this address. Do not tick this person where a statement tells something about them.",
    ),
}


def who(name: str) -> str:
    """The name of the choice in a form. The boxes of addresses have the name of the field itself."""
    return f"{name}:who"


def typed(name: str, form: Form, own: str) -> list[str] | None:
    """The addresses that may know, as a draft keeps them; None where nothing was said.

    A secret for nobody in particular is kept from everybody. Without scripts somebody may tick addresses alone.
    """
    chosen = form.text(who(name)) if form.has(who(name)) else ""
    ticked = list(form.texts(name))
    if chosen == Choice.EVERYBODY.value:
        return []
    if chosen == Choice.NOBODY.value:
        return [own]
    return ticked or ([own] if chosen else None)


def chosen_of(value: Any, own: str) -> Choice | None:
    """The choice that a draft has; None where nobody has made one."""
    if not isinstance(value, list):
        return None
    if not value:
        return Choice.EVERYBODY
    return Choice.NOBODY if value == [own] else Choice.THESE


def items(
    name: str, id_: str, value: Any, own: str, addresses: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """The three choices for a page; the middle one with a box for each address (code, label)."""
    chosen = chosen_of(value, own)
    named = value if isinstance(value, list) and chosen is Choice.THESE else []
    boxes = {
        "idPrefix": f"{id_}-these",
        "name": name,
        "fieldset": {"legend": {"text": "Who may learn it?", "classes": "govuk-visually-hidden"}},
        "items": [
            {"value": code, "text": label, "checked": code in named} for code, label in addresses
        ],
    }
    return [
        {
            "value": choice.value,
            "text": label,
            "hint": {"text": hint},
            "checked": choice is chosen,
            "boxes": boxes if choice is Choice.THESE and addresses else None,
        }
        for choice, (label, hint) in WORDS.items()
    ]
