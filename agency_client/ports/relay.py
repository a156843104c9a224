"""What use cases need of a relay: one coroutine for each of its routes (docs/protocol.md §9).

Values of ``phoenix_protocol`` go in and come out. What comes out is what the relay signed as its
answer to this request; whether the objects inside are true is for the protocol's own checks.

Every coroutine raises

- UnavailableError ``E_RELAY`` or ``E_QUOTA``: not now. Repeating is safe and does the job once.
- TamperError ``E_RESP_SIG``, ``E_PARSE`` or ``E_LIMIT``: unsigned, altered or nonsense.
- RefusedError with the relay's code: a rule says no, and nothing changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from phoenix_protocol.identifiers import Anchor, ObjectHash

if TYPE_CHECKING:  # commands that talk to no relay must not load what is said to one
    from phoenix_protocol.api import (
        Append,
        CheckpointNote,
        Claim,
        EpochAnswer,
        EpochKeys,
        EpochQuery,
        FeedPage,
        Joining,
        Joinings,
        LogPage,
        Offer,
        Proof,
        RelayDescription,
        Released,
        Saying,
        SignedObject,
        States,
        Submission,
        UploadPlan,
        UploadState,
    )


class Relay(Protocol):
    """A relay, as one endpoint, manager or newcomer may use it."""

    # -- the relay itself and the log -------------------------------------------------------------

    async def describe(self) -> RelayDescription:
        """The relay's keys, and the anchor of the partnership that took it."""
        ...

    async def claim(self, claim: Claim) -> CheckpointNote:
        """Take an unclaimed relay for a partnership."""
        ...

    async def checkpoint(self) -> CheckpointNote:
        """The newest checkpoint note."""
        ...

    async def log(self, anchor: Anchor, *, start: int) -> LogPage:
        """Statements from index ``start`` on, as many as fit on a page, and a checkpoint."""
        ...

    async def inclusion(self, *, index: int, size: int) -> Proof:
        """The proof that the statement at ``index`` is in the log of ``size`` statements."""
        ...

    async def consistency(self, *, first: int, second: int) -> Proof:
        """The proof that the log of ``first`` statements is the beginning of that of ``second``."""
        ...

    async def append(self, statements: Append) -> CheckpointNote:
        """Append statements, all or none; those in the log already are passed over."""
        ...

    # -- joining and epoch keys -------------------------------------------------------------------

    async def ask_to_join(self, joining: Joining) -> None:
        """Leave a request to join, with the first epoch keys."""
        ...

    async def joinings(self) -> Joinings:
        """The requests that wait for this manager's agency."""
        ...

    async def joining(self, code: str) -> Joining:
        """The request that waits under ``code``."""
        ...

    async def publish_epoch_keys(self, keys: EpochKeys) -> None:
        """Publish epoch keys of this endpoint."""
        ...

    async def epoch_keys(self, query: EpochQuery) -> EpochAnswer:
        """Epoch keys of other endpoints, in the order asked."""
        ...

    # -- packages ---------------------------------------------------------------------------------

    async def plan_upload(self, plan: UploadPlan) -> UploadState:
        """Announce a body, or ask which of its blocks are still missing."""
        ...

    async def put_block(self, digest: bytes, index: int, block: bytes) -> None:
        """Upload block ``index`` of the body with this digest."""
        ...

    async def submit(self, submission: Submission) -> SignedObject:
        """Hand in a delivery; the answer is the relay's *held*."""
        ...

    async def offer(self, core: ObjectHash) -> Offer:
        """What this endpoint may see of a package before it accepts."""
        ...

    async def states(self, core: ObjectHash) -> States:
        """Where a package of our own is at each endpoint, by the relay's word alone."""
        ...

    async def released(self, core: ObjectHash) -> Released:
        """The grant and the leaf hashes of the body, after a signed acceptance."""
        ...

    async def block(self, core: ObjectHash, index: int, *, leaf: bytes) -> bytes:
        """Block ``index`` of a body. Raises TamperError ``E_BODY_DIGEST`` unless it is ``leaf``'s."""
        ...

    # -- sayings and the feed ---------------------------------------------------------------------

    async def say(self, event: Saying) -> None:
        """Hand in an event; the same one again changes nothing."""
        ...

    async def recall(self, recall: Saying) -> SignedObject:
        """Ask for a package back; the answer is the relay's *verdict*."""
        ...

    async def void(self, note: SignedObject) -> None:
        """Hand in a note that sequence numbers will not be used."""
        ...

    async def hand_notice(self, notice: Saying) -> None:
        """Hand a sealed notice to its audience; the same one again changes nothing."""
        ...

    async def answer_notice(self, answer: Saying) -> None:
        """Hand in an answer to a notice; the same one again changes nothing."""
        ...

    async def feed(self, *, after: int, wait: int = 0) -> FeedPage:
        """What is new after cursor ``after``; waits up to ``wait`` seconds for something."""
        ...
