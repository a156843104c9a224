"""Whether a join request may wait for a manager (docs/protocol.md §4)."""

from __future__ import annotations

from phoenix_protocol import limits, schema
from phoenix_protocol.api import Joining
from phoenix_protocol.directory.joins import verify_join
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Seconds, agency_of
from phoenix_protocol.joining import join_code
from phoenix_relay.rules.epochs import check_times
from phoenix_relay.storage.rows import Join


def judge(
    joining: Joining, *, request_key: bytes, directory: Directory, now: Seconds, life: int
) -> Join:
    """The request as it waits, ``life`` seconds long. ``request_key`` is the one that signed the HTTP request.

    Raises what ``verify_join`` raises; TamperError ``E_KEY_UNCERTIFIED`` when it is not the asker's own, ``E_TIME`` for
    one out of the future or too old; RefusedError ``E_NOT_FOUND`` for an agency that nobody admitted,
    ``E_AGENCY_CLOSED``.
    """
    verified = verify_join(joining, directory.anchor)
    asked = verified.request.message
    if asked.request_key != request_key:
        raise TamperError("E_KEY_UNCERTIFIED", "A join request is handed in by another key.")
    for key in verified.epoch_keys:
        check_times(key.message, now)
    if not now - life <= asked.created <= now + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", "A join request is too old, or out of the future.")
    agency = directory.agency(agency_of(asked.address))
    if agency is None:
        raise RefusedError("E_NOT_FOUND", "There is no such agency in this partnership.")
    agency.require_active()
    return Join(
        code=join_code(verified.request.hash),
        request=verified.request.hash,
        agency=agency.id,
        address=asked.address,
        joining=schema.encode(joining),
        created=asked.created,
        expires=Seconds(now + life),
    )


def is_settled(join: Join, directory: Directory) -> bool:
    """Whether a manager has approved this very request already: then it need not wait again."""
    return any(
        member.request == join.request
        for endpoint in directory.endpoints()
        if endpoint.agency == join.agency
        for member in endpoint.members
    )
