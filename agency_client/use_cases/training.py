"""Training of whoever works in this home: what, when, and until when it holds. It stays here (docs/records.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault import Families
from agency_client.record.looks import Look
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import ToRecord, keep
from phoenix_protocol.identifiers import Seconds

#: The kind of the record that somebody was trained, and of what falls due when that ends.
TRAINING: Final = "training"
TRAINING_END: Final = "training_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Somebody's training, up to its last second. Without ``person`` it is that of whoever has this home.

    ``held`` is a day as written.
    """

    what: str = field(repr=False)
    valid_until: Seconds
    person: str | None = field(repr=False, default=None)
    held: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLine:
    """A training as it was recorded, and whether it has ended. ``is_newest``: nothing of the same person came later."""

    record: int
    training: Training
    ended: bool
    is_newest: bool


def record_training(home: Home, new: Training) -> int:
    """Record a training in the place of the same person's last one; gives the record's number."""
    now = home.now()
    with home.vault.transaction() as tx:
        before = [number for number, was in _kept(tx) if was.person == new.person]
        number = keep(home, tx, _record(new), now)
        for due in [due for each in before for due in tx.dues.of(record=each)]:
            if due.closed is None:
                tx.dues.close(due.number, now, by=number)
    return number


def trainings(home: Home) -> tuple[TrainingLine, ...]:
    """Every training that was recorded here, newest first. Talks to nobody."""
    now = home.clock.now()
    with home.vault.reading() as view:
        kept = list(_kept(view))
    newest = {training.person: number for number, training in kept}
    return tuple(
        TrainingLine(
            record=number,
            training=training,
            ended=training.valid_until < now,
            is_newest=newest[training.person] == number,
        )
        for number, training in reversed(kept)
    )


def training_has_ended(home: Home, now: Seconds) -> bool:
    """Whether the newest training of somebody here is over, and nobody has put it off in ``phoenix review done``."""
    with home.vault.reading() as view:
        return bool(view.dues.open({TRAINING_END}, until=now, limit=1))


def _record(new: Training) -> ToRecord:
    document = {
        "what": new.what,
        "person": new.person,
        "held": new.held,
        "valid_until": new.valid_until,
    }
    return ToRecord(
        kind=TRAINING,
        document=json.dumps(document, ensure_ascii=False).encode(),
        summary=new.what,
        looks=(Look(kind=TRAINING_END, at=Seconds(new.valid_until + 1), place=""),),
    )


def _kept(view: Families) -> Iterator[tuple[int, Training]]:
    """Each training with the number of its record, oldest first."""
    for record in view.records.listing({TRAINING}):
        document = view.records.document(record.number)
        if document is not None:
            yield record.number, Training(**json.loads(document))
