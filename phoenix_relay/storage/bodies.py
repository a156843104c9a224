"""The blocks of bodies as files, each sealed under the storage key of its day (docs/protocol.md §5, §7)."""

from __future__ import annotations

from phoenix_relay.storage.rows import Body


class Bodies:
    """Blocks on disk. Every call works on threads of its own; a block is at most 1 MiB."""

    async def put(self, body: Body, index: int, data: bytes) -> None:
        """Keep a block durably: on return it is on the disk, whole. The same block again is fine.

        Raises RefusedError ``E_NOT_FOUND`` when the body has no such block, TamperError ``E_BODY_DIGEST`` when the data
        are not those that the leaf hash names, UnavailableError ``E_RELAY`` when the disk is full.
        """
        raise NotImplementedError

    async def missing(self, body: Body) -> tuple[int, ...]:
        """Which blocks have not arrived."""
        raise NotImplementedError

    async def read(self, body: Body, index: int) -> bytes:
        """One block, checked. Raises as Store.block."""
        raise NotImplementedError
