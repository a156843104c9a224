"""A breach: recorded with whatever is known, and later what was learnt since. It stays here; the clock runs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.record.as_people_write import clock
from agency_client.record.zones import in_uk
from agency_client.use_cases.breaching import Breached
from agency_client.use_cases.showing import ShownRecord
from agency_client.web.asked import Asked
from agency_client.web.fields import shown, take, whole_summary
from agency_client.web.naming import record_of
from agency_client.web.questions import setting_for
from agency_client.web.table import get, post
from agency_client.web.writing import breach_questions as asks
from agency_client.web.writing.breach_questions import breach_fields
from phoenix_protocol.errors import PhoenixError, Problem, RefusedError

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARTS: Final = (
    ("What happened", asks.happened),
    ("What it did, and what was done", asks.effects),
    ("If somebody got what was not theirs", asks.misdirection),
    ("Who was told", asks.notified),
)


async def _page(
    asked: Asked, tree: Mapping[str, Any], problems: Sequence[Problem] = (), failed: str = ""
) -> web.StreamResponse:
    setting = setting_for(asked, {})
    fields = breach_fields(setting)
    errors = whole_summary(fields, problems)
    placed = {problem.message for problem in problems}
    left = placed - {each["text"] for each in errors}
    errors = [*({"text": each, "href": "#f-title"} for each in (failed, *left) if each), *errors]
    follows = await _follows(asked)
    return asked.page(
        "register/breach.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title="Record what was learnt since" if follows else "Record a breach",
        problem=bool(errors) or None,
        errors=errors,
        parts=[(title, shown(part(setting), tree, problems)) for title, part in _PARTS],
        follows=follows.record if follows else None,
        back=_back(asked),
        action=asked.request.path_qs,
    )


async def _follows(asked: Asked) -> ShownRecord | None:
    if "record" not in asked.request.match_info:
        return None
    found: ShownRecord = await asked.client.show_record(record_of(asked))
    if found.record.kind != "breach":
        raise RefusedError("E_ANSWER", "This record is no breach.", next="Go back to the register.")
    return found


def _back(asked: Asked) -> str:
    if "record" in asked.request.match_info:
        return f"/register/record/{record_of(asked)}"
    package = asked.query("package")
    return f"/register/package/{package}" if package.isalnum() else "/register"


async def ask(asked: Asked) -> web.StreamResponse:
    """What is known of it."""
    return await _page(asked, {})


async def record(asked: Asked) -> web.StreamResponse:
    """Record it, or what was learnt since. Whatever is not known yet is owed, and stops nothing."""
    setting = setting_for(asked, {})
    fields = breach_fields(setting)
    tree: dict[str, Any] = {}
    take(fields, asked.form, tree)
    follows = record_of(asked) if "record" in asked.request.match_info else None
    problems = _wrong(tree)
    if problems:
        return await _page(asked, tree, problems)
    try:
        done: Breached = await asked.client.breach(await _document(asked, tree), follows)
    except PhoenixError as error:
        if not isinstance(error, RefusedError):
            raise
        return await _page(asked, tree, error.problems, "" if error.problems else error.what)
    said = "breach" if follows is None else "step"
    return asked.go(f"/register/record/{done.record}?said={said}")


def _wrong(tree: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What can only be typed wrong on a page."""
    found = []
    if not any(value for name, value in tree.items() if name != "aware_time"):
        found.append(_problem("breach.what_happened", "Say what happened"))
    typed = tree.get("aware_time")
    if typed is not None and _clock(typed) is None:
        found.append(_problem("aware_time", "Enter a time such as 2:30pm or 14:30"))
    elif typed is not None and not _DAY.fullmatch(_aware(tree)):
        found.append(_problem("breach.aware_at", "Enter the day that the time belongs to"))
    many = tree.get("affected", {}).get("how_many")
    if many is not None and not (many.isascii() and many.isdecimal() and int(many[:9]) >= 1):
        found.append(_problem("affected.how_many", "Enter a whole number, 1 or more"))
    return tuple(found)


def _clock(typed: str) -> time | None:
    try:
        return clock(typed)
    except RefusedError:
        return None


def _problem(place: str, words: str) -> Problem:
    return Problem(code="E_USAGE", place=place, message=words, next="")


def _aware(tree: Mapping[str, Any]) -> str:
    return str(tree.get("breach", {}).get("aware_at") or "")


async def _document(asked: Asked, tree: Mapping[str, Any]) -> bytes:
    """The document that the rules judge and that is kept: JSON, as the pages of the record show it."""
    whole = {name: _without_nothing(value) for name, value in tree.items() if name != "aware_time"}
    found = _clock(tree.get("aware_time") or "")
    if found is not None:
        day = datetime.combine(date.fromisoformat(_aware(tree)), found)
        whole["breach"]["aware_at"] = in_uk(day).isoformat()
    if "how_many" in whole.get("affected", {}):
        whole["affected"]["how_many"] = int(whole["affected"]["how_many"])
    package = asked.query("package")
    if package:
        kept = await asked.client.kept_package(asked.client.find_kept(package))
        whole["packages"] = [kept.package.hex()]
    said = {name: value for name, value in whole.items() if value not in ({}, None)}
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _without_nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: inner for name, inner in value.items() if inner is not None}
    return value


PAGES = (
    get("/register/breach", ask),
    post("/register/breach", record),
    get("/register/record/{record}/breach", ask),
    post("/register/record/{record}/breach", record),
)
