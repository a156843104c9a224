"""Drafts and their files, in their tables."""

from __future__ import annotations

from agency_client.adapters.vault.session import Row, Session
from agency_client.ports.vault.drafts import Draft, DraftFile
from phoenix_protocol.identifiers import Seconds

_DRAFT = "SELECT id, kind, about, made, changed, content FROM drafts"
_FILE = "SELECT id, draft, section, name, size, key FROM draft_files"


class DraftTables:
    """Implements :class:`agency_client.ports.vault.Drafts`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, draft: Draft) -> None:
        self._session.run(
            "INSERT INTO drafts (id, kind, about, made, changed, content) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, content = excluded.content",
            draft.id,
            draft.kind,
            draft.about,
            draft.made,
            draft.changed,
            draft.content,
        )

    def get(self, id_: str) -> Draft | None:
        row = self._session.one(f"{_DRAFT} WHERE id = ?", id_)
        return _draft(row) if row is not None else None

    def listing(self, kind: str | None = None) -> tuple[Draft, ...]:
        rows = self._session.all(
            f"{_DRAFT} WHERE ?1 IS NULL OR kind = ?1 ORDER BY changed DESC, id", kind
        )
        return tuple(map(_draft, rows))

    def remove(self, id_: str) -> None:
        self._session.run("DELETE FROM draft_files WHERE draft = ?", id_)
        self._session.run("DELETE FROM drafts WHERE id = ?", id_)

    def add_file(self, file: DraftFile) -> None:
        self._session.run(
            "INSERT INTO draft_files (id, draft, section, name, size, key) VALUES (?, ?, ?, ?, ?, ?)",
            file.id,
            file.draft,
            file.section,
            file.name,
            file.size,
            file.key,
        )

    def files(self, draft: str) -> tuple[DraftFile, ...]:
        rows = self._session.all(f"{_FILE} WHERE draft = ? ORDER BY number", draft)
        return tuple(map(_file, rows))

    def remove_file(self, id_: str) -> None:
        self._session.run("DELETE FROM draft_files WHERE id = ?", id_)

    def file_ids(self) -> frozenset[str]:
        return frozenset(str(id_) for (id_,) in self._session.all("SELECT id FROM draft_files"))


def _draft(row: Row) -> Draft:
    return Draft(
        id=row[0],
        kind=row[1],
        about=row[2],
        made=Seconds(row[3]),
        changed=Seconds(row[4]),
        content=row[5],
    )


def _file(row: Row) -> DraftFile:
    return DraftFile(id=row[0], draft=row[1], section=row[2], name=row[3], size=row[4], key=row[5])
