"""Which bodies may be uploaded (docs/protocol.md §5)."""

from __future__ import annotations

from phoenix_protocol import limits
from phoenix_protocol.api import UploadPlan
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.blocks import block_count, digest_of_leaves


def judge(plan: UploadPlan, *, now: Seconds, largest: int, longest: int) -> bytes:
    """The digest of the body that is planned; ``largest`` bytes, kept for ``longest`` seconds at most.

    Raises TamperError ``E_BODY_DIGEST`` for another number of blocks than the length needs, ``E_LIMIT``, ``E_TIME``;
    RefusedError ``E_EXPIRED``.
    """
    if plan.length > largest:
        raise TamperError("E_LIMIT", f"A body has up to {largest} bytes here.")
    if len(plan.leaves) != block_count(plan.length):
        raise TamperError("E_BODY_DIGEST", "The number of blocks is not what the length needs.")
    if plan.expires <= now:
        raise RefusedError("E_EXPIRED", "The package would expire before it arrives.")
    if plan.expires > now + longest + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", f"A package lives up to {longest} seconds here.")
    return digest_of_leaves(plan.leaves)
