"""Bundles that are wrong in one thing each, made by whoever could make them, with the code and place they fail with."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from phoenix_protocol import schema
from phoenix_protocol.directory.statements import Opening, Witness
from phoenix_protocol.evidence.messages import (
    FIRST_LINE,
    Bundle,
    BundleItem,
    BundlePart,
    BundleSaying,
    BundleStatement,
)
from phoenix_protocol.evidence.records import framed
from phoenix_protocol.evidence.redaction import Redaction
from phoenix_protocol.evidence.subjects import leaf_of
from phoenix_protocol.identifiers import Anchor, ObjectHash, Seconds
from phoenix_protocol.merkle import leaf_hash, root
from phoenix_protocol.notes import Checkpoint, LogSigner, WitnessSigner, cosign, sign_checkpoint
from phoenix_protocol.package.envelope import Core, Delivery, Held
from phoenix_protocol.package.events import EventKind, Voided, VoidReason
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.contents import Detail, Entry, SegmentType
from phoenix_protocol.sealing.manifest import (
    entry_commitment,
    item_commitment,
    manifest_commitment,
)
from phoenix_protocol.sealing.notices import NoticeAction
from phoenix_protocol.sealing.open_body import parse_item
from phoenix_protocol.signed import object_hash, parse_signed, sign
from tests.protocol.evidence_values import (
    CREATED,
    EXPIRES,
    FILE,
    POLICE_DESK,
    SCHOOL_NURSE,
    SENDER,
    Sayings,
    World,
    sayings_of,
    world,
    world_in,
)
from tests.protocol.quillmere import (
    COUNCIL,
    DAY,
    NOW,
    OKAFOR,
    ORIGIN,
    Quillmere,
    machine,
    quillmere,
    seed,
)
from tests.protocol.quillmere_changes import Changes


@dataclass(frozen=True, kw_only=True)
class File:
    """A bundle file taken apart; put together again it is what it was."""

    bundle: Bundle
    leaves: tuple[bytes, ...]
    statements: tuple[BundleStatement, ...]
    others: tuple[bytes, ...]
    parts: tuple[tuple[BundlePart, bytes], ...]
    said: tuple[BundleSaying, ...]

    @classmethod
    def of(cls, data: bytes) -> File:
        source = io.BytesIO(data)
        assert source.read(len(FIRST_LINE)) == FIRST_LINE

        def record() -> bytes:
            return source.read(int.from_bytes(source.read(8), "big"))

        bundle = schema.decode(Bundle, record())
        flat = record()
        leaves = tuple(flat[n : n + 32] for n in range(0, len(flat), 32))
        statements = tuple(
            schema.decode(BundleStatement, record()) for _ in range(bundle.statements)
        )
        others = tuple(record() for _ in range((len(leaves) - len(statements)) * bundle.whole))
        parts = []
        for _ in range(bundle.parts):
            part = schema.decode(BundlePart, record())
            parts.append((part, source.read(part.size or 0)))
        said = tuple(schema.decode(BundleSaying, record()) for _ in range(bundle.said))
        assert not source.read()
        return cls(
            bundle=bundle,
            leaves=leaves,
            statements=statements,
            others=others,
            parts=tuple(parts),
            said=said,
        )

    def written(self) -> bytes:
        """The file, with its counts as they are."""
        bundle = replace(
            self.bundle,
            statements=len(self.statements),
            parts=len(self.parts),
            said=len(self.said),
        )
        return b"".join(
            (
                FIRST_LINE,
                framed(schema.encode(bundle)),
                framed(b"".join(self.leaves)),
                *(framed(schema.encode(s)) for s in self.statements),
                *map(framed, self.others),
                *(framed(schema.encode(part)) + content for part, content in self.parts),
                *(framed(schema.encode(saying)) for saying in self.said),
            )
        )

    # -- changes -----------------------------------------------------------------------------------

    def with_bundle(self, **changes: Any) -> File:
        return replace(self, bundle=replace(self.bundle, **changes))

    def with_statement(self, number: int, /, **changes: Any) -> File:
        statements = list(self.statements)
        statements[number] = replace(statements[number], **changes)
        return replace(self, statements=tuple(statements))

    def with_part(self, index: int, content: bytes | None = None, **changes: Any) -> File:
        parts = list(self.parts)
        part, before = parts[index]
        parts[index] = (replace(part, **changes), before if content is None else content)
        return replace(self, parts=tuple(parts))

    def with_item(self, part: int, number: int, /, **changes: Any) -> File:
        items = list(self.parts[part][0].items)
        items[number] = replace(items[number], **changes)
        return self.with_part(part, items=tuple(items))

    def hiding(self, *indexes: int) -> File:
        """The statements at these places of the log shown like others: without their signatures."""
        hidden = [s for s in self.statements if s.index in indexes]
        rows = dict(zip(self._other_indexes, self.others, strict=True))
        rows |= {s.index: leaf_of(parse_signed(s.statement)) for s in hidden}
        return replace(
            self,
            statements=tuple(s for s in self.statements if s.index not in indexes),
            others=tuple(rows[index] for index in sorted(rows)),
        )

    @property
    def _other_indexes(self) -> list[int]:
        shown = {s.index for s in self.statements}
        return [n for n in range(len(self.leaves)) if n not in shown]


Attack = Callable[[], bytes]
#: The code and the place with which a file fails, and the file.
Wrong = tuple[str, str, Attack]


def file(**options: Any) -> File:
    return File.of(world().file(**options))


def in_town(town: Quillmere, **options: Any) -> File:
    """The bundle of a package sent in Quillmere as it stands, shown in a town whose log has gone on."""
    return File.of(world_in(town, quillmere()).file(**options))


# -- B1 to B4: file, anchor, log ------------------------------------------------------------------------------------


def _record_too_long() -> bytes:
    data = world().file()
    return data[: len(FIRST_LINE)] + (1 << 40).to_bytes(8, "big") + data[len(FIRST_LINE) + 8 :]


def _opening_of_another() -> bytes:
    here = file()
    index = next(n for n, s in enumerate(here.statements) if s.index == 7)
    stranger = Opening(kind="name", salt=bytes(32), text="Somebody else")
    return here.with_statement(index, openings=(stranger,)).written()


def _opening_twice() -> bytes:
    """Of a person, who stands in the log as commitments."""
    town = quillmere()
    person = town.endpoints["okafor"].id
    said = sayings_of(world())
    recall = said.recall("okafor", endpoint=person)
    made = File.of(world().file(said=(recall,)))
    index = next(n for n, s in enumerate(made.statements) if s.openings)
    openings = made.statements[index].openings
    return made.with_statement(index, openings=(*openings, openings[0])).written()


def _ended() -> Quillmere:
    changes = Changes(quillmere())
    end = changes.end(quillmere().endpoints[SENDER].id)
    return quillmere().then(sign(end, changes.managers(COUNCIL)))


def _suspended() -> Quillmere:
    return quillmere().then(Changes(quillmere()).suspended(COUNCIL))


def _amended(**changes: Any) -> Quillmere:
    made = Changes(quillmere())
    return quillmere().then(sign(made.amendment(**changes), made.governing))


def _hidden(town: Quillmere) -> bytes:
    """The newest statement of the log hidden among the others."""
    made = in_town(town)
    return made.hiding(len(made.leaves) - 1).written()


def _raw(town: Quillmere, leaf: bytes) -> bytes:
    """A log that the relay has let go on with something that nobody can admit."""
    made = file()
    leaves = (*made.leaves, leaf_hash(leaf))
    note = _note(leaves)
    return replace(
        made.with_bundle(checkpoint=note), leaves=leaves, others=(*made.others, leaf)
    ).written()


def _note(leaves: tuple[bytes, ...], signer: LogSigner | None = None, **changes: Any) -> str:
    checkpoint = Checkpoint(origin=ORIGIN, size=len(leaves), root=root(leaves))
    return sign_checkpoint(
        replace(checkpoint, **changes), signer=signer or quillmere().relay.log, now=NOW
    )


def _stolen_key() -> bytes:
    """Another endpoint with the sender's document key: the fold would not admit it."""
    town = quillmere()
    other = town.certificate(machine("thief", town.endpoints[SENDER].address, town.anchor)).member
    key = town.endpoints[SENDER].member.document_key
    return _raw(town, leaf_of(sign(replace(other, document_key=key), [])))


