"""Opened contents of packages, section by section and item by item, in their tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

from agency_client.adapters.vault.codes import pack_map, unpack_map
from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.contents import Contents, StoredAttachment, StoredSection
from phoenix_protocol import schema
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, SegmentId
from phoenix_protocol.sealing.contents import Entry, Item, ItemType, Manifest

_ATTACHMENT = (
    "SELECT entry, salt, reasons, section, item, name, media_type, size, digest, key, stored "
    "FROM attachments WHERE core = ?"
)


_ITEMS: Final = (
    "WITH wanted AS MATERIALIZED (SELECT unhex(value) AS core FROM json_each(?1)) "
    "SELECT sections.core, sections.number, type, id, items.salt, content FROM wanted "
    "JOIN sections ON sections.core = wanted.core JOIN items ON items.section = sections.number "
    "ORDER BY sections.number, items.number"
)


class ContentsTables:
    """Implements :class:`agency_client.ports.vault.ContentsStore`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, core: ObjectHash, contents: Contents) -> None:
        kept = self.get(core)
        if kept == contents:
            return
        if kept is not None:
            raise TamperError("E_CONFLICT", "A package that was opened before has other contents.")
        self._session.run(
            "INSERT INTO contents VALUES (?, ?, ?, ?)",
            core,
            schema.encode(contents.manifest),
            contents.manifest_salt,
            contents.grant,
        )
        for section in contents.sections:
            self._put_section(core, section)
        for attachment in contents.attachments:
            self._put_attachment(core, attachment)

    def get(self, core: ObjectHash) -> Contents | None:
        row = self._session.one(
            "SELECT manifest, manifest_salt, granted FROM contents WHERE core = ?", core
        )
        if row is None:
            return None
        return Contents(
            manifest=schema.decode(Manifest, row[0]),
            manifest_salt=row[1],
            grant=row[2],
            sections=self._sections(core),
            attachments=tuple(
                map(_attachment, self._session.all(f"{_ATTACHMENT} ORDER BY number", core))
            ),
        )

    def items(
        self, cores: Collection[ObjectHash]
    ) -> dict[ObjectHash, tuple[tuple[Item, ...], ...]]:
        rows = self._session.all(_ITEMS, json.dumps([core.hex() for core in cores]))
        found: dict[ObjectHash, dict[int, list[Item]]] = {}
        for core, section, *row in rows:
            found.setdefault(ObjectHash(core), {}).setdefault(section, []).append(_item(row))
        return {core: tuple(map(tuple, sections.values())) for core, sections in found.items()}

    def attachment(self, core: ObjectHash, segment: SegmentId) -> StoredAttachment | None:
        row = self._session.one(f"{_ATTACHMENT} AND segment = ?", core, segment)
        return None if row is None else _attachment(row)

    def find_item(self, item: ItemId) -> tuple[tuple[ObjectHash, SegmentId], ...]:
        rows = self._session.all(
            "SELECT sections.core, sections.segment FROM items JOIN sections "
            "ON sections.number = items.section WHERE items.id = ? ORDER BY items.number",
            item,
        )
        return tuple((ObjectHash(core), SegmentId(segment)) for core, segment in rows)

    def unreferred(self, blobs: Collection[bytes]) -> tuple[bytes, ...]:
        rows = self._session.all(
            "SELECT unhex(value) FROM json_each(?1) "
            "WHERE NOT EXISTS (SELECT 1 FROM attachments WHERE blob = unhex(value))",
            json.dumps([blob.hex() for blob in blobs]),
        )
        return tuple(blob for (blob,) in rows)

    def erase(self, core: ObjectHash) -> tuple[bytes, ...]:
        blobs = self._session.all(
            "SELECT DISTINCT blob FROM attachments WHERE core = ? AND stored = 1", core
        )
        self._session.run("DELETE FROM contents WHERE core = ?", core)
        return tuple(blob for (blob,) in blobs if not self._refers_to(blob))

    def _refers_to(self, blob: bytes) -> bool:
        return self._session.one("SELECT 1 FROM attachments WHERE blob = ?", blob) is not None

    def _put_section(self, core: ObjectHash, section: StoredSection) -> None:
        self._session.run(
            "INSERT INTO sections (core, segment, entry, salt, reasons) VALUES (?, ?, ?, ?, ?)",
            core,
            section.entry.segment,
            schema.encode(section.entry),
            section.salt,
            _pack_reasons(section.reasons),
        )
        number = self._session.value("SELECT last_insert_rowid()")
        self._session.many(
            "INSERT INTO items (section, type, id, salt, content) VALUES (?, ?, ?, ?, ?)",
            [(number, item.type.value, item.id, item.salt, item.content) for item in section.items],
        )

    def _put_attachment(self, core: ObjectHash, attachment: StoredAttachment) -> None:
        self._session.run(
            "INSERT INTO attachments (core, segment, section, item, entry, salt, reasons, name, "
            "media_type, size, digest, blob, key, stored) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            core,
            attachment.entry.segment,
            attachment.section,
            attachment.item,
            schema.encode(attachment.entry),
            attachment.salt,
            _pack_reasons(attachment.reasons),
            attachment.name,
            attachment.media_type,
            attachment.size,
            attachment.digest,
            attachment.entry.digest,
            attachment.key,
            int(attachment.stored),
        )

    def _sections(self, core: ObjectHash) -> tuple[StoredSection, ...]:
        rows = self._session.all(
            "SELECT number, entry, salt, reasons FROM sections WHERE core = ? ORDER BY number", core
        )
        return tuple(
            StoredSection(
                entry=schema.decode(Entry, entry),
                salt=salt,
                reasons=_unpack_reasons(reasons),
                items=self._items(number),
            )
            for number, entry, salt, reasons in rows
        )

    def _items(self, section: int) -> tuple[Item, ...]:
        rows = self._session.all(
            "SELECT type, id, salt, content FROM items WHERE section = ? ORDER BY number", section
        )
        return tuple(map(_item, rows))


def _item(row: Sequence[Any]) -> Item:
    type_, id_, salt, content = row
    return Item(type=ItemType(type_), id=ItemId(id_), salt=salt, content=content)


def _attachment(row: Row) -> StoredAttachment:
    return StoredAttachment(
        entry=schema.decode(Entry, row[0]),
        salt=row[1],
        reasons=_unpack_reasons(row[2]),
        section=SegmentId(row[3]),
        item=ItemId(row[4]),
        name=row[5],
        media_type=row[6],
        size=row[7],
        digest=row[8],
        key=row[9],
        stored=bool(row[10]),
    )


def _pack_reasons(reasons: Mapping[Address, str]) -> bytes:
    return pack_map(cast(Mapping[str, str], reasons))


def _unpack_reasons(data: bytes) -> dict[Address, str]:
    return cast(dict[Address, str], unpack_map(data))
