"""Sending a document, and telling whoever controls what it passes on without their release."""

from __future__ import annotations

from agency_client.record.reading import read_document
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.documents import PACKAGE, Seen, Sent, send_written, unseen
from agency_client.use_cases.handing_in import Progressed
from agency_client.use_cases.home import Home
from agency_client.use_cases.telling_originators import tell_originators


async def send_document(
    home: Home, data: bytes, options: Options, progressed: Progressed, seen: Seen = unseen
) -> Sent:
    """Check, draft, seal and hand in a document.

    Every problem is refused at once, before anything is sealed: RefusedError ``E_DOCUMENT``. Raises what
    :func:`~agency_client.use_cases.sending.send` raises.
    """
    sent = await send_written(home, read_document(data), data, options, progressed, PACKAGE, seen)
    await tell_originators(home)
    return sent
