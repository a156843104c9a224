"""A file that stops on its way into a draft: nothing of it stays, and nothing else is lost."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from pathlib import Path

from tests.browser.apps import App
from tests.browser.raw import Answer, answered, asked, connected, written
from tests.browser.session import Session, begun
from tests.end_to_end.quillmere import Town

_WHOLE = 3 << 20
_BOUNDARY = "----what-parts-it"


def test_a_file_that_breaks_off_leaves_nothing_behind_and_can_be_added_again(
    town: Town, apps: Callable[..., App]
) -> None:
    session = begun(apps("social-care"))
    draft = session.post("/share/new").headers["location"]
    session.post(f"{draft}/section/new", body="title=A+recording")
    kept = town["social-care"].home
    before = files_below(kept)

    hand_in(session, draft, sent=_WHOLE // 2)

    for _ in range(50):
        if files_below(kept) == before:
            break
        time.sleep(0.1)
    assert files_below(kept) == before
    page = session.get(f"{draft}/files")
    assert "recording.bin" not in page.text
    assert "A recording" in page.text

    answer = hand_in(session, draft, sent=_WHOLE)
    assert answer is not None
    assert answer.status == 303
    assert "recording.bin" in session.get(f"{draft}/files").text
    assert "This file is empty" not in session.get(f"{draft}/files").text
    hand_in(session, draft, whole=0)
    assert "This file is empty" in session.get(f"{draft}/files").text
    refuses_what_is_no_form_with_files(session, draft)


def refuses_what_is_no_form_with_files(session: Session, draft: str) -> None:
    """In plain words, and not as a fault of the app."""
    paths = ("/evidence/verify", "/reviews/holds/apply", f"{draft}/files")
    whole = part("form_token", session.token) + f"\r\n--{_BOUNDARY}--\r\n".encode()
    for path in paths:
        answer = session.post(path)
        assert (answer.status, "This could not be read" in answer.text) == (400, True), path
        for kind, body in (
            ("multipart/form-data", whole),
            (f"multipart/form-data; boundary={_BOUNDARY}", b"no boundary"),
            (f"multipart/form-data; boundary={_BOUNDARY}", whole[:-40]),
            ("application/json", b"{}"),
        ):
            sent = (*session.ours, ("Content-Type", kind), ("Content-Length", str(len(body))))
            answer = asked(session.authority, written("POST", path, sent) + body)
            assert answer.status in {400, 403}, (path, kind, body)


def files_below(folder: Path) -> set[str]:
    """Every file of a home but those that the vault itself writes as it goes."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in found if not path.name.startswith("vault.db")}


def hand_in(session: Session, draft: str, *, sent: int = 0, whole: int = _WHOLE) -> Answer | None:
    """Add a file to the draft's first section; with less than all of it ``sent``, the connection ends there."""
    section = re.search(r'<option value="([^"]+)"', session.get(f"{draft}/files").text)
    assert section is not None
    head = (
        part("form_token", session.token)
        + part("section", html.unescape(section[1]))
        + part("file", None)
    )
    tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = (
        *session.ours,
        ("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}"),
        ("Content-Length", str(len(head) + whole + len(tail))),
    )
    with connected(session.authority) as opened:
        opened.sendall(written("POST", f"{draft}/files", headers) + head + bytes(sent))
        if sent < whole:
            return None
        opened.sendall(tail)
        return answered(opened, "POST")


def part(name: str, value: str | None) -> bytes:
    """One field of the form, or the beginning of the file."""
    file = '; filename="recording.bin"' if value is None else ""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + (f"{value}\r\n".encode() if value is not None else b"")
