"""The kinds of documents that are written here: what each asks, and what becomes of one that is finished."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agency_client.record.findings import Findings
from agency_client.use_cases.drafts import tree_of
from agency_client.web.jobs import Progressed
from agency_client.web.writing.documents import document_of
from agency_client.web.writing.naming_people import with_names
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
    #: Send or record a draft; gives the path of the page that follows. The draft is gone then.
    act: Callable[[Client, Draft, Progressed], Awaitable[str]]
    #: What the work is called while it goes on.
    doing: str = "Sending"
    #: Where its drafts are listed.
    home: str
    #: Whether it can be sent before everything is answered that must be answered.
    may_be_urgent: bool = True
    #: Who gets it, where that is not chosen by itself.
    readers: Callable[[Setting], tuple[str, ...]] | None = None
    #: What stands above everything on its task list.
    intro: str = ""
    #: What else stands on its last page, such as by when answers would be due.
    adds: Callable[[Client, Draft], Awaitable[str]] | None = None

    async def find(self, client: Client, draft: Draft) -> Findings:
        """What the rules say of a draft, with people, sections and addresses by their names."""
        names = {each.address: f"{each.name}, {each.agency}" for each in client.addressees()}
        return with_names(await self.look(client, draft), document_of(tree_of(draft)), names)

    def step(self, setting: Setting, slug: str) -> Step | None:
        """A page by its name in the path."""
        found = (step for group in self.groups(setting) for step in group.steps)
        return next((step for step in found if step.slug == slug), None)
