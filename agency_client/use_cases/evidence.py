"""Handing out evidence: a bundle of what this home sent or was granted, checked before it leaves (§6.11)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agency_client.ports.evidence import MakeFile, Written
from agency_client.ports.vault import Contents, Families, StoredAttachment
from agency_client.ports.vault import Standing as VaultStanding
from agency_client.ports.vault.settings import CHECKPOINT
from agency_client.record import listed
from agency_client.record.named_left_out import named_left_out
from agency_client.record.still_named import StillNamed, still_named
from agency_client.use_cases.home import Home, anchor_of
from agency_client.use_cases.leavable import readable
from agency_client.use_cases.leaving_out import redaction
from agency_client.use_cases.reading import attachment_pieces, not_open
from agency_client.use_cases.said_of import said_of
from keys.content import missing
from phoenix_protocol import schema
from phoenix_protocol.api import LogEntry
from phoenix_protocol.directory.checkpoints import claimed_size
from phoenix_protocol.directory.statements import Partnership
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.evidence.build import Evidence, pieces
from phoenix_protocol.evidence.redaction import KeptAttachment, KeptSection, Redaction, show
from phoenix_protocol.evidence.verify import VerifiedBundle, verify_bundle
from phoenix_protocol.identifiers import ObjectHash, PackageId
from phoenix_protocol.package.envelope import Delivery
from phoenix_protocol.signed import parse_signed, read_unverified

#: Statements of the log read at once.
_PAGE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What goes into a bundle: what is left out by name, and whether the whole log is shown."""

    redact: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A bundle that was written, and what it proves: it was verified before it was handed out.

    ``still_named`` are those who were left out, and whose names stand in what was not; ``left_out`` says by name what
    was.
    """

    package: PackageId
    written: Written
    proved: VerifiedBundle = field(repr=False)
    still_named: tuple[StillNamed, ...] = field(repr=False, default=())
    left_out: tuple[str, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Had:
    """What this home has of a package, whoever sent it. ``held`` are the relay's words, one for each delivery."""

    package: PackageId
    core: bytes
    cover: bytes
    deliveries: tuple[bytes, ...]
    held: tuple[bytes, ...]
    contents: Contents

    @property
    def named(self) -> frozenset[ObjectHash]:
        """The hashes of the deliveries."""
        return frozenset(parse_signed(delivery).hash for delivery in self.deliveries)


async def export(home: Home, core: ObjectHash, choice: Choice, made: MakeFile) -> Exported:
    """Write a bundle of a package that this home sealed or opened, and verify it.

    Raises RefusedError ``E_NOT_FOUND`` (never had), ``E_NOT_ACCEPTED``, ``E_RETURNED``, ``E_RECALLED``, ``E_EXPIRED``,
    ``E_UNREADABLE``, ``E_ERASED``, ``E_RECEIPT_STATE`` (the relay has not taken it), ``E_LIMIT``; UsageError
    ``E_FILE``.
    """
    return await asyncio.to_thread(_export, home, core, choice, made)


def _export(home: Home, core: ObjectHash, choice: Choice, made: MakeFile) -> Exported:
    with home.vault.reading() as view:
        had = _had(view, core)
        left_out = redaction(had.contents, choice.redact, choice.without)
        here = tuple(readable(view, core, had.contents))
        evidence, size = _evidence(home, view, core, had, left_out)
        with made as file:
            log = lambda: _entries(view, size)  # noqa: E731  # a name for what is called three times
            written = file.write(pieces(evidence, log, size, whole=choice.whole))
            with file.source() as source:
                proved = verify_bundle(source, anchor_of(home))
    _record(home, core, written, choice)
    whole = [(section.entry.segment, section.items) for section in had.contents.sections]
    named = still_named(whole, proved)
    return Exported(
        package=had.package,
        written=written,
        proved=proved,
        still_named=named,
        left_out=named_left_out(here, proved),
    )


def _record(home: Home, core: ObjectHash, written: Written, choice: Choice) -> None:
    """That evidence was handed out, by its digest. A vault that may only be read stays as it is."""
    if home.vault.standing is not VaultStanding.SOUND:
        return
    with home.vault.transaction() as tx:
        tx.audit.append(
            time=home.clock.now(),
            actor=home.actor(),
            action="evidence.exported",
            on=core,
            detail={
                "digest": written.digest.hex(),
                "redacted": str(len(choice.redact) + len(choice.without)),
                "log": "whole" if choice.whole else "brief",
            },
        )


