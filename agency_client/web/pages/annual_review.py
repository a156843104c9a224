"""Recording the yearly review of the protocol, in a home that governs: asked, looked at once more, then signed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.use_cases.protocol_review import NewText, ProtocolReviewed
from agency_client.use_cases.protocols import LARGEST
from agency_client.web.asked import Asked
from agency_client.web.asked_for import asked_for
from agency_client.web.chosen_files import chosen_file
from agency_client.web.fields import Field, Shape, in_words_of, shown, take, value_at, whole_summary
from agency_client.web.pages.partnership import require_governor, status_of
from agency_client.web.questions import setting_for
from agency_client.web.saying import say
from agency_client.web.table import get, post
from agency_client.web.uploads import read_uploaded
from agency_client.web.writing.steps import Setting
from phoenix_protocol.errors import PhoenixError, Problem

_HERE: Final = "/members/partnership/review"
_KEPT: Final = "protocol_review"
#: The most changes and the most lessons that a page asks for.
_MOST: Final = 20
_NAME: Final = Field(
    at=("new_name",),
    shape=Shape.LINE,
    label="The protocol's new name (optional)",
    hint="Only if it has another name from now on.",
)


_HELD: Final = (
    Field(
        at=("held",),
        shape=Shape.DAY,
        label="When was the review held?",
        hint="For example, 10 11 2026.",
    ),
    Field(
        at=("attended_by",),
        shape=Shape.LINES,
        label="Who attended?",
        hint="Roles are enough. One on each line.",
    ),
    Field(
        at=("next_due",),
        shape=Shape.DAY,
        label="When is the next one due?",
        hint="At most twelve months after this one was held.",
    ),
)


def _change(setting: Setting, number: int) -> tuple[Field, ...]:
    at = ("changes", number)
    return (
        Field(at=(*at, "what"), shape=Shape.LONG, label=f"What changes? ({number + 1})", rows=2),
        Field(
            at=(*at, "because"),
            shape=Shape.SELECT,
            label=f"Because of what? ({number + 1})",
            words=setting.words("review_reason"),
        ),
        Field(
            at=(*at, "reference"),
            shape=Shape.LINE,
            label=f"Where is that written? ({number + 1}, optional)",
        ),
    )


def _lesson(number: int) -> tuple[Field, ...]:
    at = ("lessons", number)
    return (
        Field(at=(*at, "what"), shape=Shape.LONG, label=f"What was learnt? ({number + 1})", rows=2),
        Field(
            at=(*at, "done"),
            shape=Shape.LONG,
            label=f"What is done about it? ({number + 1})",
            rows=2,
        ),
    )


def _groups(setting: Setting, tree: Mapping[str, Any]) -> list[tuple[str, tuple[Field, ...]]]:
    """The questions under their headings; one more change and lesson than there are, when asked for."""
    changes, lessons = (len(tree.get(name, ())) for name in ("changes", "lessons"))
    return [
        ("The review", _HELD),
        (
            "What changes in the protocol",
            tuple(f for n in range(max(1, changes)) for f in _change(setting, n)),
        ),
        (
            "What was learnt from sharing, or from not sharing",
            tuple(f for n in range(max(1, lessons)) for f in _lesson(n)),
        ),
    ]


async def ask(asked: Asked) -> web.StreamResponse:
    """What the review came to."""
    require_governor(asked)
    await status_of(asked)
    return _page(asked, {})


def _page(asked: Asked, tree: Mapping[str, Any], problems: Sequence[Problem] = ()) -> web.Response:
    setting = setting_for(asked, {})
    groups = _groups(setting, tree)
    every = [field for _, fields in groups for field in fields]
    return asked.page(
        "people/review.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        title="Record the yearly review",
        problem=bool(problems) or None,
        errors=_errors(every, problems),
        groups=[(heading, shown(fields, tree, problems)) for heading, fields in groups],
        new=shown([_NAME], tree),
        counts={name: len(tree.get(name, ())) or 1 for name in ("changes", "lessons")},
        most=_MOST,
    )


def _errors(fields: Sequence[Field], problems: Sequence[Problem]) -> list[dict[str, str]]:
    errors = whole_summary(fields, problems)
    placed = {each["text"] for each in errors}
    first = f"#{fields[0].id}-day"
    return errors + [
        {"text": p.message, "href": first} for p in problems if p.message not in placed
    ]


async def look(asked: Asked) -> web.StreamResponse:
    """What the rules say of it. What is right is kept in memory until somebody says that it may be signed."""
    require_governor(asked)
    uploaded = await read_uploaded(asked, LARGEST)
    setting = setting_for(asked, {})
    tree = _typed(asked, setting)
    more = asked.form.text("more")
    if more in ("changes", "lessons"):
        tree[more].append({})
        return _page(asked, tree)
    data = _document(tree)
    text = uploaded.files.get("text")
    new = NewText(name=tree.get("new_name"), text=text)
    try:
        looked: ProtocolReviewed = await asked.client.look_at_review(data, new)
    except PhoenixError as error:
        problem = Problem(code=error.code, place="held", message=error.what, next="")
        return _page(asked, tree, error.problems or (problem,))
    if looked.findings.problems:
        return _page(asked, tree, asked_for(looked.findings.problems))
    kept = {"data": data.decode(), "name": new.name, "text": text.hex() if text else None}
    kept["file"] = uploaded.names.get("text", "")
    return asked.go(f"{_HERE}/{asked.desk.sought.put({_KEPT: kept})}")


def _typed(asked: Asked, setting: Setting) -> dict[str, Any]:
    """What the form says; it says itself how many changes and lessons it asked for."""
    tree: dict[str, Any] = {}
    for name in ("changes", "lessons"):
        typed = asked.form.text(f"count:{name}")
        count = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 1
        tree[name] = [{} for _ in range(min(max(count, 1), _MOST))]
    for _, fields in _groups(setting, tree):
        take(fields, asked.form, tree)
    take([_NAME], asked.form, tree)
    return tree


def _document(tree: Mapping[str, Any]) -> bytes:
    said = {name: tree[name] for name in ("held", "attended_by", "next_due") if name in tree}
    for name in ("changes", "lessons"):
        entries = [entry for entry in tree[name] if entry]
        said |= {name: entries} if entries else {}
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")


# -- before it is signed -----------------------------------------------------------------------------------------------


def _kept(asked: Asked) -> tuple[bytes, NewText, str]:
    """What was looked at, and the name of the new text's file. Raises HTTPFound for what is forgotten."""
    require_governor(asked)
    kept = (asked.desk.sought.get(asked.part("kept")) or {}).get(_KEPT)
    if kept is None:
        raise web.HTTPFound(_HERE)
    text = bytes.fromhex(kept["text"]) if kept["text"] else None
    data = kept["data"].encode("utf-8", "surrogatepass")
    return data, NewText(name=kept["name"], text=text), kept["file"]


