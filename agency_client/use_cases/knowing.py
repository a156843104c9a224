"""Knowing who is who: keeping this home's copy of the directory in step with the relay's log (docs/protocol.md §4).

Everyone checks every statement. A smaller tree, a changed past or a stale checkpoint is an alarm,
and both checkpoints are kept as proof.
"""

from __future__ import annotations

from dataclasses import dataclass

from agency_client.ports.relay import Relay
from agency_client.ports.vault import Alert, KeptCheckpoint
from agency_client.ports.vault.settings import CHECKED, CHECKPOINT
from agency_client.use_cases.home import Home, UntrustedRelay, anchor_of
from phoenix_protocol import limits
from phoenix_protocol.api import LogEntry
from phoenix_protocol.directory.checkpoints import log_key
from phoenix_protocol.directory.openings import Openings, by_commitment
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import PhoenixError, RefusedError, TamperError
from phoenix_protocol.identifiers import Address, Anchor, EndpointId, Seconds
from phoenix_protocol.notes import OpenedCheckpoint, open_checkpoint
from phoenix_protocol.sealing.who import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The directory as this home knows it, with the openings it has, and the newest checkpoint note."""

    directory: Directory
    openings: Openings
    checkpoint: str
    checked: Seconds  # the checkpoint's time
    up_to_date: bool = False  # fetched after what is being judged had arrived

    @property
    def register(self) -> Register:
        """As opening asks it."""
        return Register(self.directory, self.openings, up_to_date=self.up_to_date)

    def address_of(self, endpoint: EndpointId) -> Address | None:
        """An endpoint's address, if this home may know it."""
        return self.directory.address_of(endpoint, self.openings)

    def is_stale(self, now: Seconds) -> bool:
        """Whether the newest checkpoint is too old to send by."""
        return is_stale(self.checked, now)


def is_stale(checked: Seconds, now: Seconds) -> bool:
    """Whether a checkpoint of the time ``checked`` is too old to send by."""
    return now - checked > limits.CHECKPOINT_AGE


def recall_directory(home: Home) -> Known | None:
    """What this home knows without asking anybody; None before it has met the relay."""
    with home.vault.reading() as view:
        entries = view.directory.entries()
        note = view.settings.get(CHECKPOINT)
    if not entries or note is None:
        return None
    anchor = anchor_of(home)
    # Each was admitted, signatures and all, before it was put into the vault, which authenticates it.
    directory = Directory.replay_verified((e.statement for e in entries), anchor)
    openings = by_commitment(o for e in entries for o in e.openings)
    opened = _open_note(directory, note)
    return Known(
        directory=directory, openings=openings, checkpoint=note, checked=Seconds(opened.time)
    )


async def meet(home: Home, relay: UntrustedRelay, anchor: Anchor) -> Known:
    """Meet a partnership for the first time: fold its log from the anchor, then verify what the relay answered.

    Raises RefusedError ``E_ANCHOR`` when the relay does not carry it, and what :func:`sync` raises.
    """
    try:
        known = await _follow(home, relay, None, anchor)
    except RefusedError as error:
        if error.code != "E_NOT_FOUND":
            raise
        raise RefusedError(
            "E_ANCHOR",
            "This relay carries no partnership with this anchor.",
            next="Check the anchor, and the relay's address, with whoever gave them to you.",
        ) from None
    relay.verify_later(known.directory.relay.response_key)
    return known


async def sync(home: Home, relay: Relay, known: Known | None = None) -> Known:
    """Fetch and verify what is new in the log.

    Raises TamperError ``E_DIR_ROLLBACK`` or ``E_DIR_FORK`` with both checkpoints kept, and whatever a statement that
    does not follow raises.
    """
    return await _follow(home, relay, known or recall_directory(home), anchor_of(home))


