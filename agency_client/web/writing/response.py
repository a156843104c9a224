"""An answer to a request: which pages its document has, what the rules say of it, and sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from agency_client.record.findings import Findings
from agency_client.use_cases.drafts import tree_of
from agency_client.web.writing import consent_questions as consent
from agency_client.web.writing import cover_questions as cover
from agency_client.web.writing import decision_questions as decision
from agency_client.web.writing import law_questions as law
from agency_client.web.writing.advice_questions import ADVICE
from agency_client.web.writing.answer_questions import SEARCHED, answer_steps
from agency_client.web.writing.documents import document_bytes, document_of
from agency_client.web.writing.kinds import Kind
from agency_client.web.writing.package import FILES, PEOPLE, READERS, STATEMENTS, options_of
from agency_client.web.writing.request import moved
from agency_client.web.writing.section_steps import section_steps
from agency_client.web.writing.short_answer import shares_nothing, short_groups
from agency_client.web.writing.steps import Group, Setting
from phoenix_protocol.identifiers import ObjectHash

if TYPE_CHECKING:
    from agency_client.client import Client
    from agency_client.ports.vault.drafts import Draft
    from agency_client.web.jobs import Progressed

NAME: Final = "response"
ROOT: Final = "/requests/answer"
HOME: Final = "/requests"


def groups(setting: Setting) -> tuple[Group, ...]:
    """The task list: a page for each question first. It is short where nothing is shared."""
    if shares_nothing(setting):
        return short_groups(setting)
    given = (consent.GIVEN,) if consent.is_relied_on(setting) else ()
    return (
        Group(title="What you were asked", steps=(*answer_steps(setting), SEARCHED)),
        Group(
            title="What you share, if you share something",
            steps=(PEOPLE, STATEMENTS, *section_steps(setting), READERS, FILES),
        ),
        Group(title="The cover", steps=(cover.MARKING, cover.CONTACT, cover.REFERENCE)),
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


def data_of(content: dict[str, Any]) -> bytes:
    """The document as the bytes of a file: of the four answers to each question those that were given."""
    document = document_of(content)
    kept = {**document, "answer": [each for each in _answers(document) if each.get("answer")]}
    if not document.get("section"):
        kept["people"] = [
            each for each in document.get("people") or () if _is_meant(each, document)
        ]
    return document_bytes({"document": kept})


def _answers(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = document.get("answer")
    return found if isinstance(found, list) else []


def _is_meant(person: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether somebody is named beside statements: nobody else's name belongs to an answer without any."""
    said = [*(document.get("capacity") or ()), *(document.get("informing") or ())]
    return any(each.get("person") == person.get("id") for each in said)


def core_of(draft: Draft) -> ObjectHash:
    """The request that a draft answers."""
    return ObjectHash(bytes.fromhex(draft.about))


async def look(client: Client, draft: Draft) -> Findings:
    """What the rules say of a draft by now."""
    content = tree_of(draft)
    found: Findings = await client.look_at_response(
        core_of(draft), data_of(content), options_of(client, draft)
    )
    kept = [n for n, each in enumerate(_answers(document_of(content))) if each.get("answer")]
    return moved(found, "answer", kept)


async def send(client: Client, draft: Draft, progressed: Progressed) -> str:
    """Seal it and send it to whoever asked."""
    options = options_of(client, draft)
    sent = await client.respond(core_of(draft), data_of(tree_of(draft)), options, progressed)
    await client.told(sent.result.package)
    client.drop_draft(draft.id)
    return f"/requests/owed/{draft.about}?answered"


def _to(setting: Setting) -> tuple[str, ...]:
    return tuple(setting.beside.get("reply_to") or ())


RESPONSE: Final = Kind(
    name=NAME,
    root=ROOT,
    home=HOME,
    title="Answer a request",
    finish="Send the answer",
    doing="Answering",
    groups=groups,
    look=look,
    act=send,
    readers=_to,
    intro="You can answer some questions now and others later. No answer is replaced by a later one.",
)
