"""Saying that there is no answer, by choosing: not known or not applicable, and why. Values in, values out.

A document says it in words ("not known: nobody recorded it", agency_client/record/unanswerable.py). Nobody has to
know how: the reasons that most people have are choices, and others are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from agency_client.record.unanswerable import is_open
from agency_client.web.forms import Form

#: The reasons that most people have, as they stand behind "not known".
_USUAL: Final = (
    "nobody recorded it",
    "nobody has asked yet",
    "it cannot be found out in time",
)
_UNKNOWN: Final = "not known"
_NOT_APPLICABLE: Final = "not applicable"
#: The two that need a reason in words: what they are called, and the name of the field for the reason.
_IN_WORDS: Final = {
    _UNKNOWN: ("It is not known, for another reason", "why"),
    _NOT_APPLICABLE: ("It does not apply here", "why-not"),
}
_ANSWER: Final = re.compile(
    r"\s*not[ _](known|applicable)\s*(?:[:,-]\s*(.*))?", re.IGNORECASE | re.DOTALL
)


def chosen_reason(name: str, form: Form, chosen: str | None) -> str | None:
    """The answer that a choice makes, as documents write it; None where nothing of the kind was chosen or typed."""
    if chosen in _IN_WORDS:
        why = form.text(f"{name}:{_IN_WORDS[chosen][1]}").strip()
        return f"{chosen}: {why}" if why else chosen
    if chosen is not None:
        return chosen if is_open(chosen) else None
    # Without scripts somebody may give a reason and choose nothing.
    why = form.text(f"{name}:why").strip()
    return f"{_UNKNOWN}: {why}" if why else None


def typed_reason(name: str, form: Form) -> str | None:
    """The same out of the choices that stand below a field (:func:`below`)."""
    chosen = f"{name}:open"
    return chosen_reason(name, form, form.text(chosen) if form.has(chosen) else None)


def in_words(name: str, id_: str, value: str, known: Collection[str] = ()) -> list[dict[str, Any]]:
    """The two choices that ask for a reason. One that the ``known`` words have already is left out."""
    answer, reason = _parts(value)
    return [
        {
            "value": code,
            "text": label,
            "checked": answer == code,
            "why": _why(name, id_, field, reason if answer == code else ""),
        }
        for code, (label, field) in _IN_WORDS.items()
        if code.replace(" ", "_") not in known
    ]


def below(name: str, id_: str, value: str, what: str) -> dict[str, Any]:
    """What stands below a field that may stay without an answer: folded away until it is chosen."""
    usual = [
        {
            "value": f"{_UNKNOWN}: {reason}",
            "text": reason[:1].upper() + reason[1:],
            "checked": _parts(value) == (_UNKNOWN, reason),
        }
        for reason in _USUAL
    ]
    is_usual = any(item["checked"] for item in usual)
    items = [*usual, *in_words(f"{name}", id_, "" if is_usual else value)]
    if value:
        items.append({"value": "", "text": "None of these", "checked": False})
    return {
        "summary": f"I do not know {what}",
        "is_said": bool(value),
        "idPrefix": f"{id_}-open",
        "name": f"{name}:open",
        "fieldset": {"legend": {"text": "Why not?", "classes": "govuk-fieldset__legend--s"}},
        "items": items,
    }


def _parts(value: str) -> tuple[str, str]:
    """What an answer says, and its reason; two empty texts for what is an answer after all."""
    found = _ANSWER.fullmatch(value)
    return (f"not {found[1].lower()}", (found[2] or "").strip()) if found is not None else ("", "")


def _why(name: str, id_: str, field: str, value: str) -> dict[str, Any]:
    return {
        "id": f"{id_}-{field}",
        "name": f"{name}:{field}",
        "label": {"text": "Why is it not known?" if field == "why" else "Why does it not apply?"},
        "value": value,
    }