def _unwitnessed() -> bytes:
    return in_town(_witnessed()).written()


def _witness() -> WitnessSigner:
    return WitnessSigner.from_seed("witness.example", seed("witness"))


def _witnessed() -> Quillmere:
    key = _witness().key
    return _amended(witnesses=(Witness(name=key.name, key=key.public),), witness_threshold=1)


def _stranger_cosigned() -> bytes:
    made = file()
    log = quillmere().log_key
    return made.with_bundle(
        checkpoint=cosign(made.bundle.checkpoint, log_key=log, witness=_witness(), now=NOW)
    ).written()


def _first_statement_is_not_first() -> bytes:
    made = file(whole=False)
    return replace(made, statements=made.statements[1:]).written()


def _without_its_agency() -> bytes:
    """A member is shown, and the keys of its agency are not."""
    made = file(whole=False)
    kept = [s for s in made.statements if s.index not in (1, 2)]
    return replace(made, statements=tuple(kept)).written()


def _says_that_it_is_not_whole() -> bytes:
    everything = tuple(
        BundleStatement(index=n, statement=signed, openings=())
        for n, signed in enumerate(quillmere().log)
    )
    made = replace(file(), statements=everything, others=())
    return made.with_bundle(whole=False).written()


def _of_no_statement() -> bytes:
    """A log whose third statement is a receipt."""
    receipt = world().held[0]
    made = file(whole=False)
    leaves = (*made.leaves[:2], receipt.hash, *made.leaves[3:])
    return replace(made, leaves=leaves).with_statement(2, statement=receipt.encoded()).written()


