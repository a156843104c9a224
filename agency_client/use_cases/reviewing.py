"""Recording that somebody has looked at what fell due. Nothing is erased by its time alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from agency_client.ports.vault import Due, EraseReason, Families
from agency_client.record.looks import (
    ACCESS_ANSWER,
    DECISION_REVIEW,
    INFORM_REVIEW,
    PACKAGE_REVIEW,
    review_of,
)
from agency_client.record.retained import RETENTION_REVIEW
from agency_client.use_cases.erasing import erase
from agency_client.use_cases.held import hold_name, holds_on
from agency_client.use_cases.holding import HOLD_REVIEW, find_hold
from agency_client.use_cases.home import Home
from agency_client.use_cases.record_names import is_record_name, record_number
from agency_client.use_cases.recording import ToRecord, find_record, keep
from agency_client.use_cases.retaining import (
    NewRule,
    find_kept,
    find_sections,
    place_of,
    require_contents,
    set_retention,
)
from agency_client.use_cases.training import TRAINING_END
from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.identifiers import ObjectHash, Seconds

#: The kind of the record that somebody has looked.
REVIEW: Final = "review"


#: What somebody can look at and be done with. Everything else is owed to somebody.
REVIEWS: Final = frozenset(
    {
        RETENTION_REVIEW,
        HOLD_REVIEW,
        DECISION_REVIEW,
        INFORM_REVIEW,
        PACKAGE_REVIEW,
        TRAINING_END,
        ACCESS_ANSWER,
    }
)


class Outcome(Enum):
    """What came of a review."""

    KEEP = "keep"
    ERASE = "erase"
    HOLD = "hold"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What somebody says of a review. ``until`` is when to look again, ``reason`` why it is erased."""

    outcome: Outcome
    until: Seconds | None = None
    reason: EraseReason | None = None
    kind: str | None = None
    places: tuple[str, ...] = ()
    words: str = field(repr=False, default="")


# -- somebody has looked -----------------------------------------------------------------------------------------------


async def reviewed(home: Home, name: str, said: Reviewed) -> int:
    """Record that somebody has looked at a package, a record (``r12``) or a hold; gives the record's number.

    A package that is looked at is kept until another day, erased, or held: it has always one of these. What is owed is
    answered by its own command, and not here. Raises RefusedError ``E_NOT_FOUND``, ``E_HOLD``, UsageError ``E_USAGE``.
    """
    _check(said)
    if is_record_name(name):
        return _of_record(home, record_number(name), said)
    with home.vault.reading() as view:
        held = [h for h in view.holds.all() if hold_name(h.hash) == name.strip().lower()]
    if held:
        return _of_hold(home, name, said)
    return await _of_package(home, find_kept(home, name), said)


def _check(said: Reviewed) -> None:
    if said.outcome is Outcome.KEEP and said.until is None:
        raise UsageError("E_USAGE", "Say when to look again.", next="Add --until, such as 365d.")
    if said.outcome is Outcome.ERASE and said.reason is None:
        raise UsageError("E_USAGE", "Say why it is erased.", next="Add --reason.")


async def _of_package(home: Home, core: ObjectHash, said: Reviewed) -> int:
    kind = _kind_of(home, core, said)
    now = home.now()
    if kind != RETENTION_REVIEW:
        return _of_places(home, core, kind, said, now)
    if said.outcome is Outcome.DONE:
        raise UsageError(
            "E_USAGE",
            "What is kept is looked at again.",
            next="Say --outcome keep with --until, erase with --reason, or hold.",
        )
    with home.vault.reading() as view:
        contents = require_contents(view, core)
        sections = find_sections(contents, said.places)
        until = _held_until(view, core) if said.outcome is Outcome.HOLD else said.until
    if said.outcome is Outcome.ERASE and said.reason is not None:
        await erase(home, core, said.places, said.reason)
    elif until is not None:
        set_retention(home, core, said.places, NewRule(review=until))
    places = [place_of(section) for section in sections] or [""]
    with home.vault.transaction() as tx:
        return keep(home, tx, _record(said, kind, places, until, cores=(core,)), now)


