"""Sending again: the document of a package of ours as plain values, and its files into a draft. Sends nothing."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final

from agency_client.ports.vault import Contents, StoredAttachment
from agency_client.record.syntax import parse
from agency_client.record.when import expiry
from agency_client.use_cases.drafts import Attaching
from agency_client.use_cases.home import Home
from agency_client.use_cases.reading import attachment_pieces
from agency_client.use_cases.retaining import readable
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import ObjectHash, Seconds

#: The day or time when a package that has ended was to expire is over.
_EXPIRES: Final = "expires"


def kept_document(home: Home, core: ObjectHash) -> dict[str, Any]:
    """The document of a package of ours as its author wrote it, as values that JSON has too.

    Raises RefusedError ``E_NOT_FOUND``, ``E_ERASED``, and ``E_NOTICE_STATE`` for a request, which is asked anew.
    """
    with home.vault.reading() as view:
        record, request = view.sent.record(core), view.requests.get(core)
    if record is None:
        raise RefusedError("E_NOT_FOUND", "This home did not send that package.")
    if not record.document:
        raise RefusedError("E_ERASED", "What this package said is erased.", next="Write it anew.")
    if request is not None:
        raise RefusedError(
            "E_NOTICE_STATE", "This package is a request.", next="Ask again: make a new request."
        )
    values = _as_json(parse(record.document).values)
    if not _is_still_good(values.get(_EXPIRES), home.clock.now()):
        values.pop(_EXPIRES, None)
    return dict(values)


def attach_again(home: Home, core: ObjectHash, draft: str) -> int:
    """Put the files of a package of ours into a draft, decrypted and encrypted anew; how many. Some may be gone."""
    with home.vault.reading() as view:
        package, contents = view.sent.get(core), view.contents.get(core)
    if package is None or contents is None:
        return 0
    stored = [each for each in contents.attachments if each.stored]
    for each in stored:
        with Attaching(home, draft, _section(contents, each), each.name) as into:
            for piece in attachment_pieces(home, package.package, each):
                into.write(piece)
    return len(stored)


def _section(contents: Contents, attachment: StoredAttachment) -> str:
    """Its author's word for the section that a file belongs to."""
    own = [s for s in contents.sections if s.entry.segment == attachment.section]
    return next((read.id for read in readable(own)), "")


def _is_still_good(said: Any, now: Seconds) -> bool:
    """Whether an expiry that was written then still means something now."""
    try:
        return isinstance(said, str) and expiry(said, now) > now
    except (PhoenixError, ValueError):
        return False


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value
