"""Reminders of requests, on both sides: before an answer is due, and when it is (docs/requests.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.ports.vault import Alert, Due, Families, Progress, Standing
from agency_client.use_cases.home import Home
from agency_client.use_cases.request_dues import OWED_BY_US, OWED_TO_US
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.lifecycle import State

#: What is said before something is due and when it is, by its kind.
_CODES: Final = {
    OWED_TO_US: ("N_ANSWER_DUE", "N_ANSWER_OVERDUE"),
    OWED_BY_US: ("N_REQUEST_DUE", "N_REQUEST_OVERDUE"),
}
#: A request that this home cannot or need not answer any more.
_OVER: Final = frozenset(
    {State.RETURNED, State.RECALLED, State.EXPIRED, State.UNREADABLE, State.ERASED}
)


def soon(due: Due) -> Seconds:
    """From when on somebody is reminded: three quarters of the time have passed."""
    return Seconds(due.made + (due.at - due.made) * 3 // 4)


def remind(home: Home) -> None:
    """Raise what is due and not raised yet, and close what nobody can answer any more.

    A vault that may only be read is left as it is.
    """
    if home.vault.standing is not Standing.SOUND:
        return
    now = home.clock.now()
    with home.vault.reading() as view:
        fresh, over = list(_fresh(view, now)), list(_over(view))
    if not fresh and not over:
        return
    with home.vault.transaction() as tx:
        for due in over:
            tx.dues.close(due.number, now)
        for alert in fresh:
            tx.alerts.add(alert)


def _fresh(view: Families, now: Seconds) -> Iterator[Alert]:
    for due in view.dues.open(set(_CODES)):
        before, after = _CODES[due.kind]
        code = after if due.at <= now else before
        if due.core is None or soon(due) > now or _is_over(view, due):
            continue
        raised = {(alert.code, alert.about) for alert in view.alerts.of(due.core)}
        if (code, due.place) not in raised:
            yield Alert(code=code, core=due.core, about=due.place, time=now)


def _over(view: Families) -> Iterator[Due]:
    return (due for due in view.dues.open(set(_CODES)) if _is_over(view, due))


def _is_over(view: Families, due: Due) -> bool:
    if due.core is None:
        return True
    if due.kind == OWED_BY_US:
        received = view.received.get(due.core)
        return received is None or (received.state in _OVER and view.contents.get(due.core) is None)
    return _is_recalled(view, due)


def _is_recalled(view: Families, due: Due) -> bool:
    """Whether the request was given up, or taken back from the one whose answer this is."""
    package = view.sent.get(due.core) if due.core is not None else None
    if due.core is None or package is None or package.progress is Progress.GIVEN_UP:
        return True
    asked = sorted({each.address for each in view.requests.asked(due.core)})
    states = {a.address: a.state for a in view.sent.addresses(due.core)}
    return any(
        due.place == f"asked[{n + 1}]" and states.get(address) is State.RECALLED
        for n, address in enumerate(asked)
    )