def _kind_of(home: Home, core: ObjectHash, said: Reviewed) -> str:
    """Which review of a package is meant: the one that is named, also by its field; or that of the places named.

    What is kept is never done with: whoever says *done* and nothing else means the only other review there is.
    Raises UsageError ``E_USAGE`` when there are several.
    """
    if said.kind is not None:
        return review_of(said.kind) or said.kind
    with home.vault.reading() as view:
        dues = [d for d in view.dues.of(core=core) if d.closed is None and d.kind in REVIEWS]
    others = [d for d in dues if d.kind != RETENTION_REVIEW]
    if said.places:
        others = [d for d in others if d.place in said.places]
    elif said.outcome is not Outcome.DONE:
        return RETENTION_REVIEW
    kinds = sorted({due.kind for due in others})
    if len(kinds) > 1:
        raise UsageError(
            "E_USAGE",
            "Several things of this package are to be looked at.",
            next=f"Add --kind and one of: {', '.join(kinds)}.",
        )
    return kinds[0] if kinds else RETENTION_REVIEW


def _held_until(view: Families, core: ObjectHash) -> Seconds:
    """When the hold that keeps a package longest is itself looked at."""
    holds = holds_on(view, core)
    if not holds:
        raise RefusedError(
            "E_NOT_FOUND", "No hold reaches this package.", next="See them: phoenix hold list."
        )
    return max(hold.said.review_at for hold in holds)


def _of_places(home: Home, core: ObjectHash, kind: str, said: Reviewed, now: Seconds) -> int:
    """Other reviews of a package: of a decision, or whether somebody can be told."""
    with home.vault.transaction() as tx:
        wanted = [d for d in tx.dues.of(core=core) if d.kind == kind and d.closed is None]
        found = [d for d in wanted if not said.places or d.place in said.places]
        return _close(home, tx, found, said, now, cores=(core,))


def _of_record(home: Home, number: int, said: Reviewed) -> int:
    now = home.now()
    with home.vault.transaction() as tx:
        record = find_record(tx, number)
        wanted = [d for d in tx.dues.of(record=number) if d.closed is None]
        found = [d for d in wanted if said.kind in (None, d.kind)]
        found = [d for d in found if not said.places or d.place in said.places]
        return _close(home, tx, found, said, now, cores=record.cores, about=number)


def _of_hold(home: Home, name: str, said: Reviewed) -> int:
    now = home.now()
    with home.vault.transaction() as tx:
        due = tx.dues.find(HOLD_REVIEW, place=hold_name(find_hold(tx, name).hash))
        if said.outcome is Outcome.DONE:
            raise UsageError(
                "E_USAGE",
                "A hold is looked at until it is lifted.",
                next="Say --outcome keep with --until, or let your information manager lift it.",
            )
        return _close(home, tx, [due] if due else [], said, now)


def _close(
    home: Home,
    tx: Families,
    found: Collection[Due],
    said: Reviewed,
    now: Seconds,
    *,
    cores: tuple[ObjectHash, ...] = (),
    about: int | None = None,
) -> int:
    """Close what was looked at, and let it fall due again where it is to be kept."""
    found = [due for due in found if due.kind in REVIEWS]
    if not found:
        raise RefusedError(
            "E_NOT_FOUND",
            "Nothing of this kind is to be reviewed there.",
            next="See 'phoenix review'.",
        )
    if said.outcome not in (Outcome.KEEP, Outcome.DONE):
        raise UsageError("E_USAGE", "Only a package is erased or held.", next="Say keep or done.")
    kinds = sorted({due.kind for due in found})
    places = [due.place for due in found]
    number = keep(
        home, tx, _record(said, kinds[0], places, said.until, cores=cores, about=about), now
    )
    for due in found:
        tx.dues.close(due.number, now, by=number)
        if said.outcome is Outcome.KEEP and said.until is not None:
            tx.dues.put(
                Due(
                    kind=due.kind,
                    at=said.until,
                    made=now,
                    core=due.core,
                    record=due.record,
                    place=due.place,
                )
            )
    return number


def _record(
    said: Reviewed,
    kind: str,
    places: Collection[str],
    until: Seconds | None,
    *,
    cores: tuple[ObjectHash, ...] = (),
    about: int | None = None,
) -> ToRecord:
    """What is recorded: codes, days, and the words of whoever looked."""
    import json

    document = {
        "review": kind,
        "outcome": said.outcome.value,
        "until": until,
        "reason": said.reason.value if said.reason else None,
        "places": [place for place in places if place],
        "words": said.words,
    }
    return ToRecord(
        kind=REVIEW,
        document=json.dumps(document, ensure_ascii=False).encode(),
        summary=f"{kind}: {said.outcome.value}",
        cores=cores,
        about=about,
    )
