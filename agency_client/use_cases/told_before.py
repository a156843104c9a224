"""Who was told of something before: what a later package says has to reach them too (clause KM4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from agency_client.ports.vault import Families, Progress
from agency_client.use_cases.home import Home
from agency_client.use_cases.notice_views import detail_of
from agency_client.use_cases.replacing import chain
from phoenix_protocol.identifiers import ObjectHash
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.package.notices import AnswerKind

#: A recipient in one of these states was told nothing, and will not be.
_NEVER_TOLD: Final = frozenset({State.RETURNED, State.RECALLED, State.EXPIRED, State.UNREADABLE})
#: The kind of the register's line of what was told outside the system.
_DISCLOSURE: Final = "disclosure"
_ADDRESS: Final = re.compile(r"[^\s,]+@[^\s,]+")


def told_of(home: Home, view: Families, core: ObjectHash) -> tuple[str, ...]:
    """Who was told of a package that was sent from here, and of those that it replaced, as far as that is known.

    Those it was sent to; those to whom they passed it on, by their answers to notices; and by their names, those who
    were told outside the system.
    """
    found: list[str] = []
    for each in chain(home, view, core):
        package = view.sent.get(each)
        if package is None or package.progress is Progress.GIVEN_UP:
            continue
        found += [
            a.address
            for a in view.sent.addresses(each)
            if a.why is Why.TO and a.state not in _NEVER_TOLD
        ]
        found += told_at_second_hand(view, each)
        for line in view.register.of(core=each):
            found += line.parties if line.kind == _DISCLOSURE else ()
    return tuple(dict.fromkeys(found))


def passed_on_from(home: Home, view: Families, cores: Iterable[ObjectHash]) -> tuple[str, ...]:
    """To whom this home passed something on out of packages that these received ones replaced."""
    earlier = {each for core in cores for each in chain(home, view, core) if each != core}
    return tuple(dict.fromkeys(entry.to_address for entry in view.onward.of(earlier)))


def told_at_second_hand(view: Families, core: ObjectHash) -> Iterator[str]:
    """Who has an item of a package from somebody else: by what was answered to notices on it."""
    notices = {notice.hash: notice for _, notice in view.notices.of(core)}
    for notice in notices.values():
        for answer in view.notices.answers(notice.hash):
            if answer.kind is AnswerKind.PASSED_ON:
                detail = detail_of(answer)
                yield from _ADDRESS.findall(detail.words or "") if detail is not None else ()
            elif answer.core != notice.core:
                yield answer.address
