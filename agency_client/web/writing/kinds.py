"""The kinds of documents that are written here: what each asks, and what becomes of one that is finished."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agency_client.record.findings import Findings
from agency_client.web.writing.steps import Group, Setting, Step

if TYPE_CHECKING:
    from agency_client.client import Client
    from agency_client.ports.vault.drafts import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of document. ``name`` is what its drafts are called in the vault; ``root`` the path of its pages."""

    name: str
    root: str
    title: str
    #: What the button of the last page says.
    finish: str
    groups: Callable[[Setting], tuple[Group, ...]]
    #: What the rules say of a draft.
    look: Callable[[Client, Draft], Awaitable[Findings]]

    def step(self, setting: Setting, slug: str) -> Step | None:
        """A page by its name in the path."""
        found = (step for group in self.groups(setting) for step in group.steps)
        return next((step for step in found if step.slug == slug), None)
