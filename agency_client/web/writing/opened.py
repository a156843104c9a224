"""A draft of any kind that a page works on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.ports.vault.drafts import Draft
from agency_client.record.findings import Findings
from agency_client.use_cases.drafts import tree_of
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, shown, summary, take
from agency_client.web.gone import find_draft
from agency_client.web.writing import editing
from agency_client.web.writing.asking import setting_of
from agency_client.web.writing.checking import led_to_source
from agency_client.web.writing.documents import document_of
from agency_client.web.writing.kinds import Kind
from agency_client.web.writing.known import KINDS
from agency_client.web.writing.steps import Setting, Step, belonging, of_typed, typed_wrong
from phoenix_protocol.errors import Problem

#: A draft in a path.
DRAFT: Final = "{draft:[0-9a-f]{32}}"


class Open:
    """A draft with its document and who writes it."""

    def __init__(self, asked: Asked) -> None:
        self.asked: Final = asked
        self.draft: Draft = find_draft(asked, asked.part("draft"))
        self.kind: Final[Kind] = _kind_of(self.draft, asked.request.path)
        self.content: Final = tree_of(self.draft)
        self.document: Final = document_of(self.content)
        self.setting: Final[Setting] = setting_of(asked, self.content)

    @property
    def path(self) -> str:
        """Where its pages are."""
        return f"{self.kind.root}/{self.draft.id}"

    def save(self) -> None:
        """Keep it as it is now."""
        self.draft = self.asked.client.save_draft(self.draft.id, self.content)

    def section(self) -> int:
        """The section that the path names. Raises HTTPNotFound."""
        return position_of(self.asked.part("section"), editing.sections_of(self.document))

    def statement(self, section: int) -> int:
        """The statement that the path names."""
        statements = editing.statements_of(editing.sections_of(self.document)[section])
        return position_of(self.asked.part("statement"), statements)

    async def answer(
        self, fields: tuple[Field, ...], place: str, template: str, on: str, **values: Any
    ) -> web.StreamResponse:
        """Keep a page of fields; the page again where something typed cannot stand."""
        take(fields, self.asked.form, self.document)
        self.save()
        if self.asked.form.has("autosave"):
            return web.json_response({"saved": True})
        findings = await self.kind.find(self.asked.client, self.draft)
        problems = typed_wrong(belonging(_at(place), findings.problems))
        if not summary(fields, problems):
            return self.asked.go(on)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return self._page(fields, template, problems, findings, status, **values)

    async def ask(
        self, fields: tuple[Field, ...], place: str, template: str, **values: Any
    ) -> web.Response:
        """A page of fields, with what is wrong in what stands there by now."""
        findings = await self.kind.find(self.asked.client, self.draft)
        problems = typed_wrong(belonging(_at(place), findings.problems))
        typed = of_typed(self.document, problems)
        return self._page(fields, template, typed, findings, HTTPStatus.OK, **values)

    def _page(
        self,
        fields: tuple[Field, ...],
        template: str,
        problems: tuple[Problem, ...],
        findings: Findings,
        status: HTTPStatus,
        **values: Any,
    ) -> web.Response:
        errors = led_to_source(summary(fields, problems), fields, problems, self.setting)
        return self.asked.page(
            template,
            status=status,
            path_of_draft=self.path,
            fields=shown(fields, self.document, problems, findings.warnings),
            errors=errors,
            problem=bool(errors) or None,
            **values,
        )


def _kind_of(draft: Draft, path: str) -> Kind:
    """The kind of a draft. Raises HTTPNotFound for one that is written elsewhere."""
    kind = KINDS.get(draft.kind)
    if kind is None or not path.startswith(f"{kind.root}/{draft.id}"):
        raise web.HTTPNotFound
    return kind


def _at(place: str) -> Step:
    return Step(slug="", title="", places=(place,))


def position_of(text: str, things: list[Any]) -> int:
    """A position in a list by its number in a path. Raises HTTPNotFound."""
    position = int(text) - 1
    if not 0 <= position < len(things):
        raise web.HTTPNotFound
    return position
