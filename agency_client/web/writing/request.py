"""A request for information: which pages its document has, what the rules say of it, and asking."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from agency_client.record.findings import Findings
from agency_client.use_cases.drafts import tree_of
from agency_client.web.when import moment
from agency_client.web.writing import consent_questions as consent
from agency_client.web.writing import cover_questions as cover
from agency_client.web.writing import decision_questions as decision
from agency_client.web.writing import law_questions as law
from agency_client.web.writing import request_questions as asking
from agency_client.web.writing.advice_questions import ADVICE
from agency_client.web.writing.documents import document_bytes, document_of
from agency_client.web.writing.kinds import Kind
from agency_client.web.writing.package import FILES, PEOPLE, READERS, STATEMENTS, options_of
from agency_client.web.writing.request_questions import asked_of
from agency_client.web.writing.section_steps import section_steps
from agency_client.web.writing.steps import Group, Setting

if TYPE_CHECKING:
    from agency_client.client import Client
    from agency_client.ports.vault.drafts import Draft
    from agency_client.web.jobs import Progressed
    from phoenix_protocol.errors import Problem

NAME: Final = "request"
ROOT: Final = "/requests"


def groups(setting: Setting) -> tuple[Group, ...]:
    """The task list. A request about a victim has one page more."""
    victim = (asking.VICTIM,) if "victim" in setting.document else ()
    given = (consent.GIVEN,) if consent.is_relied_on(setting) else ()
    return (
        Group(
            title="What you ask",
            steps=(
                PEOPLE,
                asking.QUESTIONS,
                asking.ASKING,
                *victim,
                cover.PURPOSE,
                asking.DUE,
                asking.DEPUTIES,
                cover.MARKING,
                cover.CONTACT,
            ),
        ),
        Group(
            title="What they need to know to answer (optional)",
            steps=(STATEMENTS, *section_steps(setting), READERS, FILES),
        ),
        Group(
            title="Your decision to ask",
            steps=(decision.DECISION, decision.WEIGHING, decision.HOW_MUCH, ADVICE),
        ),
        Group(
            title="Consent, telling people, and whom not to alert",
            steps=(consent.CONSENT, *given, consent.VOICE, consent.CAPACITY, consent.INFORMING),
        ),
        Group(
            title="By which duty or power you ask",
            steps=(law.LAW, law.CONFIDENCE, law.KEEPING, law.QUALITY),
        ),
    )


def data_of(content: dict[str, Any]) -> bytes:
    """The document as the bytes of a file. One about a victim is so from the beginning."""
    document = document_of(content)
    kept = {**document, "deputy": [each for each in _deputies(document) if _is_named(each)]}
    data = document_bytes({"document": kept})
    if document.get("victim") == {}:
        data = json.dumps({**json.loads(data), "victim": {}}, ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )
    return data


def _deputies(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = document.get("deputy")
    return found if isinstance(found, list) else []


def _is_named(deputy: dict[str, Any]) -> bool:
    return bool(deputy.get("address") or deputy.get("why"))


async def look(client: Client, draft: Draft) -> Findings:
    """What the rules say of a draft by now."""
    content = tree_of(draft)
    found: Findings = await client.look_at_request(data_of(content), options_of(client, draft))
    kept = [n for n, each in enumerate(_deputies(document_of(content))) if _is_named(each)]
    return asked_by_questions(moved(found, "deputy", kept))


def asked_by_questions(findings: Findings) -> Findings:
    """Who gets a request is said under its questions: that nobody does is mended there."""
    message = "Nobody is asked yet. Say under a question whom you ask it."
    problems = (
        replace(each, place="question", message=message)
        if (each.code, each.place) == ("E_DOC_RECIPIENT", "to")
        else each
        for each in findings.problems
    )
    return replace(findings, problems=tuple(problems))


def moved(findings: Findings, table: str, kept: list[int]) -> Findings:
    """Findings about a file that has only some entries of a list, with the places of the draft, which has all."""

    def back(problems: Iterable[Problem]) -> tuple[Problem, ...]:
        return tuple(replace(each, place=_moved(each.place, table, kept)) for each in problems)

    return Findings(
        problems=back(findings.problems),
        warnings=back(findings.warnings),
        prompts=back(findings.prompts),
        owed=back(findings.owed),
    )


def _moved(place: str, table: str, kept: list[int]) -> str:
    number, closes, rest = place.removeprefix(f"{table}[").partition("]")
    if not place.startswith(f"{table}[") or not closes or not number.isdecimal():
        return place
    position = int(number) - 1
    return f"{table}[{kept[position] + 1}]{rest}" if position < len(kept) else place


async def due(client: Client, draft: Draft) -> str:
    """By when answers would be due, by the working calendar, if it went now."""
    at = await client.due_if_asked_now(data_of(tree_of(draft)))
    return f"If you send it now, answers are due by {moment(at)}." if at is not None else ""


async def send(client: Client, draft: Draft, progressed: Progressed) -> str:
    """Seal and send it, and await the answers."""
    data, options = data_of(tree_of(draft)), options_of(client, draft)
    sent = await client.request(data, options, progressed)
    await client.told(sent.result.package)
    client.drop_draft(draft.id)
    return f"{ROOT}/sent/{sent.result.package.hex()}"


REQUEST: Final = Kind(
    name=NAME,
    root=ROOT,
    home=ROOT,
    title="Ask other agencies",
    finish="Send",
    doing="Asking",
    groups=groups,
    look=look,
    act=send,
    adds=due,
    readers=lambda setting: asked_of(setting.document),
    intro="Each agency reads its own questions only, and not how many others there are.",
)
