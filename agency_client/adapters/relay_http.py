"""The Relay port over HTTP: every route as a coroutine, values in and values out."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from itertools import pairwise
from typing import Final, Self, TypeVar

from agency_client.adapters import relay_routes as routes
from agency_client.adapters.relay_address import RelayAddress
from agency_client.adapters.relay_connection import Outgoing, RelayConnection, Requester
from agency_client.adapters.relay_patience import Patience
from agency_client.ports.clock import Clock
from phoenix_protocol import api, schema
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Anchor, ObjectHash, Seconds
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.randomness import Randomness

M = TypeVar("M")

#: What is in a code, so that a path says what was meant.
_CODE: Final = re.compile(r"[A-Za-z0-9-]{1,128}")


class HttpRelay:
    """A relay at ``address``, asked as ``requester``.

    ``response_key`` gives the relay's response key (32 bytes) as soon as it is known. While it gives
    ``None``, answers come back unverified and are kept as evidence: whoever learns the key calls
    :meth:`verify_later` before relying on anything. ``tls`` is for a certificate authority of one's
    own; otherwise the system's trust store decides. ``waiting`` is told, once, when the relay has been
    silent for a while, and until when it is asked again. Close it, or use it as an async context.
    """

    def __init__(
        self,
        address: RelayAddress,
        requester: Requester,
        *,
        response_key: Callable[[], bytes | None],
        clock: Clock,
        randomness: Randomness,
        patience: Patience | None = None,
        waiting: Callable[[Seconds], None] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._connection: Final = RelayConnection(
            address,
            requester,
            response_key=response_key,
            clock=clock,
            randomness=randomness,
            patience=patience if patience is not None else Patience(),
            waiting=waiting,
            tls=tls,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._connection.close()

    @property
    def unverified(self) -> int:
        """How many answers wait for :meth:`verify_later`."""
        return self._connection.trust.unverified

    def verify_later(self, response_key: bytes) -> None:
        """Verify every answer kept so far. Raises TamperError ``E_RESP_SIG``, or ``E_KEY_WEAK``."""
        self._connection.trust.verify_later(response_key)

    # -- the relay itself and the log -------------------------------------------------------------

    async def describe(self) -> api.RelayDescription:
        """GET /v1/relay."""
        return await self._get(routes.DESCRIBE, "/v1/relay", api.RelayDescription)

    async def claim(self, claim: api.Claim) -> api.CheckpointNote:
        """POST /v1/claim."""
        return await self._post(routes.CLAIM, "/v1/claim", claim, api.CheckpointNote)

    async def checkpoint(self) -> api.CheckpointNote:
        """GET /v1/checkpoint."""
        return await self._get(routes.CHECKPOINT, "/v1/checkpoint", api.CheckpointNote)

    async def log(self, anchor: Anchor, *, start: int) -> api.LogPage:
        """GET /v1/log. Raises TamperError ``E_PARSE`` for a page that starts elsewhere."""
        query = f"anchor={anchor.hex()}&from={start}"
        page = await self._get(routes.LOG, "/v1/log", api.LogPage, query=query)
        if page.first != start:
            raise TamperError("E_PARSE", "The relay sent another page of its log.")
        return page

    async def inclusion(self, *, index: int, size: int) -> api.Proof:
        """GET /v1/log/inclusion."""
        query = f"index={index}&size={size}"
        return await self._get(routes.PROOF, "/v1/log/inclusion", api.Proof, query=query)

    async def consistency(self, *, first: int, second: int) -> api.Proof:
        """GET /v1/log/consistency."""
        query = f"from={first}&to={second}"
        return await self._get(routes.PROOF, "/v1/log/consistency", api.Proof, query=query)

    async def append(self, statements: api.Append) -> api.CheckpointNote:
        """POST /v1/log."""
        return await self._post(routes.APPEND, "/v1/log", statements, api.CheckpointNote)

    # -- joining and epoch keys -------------------------------------------------------------------

    async def ask_to_join(self, joining: api.Joining) -> None:
        """POST /v1/joins."""
        await self._tell(routes.JOIN, "/v1/joins", joining)

    async def joinings(self) -> api.Joinings:
        """GET /v1/joins."""
        return await self._get(routes.JOININGS, "/v1/joins", api.Joinings)

    async def joining(self, code: str) -> api.Joining:
        """GET /v1/joins/{code}. Raises RefusedError ``E_NOT_FOUND`` for what cannot be a code."""
        if _CODE.fullmatch(code) is None:
            raise RefusedError(
                "E_NOT_FOUND",
                "This is not the code of a request to join.",
                next="Compare it with 'phoenix members list'.",
            )
        return await self._get(routes.JOINING, f"/v1/joins/{code}", api.Joining)

    async def publish_epoch_keys(self, keys: api.EpochKeys) -> None:
        """POST /v1/epochs."""
        await self._tell(routes.PUBLISH_EPOCHS, "/v1/epochs", keys)

    async def epoch_keys(self, query: api.EpochQuery) -> api.EpochAnswer:
        """POST /v1/epochs/query. Raises TamperError ``E_PARSE`` for others than those asked for."""
        answer = await self._post(routes.QUERY_EPOCHS, "/v1/epochs/query", query, api.EpochAnswer)
        if tuple(served.endpoint for served in answer.endpoints) != query.endpoints:
            raise TamperError("E_PARSE", "The relay sent the keys of other endpoints.")
        return answer

    # -- packages ---------------------------------------------------------------------------------

    async def plan_upload(self, plan: api.UploadPlan) -> api.UploadState:
        """POST /v1/uploads."""
        return await self._post(routes.PLAN_UPLOAD, "/v1/uploads", plan, api.UploadState)

    async def put_block(self, digest: bytes, index: int, block: bytes) -> None:
        """PUT /v1/uploads/{digest}/{n}."""
        path = f"/v1/uploads/{digest.hex()}/{index}"
        await self._connection.ask(Outgoing(route=routes.PUT_BLOCK, path=path, body=block))

    async def submit(self, submission: api.Submission) -> api.SignedObject:
        """POST /v1/packages."""
        return await self._post(routes.SUBMIT, "/v1/packages", submission, api.SignedObject)

    async def offer(self, core: ObjectHash) -> api.Offer:
        """GET /v1/packages/{core}."""
        return await self._get(routes.OFFER, f"/v1/packages/{core.hex()}", api.Offer)

    async def states(self, core: ObjectHash) -> api.States:
        """GET /v1/packages/{core}/states."""
        return await self._get(routes.STATES, f"/v1/packages/{core.hex()}/states", api.States)

    async def released(self, core: ObjectHash) -> api.Released:
        """GET /v1/packages/{core}/grant."""
        return await self._get(routes.RELEASED, f"/v1/packages/{core.hex()}/grant", api.Released)

    async def block(self, core: ObjectHash, index: int, *, leaf: bytes) -> bytes:
        """GET /v1/packages/{core}/body/{n}. Raises TamperError ``E_BODY_DIGEST`` for another block."""
        path = f"/v1/packages/{core.hex()}/body/{index}"
        block = await self._connection.ask(Outgoing(route=routes.BLOCK, path=path))
        if leaf_hash(block) != leaf:
            raise TamperError("E_BODY_DIGEST", "The relay sent a block that is not of this body.")
        return block

    # -- sayings and the feed ---------------------------------------------------------------------

    async def say(self, event: api.Saying) -> None:
        """POST /v1/events."""
        await self._tell(routes.SAY, "/v1/events", event)

    async def recall(self, recall: api.Saying) -> api.SignedObject:
        """POST /v1/recalls."""
        return await self._post(routes.RECALL, "/v1/recalls", recall, api.SignedObject)

    async def void(self, note: api.SignedObject) -> None:
        """POST /v1/voids."""
        await self._tell(routes.VOID, "/v1/voids", note)

    async def hand_notice(self, notice: api.Saying) -> None:
        """POST /v1/notices."""
        await self._tell(routes.HAND_NOTICE, "/v1/notices", notice)

    async def answer_notice(self, answer: api.Saying) -> None:
        """POST /v1/notices/answers."""
        await self._tell(routes.ANSWER_NOTICE, "/v1/notices/answers", answer)

    async def feed(self, *, after: int, wait: int = 0) -> api.FeedPage:
        """GET /v1/feed. Raises TamperError ``E_PARSE`` for cursors that do not rise from ``after``."""
        query = f"after={after}&wait={wait}"
        page = await self._get(routes.FEED, "/v1/feed", api.FeedPage, query=query, wait=wait)
        cursors = [after, *(item.cursor for item in page.items)]
        if any(a >= b for a, b in pairwise(cursors)):
            raise TamperError("E_PARSE", "The relay sent a feed that does not go forward.")
        return page

    # -- shapes of exchanges ----------------------------------------------------------------------

    async def _get(
        self, route: routes.Route, path: str, answer: type[M], *, query: str = "", wait: int = 0
    ) -> M:
        outgoing = Outgoing(route=route, path=path, query=query, wait=wait)
        return schema.decode(answer, await self._connection.ask(outgoing), limit=route.limit)

    async def _post(self, route: routes.Route, path: str, message: object, answer: type[M]) -> M:
        outgoing = Outgoing(route=route, path=path, body=schema.encode(message))
        return schema.decode(answer, await self._connection.ask(outgoing), limit=route.limit)

    async def _tell(self, route: routes.Route, path: str, message: object) -> None:
        await self._connection.ask(Outgoing(route=route, path=path, body=schema.encode(message)))
