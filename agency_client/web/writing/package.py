"""A package to share: which pages its document has, and what the rules say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agency_client.record.findings import Findings
from agency_client.use_cases.drafts import tree_of
from agency_client.web.writing import consent_questions as consent
from agency_client.web.writing import cover_questions as cover
from agency_client.web.writing import decision_questions as decision
from agency_client.web.writing import law_questions as law
from agency_client.web.writing.advice_questions import ADVICE
from agency_client.web.writing.documents import document_bytes
from agency_client.web.writing.kinds import Kind
from agency_client.web.writing.section_steps import section_steps
from agency_client.web.writing.steps import Group, Setting, Step

if TYPE_CHECKING:
    from agency_client.client import Client
    from agency_client.ports.vault.drafts import Draft
    from agency_client.use_cases.document_options import Options
    from agency_client.web.jobs import Progressed

NAME: Final = "package"
ROOT: Final = "/share"

PEOPLE: Final = Step(slug="people", title="Who it concerns", places=("people",))
STATEMENTS: Final = Step(slug="statements", title="What you know", places=("section",))
READERS: Final = Step(slug="readers", title="Who needs to know what", places=("to",))
FILES: Final = Step(slug="files", title="Files", places=("attach",))


def groups(setting: Setting) -> tuple[Group, ...]:
    """The task list. What only consent needs is asked where there is consent."""
    given = (consent.GIVEN,) if consent.is_relied_on(setting) else ()
    return (
        Group(
            title="What you share",
            steps=(
                PEOPLE,
                STATEMENTS,
                *section_steps(setting),
                READERS,
                FILES,
                cover.PURPOSE,
                cover.MARKING,
                cover.CONTACT,
            ),
        ),
        Group(
            title="Your decision",
            steps=(decision.DECISION, decision.WEIGHING, decision.HOW_MUCH, ADVICE),
        ),
        Group(
            title="Consent and telling people",
            steps=(consent.CONSENT, *given, consent.VOICE, consent.CAPACITY, consent.INFORMING),
        ),
        Group(title="The law", steps=(law.LAW, law.CONFIDENCE, law.KEEPING, law.QUALITY)),
    )


def options_of(client: Client, draft: Draft, *, urgent: bool | None = None) -> Options:
    """How a draft is sent: its files, and whether answers may follow."""
    from agency_client.use_cases.document_options import Options

    said = bool(tree_of(draft).get("urgent"))
    return Options(
        attachments=client.draft_sources(draft.id), urgent=said if urgent is None else urgent
    )


async def look(client: Client, draft: Draft) -> Findings:
    """What the rules say of a draft by now."""
    found: Findings = await client.check(document_bytes(tree_of(draft)), options_of(client, draft))
    return found


async def send(client: Client, draft: Draft, progressed: Progressed) -> str:
    """Seal and send it."""
    data = document_bytes(tree_of(draft))
    sent = await client.send(data, options_of(client, draft), progressed)
    await client.told(sent.result.package)
    client.drop_draft(draft.id)
    return f"{ROOT}/sent/{sent.result.package.hex()}"


PACKAGE: Final = Kind(
    name=NAME,
    root=ROOT,
    home=ROOT,
    title="Share information",
    finish="Send",
    groups=groups,
    look=look,
    act=send,
)
