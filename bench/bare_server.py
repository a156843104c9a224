"""The baseline of the relay over HTTP: aiohttp on uvloop that reads a body and answers as many bytes as it is told.

``python bench/bare_server.py OCTETS`` prints its port and serves until it is killed.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiohttp import web


async def serve(octets: int) -> None:
    """Serve for ever."""
    content = bytes(octets)

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=content)

    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/v1/packages", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