BEFORE_THE_PACKAGE: dict[str, Wrong] = {
    "not a bundle": ("E_PARSE", "beginning", lambda: b"%PDF-1.7\n" + world().file()),
    "an endless record": ("E_LIMIT", "bundle", _record_too_long),
    "the first record is not one": (
        "E_PARSE",
        "bundle",
        lambda: FIRST_LINE + framed(b"\xa0") + framed(b""),
    ),
    "another partnership's": (
        "E_ANCHOR",
        "bundle",
        lambda: file().with_bundle(anchor=Anchor(bytes(32))).written(),
    ),
    "cut short": ("E_TRUNCATED", "said[10]", lambda: world().file()[:-1]),
    "more behind": ("E_PARSE", "end", lambda: world().file() + b"\0"),
    "leaves that are not whole": (
        "E_PARSE",
        "leaves",
        lambda: replace(file(), leaves=(*file().leaves, b"\0")).written(),
    ),
    "no leaves": ("E_PARSE", "leaves", lambda: replace(file(), leaves=()).written()),
    "a statement beyond the log": (
        "E_DIR_FORK",
        "statement[11]",
        lambda: file(whole=False).with_statement(10, index=14).written(),
    ),
    "a statement at another's place": (
        "E_DIR_FORK",
        "statement[3]",
        lambda: file(whole=False).with_statement(2, index=9).written(),
    ),
    "a statement twice": (
        "E_PARSE",
        "statement[12]",
        lambda: replace(
            (made := file(whole=False)), statements=(*made.statements, made.statements[-1])
        ).written(),
    ),
    "a receipt as a statement": ("E_SUITE", "statement[3]", _of_no_statement),
    "no genesis": ("E_ROOT_CHAIN", "statement[1]", _first_statement_is_not_first),
    "a member without its agency": ("E_KEY_UNCERTIFIED", "statement[6]", _without_its_agency),
    "a name that nobody committed to": ("E_COMMITMENT", "statement[8]", _opening_of_another),
    "one name twice": ("E_COMMITMENT", "statement[9]", _opening_twice),
    "whole and does not say so": ("E_PARSE", "bundle", _says_that_it_is_not_whole),
    "another statement than the log's": (
        "E_DIR_FORK",
        "log[9]",
        lambda: replace((made := file()), others=(made.others[1], *made.others[1:])).written(),
    ),
    "the sender's end hidden": ("E_DIR_CHAIN", "log[15]", lambda: _hidden(_ended())),
    "the agency's suspension hidden": ("E_DIR_CHAIN", "log[15]", lambda: _hidden(_suspended())),
    "a version of the partnership hidden": (
        "E_DIR_CHAIN",
        "log[15]",
        lambda: _hidden(_amended(name="Other")),
    ),
    "a key that is somebody else's too": ("E_KEY_WEAK", "log[15]", _stolen_key),
    "a statement of no known type": (
        "E_SUITE",
        "log[15]",
        lambda: _raw(quillmere(), b"\x82\x63abc\x40"),
    ),
    "a statement that is none": (
        "E_PARSE",
        "log[15]",
        lambda: _raw(quillmere(), b"\x82\x73phoenix/1/signatory\x00"),
    ),
    "a statement that has no end": (
        "E_PARSE",
        "log[15]",
        lambda: _raw(quillmere(), b"\x82\x73phoenix/1/signatory"),
    ),
    "a checkpoint of a shorter log": (
        "E_DIR_FORK",
        "checkpoint",
        lambda: file().with_bundle(checkpoint=quillmere().checkpoint(13)).written(),
    ),
    "a checkpoint of another log": (
        "E_DIR_FORK",
        "checkpoint",
        lambda: file().with_bundle(checkpoint=_note(file().leaves, root=bytes(32))).written(),
    ),
    "a checkpoint that a stranger signed": (
        "E_SIG",
        "checkpoint",
        lambda: (
            file()
            .with_bundle(
                checkpoint=_note(file().leaves, LogSigner.from_seed(ORIGIN, seed("stranger")))
            )
            .written()
        ),
    ),
    "a line that nobody can verify": ("E_PARSE", "checkpoint", _stranger_cosigned),
    "nobody cosigned": ("E_THRESHOLD", "checkpoint", _unwitnessed),
}


# -- B5 to B9: envelope, cover, manifest ----------------------------------------------------------------------------


def _with_core(town: Quillmere | None = None, by: str = SENDER, **changes: Any) -> World:
    """The sender itself signs another core, and the relay holds it."""
    here = world() if town is None else world_in(town, quillmere())
    core = schema.encode(replace(schema.decode(Core, here.package.core), **changes))
    package = replace(here.package, core=core, core_hash=object_hash(Core.TYPE, core))
    then = quillmere()
    deliveries = tuple(
        sign(
            replace(schema.decode(Delivery, d.payload), core=package.core_hash),
            [then.endpoints[by].key],
        )
        for d in here.deliveries
    )
    held = tuple(_held(package.core_hash, d.hash) for d in deliveries)
    return replace(here, package=package, deliveries=deliveries, held=held, said=())