async def _follow(home: Home, relay: Relay, known: Known | None, anchor: Anchor) -> Known:
    directory = known.directory if known else None
    fresh: list[LogEntry] = []
    while True:
        size = directory.size if directory else 0
        page = await relay.log(anchor, start=size)
        try:
            for entry in page.entries:
                directory = (
                    directory.admit(entry.statement)
                    if directory
                    else Directory.begin(entry.statement, anchor)
                )
            if directory is None:
                raise TamperError("E_DIR_ROLLBACK", "The relay shows no directory.")
            opened = _open_note(directory, page.checkpoint)
            _check_time(opened, home.clock.now())
            _check_not_smaller(opened, size, directory)
            if not page.entries and opened.checkpoint.size > size:
                raise TamperError("E_DIR_ROLLBACK", "The relay does not show all of its directory.")
        except PhoenixError as error:
            _keep_proof(home, known, page.checkpoint, error)
            raise
        fresh += page.entries
        if opened.checkpoint.size <= directory.size:
            break
    try:
        _check_same_past(opened, directory)
    except TamperError as error:
        _keep_proof(home, known, page.checkpoint, error)
        raise
    return _keep(home, known, directory, fresh, page.checkpoint, Seconds(opened.time))


def _open_note(directory: Directory, note: str) -> OpenedCheckpoint:
    return open_checkpoint(note, log_key=log_key(directory, directory.size))


def _check_time(opened: OpenedCheckpoint, now: Seconds) -> None:
    """A time from the future would raise this home's clock floor, and lock it out of its own time."""
    if opened.time > now + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", "The relay's checkpoint is from the future.")


def _check_not_smaller(opened: OpenedCheckpoint, before: int, directory: Directory) -> None:
    if opened.checkpoint.size < max(before, directory.size):
        raise TamperError("E_DIR_ROLLBACK", "The relay shows a shorter directory than before.")


def _check_same_past(opened: OpenedCheckpoint, directory: Directory) -> None:
    if opened.checkpoint.root != directory.root:
        raise TamperError("E_DIR_FORK", "The relay shows another past of the directory.")


def _keep_proof(home: Home, known: Known | None, note: str, error: PhoenixError) -> None:
    """Keep both checkpoints and raise the alarm."""
    now = home.clock.now()
    with home.vault.transaction() as tx:
        for shown in (note, known.checkpoint if known else None):
            if shown is not None:
                tx.directory.keep_checkpoint(KeptCheckpoint(note=shown, why=error.code, time=now))
        tx.alerts.add(Alert(code=error.code, core=None, time=now))
        tx.audit.append(time=now, actor=home.actor(), action="directory.alarm", outcome=error.code)


def _keep(
    home: Home,
    known: Known | None,
    directory: Directory,
    fresh: list[LogEntry],
    note: str,
    time: Seconds,
) -> Known:
    openings = dict(known.openings) if known else {}
    openings.update(by_commitment(o for e in fresh for o in e.openings))
    if known is not None and not fresh and time <= known.checked:
        return known
    now = home.clock.now()
    with home.vault.transaction() as tx:
        if fresh:
            tx.directory.append(directory.size - len(fresh), fresh)
        tx.settings.put(CHECKPOINT, note)
        tx.settings.put(CHECKED, int(time))
        tx.settings.raise_clock_floor(time)
        if is_stale(time, now):
            tx.alerts.add(Alert(code="E_DIR_STALE", core=None, about=str(time), time=now))
    return Known(directory=directory, openings=openings, checkpoint=note, checked=time)


async def refresh_openings(home: Home, relay: Relay, known: Known) -> Known:
    """Fetch again the openings that were not served before this home was a member."""
    openings = dict(known.openings)
    start = 0
    while start < known.directory.size:
        page = await relay.log(known.directory.anchor, start=start)
        entries = page.entries[: known.directory.size - start]
        if not entries:
            break
        with home.vault.transaction() as tx:
            tx.directory.append(start, entries)
        openings.update(by_commitment(o for e in entries for o in e.openings))
        start += len(entries)
    return Known(
        directory=known.directory,
        openings=openings,
        checkpoint=known.checkpoint,
        checked=known.checked,
    )


def require_current(known: Known, now: Seconds) -> None:
    """Raise RefusedError ``E_DIR_STALE`` when nothing may be sent by this directory."""
    if known.is_stale(now):
        raise RefusedError("E_DIR_STALE", "The relay's directory is more than a day old.")
