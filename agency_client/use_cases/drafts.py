"""Documents that somebody is still writing: kept as they are typed, encrypted, until they are sent or thrown away."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from agency_client.ports.draft_files import DraftFiles
from agency_client.ports.vault.drafts import Draft, DraftFile
from agency_client.use_cases.home import Home
from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.suite.content import CONTENT_KEY_BYTES

_ID_BYTES: Final = 16
#: The most files of one draft.
FILES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSource:
    """A file of a draft, as something to attach (:class:`agency_client.use_cases.documents.AttachedSource`)."""

    file: DraftFile
    files: DraftFiles

    @property
    def section(self) -> str:
        """The section that it is for."""
        return self.file.section

    @property
    def name(self) -> str:
        """The name that readers see."""
        return self.file.name

    @property
    def size(self) -> int | None:
        """Bytes."""
        return self.file.size

    def read(self) -> Iterator[bytes]:
        """The bytes in pieces."""
        return self.files.read(self.file.id, self.file.key)


def new_id(home: Home) -> str:
    """A name for a draft that is not begun yet."""
    return home.randomness.random_bytes(_ID_BYTES).hex()


def new_draft(
    home: Home, kind: str, tree: Mapping[str, Any], about: str = "", id_: str | None = None
) -> Draft:
    """Begin a draft with what is known already, under the name that :func:`new_id` gave it before, if it did."""
    now = home.clock.now()
    draft = Draft(
        id=id_ or new_id(home),
        kind=kind,
        about=about,
        made=now,
        changed=now,
        content=_packed(tree),
    )
    with home.vault.transaction() as tx:
        tx.drafts.put(draft)
    return draft


def save_draft(home: Home, id_: str, tree: Mapping[str, Any]) -> Draft:
    """Keep what is written by now. Raises RefusedError ``E_NOT_FOUND``."""
    with home.vault.transaction() as tx:
        known = tx.drafts.get(id_)
        if known is None:
            raise _unknown()
        draft = replace(known, changed=home.clock.now(), content=_packed(tree))
        tx.drafts.put(draft)
    return draft


def find_draft(home: Home, id_: str) -> Draft:
    """One draft. Raises RefusedError ``E_NOT_FOUND``."""
    with home.vault.reading() as view:
        found = view.drafts.get(id_)
    if found is None:
        raise _unknown()
    return found


def drafts(home: Home, kind: str | None = None) -> tuple[Draft, ...]:
    """All drafts, the one changed last first."""
    with home.vault.reading() as view:
        return view.drafts.listing(kind)


def tree_of(draft: Draft) -> dict[str, Any]:
    """What a draft says, as plain values."""
    tree: dict[str, Any] = json.loads(draft.content)
    return tree


def drop_draft(home: Home, id_: str) -> None:
    """Throw a draft away, with its files."""
    with home.vault.transaction() as tx:
        files = tx.drafts.files(id_)
        tx.drafts.remove(id_)
    for file in files:
        home.draft_files.remove(file.id)


# -- files -----------------------------------------------------------------------------------------------------------


class Attaching:
    """A file on its way into a draft, piece by piece. Use it as a context: kept when the block has ended."""

    def __init__(self, home: Home, draft: str, section: str, name: str) -> None:
        find_draft(home, draft)
        if len(files_of(home, draft)) >= FILES:
            raise RefusedError(
                "E_DOC_LIMIT", f"A package has up to {FILES} files.", next="Remove one first."
            )
        self._home: Final = home
        self._file = DraftFile(
            id=home.randomness.random_bytes(_ID_BYTES).hex(),
            draft=draft,
            section=section,
            name=name,
            size=0,
            key=home.randomness.random_bytes(CONTENT_KEY_BYTES),
        )
        self._creating: Final = home.draft_files.create(self._file.id, self._file.key)

    def __enter__(self) -> Attaching:
        self._writer = self._creating.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._creating.__exit__(*raised)
        if raised[0] is None:
            with self._home.vault.transaction() as tx:
                tx.drafts.add_file(self._file)

    def write(self, piece: bytes) -> None:
        """Take more. Raises RefusedError ``E_DOC_LIMIT`` when it is more than any package carries."""
        size = self._file.size + len(piece)
        if size > limits.BODY_BYTES:
            raise RefusedError(
                "E_DOC_LIMIT", "This file is larger than a package can be.", next="Send less of it."
            )
        self._writer.write(piece)
        self._file = replace(self._file, size=size)


def files_of(home: Home, draft: str) -> tuple[DraftFile, ...]:
    """The files of a draft."""
    with home.vault.reading() as view:
        return view.drafts.files(draft)


def detach(home: Home, draft: str, file: str) -> None:
    """Take a file out of a draft. Raises RefusedError ``E_NOT_FOUND``."""
    if file not in {known.id for known in files_of(home, draft)}:
        raise RefusedError("E_NOT_FOUND", "This draft has no such file.")
    with home.vault.transaction() as tx:
        tx.drafts.remove_file(file)
    home.draft_files.remove(file)


def rename_section(home: Home, draft: str, old: str, new: str) -> None:
    """Let the files of a section of a draft go along when its id changes."""
    moving = [file for file in files_of(home, draft) if file.section == old]
    with home.vault.transaction() as tx:
        for file in moving:
            tx.drafts.remove_file(file.id)
            tx.drafts.add_file(replace(file, section=new))


def sources_of(home: Home, draft: str) -> tuple[DraftSource, ...]:
    """The files of a draft, to be attached."""
    return tuple(DraftSource(file=f, files=home.draft_files) for f in files_of(home, draft))


def sweep_draft_files(home: Home) -> None:
    """Remove what uploads that were cut off left behind."""
    with home.vault.reading() as view:
        known = view.drafts.file_ids()
    home.draft_files.sweep(known)


def _packed(tree: Mapping[str, Any]) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _unknown() -> RefusedError:
    return RefusedError(
        "E_NOT_FOUND",
        "There is no such draft here: it was sent or thrown away.",
        next="Begin a new one. What was sent is in 'phoenix sent'.",
    )