def _held(of: ObjectHash, delivered: ObjectHash, /, **changes: Any) -> Any:
    town = quillmere()
    message = Held(
        anchor=town.anchor,
        core=of,
        delivery=delivered,
        time=Seconds(CREATED + 1),
        checkpoint=town.checkpoint(time=CREATED),
    )
    return sign(replace(message, **changes), [town.relay.receipt])


def _delivery(key: str = SENDER, **changes: Any) -> bytes:
    town = quillmere()
    first = replace(schema.decode(Delivery, world().deliveries[0].payload), **changes)
    return sign(first, [town.endpoints[key].key]).encoded()


def _with_held(**changes: Any) -> bytes:
    here = world()
    first = _held(here.core_hash, here.deliveries[0].hash, **changes).encoded()
    return file().with_bundle(held=(first, here.held[1].encoded())).written()


def _with_delivery(key: str = SENDER, **changes: Any) -> bytes:
    second = world().deliveries[1].encoded()
    return file().with_bundle(deliveries=(_delivery(key, **changes), second)).written()


def _held_by_a_stranger() -> bytes:
    here = world()
    message = schema.decode(Held, here.held[0].payload)
    first = sign(message, [quillmere().endpoints[SENDER].key]).encoded()
    return file().with_bundle(held=(first, here.held[1].encoded())).written()


def _swapped() -> bytes:
    """Deliveries with their receipts in the other order."""
    bundle = file().bundle
    return file().with_bundle(deliveries=bundle.deliveries[::-1], held=bundle.held[::-1]).written()


def _of_another_log() -> str:
    """A note by the log's own key over another past."""
    return _note(tuple(seed(str(n)) for n in range(14)))


def _cover(**changes: Any) -> World:
    """The sender commits to another cover."""
    from phoenix_protocol.sealing.manifest import cover_commitment

    cover = replace(world().package.cover_content, **changes)
    made = _with_core(cover_commitment=cover_commitment(cover))
    return replace(made, package=replace(made.package, cover_content=cover))


def _manifest(**changes: Any) -> World:
    """The sender commits to another manifest."""
    manifest = replace(world().package.manifest, **changes)
    encoded = schema.encode(manifest)
    commitment = manifest_commitment(encoded, world().package.manifest_salt)
    made = _with_core(manifest_commitment=commitment)
    return replace(made, package=replace(made.package, manifest=manifest))


def _ended_before() -> bytes:
    """Sent after the log had ended the sender."""
    changes = Changes(quillmere())
    end = changes.end(quillmere().endpoints[SENDER].id, issued=Seconds(CREATED - 10))
    town = quillmere().then(sign(end, changes.managers(COUNCIL)))
    return _with_core(town, checkpoint=town.checkpoint(time=CREATED)).file()


OTHER_EPOCH = "police records"

