"""The end of what was not delivered, and what is missing: alerts, and what lists need too.

docs/protocol.md §6.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agency_client.ports.vault import AddressProgress, Alert, Families
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import UNFINISHED, State, Step, allowed


def raise_alert(tx: Families, code: str, core: ObjectHash | None, about: str, now: Seconds) -> None:
    """Keep a finding for a person; the same one is kept once."""
    tx.alerts.add(Alert(code=code, core=core, about=about, time=now))


def note_gaps(tx: Families, sender: EndpointId, now: Seconds) -> None:
    """Numbers of this sender that led nowhere: the relay may be withholding a package.

    Packages may overtake each other, and a note that a number leads nowhere comes late: what is
    closed is an alarm no more.
    """
    whose = f"{sender.hex()[:16]}:"
    open_ = {f"{whose}{gap.first}-{gap.last}" for gap in tx.guard.gaps(sender)}
    for about in sorted(open_):
        raise_alert(tx, "N_SEQUENCE_GAP", None, about, now)
    for alert in tx.alerts.unseen():
        is_gap = alert.code == "N_SEQUENCE_GAP" and alert.about.startswith(whose)
        if is_gap and alert.about not in open_:
            tx.alerts.see(alert.number, now)


def expire_by_report(tx: Families, core: ObjectHash, ended: Seconds, now: Seconds) -> None:
    """The relay reports that a package ended at ``ended``. Before its time, that is a package that the relay lost."""
    package = tx.sent.get(core)
    lost = package is not None and ended < package.expires
    expire_sent(tx, core, now, "A_RELAY_LOST" if lost else "A_NOT_DELIVERED", ended)
    expire_received(tx, core, ended)


def expire_sent(
    tx: Families, core: ObjectHash, now: Seconds, code: str, ended: Seconds | None = None
) -> bool:
    """Mark what was not stored by its recipients as expired, and alarm with ``code``.

    It ended at its own time, whenever this home hears of it, unless it had ``ended`` before. False when all of it was
    stored, or it is not ours. Copies for the sender's own desk and for records owe nothing.
    """
    package = tx.sent.get(core)
    late = [e for e in tx.sent.endpoints(core) if e.state in UNFINISHED]
    for endpoint in late:
        if package is not None and allowed(endpoint.state, Step.EXPIRE):
            tx.sent.step(core, endpoint.endpoint, Step.EXPIRE, _end_of(package.expires, ended))
    written_to = [a for a in tx.sent.addresses(core) if a.why is Why.TO]
    if not any(a.state is State.EXPIRED for a in written_to):
        return False
    _tell_end(tx, code, core, now)
    return True


#: The relay's own reports of an end: they say more than that nobody confirmed it.
_REPORTED: Final = frozenset({"A_NOT_DELIVERED", "A_RELAY_LOST"})
#: What an end makes out of date.
_BEFORE_THE_END: Final = frozenset({"W_EXPIRES_SOON", "N_UNCONFIRMED"})


def _tell_end(tx: Families, code: str, core: ObjectHash, now: Seconds) -> None:
    """One alarm of one end: the relay's report takes the place of our own finding, and is not news to who saw that.

    That the relay lost it is always news.
    """
    known = {alert.code: alert for alert in tx.alerts.of(core)}
    if code not in _REPORTED and known.keys() & _REPORTED:
        return
    dealt_with = known["N_UNCONFIRMED"].seen if "N_UNCONFIRMED" in known else None
    seen = dealt_with if code == "A_NOT_DELIVERED" else None
    tx.alerts.add(Alert(code=code, core=core, time=now, seen=seen))
    for alert in tx.alerts.of(core):
        if alert.code in _BEFORE_THE_END - {code} and alert.seen is None:
            tx.alerts.see(alert.number, now)


def expire_received(tx: Families, core: ObjectHash, ended: Seconds | None = None) -> None:
    """An offer that was never taken in is gone. What is stored here stays, and its receipt is on its way."""
    package = tx.received.get(core)
    if package is None or not allowed(package.state, Step.EXPIRE):
        return
    if tx.contents.get(core) is None:
        tx.received.step(core, Step.EXPIRE, _end_of(package.expires, ended))


def _end_of(expires: Seconds, ended: Seconds | None) -> Seconds:
    return expires if ended is None else min(ended, expires)


def is_owed(addresses: Iterable[AddressProgress]) -> bool:
    """Whether somebody who was written to has not stored it."""
    return any(a.why is Why.TO and a.state in UNFINISHED for a in addresses)
