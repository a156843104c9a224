"""Requests: what was asked from here and is owed here, by when, and what became of each question."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from agency_client.record.rules.victims import may_ask_of_victims
from agency_client.use_cases.drafts import tree_of
from agency_client.use_cases.request_lines import AskedLine, OwedLine
from agency_client.web.asked import Asked
from agency_client.web.naming import number_of
from agency_client.web.paging import pages_of as pagination
from agency_client.web.request_words import (
    OWED,
    STANDS,
    due_words,
    is_answered,
    is_unread,
    of_recipient,
    question_words,
)
from agency_client.web.table import get, post
from agency_client.web.writing import answer_questions as answers
from agency_client.web.writing import request, response
from agency_client.web.writing.documents import document_of
from agency_client.web.writing.known import KINDS
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash

_MOST: Final = 50
_CORE: Final = "{package:[0-9a-f]{64}}"


async def requests(asked: Asked) -> web.StreamResponse:
    """What others wait for first, then what was asked from here; what is answered last."""
    found, own = await asked.client.requests(), asked.client.writer().own
    lines = sorted((*found.owed, *found.asked), key=is_answered)
    number = number_of(asked.query("page"))
    shown = lines[(number - 1) * _MOST : number * _MOST]
    return asked.page(
        "requests/list.html",
        title="Requests for information",
        owed=[_owed_row(line, asked.now) for line in shown if isinstance(line, OwedLine)],
        asked=[_asked_row(line, asked.now) for line in shown if isinstance(line, AskedLine)],
        drafts=_drafts(asked),
        may_ask_of_victims=may_ask_of_victims(own.kind, own.jurisdiction),
        pagination=pagination(len(lines), _MOST, number, "/requests?page="),
    )


def _owed_row(line: OwedLine, now: int) -> dict[str, Any]:
    label, colour = OWED[line.stands]
    return {
        "href": f"/requests/owed/{line.request.core.hex()}",
        "purpose": line.purpose,
        "who": line.request.asker,
        "due": due_words(line, now),
        "tags": [(label, colour)],
        "counted": _count(len(line.questions)),
        "thread": line.thread,
    }


def _asked_row(line: AskedLine, now: int) -> dict[str, Any]:
    return {
        "href": f"/requests/asked/{line.request.core.hex()}",
        "purpose": line.purpose,
        "who": "",
        "due": due_words(line, now),
        "tags": [],
        "recipients": [(each.address, *STANDS[each.stands]) for each in line.recipients],
        "counted": "",
        "thread": line.thread,
    }


def _count(questions: int) -> str:
    if not questions:
        return ""
    return "1 question" if questions == 1 else f"{questions} questions"


def _drafts(asked: Asked) -> list[tuple[Any, str, str, str]]:
    """Drafts of requests and answers, with their kind, what they are called, and where they are."""
    found = [
        (draft, KINDS[name])
        for name in (request.NAME, response.NAME)
        for draft in asked.client.drafts(name)
    ]
    rows = []
    for draft, kind in found:
        content = tree_of(draft)
        purpose = document_of(content).get("purpose") or content.get("purpose")
        rows.append(
            (draft, kind.title, str(purpose or "No purpose yet"), f"{kind.root}/{draft.id}")
        )
    return rows


# -- one of them ------------------------------------------------------------------------------------------------------


async def asked_one(asked: Asked) -> web.StreamResponse:
    """A request of ours: how far each of those asked is, and the answers to each question."""
    line = await _line(asked, AskedLine)
    return asked.page(
        "requests/asked.html",
        title="What you asked",
        line=line,
        due=due_words(line, asked.now),
        names=_names(asked),
        said=_said(line),
        catalogue=await asked.client.catalogue(),
        recipients=[
            {
                "address": each.address,
                "tag": STANDS[each.stands],
                "told": list(of_recipient(each)),
                "questions": [question_words(q, root="/inbox") for q in each.questions],
                "come": each.come is not None,
            }
            for each in line.recipients
        ],
    )


async def owed_one(asked: Asked) -> web.StreamResponse:
    """A request that was put here: its questions, what was answered, and the way to answer."""
    line = await _line(asked, OwedLine)
    core = line.request.core.hex()
    return asked.page(
        "requests/owed.html",
        title="What you were asked",
        line=line,
        tag=OWED[line.stands],
        due=due_words(line, asked.now),
        names=_names(asked),
        said=_said(line),
        catalogue=await asked.client.catalogue(),
        core=core,
        is_unread=is_unread(line),
        answered="answered" in asked.request.query,
        questions=[question_words(each, root="/sent") for each in line.questions],
        drafts=[
            (draft, path) for draft, kind, _, path in _drafts(asked) if draft.about == core and kind
        ],
    )


async def _line(asked: Asked, of: Any) -> Any:
    core = ObjectHash(bytes.fromhex(asked.part("package")))
    found = await asked.client.requests()
    lines = (line for line in (*found.asked, *found.owed) if line.request.core == core)
    line = next((line for line in lines if isinstance(line, of)), None)
    if line is None:
        raise RefusedError("E_NOT_FOUND", "There is no such request here.")
    return line


def _names(asked: Asked) -> dict[str, str]:
    return {each.address: f"{each.name}, {each.agency}" for each in asked.client.addressees()}


def _said(line: Any) -> dict[str, str]:
    """What a request says of all its questions."""
    said = line.said.answers if line.said is not None else {}
    return {
        name: "\n".join(said.get(f"request.{name}", ()))
        for name in ("made_by", "on_behalf_of", "threshold", "why", "public_task")
    }


# -- begin ------------------------------------------------------------------------------------------------------------


async def begin(asked: Asked) -> web.StreamResponse:
    """A new request; about a victim, if that is what was chosen."""
    document: dict[str, Any] = {"victim": {}} if asked.form.text("about") == "victim" else {}
    draft = asked.client.new_draft(request.NAME, {"document": document})
    return asked.go(f"{request.ROOT}/{draft.id}")


async def begin_answer(asked: Asked) -> web.StreamResponse:
    """An answer to a request, with its questions in it and none of them answered."""
    core = ObjectHash(bytes.fromhex(asked.part("package")))
    put = await asked.client.request_here(core)
    answered = await _answered(asked, core)
    open_ = [each for each in put.questions if each.id not in answered] or put.questions
    content = {
        "document": {"answer": answers.first_answers([each.word for each in open_])},
        "purpose": put.package.purpose,
        "reply_to": list(put.reply_to),
        "questions": [_question(each) for each in open_],
    }
    draft = asked.client.new_draft(response.NAME, content, about=core.hex())
    return asked.go(f"{response.ROOT}/{draft.id}")


async def _answered(asked: Asked, core: ObjectHash) -> set[Any]:
    """The questions of a request that have an answer."""
    found = await asked.client.requests()
    lines = (line for line in found.owed if line.request.core == core)
    return {question.id for line in lines for question in line.questions if question.answers}


def _question(said: Any) -> dict[str, Any]:
    period = f"{said.period_from or 'any time'} to {said.period_until or 'now'}"
    return {
        "text": said.text,
        "why": said.why or "",
        "about": ", ".join(said.about),
        "period": period if said.period_from or said.period_until else "",
        "counselling": said.counselling,
    }


async def sent(asked: Asked) -> web.StreamResponse:
    """A request was sent: by when answers are due, and what happens when none comes."""
    package = asked.part("package")
    core = asked.client.find_sent(package)
    due = asked.client.request_due((await asked.client.status(core)).package.package)
    return asked.page("requests/sent.html", title="Sent", core=core.hex(), due=due)


PAGES = (
    get("/requests", requests),
    get(f"/requests/asked/{_CORE}", asked_one),
    get(f"/requests/owed/{_CORE}", owed_one),
    post("/requests/new", begin),
    post(f"/requests/owed/{_CORE}/answer", begin_answer),
    get("/requests/sent/{package:[0-9a-f]{32}}", sent),
)