ENVELOPE: dict[str, Wrong] = {
    "a core of another partnership": (
        "E_ANCHOR",
        "core",
        lambda: _with_core(anchor=Anchor(bytes(32))).file(),
    ),
    "another suite": ("E_SUITE", "core", lambda: _with_core(suite="PHX2").file()),
    "over another relay": ("E_ANCHOR", "core", lambda: _with_core(relay="other").file()),
    "a core that relies on another past": (
        "E_DIR_FORK",
        "core",
        lambda: _with_core(checkpoint=_of_another_log()).file(),
    ),
    "a core that relies on a longer log": (
        "E_DIR_STALE",
        "core",
        lambda: _with_core(checkpoint=_suspended().checkpoint(time=CREATED)).file(),
    ),
    "a core that relies on a note of a stranger": (
        "E_SIG",
        "core",
        lambda: _with_core(
            checkpoint=_note(file().leaves, LogSigner.from_seed(ORIGIN, seed("stranger")))
        ).file(),
    ),
    "made before its checkpoint": (
        "E_TIME",
        "core",
        lambda: _with_core(checkpoint=quillmere().checkpoint(time=NOW)).file(),
    ),
    "a stale checkpoint": (
        "E_DIR_STALE",
        "core",
        lambda: _with_core(
            checkpoint=quillmere().checkpoint(time=Seconds(CREATED - 2 * DAY))
        ).file(),
    ),
    "a sender who was not certified yet": (
        "E_KEY_UNCERTIFIED",
        "core",
        lambda: _with_core(checkpoint=quillmere().checkpoint(5, Seconds(CREATED - 60))).file(),
    ),
    "a sender who had ended": ("E_KEY_UNCERTIFIED", "core", _ended_before),
    "a delivery by somebody else": (
        "E_SIG_DELIVERY",
        "delivery[1]",
        lambda: _with_delivery("nurse"),
    ),
    "a delivery of another core": (
        "E_SIG_DELIVERY",
        "delivery[1]",
        lambda: _with_delivery(core=ObjectHash(bytes(32))),
    ),
    "a delivery in another partnership": (
        "E_SIG_DELIVERY",
        "delivery[1]",
        lambda: _with_delivery(anchor=Anchor(bytes(32))),
    ),
    "a delivery that is none": (
        "E_SIG_TYPE",
        "delivery[1]",
        lambda: (
            file()
            .with_bundle(deliveries=(world().held[0].encoded(), world().deliveries[1].encoded()))
            .written()
        ),
    ),
    "deliveries in another order": ("E_SIG_DELIVERY", "delivery", _swapped),
    "a delivery without its receipt": (
        "E_PARSE",
        "held",
        lambda: file().with_bundle(held=(world().held[0].encoded(),)).written(),
    ),
    "a receipt by somebody else": ("E_RECEIPT_BINDING", "held[1]", _held_by_a_stranger),
    "a receipt of another core": (
        "E_RECEIPT_BINDING",
        "held[1]",
        lambda: _with_held(core=ObjectHash(bytes(32))),
    ),
    "a receipt of another delivery": (
        "E_RECEIPT_BINDING",
        "held[1]",
        lambda: _with_held(delivery=world().deliveries[1].hash),
    ),
    "a receipt of another partnership": (
        "E_RECEIPT_BINDING",
        "held[1]",
        lambda: _with_held(anchor=Anchor(bytes(32))),
    ),
    "a receipt that is none": (
        "E_SIG_TYPE",
        "held[1]",
        lambda: (
            file()
            .with_bundle(held=(world().deliveries[0].encoded(), world().held[1].encoded()))
            .written()
        ),
    ),
    "a receipt that relies on another past": (
        "E_DIR_FORK",
        "held[1]",
        lambda: _with_held(checkpoint=_of_another_log()),
    ),
    "a receipt from after the end": ("E_TIME", "held[1]", lambda: _with_held(time=EXPIRES)),
    "somebody else's sealing key": (
        "E_KEY_UNCERTIFIED",
        "epoch_key[1]",
        lambda: (
            file()
            .with_bundle(epoch_keys=(quillmere().endpoints[OTHER_EPOCH].epoch.signed.encoded(),))
            .written()
        ),
    ),
    "a sealing key that another one signed": (
        "E_KEY_UNCERTIFIED",
        "epoch_key[1]",
        lambda: (
            file()
            .with_bundle(
                epoch_keys=(
                    sign(
                        quillmere().endpoints[POLICE_DESK].epoch.opened.message,
                        [quillmere().endpoints[SCHOOL_NURSE].key],
                    ).encoded(),
                )
            )
            .written()
        ),
    ),
    "another cover": (
        "E_COMMITMENT",
        "cover",
        lambda: (
            file()
            .with_bundle(
                cover=schema.encode(replace(world().package.cover_content, purpose="Other"))
            )
            .written()
        ),
    ),
    "a cover of another partnership": (
        "E_COMMITMENT",
        "cover",
        lambda: _cover(anchor=Anchor(bytes(32))).file(said=()),
    ),
    "a cover that names another sender": (
        "E_COMMITMENT",
        "cover",
        lambda: _cover(sent_from="records@quillmere-council").file(said=()),
    ),
    "another manifest": (
        "E_COMMITMENT",
        "manifest",
        lambda: (
            file()
            .with_bundle(manifest=schema.encode(replace(world().package.manifest, thread="Other")))
            .written()
        ),
    ),
    "a manifest of another partnership": (
        "E_ANCHOR",
        "manifest",
        lambda: _manifest(anchor=Anchor(bytes(32))).file(said=()),
    ),
    "a manifest without its salt": (
        "E_PARSE",
        "manifest",
        lambda: file().with_bundle(manifest_salt=None).written(),
    ),
    "a salt without its manifest": (
        "E_PARSE",
        "manifest",
        lambda: file().with_bundle(manifest=None).written(),
    ),
    "parts without a manifest": (
        "E_MANIFEST_SET",
        "manifest",
        lambda: file().with_bundle(manifest=None, manifest_salt=None).written(),
    ),
    "something withheld without a manifest": (
        "E_MANIFEST_SET",
        "manifest",
        lambda: (
            replace(file(), parts=())
            .with_bundle(manifest=None, manifest_salt=None, withheld=(bytes(32),))
            .written()
        ),
    ),
}


# -- B10: parts -------------------------------------------------------------------------------------------------------


def _committed(entry: Entry, salt: bytes) -> World:
    """The sender commits to one more part."""
    manifest = world().package.manifest
    entries = (*manifest.entries, entry_commitment(entry, salt))
    return _manifest(entries=tuple(entries))


