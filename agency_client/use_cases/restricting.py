"""Restricting what is kept as evidence instead of erasing it: from then on nobody reads its words day by day.

Data Protection Act 2018 s.46(4), s.47(2) and (3), UK GDPR Article 18. Whoever has to read it says why, on the record.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from agency_client.ports.vault import (
    Families,
    ReceivedPackage,
    RegisterLine,
    Restriction,
    RestrictReason,
    SentPackage,
    StoredSection,
)
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.pointing import find_item
from agency_client.record.restricted import (
    Live,
    RestrictedPart,
    covered,
    in_words,
    parts,
    without_words,
)
from agency_client.use_cases.home import Home
from agency_client.use_cases.record_names import record_name
from agency_client.use_cases.recording import ToRecord, keep
from agency_client.use_cases.retaining import readable, require_contents
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ItemId, ObjectHash, PackageId, Seconds

#: Kinds of the records that say so.
RESTRICTION: Final = "restriction"
LIFTED: Final = "restriction_lifted"
READ: Final = "restricted_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricted:
    """What is restricted of a package now, and the record of what was done."""

    package: PackageId
    record: int
    parts: tuple[RestrictedPart, ...]


def restrict(
    home: Home,
    core: ObjectHash,
    names: Collection[str],
    reason: RestrictReason,
    words: str | None = None,
) -> Restricted:
    """Restrict a package here, or the sections and statements that are named. Said again, the newest reason counts.

    Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``, ``E_ERASED``, ``E_RECEIPT_STATE``.
    """
    now = home.now()
    with home.vault.transaction() as tx:
        sections = _sections(tx, core)
        items = _items(sections, names)
        number = restrict_items(home, tx, core, items, reason, words, now)
        return _result(tx, core, sections, number)


def restrict_items(
    home: Home,
    tx: Families,
    core: ObjectHash,
    items: Collection[ItemId | None],
    reason: RestrictReason,
    words: str | None,
    now: Seconds,
) -> int:
    """The same by the ids of sections' heads, statements and files; None is the whole package. Gives the record."""
    sections = _sections(tx, core)
    meant = {
        item: Restriction(core=core, item=item, reason=reason, since=now, record=0)
        for item in items
    }
    said = {"reason": reason.value, "words": words}
    number = _record(home, tx, core, RESTRICTION, parts(sections, meant), said, now)
    for restriction in meant.values():
        tx.restrictions.add(replace(restriction, record=number, words=words))
    _audit(home, tx, core, "package.restricted", number, now)
    return number


def lift(
    home: Home, core: ObjectHash, names: Collection[str], words: str | None = None
) -> Restricted:
    """End restrictions of a package: those on what is named, or all. Raises RefusedError ``E_NOT_FOUND``."""
    now = home.now()
    with home.vault.transaction() as tx:
        sections = _sections(tx, core)
        live = tx.restrictions.live(core)
        wanted = set(_items(sections, names)) if names else set(live)
        ending = {item: found for item, found in live.items() if item in wanted}
        if not ending:
            raise RefusedError(
                "E_NOT_FOUND", "Nothing of this is restricted here.", next="See 'phoenix open'."
            )
        about = {found.record for found in ending.values()}
        number = _record(
            home,
            tx,
            core,
            LIFTED,
            parts(sections, ending),
            {"words": words},
            now,
            about=about.pop() if len(about) == 1 else None,
        )
        tx.restrictions.end(core, list(ending), now, number)
        _audit(home, tx, core, "restriction.lifted", number, now)
        return _result(tx, core, sections, number)


def read_restricted(home: Home, core: ObjectHash, why: str) -> int:
    """Record that somebody reads what is restricted of a package, and why; gives the record's number."""
    now = home.now()
    with home.vault.transaction() as tx:
        sections = _sections(tx, core)
        found = parts(sections, tx.restrictions.live(core))
        number = _record(home, tx, core, READ, found, {"words": why}, now)
        _audit(home, tx, core, "restricted.opened", number, now)
        return number


def _sections(view: Families, core: ObjectHash) -> list[ReadSection]:
    return list(readable(require_contents(view, core).sections))


