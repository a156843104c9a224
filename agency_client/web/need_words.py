"""What needs somebody, in words, with a link to where it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from agency_client.use_cases.needing import Need, Needed
from agency_client.web.when import due


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWords:
    """One line of the home page: ``title`` leads to ``href``; ``tag`` is said beside it where it is pressing."""

    title: str
    href: str
    hint: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind is said: of one, of several, and where it is done."""

    one: str
    several: str
    href: str
    hint: str = ""
    pressing: str = "overdue"


_KINDS: Final[dict[Need, _Kind]] = {
    Need.ALARMS: _Kind(
        "1 alarm that nobody has dealt with",
        "{} alarms that nobody has dealt with",
        "/alarms",
        "Read what each says before you go on.",
        "",
    ),
    Need.OFFERED: _Kind(
        "1 package has come and nobody has accepted it",
        "{} packages have come and nobody has accepted them",
        "/inbox?show=waiting",
        "Nobody here can read a package before somebody accepts it.",
        "red",
    ),
    Need.UNFETCHED: _Kind(
        "1 package is accepted and not fetched yet",
        "{} packages are accepted and not fetched yet",
        "/inbox?show=waiting",
        "Accept it again: that goes on where it stopped.",
    ),
    Need.UNOWNED: _Kind(
        "1 package is here and nobody has taken responsibility",
        "{} packages are here and nobody has taken responsibility",
        "/inbox?show=open",
    ),
    Need.NOTICES: _Kind(
        "1 correction or withdrawal waits for what you did about it",
        "{} corrections or withdrawals wait for what you did about them",
        "/notices",
        "Put your own records right, then say so.",
    ),
    Need.REQUESTS: _Kind(
        "1 request to you waits for your answer",
        "{} requests to you wait for your answer",
        "/requests",
    ),
    Need.UNDELIVERED: _Kind(
        "1 package of yours did not get to somebody",
        "{} packages of yours did not get to somebody",
        "/sent?show=trouble",
        "Phone whoever does not have it.",
    ),
    Need.RETURNED: _Kind(
        "1 package of yours was returned in the last 14 days",
        "{} packages of yours were returned in the last 14 days",
        "/sent?show=failed",
        "They said that it was not theirs. Read why, and send it to whoever it is for.",
    ),
    Need.EXPIRES_SOON: _Kind(
        "1 package of yours expires soon and somebody does not have it",
        "{} packages of yours expire soon and somebody does not have them",
        "/sent?show=waiting",
        "Phone whoever does not have it.",
    ),
    Need.UNSENT: _Kind(
        "1 package waits on this machine for the relay",
        "{} packages wait on this machine for the relay",
        "/sent?show=waiting",
        "It goes by itself when the relay answers. Phone if it cannot wait.",
    ),
    Need.AWAITED: _Kind(
        "1 answer to a request of yours has not come",
        "{} answers to requests of yours have not come",
        "/requests",
    ),
    Need.UNANSWERED: _Kind(
        "1 correction or withdrawal of yours is not answered by everybody",
        "{} corrections or withdrawals of yours are not answered by everybody",
        "/notices",
    ),
    Need.FINDINGS: _Kind(
        "1 message that nobody has read", "{} messages that nobody has read", "/alarms"
    ),
    Need.BREACHES: _Kind("1 step about a breach", "{} steps about breaches", "/reviews"),
    Need.OWED: _Kind(
        "1 answer about something you sent is still owed",
        "{} answers about what you sent are still owed",
        "/reviews",
        "It went out without them, and they belong to the record.",
    ),
    Need.REVIEWS: _Kind(
        "1 review is due within a week", "{} reviews are due within a week", "/reviews"
    ),
    Need.ADVICE: _Kind("1 question waits for advice", "{} questions wait for advice", "/reviews"),
    Need.JOINING: _Kind(
        "1 person or desk waits to join",
        "{} people or desks wait to join",
        "/members/waiting",
        "Compare the words by phone before you approve.",
    ),
    Need.MEMBERS: _Kind(
        "1 member's keys end within 60 days", "{} members' keys end within 60 days", "/members/own"
    ),
    Need.PARTNERSHIP: _Kind(
        "The partnership's annual review is due",
        "The partnership's annual review is due",
        "/members/partnership",
        "Sharing goes on while it is overdue.",
    ),
    Need.ADOPTION: _Kind(
        "Your agency has not adopted the partnership's protocol",
        "Your agency has not adopted the partnership's protocol",
        "/members/partnership/protocol",
        "Read it, and adopt it once your agency has agreed. Sharing goes on meanwhile.",
    ),
    Need.ASSURANCES: _Kind(
        "1 assurance of your agency's security ends",
        "{} assurances of your agency's security end",
        "/members/partnership/assurances",
    ),
    Need.KEYS: _Kind(
        "New keys are due on this machine",
        "New keys are due on this machine",
        "/members/keys",
        "They are made by themselves when the relay answers. Without them nobody can write to you.",
    ),
    Need.DRAFTS: _Kind(
        "1 draft that was not sent", "{} drafts that were not sent", "/share", "Go on writing it."
    ),
}


def need_words(needed: Needed, now: int) -> NeedWords:
    """One line of the home page."""
    kind = _KINDS[needed.need]
    return NeedWords(
        title=kind.one if needed.count == 1 else kind.several.format(f"{needed.count:,}"),
        href=kind.href,
        hint=_HINTS[needed.need](needed, now) if needed.need in _HINTS else kind.hint,
        tag=_tag(needed, kind.pressing),
    )


def _tag(needed: Needed, pressing: str) -> str:
    if not needed.pressing or not pressing:
        return ""
    return f"{needed.pressing:,} {pressing}" if needed.count > 1 else pressing.capitalize()


def _unowned(needed: Needed, _now: int) -> str:
    if not needed.unopened:
        return "Say who takes responsibility, for what, and by when."
    if needed.count == 1:
        return "Nobody has opened it on this machine."
    return f"{needed.unopened:,} of them nobody has opened on this machine."


def _first_due(needed: Needed, now: int) -> str:
    return f"The first is due {due(needed.soonest, now)}." if needed.soonest else ""


_HINTS: Final[dict[Need, Callable[[Needed, int], str]]] = {
    Need.UNOWNED: _unowned,
    Need.REQUESTS: _first_due,
    Need.AWAITED: _first_due,
    Need.REVIEWS: _first_due,
    Need.BREACHES: _first_due,
    Need.ADVICE: _first_due,
    Need.MEMBERS: _first_due,
    Need.ASSURANCES: _first_due,
}