def _part_of_type(type_: SegmentType) -> bytes:
    """A part of a type that is never granted, although the sender commits to it."""
    entry = replace(world().package.sections[0].part.entry, type=type_)
    made = File.of(_committed(entry, bytes(32)).file(parts=world().evidence().parts, said=()))
    part = BundlePart(entry=schema.encode(entry), salt=bytes(32), leaves=(), items=())
    return replace(made, parts=((part, b""),)).written()


def _section_of(*items: Any, shown: tuple[BundleItem, ...] = ()) -> bytes:
    """A section with these items, which the sender commits to."""
    leaves = tuple(map(item_commitment, items))
    entry = replace(world().package.sections[0].part.entry, content=root(leaves))
    made = File.of(_committed(entry, bytes(32)).file(parts=world().evidence().parts, said=()))
    part = BundlePart(
        entry=schema.encode(entry),
        salt=bytes(32),
        leaves=leaves,
        items=shown or tuple(BundleItem(index=n, item=item) for n, item in enumerate(items)),
    )
    return replace(made, parts=((part, b""),)).written()


def _items() -> Any:
    return world().package.sections[0].items


def _about(what: bytes) -> bytes:
    """A statement about something that is shown and is no person."""
    head, person, statement, *_ = _items()
    said = parse_item(statement)
    assert isinstance(said, Statement)
    changed = replace(statement, content=schema.encode(replace(said, about=(what,))))
    return _section_of(head, person, changed)


def _without(index: int) -> bytes:
    """The section without one of its items among the shown, its leaf still there."""
    made = file()
    items = made.parts[0][0].items
    return made.with_part(0, items=(*items[:index], *items[index + 1 :])).written()


def _swap_items() -> bytes:
    made = file()
    items = list(made.parts[0][0].items)
    items[2], items[3] = items[3], items[2]
    return made.with_part(0, items=tuple(items)).written()


def _other_salt() -> bytes:
    made = file()
    item = made.parts[0][0].items[2].item
    return made.with_item(0, 2, item=replace(item, salt=bytes(32))).written()


def _file_of_type(type_: SegmentType) -> bytes:
    """What a section describes as a file, under a type that is never granted."""
    entry = replace(world().package.sections[0].attachments[0].entry, type=type_)
    made = File.of(_committed(entry, bytes(32)).file(parts=world().evidence().parts, said=()))
    part = BundlePart(
        entry=schema.encode(entry), salt=bytes(32), leaves=(), items=(), size=len(FILE)
    )
    return replace(made, parts=(made.parts[0], (part, FILE))).written()


def _head_second() -> bytes:
    """A section whose head comes second, with what comes first not shown."""
    head, person, *_ = _items()
    items = (BundleItem(index=1, item=head),)
    return _section_of(person, head, shown=items)


PARTS: dict[str, Wrong] = {
    "a part twice": (
        "E_MANIFEST_SET",
        "part[2]",
        lambda: replace(file(), parts=(file().parts[0], *file().parts)).written(),
    ),
    "a part that nobody committed to": (
        "E_MANIFEST_SET",
        "part[1]",
        lambda: file().with_part(0, salt=bytes(32)).written(),
    ),
    "a part that is never granted": (
        "E_MANIFEST_SET",
        "part[1]",
        lambda: _part_of_type(SegmentType.COVER),
    ),
    "a section with another item": (
        "E_COMMITMENT",
        "part[1]",
        lambda: file().with_part(0, leaves=(*file().parts[0][0].leaves[:-1], bytes(32))).written(),
    ),
    "a section with a length": (
        "E_COMMITMENT",
        "part[1]",
        lambda: file().with_part(0, size=3, content=b"abc").written(),
    ),
    "an item that is another": ("E_COMMITMENT", "part[1].item[3]", _other_salt),
    "an item beyond the section": (
        "E_PARSE",
        "part[1].item[6]",
        lambda: file().with_item(0, 5, index=6).written(),
    ),
    "items in another order": ("E_PARSE", "part[1].item[4]", _swap_items),
    "an item that cannot be read": (
        "E_PARSE",
        "part[1].item[3]",
        lambda: _section_of(*_items()[:2], replace(_items()[2], content=b"\xa0")),
    ),
    "a section without its head": ("E_PARSE", "part[1]", lambda: _without(0)),
    "a section of nothing": (
        "E_PARSE",
        "part[1]",
        lambda: file().with_part(0, items=()).written(),
    ),
    "a head that comes second": ("E_PARSE", "part[1]", _head_second),
    "two heads": ("E_PARSE", "part[1]", lambda: _section_of(_items()[0], _items()[0])),
    "a head that is none": ("E_PARSE", "part[1]", lambda: _section_of(*_items()[1:3])),
    "one id twice": (
        "E_PARSE",
        "part[1]",
        lambda: _section_of(*_items()[:2], replace(_items()[1], salt=bytes(32))),
    ),
    "a statement about a statement": ("E_PARSE", "part[1]", lambda: _about(_items()[0].id)),
    "a file that is another": (
        "E_COMMITMENT",
        "part[2]",
        lambda: file().with_part(1, content=FILE[:-1] + b"?").written(),
    ),
    "a file of another length": (
        "E_COMMITMENT",
        "part[2]",
        lambda: file().with_part(1, size=len(FILE) + 1, content=FILE + b"?").written(),
    ),
    "a file with items": (
        "E_MANIFEST_SET",
        "part[2]",
        lambda: file().with_part(1, items=file().parts[0][0].items).written(),
    ),
    "a file with leaves": (
        "E_MANIFEST_SET",
        "part[2]",
        lambda: file().with_part(1, leaves=(bytes(32),)).written(),
    ),
    "a file that is a manifest": (
        "E_MANIFEST_SET",
        "part[2]",
        lambda: _file_of_type(SegmentType.MANIFEST),
    ),
    "a file before its section": (
        "E_MANIFEST_SET",
        "part[1]",
        lambda: replace(file(), parts=file().parts[1:]).written(),
    ),
    "something withheld that is nowhere": (
        "E_MANIFEST_SET",
        "withheld",
        lambda: file().with_bundle(withheld=(bytes(32),)).written(),
    ),
    "something withheld that is shown": (
        "E_MANIFEST_SET",
        "withheld",
        lambda: (
            file()
            .with_bundle(
                withheld=(
                    entry_commitment(
                        world().package.sections[0].part.entry,
                        world().package.sections[0].part.salt,
                    ),
                )
            )
            .written()
        ),
    ),
}


