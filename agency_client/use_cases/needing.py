"""What needs the person at a home now: counts out of the vault, weighed in one place. Talks to nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from agency_client.ports.vault import Counted, DueCount
from agency_client.ports.vault.needing import NOT_DELIVERED
from agency_client.ports.vault.settings import CHECKED
from agency_client.record.dues import is_overdue
from agency_client.record.looks import DECISION_REVIEW, INFORM_REVIEW, OWED_ANSWER
from agency_client.record.retained import RETENTION_REVIEW
from agency_client.use_cases.falling_due import ASSURANCE_END, PROTOCOL_ADOPTION, of_office
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import is_stale, recall_directory
from agency_client.use_cases.reminding import remind
from agency_client.use_cases.request_dues import OWED_BY_US, OWED_TO_US
from agency_client.use_cases.viewing import tidy
from phoenix_protocol.identifiers import Seconds

#: So long before it is due, something is worth a look (seconds).
NEAR: Final = 7 * 86400
#: So long before their end, keys are worth a look (seconds): new ones are made by themselves well before.
KEYS_NEAR: Final = 14 * 86400
#: So long before its end, a member's certificate is worth a look (seconds).
MEMBERS_NEAR: Final = 60 * 86400


class Need(Enum):
    """What can need somebody, most pressing first."""

    ALARMS = "alarms"
    OFFERED = "offered"
    UNFETCHED = "unfetched"
    UNOWNED = "unowned"
    NOTICES = "notices"
    REQUESTS = "requests"
    UNDELIVERED = "undelivered"
    RETURNED = "returned"
    EXPIRES_SOON = "expires_soon"
    UNSENT = "unsent"
    AWAITED = "awaited"
    UNANSWERED = "unanswered"
    FINDINGS = "findings"
    BREACHES = "breaches"
    OWED = "owed"
    REVIEWS = "reviews"
    ADVICE = "advice"
    JOINING = "joining"
    MEMBERS = "members"
    PARTNERSHIP = "partnership"
    ADOPTION = "adoption"
    ASSURANCES = "assurances"
    KEYS = "keys"
    DRAFTS = "drafts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """How much of one kind there is. ``pressing`` of it is overdue or red; ``soonest`` is when the first is due."""

    need: Need
    count: int
    pressing: int = 0
    unopened: int = 0
    soonest: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who this home is, and how new its directory is: ``checked`` is None before it has met a relay."""

    is_desk: bool
    is_manager: bool
    is_approved: bool
    checked: Seconds | None
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsMe:
    """Everything for a home page."""

    needed: tuple[Needed, ...]
    standing: Standing


_REVIEWS: Final = frozenset({RETENTION_REVIEW, "hold_review", DECISION_REVIEW, INFORM_REVIEW})
_BREACHES: Final = frozenset({"breach_report", "breach_step"})
#: Counted among what they are about: what came of a notice, a request or a delivery.
_ELSEWHERE: Final = frozenset(
    {"N_CORRECTED", "N_WITHDRAWN", "N_ANSWER_DUE", "N_ANSWER_OVERDUE", "N_REQUEST_DUE"}
    | {"N_REQUEST_OVERDUE", "W_EXPIRES_SOON"}
    | NOT_DELIVERED
)


def needs_me(home: Home) -> NeedsMe:
    """What waits for somebody at this home, by its own clock."""
    tidy(home)
    remind(home)
    now, content = home.clock.now(), home.content
    own = content.endpoint.address if content.endpoint is not None else None
    with home.vault.reading() as view:
        counted = view.needing.counted(own, now, Seconds(now + NEAR))
        checked = view.settings.get(CHECKED)
    found = [*needed(counted), *_keys(home, now)]
    if content.manager is not None:
        found += _managed(home, now)
    found += _spoken_for(home, now)
    return NeedsMe(
        needed=tuple(sorted(found, key=lambda each: list(Need).index(each.need))),
        standing=Standing(
            is_desk=content.endpoint is not None,
            is_manager=content.manager is not None,
            is_approved=content.endpoint is not None and content.endpoint.id is not None,
            checked=Seconds(checked) if checked is not None else None,
            is_stale=checked is None or is_stale(Seconds(checked), now),
        ),
    )


# -- weighing, pure ----------------------------------------------------------------------------------------------------


def needed(counted: Counted) -> tuple[Needed, ...]:
    """What of everything that was counted needs somebody. Nothing that is nought is in it."""
    found = (*_of_packages(counted), *_of_alerts(counted), *_of_dues(counted))
    return tuple(each for each in found if each.count)