# -- what this home has ---------------------------------------------------------------------------------------------


def _had(view: Families, core: ObjectHash) -> _Had:
    contents = view.contents.get(core)
    received, offer = view.received.get(core), view.received.offer(core)
    if received is not None and offer is not None:
        if contents is None:
            raise not_open(received.state)
        return _Had(
            package=received.package,
            core=offer.core,
            cover=offer.cover,
            deliveries=(offer.delivery,),
            held=(offer.held,),
            contents=contents,
        )
    return _sent(view, core, contents)


def _sent(view: Families, core: ObjectHash, contents: Contents | None) -> _Had:
    sent, record = view.sent.get(core), view.sent.record(core)
    if sent is None or record is None:
        raise RefusedError("E_NOT_FOUND", "This home never had that package.", next=listed.PACKAGES)
    if contents is None:
        raise RefusedError(
            "E_ERASED",
            "What you sent in this package is erased here.",
            next="Whoever got it and still has it can export it.",
        )
    held = [(d.delivery, d.held) for d in view.sent.deliveries(core) if d.held is not None]
    if not held:
        raise RefusedError(
            "E_RECEIPT_STATE",
            "The relay has not taken this package: there is nothing to prove yet.",
            next="Finish sending it first.",
        )
    return _Had(
        package=sent.package,
        core=record.core,
        cover=record.cover,
        deliveries=tuple(delivery for delivery, _ in held),
        held=tuple(word for _, word in held),
        contents=contents,
    )


def _evidence(
    home: Home, view: Families, core: ObjectHash, had: _Had, left_out: Redaction
) -> tuple[Evidence, int]:
    note = view.settings.get(CHECKPOINT)
    if note is None:
        raise missing("a directory")
    size = claimed_size(note)
    said = said_of(view, core, had.named, had.contents, left_out)
    if left_out.words:
        said = tuple(replace(saying, ciphertext=None, key=None) for saying in said)
    evidence = Evidence(
        anchor=anchor_of(home),
        checkpoint=note,
        partnership=_partnership(view, size),
        core=had.core,
        deliveries=had.deliveries,
        held=had.held,
        epoch_keys=tuple(_epoch_keys(view, had)),
        cover=None if left_out.cover else had.cover,
        manifest=schema.encode(had.contents.manifest),
        manifest_salt=had.contents.manifest_salt,
        parts=show(_kept(home, had), left_out),
        said=said,
    )
    return evidence, size


def _epoch_keys(view: Families, had: _Had) -> Iterator[bytes]:
    """The signed epoch keys that the deliveries name, where they were kept: by whoever sealed to them."""
    deliveries = [read_unverified(parse_signed(d), Delivery) for d in had.deliveries]
    for key in dict.fromkeys(g.epoch_key for d in deliveries for g in d.endpoints):
        kept = view.objects.get(key)
        if kept is not None:
            yield kept.signed


def _kept(home: Home, had: _Had) -> tuple[KeptSection, ...]:
    return tuple(
        KeptSection(
            entry=section.entry,
            salt=section.salt,
            items=section.items,
            attachments=tuple(
                _file(home, had.package, attachment)
                for attachment in had.contents.attachments
                if attachment.section == section.entry.segment
            ),
        )
        for section in had.contents.sections
    )


def _file(home: Home, package: PackageId, attachment: StoredAttachment) -> KeptAttachment:
    def read() -> Iterator[bytes]:
        return attachment_pieces(home, package, attachment)

    return KeptAttachment(
        entry=attachment.entry,
        salt=attachment.salt,
        item=attachment.item,
        size=attachment.size,
        read=read if attachment.stored else None,
    )


# -- the log ----------------------------------------------------------------------------------------------------------


def _entries(view: Families, size: int) -> Iterator[LogEntry]:
    """The log as it was when the checkpoint was signed, a page at a time."""
    for first in range(0, size, _PAGE):
        yield from view.directory.entries(first, min(_PAGE, size - first))


def _partnership(view: Families, size: int) -> Partnership:
    """The newest version of the partnership at the checkpoint."""
    found: Partnership | None = None
    for entry in _entries(view, size):
        signed = parse_signed(entry.statement)
        if signed.type == Partnership.TYPE:
            found = read_unverified(signed, Partnership)
    if found is None:
        raise missing("a directory")
    return found