# -- B11, B12: sayings ------------------------------------------------------------------------------------------------


def _said(*sayings: BundleSaying) -> bytes:
    return File.of(world().file(said=sayings)).written()


def _says() -> Sayings:
    return sayings_of(world())


def _accepted(**changes: Any) -> BundleSaying:
    return _says().event(POLICE_DESK, EventKind.ACCEPTED, 1, **changes)


def _committed_words(**changes: Any) -> BundleSaying:
    made = _says().event(POLICE_DESK, EventKind.ACCEPTED, 1, Detail(owner="X", opened=()))
    return replace(made, **changes)


def _by_another_key() -> bytes:
    says = _says()
    message = schema.decode(type(_event_of(world())), parse_signed(_accepted().signed).payload)
    return _said(says.said(message, SCHOOL_NURSE, None))


def _event_of(here: World) -> Any:
    from phoenix_protocol.package.events import Event

    return schema.decode(Event, parse_signed(here.said[0].signed).payload)


def _verdict_by_a_stranger() -> bytes:
    from phoenix_protocol.package.events import Verdict

    says = _says()
    message = schema.decode(Verdict, parse_signed(says.verdict(says.recall()).signed).payload)
    return _said(says.said(message, SENDER, None))


def _recall_by_nobody() -> bytes:
    """By a person, of what another person sent, with neither's address opened."""
    okafor = quillmere().endpoints["okafor"].id
    stranger = machine("stranger", OKAFOR, quillmere().anchor, personal=True)
    town = quillmere().joined(stranger)
    here = _with_core(town, "okafor", sender=okafor)
    says = replace(sayings_of(here), town=town)
    made = File.of(replace(here, said=(says.recall("stranger"),)).file(Redaction(cover=True)))
    closed = tuple(replace(s, openings=()) for s in made.statements)
    return replace(made, statements=closed).written()


OTHER = ObjectHash(bytes(32))
NOWHERE = Anchor(bytes(32))

