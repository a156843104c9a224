"""A file that stops on its way into a draft: nothing of it stays, and nothing else is lost."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from pathlib import Path

from tests.browser.apps import App
from tests.browser.raw import Answer, answered, connected, written
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


def files_below(folder: Path) -> set[str]:
    """Every file of a home but those that the vault itself writes as it goes."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in found if not path.name.startswith("vault.db")}


def hand_in(session: Session, draft: str, *, sent: int) -> Answer | None:
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
        ("Content-Length", str(len(head) + _WHOLE + len(tail))),
    )
    with connected(session.authority) as opened:
        opened.sendall(written("POST", f"{draft}/files", headers) + head + bytes(sent))
        if sent < _WHOLE:
            return None
        opened.sendall(tail)
        return answered(opened, "POST")


def part(name: str, value: str | None) -> bytes:
    """One field of the form, or the beginning of the file."""
    file = '; filename="recording.bin"' if value is None else ""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + (f"{value}\r\n".encode() if value is not None else b"")
