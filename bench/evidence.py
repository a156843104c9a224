"""Verifying a bundle: a package of 500 statements, in a partnership whose log has 50,000 statements."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench import processes
from bench.processes import Ran, fastest
from bench.report import Report, Row, Target
from bench.setting import Setting
from phoenix_protocol import encoding, schema
from phoenix_protocol.api import LogEntry
from phoenix_protocol.directory.statements import Member, Role
from phoenix_protocol.evidence.build import Evidence, pieces
from phoenix_protocol.evidence.redaction import KeptSection, Redaction, show
from phoenix_protocol.evidence.verify import verify_bundle
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds
from phoenix_protocol.merkle import root
from phoenix_protocol.notes import Checkpoint, sign_checkpoint
from phoenix_protocol.package.envelope import Held, Recipient, Why
from phoenix_protocol.randomness import SystemRandomness
from phoenix_protocol.record import Head, Kind, Statement
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.drafts import (
    Circumstances,
    ItemDraft,
    MemoryBody,
    PackageDraft,
    SealTo,
    SectionDraft,
    Sender,
)
from phoenix_protocol.sealing.seal import deliver, seal_package
from phoenix_protocol.signed import Signature, Signed, object_hash, sign
from phoenix_protocol.suite import DOCUMENT_KEY_BYTES, SIGNATURE_BYTES
from phoenix_protocol.suite.sealing_keys import SealingKey
from tests.end_to_end.processes import program
from tests.protocol.quillmere import COUNCIL, FRONT_DOOR, MASH, NOW, ORIGIN, quillmere

_LOG = 50_000
_STATEMENTS = 500
_ROUNDS = 5
_SECONDS = 2.0
_CREATED = Seconds(NOW - 3600)
_RANDOMNESS = SystemRandomness()
_NOTES = (
    "A whole bundle has every statement of the log, those of others without their signatures, and so proves that "
    "nobody who is named had been ended or replaced. A brief one has the leaves of the log and what the proof needs.",
    "In process: verifying alone. phoenix verify: the whole process, with its start and the verdict in words, which "
    "tells all statements. The fastest of five.",
    "Baseline: reading the file and hashing it, which whoever verifies has to do at least.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timed:
    seconds: float
    processor: float


def run(setting: Setting) -> Report:
    """Make both forms and verify them."""
    rows: list[Row] = []
    most = 0.0
    world = _World()
    for name, whole in (("whole", True), ("brief", False)):
        path = setting.folder / f"{name}.evidence"
        made = _timed(lambda: _write(path, world, whole=whole))  # noqa: B023  # called at once
        commands = fastest([_verify(path, world) for _ in range(_ROUNDS)])
        most = max(most, commands.seconds)
        size = path.stat().st_size / (1 << 20)
        rows += [
            _row(name, "make", made, size),
            _row(name, "read and hash", _best(lambda: _hash(path)), size),  # noqa: B023
            _row(name, "verify in process", _best(lambda: _in_process(path)), size),  # noqa: B023
            {
                "bundle": name,
                "what": "phoenix verify",
                "seconds": commands.seconds,
                "processor s": commands.processor,
                "resident MiB": commands.resident,
                "file MiB": size,
            },
        ]
    return Report(
        name="evidence",
        title=f"A bundle of {_STATEMENTS} statements, with a log of {_LOG:,} statements",
        columns=("bundle", "what", "seconds", "processor s", "resident MiB", "file MiB"),
        rows=rows,
        notes=_NOTES,
        targets=[
            Target(
                wanted=f"phoenix verify in under {_SECONDS:.0f} s, with the whole log",
                found=f"{most:.2f} s",
                met=most < _SECONDS,
            )
        ],
    )


def _row(name: str, what: str, took: _Timed, size: float) -> Row:
    return {
        "bundle": name,
        "what": what,
        "seconds": took.seconds,
        "processor s": took.processor,
        "file MiB": size,
    }


def _timed(work: Callable[[], object]) -> _Timed:
    worked, started = time.process_time(), time.perf_counter()
    work()
    return _Timed(seconds=time.perf_counter() - started, processor=time.process_time() - worked)


def _best(work: Callable[[], object]) -> _Timed:
    return min((_timed(work) for _ in range(_ROUNDS)), key=lambda taken: taken.seconds)


def _verify(path: Path, world: _World) -> Ran:
    anchor = world.town.anchor.hex()
    return processes.run([program("phoenix"), "verify", path, "--anchor", anchor])


def _hash(path: Path) -> None:
    import hashlib

    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256")


def _in_process(path: Path) -> None:
    proved = verify_bundle(io.BytesIO(path.read_bytes()), quillmere().anchor)
    if (proved.log.size, len(proved.parts.sections[0].items)) != (_LOG, _STATEMENTS + 1):
        raise RuntimeError("The bundle is not the one that was made.")


def _write(path: Path, world: _World, *, whole: bool) -> None:
    with path.open("wb") as file:
        for piece in pieces(world.evidence, world.entries, _LOG, whole=whole):
            file.write(piece)


# -- the partnership --------------------------------------------------------------------------------------------------


def _stranger(number: int) -> bytes:
    """A statement of somebody who has nothing to do with it. Its signature is never looked at."""
    agency = f"agency-{number % 200}"
    member = Member(
        anchor=quillmere().anchor,
        agency=COUNCIL if number % 7 == 0 else type(COUNCIL)(agency),
        address=Address(f"desk-{number}@{COUNCIL if number % 7 == 0 else agency}"),
        name=f"Desk {number}",
        role=Role.PRACTITIONER,
        document_key=os.urandom(DOCUMENT_KEY_BYTES),
        request_key=os.urandom(32),
        valid_from=_CREATED,
        valid_until=NOW,
        request=ObjectHash(os.urandom(32)),
        issued=_CREATED,
    )
    signature = Signature(signer=os.urandom(32), signature=bytes(SIGNATURE_BYTES))
    signed = Signed(type=Member.TYPE, payload=schema.encode(member), signatures=(signature,))
    return signed.encoded()


class _World:
    """Quillmere, and so many strangers; a package in it."""

    def __init__(self) -> None:
        self.town = quillmere()
        self.log = (*self.town.log, *(_stranger(n) for n in range(_LOG - len(self.town.log))))

    def entries(self) -> Iterator[LogEntry]:
        """The log."""
        return (LogEntry(statement=statement, openings=()) for statement in self.log)

    @cached_property
    def checkpoint(self) -> str:
        """The note over all of it."""
        checkpoint = Checkpoint(origin=ORIGIN, size=_LOG, root=root(_leaves(self.log)))
        return sign_checkpoint(checkpoint, signer=self.town.relay.log, now=NOW)

    @cached_property
    def evidence(self) -> Evidence:
        """A package of one section, sealed, delivered and held."""
        sender, reader = self.town.endpoints["front door"], self.town.endpoints["mash 1"]
        where = Circumstances(
            anchor=self.town.anchor,
            relay=ORIGIN,
            package=_RANDOMNESS.random_bytes(16),
            sender=sender.id,
            recipients=_recipients(),
            created=_CREATED,
            expires=Seconds(NOW + 86_400),
            checkpoint=self.town.checkpoint(time=Seconds(_CREATED - 60)),
        )
        package = seal_package(_draft(), where, MemoryBody(), _RANDOMNESS)
        to = SealTo(
            endpoint=reader.id,
            address=MASH,
            epoch_key=reader.epoch.signed.hash,
            key=SealingKey(reader.epoch.opened.message.key),
            sequence=1,
        )
        made = deliver(
            package, where, 1, [to], Sender(endpoint=sender.id, key=sender.key), _RANDOMNESS
        ).signed
        held = Held(
            anchor=self.town.anchor,
            core=package.core_hash,
            delivery=made.hash,
            time=_CREATED,
            checkpoint=self.checkpoint,
        )
        kept = tuple(
            KeptSection(entry=s.part.entry, salt=s.part.salt, items=s.items)
            for s in package.sections
        )
        return Evidence(
            anchor=self.town.anchor,
            checkpoint=self.checkpoint,
            partnership=self.town.directory.partnership,
            core=package.core,
            deliveries=(made.encoded(),),
            held=(sign(held, [self.town.relay.receipt]).encoded(),),
            epoch_keys=(reader.epoch.signed.encoded(),),
            cover=schema.encode(package.cover_content),
            manifest=schema.encode(package.manifest),
            manifest_salt=package.manifest_salt,
            parts=show(kept, Redaction()),
            said=(),
        )


def _leaves(log: tuple[bytes, ...]) -> Iterator[bytes]:
    for statement in log:
        type_, payload, _ = encoding.decode(statement, limit=1 << 21)
        yield object_hash(str(type_), bytes(payload))


def _recipients() -> tuple[Recipient, ...]:
    row = schema.Row(Recipient)
    named = [Recipient(address=MASH, why=Why.TO), Recipient(address=FRONT_DOOR, why=Why.OWN)]
    return tuple(sorted(named, key=lambda r: encoding.encode(row.to_plain(r, ""))))


def _draft() -> PackageDraft:
    return PackageDraft(
        sent_from=FRONT_DOOR,
        purpose="A long chronology",
        classification="OFFICIAL-SENSITIVE",
        handling=(),
        urgency="green",
        contact={},
        reference="K7-QD",
        thread="",
        supersedes=None,
        sections=(
            SectionDraft(
                head=Head(kind="statements", title="Chronology", marking="OFFICIAL", handling=()),
                head_id=_RANDOMNESS.random_bytes(16),
                items=tuple(_statement(number) for number in range(_STATEMENTS)),
                readers={MASH: "To plan", FRONT_DOOR: "Own copy"},
            ),
        ),
    )


def _statement(number: int) -> ItemDraft:
    message = Statement(
        kind=Kind.RECORD,
        text=f"Entry {number} of a chronology, as long as one usually is: who, where and what. "
        * 4,
        about=(),
        origin=COUNCIL,
        chain_depth=0,
        basis=(),
        special_category=(),
        flags=(),
    )
    id_ = ItemId(_RANDOMNESS.random_bytes(16))
    return ItemDraft(type=ItemType.STATEMENT, id=id_, content=schema.encode(message))
