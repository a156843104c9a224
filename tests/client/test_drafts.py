"""Drafts: kept encrypted as they are written, gone without a trace when they are thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.use_cases.drafts import (
    Attaching,
    detach,
    drafts,
    drop_draft,
    files_of,
    find_draft,
    new_draft,
    new_id,
    rename_section,
    save_draft,
    sources_of,
    sweep_draft_files,
    tree_of,
)
from agency_client.use_cases.home import Home
from phoenix_protocol.errors import RefusedError, TamperError
from tests.client.record_homes import opened_home

MARK = b"a grey estate car"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path) as opened:
        yield opened


def test_a_draft_says_what_was_saved_last(home: Home) -> None:
    first = new_draft(home, "package", {"purpose": "\U0001f98a"})
    other = new_draft(home, "request", {}, about="4f2a")
    assert tree_of(find_draft(home, first.id)) == {"purpose": "\U0001f98a"}
    save_draft(home, first.id, {"purpose": "Ask", "to": ["a@b"]})
    assert tree_of(find_draft(home, first.id)) == {"purpose": "Ask", "to": ["a@b"]}
    assert {draft.id for draft in drafts(home)} == {first.id, other.id}
    assert [draft.id for draft in drafts(home, "request")] == [other.id]
    drop_draft(home, first.id)
    with pytest.raises(RefusedError):
        save_draft(home, first.id, {})


def test_a_draft_can_be_named_before_it_is_begun_and_is_begun_once(home: Home) -> None:
    name = new_id(home)
    assert name not in {draft.id for draft in drafts(home)}
    new_draft(home, "package", {"purpose": "Saved as it was typed"}, id_=name)
    new_draft(home, "package", {"purpose": "Sent at the same moment"}, id_=name)
    assert [tree_of(draft) for draft in drafts(home)] == [{"purpose": "Sent at the same moment"}]


def test_a_file_comes_back_whole_and_never_stands_on_the_disk_in_the_clear(
    home: Home, tmp_path: Path
) -> None:
    draft = new_draft(home, "package", {"purpose": MARK.decode()})
    content = MARK * 100_000
    with Attaching(home, draft.id, "seen", "note.txt") as file:
        for at in range(0, len(content), 1 << 20):
            file.write(content[at : at + (1 << 20)])
    (source,) = sources_of(home, draft.id)
    assert (source.section, source.name, source.size) == ("seen", "note.txt", len(content))
    assert b"".join(source.read()) == content == b"".join(source.read())
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert MARK not in path.read_bytes(), path


def test_files_go_along_when_the_id_of_their_section_changes(home: Home) -> None:
    draft = new_draft(home, "package", {})
    for section in ("s-123456", "other"):
        with Attaching(home, draft.id, section, "letter.pdf") as file:
            file.write(b"words")
    rename_section(home, draft.id, "s-123456", "attendance")
    assert {file.section for file in files_of(home, draft.id)} == {"attendance", "other"}


def test_a_file_that_was_changed_is_not_sent(home: Home, tmp_path: Path) -> None:
    draft = new_draft(home, "package", {})
    with Attaching(home, draft.id, "seen", "note.txt") as file:
        file.write(MARK * 1000)
    (source,) = sources_of(home, draft.id)
    (path,) = (tmp_path / "drafts").iterdir()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(TamperError):
        b"".join(source.read())


def test_what_is_thrown_away_leaves_no_file(home: Home, tmp_path: Path) -> None:
    draft = new_draft(home, "package", {})
    for name in ("a", "b"):
        with Attaching(home, draft.id, "seen", name) as file:
            file.write(MARK)
    first, second = files_of(home, draft.id)
    detach(home, draft.id, first.id)
    assert [file.id for file in files_of(home, draft.id)] == [second.id]
    with pytest.raises(RefusedError):
        detach(home, draft.id, first.id)
    drop_draft(home, draft.id)
    assert not list((tmp_path / "drafts").iterdir())


def test_an_upload_that_was_cut_off_leaves_nothing(home: Home, tmp_path: Path) -> None:
    draft = new_draft(home, "package", {})
    with pytest.raises(ConnectionError):
        _cut_off(home, draft.id)
    assert not files_of(home, draft.id)
    left = tmp_path / "drafts" / ("00" * 16)
    left.write_bytes(b"of a program that was killed")
    with Attaching(home, draft.id, "seen", "b") as file:
        file.write(MARK)
        sweep_draft_files(home)
    assert not left.exists()
    assert len(files_of(home, draft.id)) == 1


def _cut_off(home: Home, draft: str) -> None:
    with Attaching(home, draft, "seen", "a") as file:
        file.write(MARK)
        raise ConnectionError
