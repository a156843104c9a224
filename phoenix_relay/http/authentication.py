"""Who asks: the request's signature, checked before a byte of its body is read (docs/protocol.md §8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import EndpointId, Seconds, SignerId
from phoenix_protocol.key_ids import KeyId, KeyKind
from phoenix_protocol.requests import VerifiedRequest, request_head, verify_request
from phoenix_relay.http.calls import Caller
from phoenix_relay.http.problems import QuotaError, bad_signature, not_found
from phoenix_relay.http.routes import Route
from phoenix_relay.http.services import Services

#: A request names its host once; the HTTP library would otherwise make a name up.
_HOST: Final = "Host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentic:
    """A request whose signature holds, and who signed it."""

    caller: Caller
    signed: VerifiedRequest


def authenticate(request: web.Request, directory: Directory | None, now: Seconds) -> Authentic:
    """Verify the head of a request.

    Raises TamperError ``E_REQ_SIG``, also for an endpoint that is not in force and a manager not in office, and
    ``E_KEY_WEAK`` for a newcomer's key that nobody may use.
    """
    headers = tuple(request.headers.items())
    hosts = request.headers.getall(_HOST, ())
    path, _, query = request.raw_path.partition("?")
    if len(hosts) != 1:
        raise bad_signature()
    head = request_head(
        method=request.method,
        authority=hosts[0].lower(),
        path=path,
        query=query,
        headers=headers,
    )
    known = _Known(directory=directory, now=now)
    signed = verify_request(head, headers, key_of=known.key_of, now=now)
    return Authentic(caller=known.caller(signed.key_id), signed=signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Keys and agencies of those whom the directory knows at ``now``."""

    directory: Directory | None
    now: Seconds

    def key_of(self, key_id: KeyId) -> bytes | None:
        """The request key of an endpoint in force or a manager in office."""
        if self.directory is None:
            return None
        if key_id.kind is KeyKind.MANAGER:
            managing = self.directory.manager(SignerId(key_id.id))
            return managing.manager.request_key if managing is not None else None
        endpoint = self.directory.endpoint(EndpointId(key_id.id))
        member = endpoint.in_force_at(self.now) if endpoint is not None else None
        return member.request_key if member is not None else None

    def caller(self, key_id: KeyId) -> Caller:
        """Who a key id stands for, once its signature held."""
        agency = None
        if self.directory is not None and key_id.kind is KeyKind.MANAGER:
            managing = self.directory.manager(SignerId(key_id.id))
            agency = managing.agency if managing is not None else None
        if self.directory is not None and key_id.kind is KeyKind.ENDPOINT:
            endpoint = self.directory.endpoint(EndpointId(key_id.id))
            agency = endpoint.agency if endpoint is not None else None
        return Caller(kind=key_id.kind, id=key_id.id, agency=agency)


def authorise(caller: Caller, route: Route, directory: Directory | None) -> None:
    """Whether this route is for such a caller at all.

    Raises RefusedError ``E_NOT_FOUND`` when it is not, ``E_AGENCY_CLOSED`` when the caller's agency does not take part.
    """
    if caller.kind not in route.callers or (route.needs_partnership and directory is None):
        raise not_found()
    if directory is None or caller.agency is None or route.despite_standing:
        return
    agency = directory.agency(caller.agency)
    if agency is None or not agency.is_active:
        raise RefusedError("E_AGENCY_CLOSED", "The agency is suspended, or has left.")


def charge(
    services: Services, caller: Caller, route: Route, remote: str | None, now: float
) -> None:
    """Take one request out of the caller's quotas. ``now`` is monotonic seconds. Raises QuotaError ``E_QUOTA``."""
    limits = services.limits
    if caller.kind is KeyKind.NEW:
        waits = [limits.newcomers.take((remote or "").encode(), now, route.cost)]
    else:
        agency = (caller.agency or "").encode()
        waits = [
            limits.members.take(caller.id, now, route.cost),
            limits.agencies.take(agency, now, route.cost),
        ]
    refused = [wait for wait in waits if wait is not None]
    if refused:
        raise QuotaError(max(refused))


def use_nonce(services: Services, authentic: Authentic, now: Seconds) -> None:
    """Use the request's nonce up in memory. Raises RefusedError ``E_REQ_SIG`` when it was."""
    signed = authentic.signed
    newcomer = authentic.caller.kind is KeyKind.NEW
    nonces = services.limits.newcomer_nonces if newcomer else services.limits.nonces
    nonces.use(signed.key_id.id + signed.nonce, signed.remember_until, now)
