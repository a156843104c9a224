"""What goes to whoever controls a statement: a request to release it, or word that it was passed on without. Pure.

Both are package documents of their own, with the legal basis, decision and contact of the document that passes the
statement on. They name statements by package and number, and repeat nothing of what these say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from agency_client.record.copied import CONTROLLED, Copied
from agency_client.record.copying import controlled_in
from agency_client.record.document import Document
from agency_client.record.statements import Section
from phoenix_protocol.identifiers import Address, PackageId, Seconds

#: What they take from the document that passes a statement on, as its author wrote it.
_TAKEN: Final = ("purpose_code", "classification", "urgency", "contact", "decision")
#: Of its legal basis too: nothing of that is about a person.
_LEGAL: Final = (
    "regime",
    "article_6",
    "article_6_condition",
    "part3_purpose",
    "part3_lawful",
    "other_use_authority",
    "gateway",
    "acting_for",
    "court_order",
    "confidence_basis",
    "public_interest_ground",
    "article_8",
    "legitimate_interests_assessment",
    "policy_document",
    "privacy_notice",
    "retention",
    "retention_trigger",
)
#: Words of the catalogue by which somebody relies on consent.
_CONSENT: Final = re.compile(r"[a-z_]*consent[a-z_]*")
_ABOUT: Final = "not applicable: this is about a statement that you sent, and not about a person"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToOriginator:
    """A document for one address, about statements of one package that came from it."""

    address: Address
    core: bytes
    package: PackageId
    called: tuple[str, ...]
    document: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document that passes something on: as it was read, as its values were written, by whom and when."""

    document: Document
    values: Mapping[str, Any]
    own: Address
    now: Seconds


def release_requests(given: Written) -> tuple[ToOriginator, ...]:
    """A request for a release to each address whose statements ``given`` may not pass on yet."""
    return tuple(
        _document(given, copies, "Ask you to release what you control", _asked(given, copies))
        for copies in _by_package(given.document)
    )


def override_words(given: Written) -> tuple[ToOriginator, ...]:
    """Word to each address whose statements ``given`` passes on, although they were not released."""
    if given.document.onward.safety_override is None:
        return ()
    purpose = "Tell you that something you control was passed on to protect somebody"
    return tuple(
        _document(given, copies, purpose, _told(given, copies))
        for copies in _by_package(given.document)
    )


Copies = tuple[tuple[Section, Copied], ...]


def _by_package(document: Document) -> Iterator[Copies]:
    """What is controlled and goes on, by the package that it came in: one document for each."""
    found: dict[bytes, list[tuple[Section, Copied]]] = {}
    for section, _, copied in controlled_in(document):
        found.setdefault(copied.core, []).append((section, copied))
    for copies in found.values():
        yield tuple(copies)


def _asked(given: Written, copies: Copies) -> list[dict[str, Any]]:
    _, first = copies[0]
    package = first.package.hex()
    commands = " and ".join(
        f"'phoenix release {package[:12]} {name} --condition {CONTROLLED}'"
        for name in _names(copies)
    )
    asked = (
        f"We ask you to release {_which(copies)} of your package {package}, so that we may pass it on to "
        f"{_to_whom(copies)}. You release it with {commands}."
    )
    reasons = [
        _said(given, f"{name} needs it: {reason}")
        for name, reason in sorted(_needs(copies))
        if reason.strip()
    ]
    purpose = _said(
        given, f"It would be passed on for this purpose: {given.document.purpose or ''}"
    )
    return [_said(given, asked), purpose, *reasons]


def _told(given: Written, copies: Copies) -> list[dict[str, Any]]:
    _, first = copies[0]
    told = (
        f"We passed {_which(copies)} of your package {first.package.hex()} on to {_to_whom(copies)} without "
        "your release, because somebody had to be protected."
    )
    why = {
        "kind": "professional_assessment",
        "text": given.document.onward.safety_override or "",
        "author": given.document.decision.decided_by or given.own,
        "about": [_ABOUT],
        "basis": [1],
    }
    return [_said(given, told), why]


def _said(given: Written, text: str) -> dict[str, Any]:
    day = datetime.fromtimestamp(given.now, UTC).date().isoformat()
    source = {"type": "own_record", "detail": "Written by the program from what is passed on"}
    return {"kind": "record", "text": text, "about": [_ABOUT], "as_of": day, "source": source}


def _document(
    given: Written, copies: Copies, purpose: str, statements: list[dict[str, Any]]
) -> ToOriginator:
    _, first = copies[0]
    section = {
        "id": "onward",
        "title": purpose,
        "need_to_know": {first.sent_from: "It is information that you control"},
        "confidential": ["private"],
        "sensitivity": ["personal"],
        "permitted_action": ["own_agency_planning"],
        "statement": statements,
    }
    taken = {name: given.values[name] for name in _TAKEN if name in given.values}
    whole = {
        "to": [first.sent_from],
        "purpose": purpose,
        "handling": ["RECIPIENTS_ONLY"],
        **taken,
        "section": [section],
        "legal": _legal(given.values),
        "child_voice": {"words": _ABOUT},
    }
    return ToOriginator(
        address=first.sent_from,
        core=first.core,
        package=first.package,
        called=_names(copies),
        document=json.dumps(whole, default=_day, ensure_ascii=False, indent=1).encode(),
    )


def _day(value: Any) -> str:
    """A day or time that TOML has and JSON has not."""
    return str(value.isoformat())


def _legal(values: Mapping[str, Any]) -> dict[str, Any]:
    """The basis of the sharing, but for a person's consent, which says nothing of words between agencies."""
    written = values.get("legal")
    legal = written if isinstance(written, Mapping) else {}
    taken = {name: _without_consent(legal[name]) for name in _LEGAL if name in legal}
    kept = {name: value for name, value in taken.items() if value}
    return {**kept, "consent": _ABOUT, "informed": _ABOUT}


def _without_consent(value: Any) -> Any:
    if isinstance(value, list):
        return [each for each in value if not _CONSENT.fullmatch(str(each))]
    return None if isinstance(value, str) and _CONSENT.fullmatch(value) else value


def _names(copies: Copies) -> tuple[str, ...]:
    return tuple(dict.fromkeys(copied.called for _, copied in copies))


def _which(copies: Copies) -> str:
    names = _names(copies)
    return f"{'statement' if len(names) == 1 else 'statements'} {', '.join(names)}"


def _needs(copies: Copies) -> set[tuple[str, str]]:
    """Who would get it, each with the reason."""
    return {
        (name, reason)
        for section, copied in copies
        for name, reason in section.need_to_know.items()
        if name != copied.sent_from
    }


def _to_whom(copies: Copies) -> str:
    return ", ".join(sorted({name for name, _ in _needs(copies)}))