def _of_packages(counted: Counted) -> Iterator[Needed]:
    yield Needed(need=Need.OFFERED, count=counted.offered, pressing=counted.pressing)
    yield Needed(need=Need.UNFETCHED, count=counted.unfetched)
    yield Needed(need=Need.UNOWNED, count=counted.unowned, unopened=counted.unopened)
    yield Needed(need=Need.NOTICES, count=counted.notices)
    yield Needed(need=Need.UNANSWERED, count=counted.unanswered)
    yield Needed(need=Need.UNDELIVERED, count=counted.undelivered)
    yield Needed(need=Need.RETURNED, count=counted.returned)
    yield Needed(need=Need.UNSENT, count=counted.unsent)
    yield Needed(need=Need.DRAFTS, count=counted.drafts)


def _of_alerts(counted: Counted) -> Iterator[Needed]:
    own = {code: count for code, count in counted.alerts.items() if code not in _ELSEWHERE}
    alarms = sum(count for code, count in own.items() if code[:2] in ("A_", "E_"))
    yield Needed(need=Need.ALARMS, count=alarms, pressing=alarms)
    yield Needed(need=Need.FINDINGS, count=sum(own.values()) - alarms)
    yield Needed(need=Need.EXPIRES_SOON, count=counted.alerts.get("W_EXPIRES_SOON", 0))


def _of_dues(counted: Counted) -> Iterator[Needed]:
    """Requests and what is owed are worked at all the time; reviews when they are near."""
    yield _ever(Need.REQUESTS, counted, {OWED_BY_US})
    yield _ever(Need.AWAITED, counted, {OWED_TO_US})
    yield _ever(Need.OWED, counted, {OWED_ANSWER})
    yield _ever(Need.BREACHES, counted, _BREACHES)
    yield _ever(Need.ADVICE, counted, {"advice_answer"})
    reviews = _together(counted, _REVIEWS)
    yield Needed(
        need=Need.REVIEWS, count=reviews.near, pressing=reviews.past, soonest=reviews.soonest
    )


def _ever(need: Need, counted: Counted, kinds: Collection[str]) -> Needed:
    due = _together(counted, kinds)
    return Needed(need=need, count=due.ever, pressing=due.past, soonest=due.soonest)


def _together(counted: Counted, kinds: Collection[str]) -> DueCount:
    found = [due for kind, due in counted.dues.items() if kind in kinds]
    return DueCount(
        past=sum(due.past for due in found),
        near=sum(due.near for due in found),
        ever=sum(due.ever for due in found),
        soonest=min((d.soonest for d in found if d.soonest is not None), default=None),
    )


# -- keys and members ------------------------------------------------------------------------------------------------


def _keys(home: Home, now: Seconds) -> Iterator[Needed]:
    ends = max((secret.valid_until for secret in home.content.epochs), default=None)
    if ends is not None and ends <= now + KEYS_NEAR:
        yield Needed(need=Need.KEYS, count=1, pressing=int(ends <= now), soonest=ends)


def _managed(home: Home, now: Seconds) -> Iterator[Needed]:
    """For a manager: members whose certificates end, and the partnership's review."""
    known, manager = recall_directory(home), home.content.manager
    if known is None or manager is None:
        return
    ends = [
        endpoint.newest.valid_until
        for endpoint in known.directory.endpoints()
        if endpoint.agency == manager.agency and endpoint.end is None
    ]
    near = [end for end in ends if end <= now + MEMBERS_NEAR]
    if near:
        past = sum(end <= now for end in near)
        yield Needed(need=Need.MEMBERS, count=len(near), pressing=past, soonest=min(near))
    review = known.directory.partnership.review_due
    if review <= now + MEMBERS_NEAR:
        late = is_overdue(review, now)
        yield Needed(need=Need.PARTNERSHIP, count=1, pressing=int(late), soonest=Seconds(review))


def _spoken_for(home: Home, now: Seconds) -> Iterator[Needed]:
    """For whoever speaks for an agency: the protocol to adopt, and assurances that end. `review` lists the same."""
    due = [item for item in of_office(home, now) if item.at <= now + MEMBERS_NEAR]
    for kind, need in ((PROTOCOL_ADOPTION, Need.ADOPTION), (ASSURANCE_END, Need.ASSURANCES)):
        found = [item for item in due if item.kind == kind]
        if found:
            late = sum(item.overdue for item in found)
            soonest = min(item.at for item in found)
            yield Needed(need=need, count=len(found), pressing=late, soonest=soonest)