async def check(asked: Asked) -> web.StreamResponse:
    """Everything that was answered, with what is worth a thought. None of it stops anything."""
    data, new, name = _kept(asked)
    looked: ProtocolReviewed = await asked.client.look_at_review(data, new)
    tree, setting = json.loads(data), setting_for(asked, {})
    findings = looked.findings
    return asked.page(
        "people/review_check.html",
        title="Check the review",
        groups=[(h, _answers(fields, tree)) for h, fields in _groups(setting, tree)],
        new=new,
        file=chosen_file(name, new.text) if new.text is not None else None,
        thoughts=[p.message for p in (*findings.warnings, *findings.prompts)],
        action=f"{_HERE}/{asked.part('kept')}",
    )


def _answers(fields: Sequence[Field], tree: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    found = [(field, value_at(tree, field.at)) for field in fields]
    return [(f.label, in_words_of(f, value)) for f, value in found if value not in (None, "")]


async def record(asked: Asked) -> web.StreamResponse:
    """Sign it: the record stays here, and everybody sees when the next review is due."""
    data, new, _ = _kept(asked)

    async def work() -> Any:
        return await asked.client.review_protocol(data, new)

    then = "/members/partnership?said=reviewed"
    back = f"{_HERE}/{asked.part('kept')}"
    return await say(asked, "Recording the review", work, then=lambda _: then, back=back)


PAGES = (
    get(_HERE, ask),
    post(_HERE, look, streams=True),
    get(f"{_HERE}/{{kept}}", check),
    post(f"{_HERE}/{{kept}}", record),
)
