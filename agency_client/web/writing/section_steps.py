"""One line of the task list for each section: how it is marked, and what its readers may do. Values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agency_client.record.plain import plain
from agency_client.web.fields import in_words_of, value_at
from agency_client.web.writing.editing import sections_of
from agency_client.web.writing.statement_questions import section_fields
from agency_client.web.writing.steps import Answered, Setting, Step

#: What the page of a section asks beside its title, which it has from the beginning.
_ASKED: Final = (
    "confidential",
    "confider",
    "sensitivity",
    "permitted_action",
    "marking",
    "handling",
    "subject_access",
)
#: What every section owes, in the words of the task list.
_TO_SAY: Final = {
    "confidential": "whether it is confidential",
    "confider": "who gave it in confidence",
    "sensitivity": "whether it is sensitive",
    "permitted_action": "what its readers may do with it",
}


def section_steps(setting: Setting) -> tuple[Step, ...]:
    """The page of each section, in their order."""
    return tuple(_step(n, each) for n, each in enumerate(sections_of(dict(setting.document))))


def _step(position: int, section: Mapping[str, Any]) -> Step:
    title = plain(str(section.get("title") or "no title yet"))

    def is_begun(document: Mapping[str, Any]) -> bool:
        found = value_at(document, ("section", position)) or {}
        return any(found.get(name) for name in _ASKED)

    def said(setting: Setting) -> tuple[Answered, ...]:
        found = (
            (field, value_at(setting.document, field.at))
            for field in section_fields(setting, position)
            if field.at[-1] in _ASKED
        )
        return tuple(
            Answered(label=field.label, lines=in_words_of(field, value))
            for field, value in found
            if value not in (None, "", [])
        )

    return Step(
        slug=f"section/{position + 1}",
        title=f"How section {position + 1} may be used: {title}",
        places=tuple(f"section[{position + 1}].{name}" for name in _ASKED),
        is_begun=is_begun,
        said=said,
        still_to_say={f"section[{position + 1}].{name}": words for name, words in _TO_SAY.items()},
    )
