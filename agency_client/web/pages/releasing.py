"""Asking an agency to release a statement that it controls, so that it may be passed on (hard block 10)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.viewing import Received
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.in_time import in_time
from agency_client.web.naming import inbox_path, item_of, received_core
from agency_client.web.pages.answering import find_said
from agency_client.web.second_look import digest, hints_of_document
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.table import get, post
from agency_client.web.writing.steps import Setting
from phoenix_protocol.errors import PhoenixError

_ENFORCEMENT: Final = "dpa2018_part3_law_enforcement"
_GENERAL: Final = "uk_gdpr_part2"


def _asked(asked: Asked, line: Received) -> tuple[Asking, ...]:
    """What whoever controls it has to know, and what every package has to say."""
    setting = Setting(
        own=asked.client.writer().own,
        catalogue=asked.client.writer().catalogue,
        today=datetime.fromtimestamp(asked.now, UTC).date(),
        document={},
    )
    return (
        Asking(
            field=Field(
                at=("to",),
                shape=Shape.ONE,
                label="Who would get it?",
                words=_others(asked, line),
            ),
            missing="Choose who would get it",
        ),
        Asking(
            field=Field(at=("reason",), shape=Shape.LONG, label="Why do they need it?", rows=3),
            missing="Enter why they need it",
        ),
        Asking(
            field=Field(at=("purpose",), shape=Shape.LINE, label="For what purpose?"),
            missing="Enter the purpose",
        ),
        Asking(
            field=Field(
                at=("decided_by",),
                shape=Shape.LINE,
                label="Who decided that it should be passed on, once it is released?",
            ),
            missing="Enter who decided",
        ),
        Asking(
            field=Field(
                at=("basis",),
                shape=Shape.ONE,
                label="By what right would it be shared?",
                words=_bases(setting),
            ),
            missing="Choose by what right it would be shared",
        ),
        Asking(
            field=Field(
                at=("retention",),
                shape=Shape.ONE,
                label="How long would it be kept?",
                words=setting.words("retention"),
            ),
            missing="Choose how long it would be kept",
        ),
    )


def _others(asked: Asked, line: Received) -> tuple[Word, ...]:
    return tuple(
        Word(code=each.address, label=f"{each.name}, {each.agency}", help=each.address)
        for each in asked.client.addressees()
        if each.address != line.package.sent_from
    )


def _bases(setting: Setting) -> tuple[Word, ...]:
    """The lawful bases of both regimes, each marked with its own."""
    general = [
        Word(code=f"{_GENERAL}:{word.code}", label=word.label, help=word.help)
        for word in setting.words("article_6")
    ]
    if not any(word.code == _ENFORCEMENT for word in setting.words("regime")):
        return tuple(general)
    police = [
        Word(code=f"{_ENFORCEMENT}:{word.code}", label=f"Law enforcement: {word.label}")
        for word in setting.words("part3_lawful")
    ]
    return (*general, *police)


async def ask(asked: Asked) -> web.StreamResponse:
    """What whoever controls it has to know."""
    line = await asked.client.received(received_core(asked))
    return await _page(asked, line, empty(_asked(asked, line)))


async def _page(asked: Asked, line: Received, form: Filled, **look: Any) -> web.StreamResponse:
    core = line.package.core
    return asked.page(
        "inbox/release.html",
        title="Ask to pass something on",
        problem=bool(form.errors),
        form=form,
        line=line,
        here=inbox_path(core),
        found=await find_said(asked, core, item_of(asked)),
        item=item_of(asked).hex(),
        **{"hints": (), "seen": "", **look},
    )


async def release(asked: Asked) -> web.StreamResponse:
    """Whoever controls it is asked; nothing of it goes to anybody else."""
    line = await asked.client.received(received_core(asked))
    form = filled(_asked(asked, line), asked.form, asked.now)
    if form.problems:
        return await _page(asked, line, form)
    pointed, _, _ = await find_said(asked, line.package.core, item_of(asked))
    document = _document(asked, line, pointed.called, form)
    try:
        hints = await hints_of_document(asked, document)
        if hints:
            return await _page(asked, line, form, hints=hints, seen=digest(document))
        sent = await in_time(asked.client.request_release(document))
    except PhoenixError as error:
        return await _page(asked, line, form.with_failure(error))
    for each in sent:
        await asked.client.told(each.package)
    return asked.go(f"{inbox_path(line.package.core)}?asked#s-{item_of(asked).hex()}")


def _document(asked: Asked, line: Received, name: str, form: Filled) -> bytes:
    """The package that would be sent: the use case makes the request out of it."""
    package = line.package
    regime, _, basis = form.text("basis").partition(":")
    whole: Mapping[str, Any] = {
        "to": [form.text("to")],
        "purpose": form.text("purpose"),
        "classification": package.classification,
        "urgency": package.urgency,
        "contact": asked.client.last_contact() or {"name": asked.client.whose()},
        "section": [
            {
                "id": "onward",
                "title": "Passed on",
                "need_to_know": {form.text("to"): form.text("reason")},
                "statement": [{"copy_of": {"package": package.package.hex(), "statement": name}}],
            }
        ],
        "decision": {
            "outcome": "share_on_condition",
            "conditions": "Only once its agency has released it",
            "decided_by": form.text("decided_by"),
        },
        "legal": {
            "regime": regime,
            "retention": form.text("retention"),
            **({"part3_lawful": basis} if regime == _ENFORCEMENT else {"article_6": [basis]}),
        },
    }
    return json.dumps(whole, ensure_ascii=False).encode()


PAGES = (
    get("/inbox/{package}/release/{item}", ask),
    post("/inbox/{package}/release/{item}", release),
)