SAID: dict[str, Wrong] = {
    "something that is not said of packages": (
        "E_SIG_TYPE",
        "said[1]",
        lambda: (
            made := file(said=()),
            replace(made, said=(BundleSaying(signed=world().held[0].encoded()),)).written(),
        )[1],
    ),
    "a receipt of a package that is another": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_accepted(core=OTHER)),
    ),
    "a receipt in another partnership": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_accepted(anchor=NOWHERE)),
    ),
    "a receipt of a delivery that is not shown": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_accepted(delivery=OTHER)),
    ),
    "a receipt of somebody else's delivery": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_accepted(delivery=world().deliveries[1].hash)),
    ),
    "a receipt by another key": ("E_RECEIPT_BINDING", "said[1]", _by_another_key),
    "a receipt that relies on another past": (
        "E_DIR_FORK",
        "said[1]",
        lambda: _said(_accepted(checkpoint=_of_another_log())),
    ),
    "a receipt that relies on an old checkpoint": (
        "E_DIR_STALE",
        "said[1]",
        lambda: _said(_accepted(checkpoint=quillmere().checkpoint(time=Seconds(NOW - 3 * DAY)))),
    ),
    "a receipt by somebody not certified then": (
        "E_KEY_UNCERTIFIED",
        "said[1]",
        lambda: _said(_accepted(checkpoint=quillmere().checkpoint(5, time=Seconds(CREATED + 50)))),
    ),
    "a recall of another package": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_says().recall(core=OTHER)),
    ),
    "a recall by a recipient": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_says().recall(POLICE_DESK)),
    ),
    "a recall by somebody without an address": (
        "E_RECEIPT_BINDING",
        "said[1]",
        _recall_by_nobody,
    ),
    "a void by a recipient": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_says().void(POLICE_DESK)),
    ),
    "a void of another package": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(
            _says().void(entries=(Voided(sequence=1, core=OTHER, reason=VoidReason.RECALLED),))
        ),
    ),
    "a void in another partnership": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_says().void(anchor=NOWHERE)),
    ),
    "a verdict by somebody else": ("E_RECEIPT_BINDING", "said[1]", _verdict_by_a_stranger),
    "a verdict of another package": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_says().verdict(_says().recall(), core=OTHER)),
    ),
    "a tombstone of another package": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_says().tombstone(core=OTHER)),
    ),
    "a tombstone that relies on another past": (
        "E_DIR_FORK",
        "said[1]",
        lambda: _said(_says().tombstone(checkpoint=_of_another_log())),
    ),
    "words without their key": (
        "E_PARSE",
        "said[1]",
        lambda: _said(_committed_words(key=None)),
    ),
    "a key without its words": (
        "E_PARSE",
        "said[1]",
        lambda: _said(_committed_words(ciphertext=None)),
    ),
    "words with another key": (
        "E_KEY_COMMIT",
        "said[1]",
        lambda: _said(_committed_words(key=bytes(32))),
    ),
    "other words": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(_committed_words(ciphertext=_says().recall().ciphertext)),
    ),
    "words where none were said": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(replace(_accepted(), ciphertext=b"x", key=bytes(32))),
    ),
    "words of the relay": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(replace(_says().tombstone(), ciphertext=b"x", key=bytes(32))),
    ),
    "one number twice": (
        "E_RECEIPT_STATE",
        "said[2]",
        lambda: _said(_accepted(), _accepted()),
    ),
    "a step that the table does not have": (
        "E_RECEIPT_STATE",
        "said[1]",
        lambda: _said(_says().event(POLICE_DESK, EventKind.COMMITTED, 1)),
    ),
}


def _noticed(**changes: Any) -> bytes:
    return _said(_says().notice(world().package, **changes))


def _about_notices(make: Callable[[Sayings, BundleSaying], BundleSaying]) -> bytes:
    """A notice, and something said of it."""
    notice = _says().notice(world().package)
    return _said(notice, make(_says(), notice))


def _other_notice() -> BundleSaying:
    return _says().notice(world().package, number=7)


NOTICES: dict[str, Wrong] = {
    "a correction by a recipient": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _noticed(label=POLICE_DESK),
    ),
    "a dispute by a stranger": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _noticed(label="okafor", action=NoticeAction.DISPUTE, replacement=None),
    ),
    "a notice of another package": ("E_RECEIPT_BINDING", "said[1]", lambda: _noticed(core=OTHER)),
    "a notice of no section": ("E_COMMITMENT", "said[1]", lambda: _noticed(section=OTHER)),
    "a notice of no item": ("E_COMMITMENT", "said[1]", lambda: _noticed(digest=OTHER)),
    "a notice of what nobody shows": (
        "E_COMMITMENT",
        "said[1]",
        lambda: (
            replace(file(), parts=(), said=(_says().notice(world().package),))
            .with_bundle(manifest=None, manifest_salt=None)
            .written()
        ),
    ),
    "a correction with something else": (
        "E_PARSE",
        "said[1]",
        lambda: _noticed(replacement=b"\xa0"),
    ),
    "a notice handed on of another package": (
        "E_RECEIPT_BINDING",
        "said[2]",
        lambda: _about_notices(lambda says, notice: says.handing(notice, core=OTHER)),
    ),
    "another notice handed on": (
        "E_RECEIPT_BINDING",
        "said[2]",
        lambda: _about_notices(lambda says, _: says.handing(_other_notice())),
    ),
    "a notice handed on that nobody shows": (
        "E_RECEIPT_BINDING",
        "said[1]",
        lambda: _said(replace(_says().handing(_other_notice()), ciphertext=None, key=None)),
    ),
    "an answer of another package": (
        "E_RECEIPT_BINDING",
        "said[2]",
        lambda: _about_notices(lambda says, notice: says.answer(notice, core=OTHER)),
    ),
    "an answer to another notice": (
        "E_RECEIPT_BINDING",
        "said[2]",
        lambda: _about_notices(lambda says, _: says.answer(_other_notice())),
    ),
    "an answer that is presented as a notice": (
        "E_RECEIPT_BINDING",
        "said[2]",
        lambda: _about_notices(
            lambda says, notice: replace(
                says.answer(notice), ciphertext=says.handing(notice).ciphertext
            )
        ),
    ),
}

ATTACKS: dict[str, Wrong] = {
    **BEFORE_THE_PACKAGE,
    **ENVELOPE,
    **PARTS,
    **SAID,
    **NOTICES,
}
