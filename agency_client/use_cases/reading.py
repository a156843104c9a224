"""Reading a package from the vault, without the relay (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from agency_client.ports.vault import (
    Contents,
    ReceivedPackage,
    SentPackage,
    Standing,
    StoredAttachment,
)
from agency_client.record import listed
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.restricted import RestrictedPart, covered, in_words, parts
from agency_client.use_cases.home import Home
from agency_client.use_cases.notice_views import Shown, beside_items, unread
from agency_client.use_cases.replacing import NOTHING, Replaced, replacements
from agency_client.use_cases.restricting import hide, read_restricted
from agency_client.use_cases.viewing import tidy
from phoenix_protocol import limits, schema
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ItemId, ObjectHash, PackageId
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.sealing.attachments import AttachmentReader
from phoenix_protocol.sealing.contents import Cover, Place, SegmentType
from phoenix_protocol.sealing.segments import SegmentKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPackage:
    """A package from the vault, received or our own: its line in the list, its cover, what this home may read of it,
    and the notices beside that; what it replaces, and what replaced it.

    ``sections`` are without the words of what is ``restricted``, unless ``is_shown``; ``covered`` are the ids of these
    sections (their heads'), statements and files. ``unread`` counts the notices that came and that this machine has no
    key for.
    """

    package: ReceivedPackage | SentPackage
    cover: Cover
    contents: Contents
    sections: tuple[ReadSection, ...] = ()
    restricted: tuple[RestrictedPart, ...] = ()
    covered: frozenset[ItemId] = frozenset()
    is_shown: bool = True
    notices: Mapping[ItemId, tuple[Shown, ...]] = field(default_factory=dict)
    unread: int = 0
    replaced: Replaced = NOTHING

    @property
    def files(self) -> tuple[StoredAttachment, ...]:
        """The files that may be written: those of what is restricted only where that is shown."""
        hidden = frozenset[ItemId]() if self.is_shown else self.covered
        return tuple(file for file in self.contents.attachments if file.item not in hidden)


class FileBlocks:
    """A body in a file, read at any place."""

    def __init__(self, file: BinaryIO) -> None:
        self._file: Final = file

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> None:
        """Put ``data`` at ``offset``."""
        self._file.seek(offset)
        self._file.write(data)

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``, fewer at the end."""
        self._file.seek(offset)
        return self._file.read(length)


def open_package(home: Home, core: ObjectHash, why: str | None = None) -> ReadPackage:
    """A package as it was stored. Raises RefusedError ``E_NOT_ACCEPTED`` and, by its state, why it cannot be read.

    What is restricted is shown only to somebody who says ``why``, and that is recorded. A vault that may only be read
    can be read, but for what is restricted, and its audit record stays as it is.
    """
    tidy(home)
    package = received_package(home, core)
    contents = stored_contents(home, core)
    if contents is None:
        raise not_open(package.state)
    if home.vault.standing is Standing.SOUND:
        with home.vault.transaction() as tx:
            now = home.clock.now()
            tx.audit.append(time=now, actor=home.actor(), action="package.opened", on=core)
    return _read(home, package, stored_cover(home, core), contents, why)


def _read(
    home: Home,
    package: ReceivedPackage | SentPackage,
    cover: Cover,
    contents: Contents,
    why: str | None,
) -> ReadPackage:
    core = package.core
    with home.vault.reading() as view:
        live = view.restrictions.live(core)
    is_shown = why is not None or not live
    if live and why is not None:
        read_restricted(home, core, why)
    sections = [read_section(section.items) for section in contents.sections]
    if None in live and not is_shown:
        cover = replace(cover, purpose=in_words(live[None]))
    return ReadPackage(
        package=package,
        cover=cover,
        contents=contents,
        sections=tuple(sections if is_shown else hide(sections, live)),
        restricted=parts(sections, live),
        covered=covered(sections, live),
        is_shown=is_shown,
        notices=beside_items(home, core),
        unread=unread(home, core),
        replaced=_replaced(home, core),
    )


def reread(home: Home, core: ObjectHash, why: str | None = None) -> ReadPackage:
    """A package that this home sent, as it was sealed; ``why`` as for :func:`open_package`.

    Raises RefusedError ``E_NOT_FOUND`` and ``E_ERASED``.
    """
    with home.vault.reading() as view:
        package, record = view.sent.get(core), view.sent.record(core)
    if package is None or record is None:
        raise RefusedError("E_NOT_FOUND", "This home did not send that package.", next=listed.SENT)
    contents = stored_contents(home, core)
    if contents is None:
        raise RefusedError(
            "E_ERASED",
            "What you sent in this package is erased here.",
            next="Its line is in 'phoenix register'. Those who got it may still have it.",
        )
    cover = schema.decode(Cover, record.cover, limit=limits.COVER_BYTES)
    return _read(home, package, cover, contents, why)


def _replaced(home: Home, core: ObjectHash) -> Replaced:
    with home.vault.reading() as view:
        return replacements(home, view, [core]).get(core, NOTHING)


def stored_cover(home: Home, core: ObjectHash) -> Cover:
    with home.vault.reading() as view:
        offer = view.received.offer(core)
    if offer is None:
        raise RefusedError(
            "E_NOT_FOUND", "This home does not have that package.", next=listed.PACKAGES
        )
    return schema.decode(Cover, offer.cover, limit=limits.COVER_BYTES)


def received_package(home: Home, core: ObjectHash) -> ReceivedPackage:
    with home.vault.reading() as view:
        package = view.received.get(core)
    if package is None:
        raise RefusedError(
            "E_NOT_FOUND", "This home has received no such package.", next=listed.RECEIVED
        )
    return package


def stored_contents(home: Home, core: ObjectHash) -> Contents | None:
    with home.vault.reading() as view:
        return view.contents.get(core)


_WHY_NOT: Final = {
    State.OFFERED: (
        "E_NOT_ACCEPTED",
        "The package is not accepted yet.",
        "Accept it first: phoenix accept ID.",
    ),
    State.ACCEPTED: (
        "E_NOT_ACCEPTED",
        "The package is accepted and not fetched yet.",
        "Accept it again: that goes on where it stopped.",
    ),
    State.RETURNED: ("E_RETURNED", "The package was returned unread.", "Ask the sender."),
    State.RECALLED: ("E_RECALLED", "The sender took the package back.", "Ask the sender."),
    State.EXPIRED: ("E_EXPIRED", "The package has expired.", "Ask the sender to send it again."),
    State.UNREADABLE: (
        "E_UNREADABLE",
        "The package did not verify, and its sender knows.",
        "Ask the sender to send it again.",
    ),
}


def not_open(state: State) -> RefusedError:
    code, what, next_step = _WHY_NOT.get(
        state, ("E_ERASED", "The contents of this package are erased.", "Ask the sender.")
    )
    return RefusedError(code, what, next=next_step)


def find_attachment(
    home: Home, core: ObjectHash, item: ItemId, why: str | None = None
) -> StoredAttachment:
    """A file of a package that is here, by its item; that it leaves the vault is recorded.

    Raises RefusedError ``E_NOT_FOUND``, also where the package itself is erased or was never accepted, and
    ``E_RESTRICTED`` for what is restricted, unless somebody says ``why``: then that is recorded.
    """
    contents = stored_contents(home, core)
    found = [a for a in contents.attachments if a.item == item] if contents is not None else []
    if not found:
        raise RefusedError("E_NOT_FOUND", "This home does not have that file.")
    _require_readable(home, core, contents, item, why)
    if home.vault.standing is Standing.SOUND:
        with home.vault.transaction() as tx:
            now = home.clock.now()
            tx.audit.append(time=now, actor=home.actor(), action="attachment.opened", on=core)
    return found[0]


def _require_readable(
    home: Home, core: ObjectHash, contents: Contents | None, item: ItemId, why: str | None
) -> None:
    with home.vault.reading() as view:
        live = view.restrictions.live(core)
    if not live or contents is None:
        return
    if item in covered([read_section(section.items) for section in contents.sections], live):
        if why is None:
            raise RefusedError(
                "E_RESTRICTED", "This file is restricted here: it is kept, and not used."
            )
        read_restricted(home, core, why)


def attachment_pieces(
    home: Home, package: PackageId, attachment: StoredAttachment
) -> Iterator[bytes]:
    """The content of an attachment in pieces, decrypted from the vault.

    Write to a part file and discard it on any error: only a reader that ran to the end has proved that it is whole.
    Raises RefusedError ``E_NOT_FOUND`` (not stored here) and TamperError for damage.
    """
    if not attachment.stored:
        raise RefusedError("E_NOT_FOUND", "This home did not keep that file.", next=listed.PACKAGES)
    key = SegmentKey(
        segment=attachment.entry.segment, type=SegmentType.ATTACHMENT, key=attachment.key
    )
    with home.vault.blobs.open(attachment.entry.digest) as file:
        length = file.seek(0, 2)
        place = Place(segment=attachment.entry.segment, key=attachment.key, offset=0, length=length)
        reader = AttachmentReader(key, package, FileBlocks(file), place, home.executor)
        yield from reader.pieces()
