"""Asking whoever controls a statement to release it: a small package to them, from the document that was refused."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agency_client.record.copying import with_copies
from agency_client.record.originators import ToOriginator, Written, release_requests
from agency_client.record.reading import read_document
from agency_client.record.rules import check_document, copies
from agency_client.record.rules.protection import not_told_to_originators
from agency_client.record.syntax import parse
from agency_client.use_cases.copying import find_copies
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.documents import PACKAGE, check_written
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.sending_documents import send_document
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import PackageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that went out: the package that carries it, and what it asks for."""

    package: PackageId
    of: ToOriginator


#: Judges nothing but what a document copies, and what its agency would be told of it.
_COPIES = replace(
    PACKAGE,
    judge=lambda document, facts: check_document(
        document, facts, (*copies.RULES, not_told_to_originators)
    ),
)


async def request_release(home: Home, data: bytes) -> tuple[Asked, ...]:
    """Ask every address whose control keeps the document ``data`` from being sent.

    The same again finishes a request that was interrupted. Raises RefusedError ``E_DOCUMENT`` for a copy that is none
    or a request that cannot be sent, ``E_NOTICE_STATE`` where nothing needs a release, and what sending raises.
    """
    document = read_document(data)
    own, _ = endpoint_of(home)
    found = check_written(home, document, Options(), _COPIES)
    others = tuple(p for p in found.problems if p.code != "E_DOC_CONTROLLED")
    replace(found, problems=others).refuse()
    given = Written(
        document=with_copies(document, find_copies(home, document)),
        values=parse(data).values,
        own=own.address,
        now=home.now(),
    )
    wanted = release_requests(given)
    if not wanted:
        raise RefusedError(
            "E_NOTICE_STATE",
            "Nothing in this document needs a release.",
            next="Send it: 'phoenix send' says what else is missing.",
        )
    asked = []
    for request in wanted:
        sent = await send_document(home, request.document, Options(), lambda _done, _whole: None)
        asked.append(Asked(package=sent.result.package, of=request))
    return tuple(asked)