def _items(sections: Sequence[ReadSection], names: Collection[str]) -> list[ItemId | None]:
    if not names:
        return [None]
    by_id = {section.id: section.item for section in sections}
    return [by_id[name] if name in by_id else find_item(sections, name).item for name in names]


def _record(
    home: Home,
    tx: Families,
    core: ObjectHash,
    kind: str,
    found: Sequence[RestrictedPart],
    said: Mapping[str, str | None],
    now: Seconds,
    about: int | None = None,
) -> int:
    places = [part.place for part in found if part.place is not None]
    package = _package(tx, core)
    document: dict[str, Any] = {"package": package.hex(), "places": places, **said}
    what = ", ".join(places) or "the whole package"
    facts = {
        "outcome": tuple(text for text in (said.get("reason"),) if text),
        "reasons": tuple(text for text in (said.get("words"),) if text),
        "about": (package.hex(),),
    }
    return keep(
        home,
        tx,
        ToRecord(
            kind=kind,
            document=json.dumps(document, ensure_ascii=False, indent=1).encode(),
            summary=": ".join(text for text in (said.get("reason"), what) if text),
            about=about,
            cores=(core,),
            line=RegisterLine(kind=kind, time=now, facts=facts),
            terms=tx.register.terms_of(core=core, record=None),
        ),
        now,
    )


def _audit(
    home: Home, tx: Families, core: ObjectHash, action: str, record: int, now: Seconds
) -> None:
    detail = {"record": record_name(record)}
    tx.audit.append(time=now, actor=home.actor(), action=action, on=core, detail=detail)


def _result(
    tx: Families, core: ObjectHash, sections: Sequence[ReadSection], record: int
) -> Restricted:
    return Restricted(
        package=_package(tx, core),
        record=record,
        parts=parts(sections, tx.restrictions.live(core)),
    )


def _package(view: Families, core: ObjectHash) -> PackageId:
    found = view.received.get(core) or view.sent.get(core)
    if found is None:
        raise RefusedError("E_NOT_FOUND", "This home does not have that package.")
    return found.package


# -- what is shown -----------------------------------------------------------------------------------------------------


def shown_sections(
    view: Families, core: ObjectHash, stored: Iterable[StoredSection]
) -> list[ReadSection]:
    """The sections of a package without the words of what is restricted. Raises TamperError for a broken form."""
    return shown(view, core, [read_section(section.items) for section in stored])


def shown(view: Families, core: ObjectHash, sections: Sequence[ReadSection]) -> list[ReadSection]:
    """``sections`` of a package without the words of what is restricted."""
    return hide(sections, view.restrictions.live(core))


def hide(sections: Sequence[ReadSection], live: Live) -> list[ReadSection]:
    """``sections`` without the words of what ``live`` restricts."""
    if not live:
        return list(sections)
    hidden = covered(sections, live)
    return [without_words(section, hidden) for section in sections]


def shown_purpose(view: Families, package: ReceivedPackage | SentPackage | None) -> str:
    """The purpose of a package as lists show it; of one that is restricted, that it is."""
    if package is None:
        return ""
    whole = view.restrictions.live(package.core).get(None)
    return package.purpose if whole is None else in_words(whole)


def require_unrestricted(
    view: Families, core: ObjectHash, items: Iterable[ItemId] | None = None
) -> None:
    """Raise RefusedError ``E_RESTRICTED`` where one of ``items``, or anything, of a package is restricted."""
    live = view.restrictions.live(core)
    if live and (items is None or None in live or not live.keys().isdisjoint(items)):
        raise RefusedError("E_RESTRICTED", "This is restricted here: it is kept, and not used.")


def restricted_items(
    view: Families, places: Iterable[tuple[ObjectHash, ItemId]]
) -> Iterator[tuple[ObjectHash, ItemId]]:
    """Of ``places``, and of wherever this home has passed them on, those whose words are here."""
    for core, item in places:
        if any(core == found for found, _ in view.contents.find_item(item)):
            yield core, item
        for passed in view.onward.passed_on(core, item):
            if any(passed.to_core == found for found, _ in view.contents.find_item(passed.to_item)):
                yield passed.to_core, passed.to_item
