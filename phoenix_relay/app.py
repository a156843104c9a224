"""The relay as a running program: everything is opened, joined together, served, drained and closed here."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final, TextIO

import structlog
import uvloop
from aiohttp import web

from phoenix_protocol.errors import PhoenixError, UnavailableError
from phoenix_protocol.identifiers import EndpointId
from phoenix_protocol.randomness import Randomness, SystemRandomness
from phoenix_relay import custody
from phoenix_relay.http.front import handler_of, pass_expectations, sign_refusals
from phoenix_relay.http.gate import Gate
from phoenix_relay.http.health import FOR_OPERATORS, UNSIGNED
from phoenix_relay.http.metrics import Metrics
from phoenix_relay.http.server import RelayRunner
from phoenix_relay.http.services import (
    SERVICES,
    THREADS,
    Clock,
    Limits,
    Services,
    system_clock,
)
from phoenix_relay.http.table import ROUTES
from phoenix_relay.http.waiting import Waiting
from phoenix_relay.sequencing import REFRESH_EVERY, Sequencer
from phoenix_relay.settings import Settings
from phoenix_relay.storage import Store
from phoenix_relay.storage.facts import Fact
from phoenix_relay.sweeper import keep_sweeping
from phoenix_relay.tombstones import SignTombstone, tombstone_signer

_log: Final = structlog.get_logger("phoenix_relay")

#: Connections that wait to be taken.
_BACKLOG: Final = 1024


def create_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    randomness: Randomness | None = None,
    accept_lost_keys: bool = False,
) -> web.Application:
    """The relay of ``settings.home`` as an application: opened when it starts, closed when it stops.

    Starting raises what ``Store.open``, ``Store.require_keys``, ``custody.load`` and ``Sequencer.load`` raise.
    """
    app = web.Application(middlewares=[sign_refusals])
    drawn = randomness if randomness is not None else SystemRandomness()

    async def running(app: web.Application) -> AsyncIterator[None]:
        opening = open_services(settings, clock, drawn, accept_lost_keys=accept_lost_keys)
        async with opening as services, _tasks(services):
            app[SERVICES] = services
            yield

    app.cleanup_ctx.append(running)
    for route in ROUTES:
        app.router.add_route(
            route.method, route.path, handler_of(route), expect_handler=pass_expectations
        )
    for path, handler in UNSIGNED.items():
        app.router.add_route("GET", path, handler, expect_handler=pass_expectations)
    return app


def _operators_app(services: Services) -> web.Application:
    """What is for whoever runs the relay, on an address of its own."""
    app = web.Application(middlewares=[sign_refusals])
    app[SERVICES] = services
    for path, handler in FOR_OPERATORS.items():
        app.router.add_route("GET", path, handler)
    return app


@asynccontextmanager
async def open_services(
    settings: Settings, clock: Clock, randomness: Randomness, *, accept_lost_keys: bool = False
) -> AsyncIterator[Services]:
    """Store, keys, log and limits of a relay home, open for as long as the context lasts."""
    async with AsyncExitStack() as stack:
        store = await Store.open(
            settings.home, key_period=settings.key_period, randomness=randomness
        )
        stack.push_async_callback(store.close)
        await store.require_keys(clock(), accept_lost=accept_lost_keys)
        pool = stack.enter_context(ThreadPoolExecutor(THREADS, thread_name_prefix="judge"))
        keys = await _keys(settings, store)
        log = Sequencer(store=store, signer=keys.log, keys=keys.public, clock=clock, pool=pool)
        await log.load()
        services = Services(
            settings=settings,
            store=store,
            log=log,
            response_key=keys.response,
            receipt_key=keys.receipt,
            clock=clock,
            pool=pool,
            gate=Gate(),
            waiting=Waiting(),
            limits=Limits.of(settings),
            metrics=Metrics(),
        )
        _watch(services)
        yield services


async def _keys(settings: Settings, store: Store) -> custody.RelayPrivateKeys:
    origin, url = await store.read(lambda tx: (tx.facts.get(Fact.ORIGIN), tx.facts.get(Fact.URL)))
    if origin is None or url is None:
        raise UnavailableError("E_RELAY", "The relay's database is not whole.")
    return custody.load(settings.home, origin=origin.decode(), url=url.decode())


def _watch(services: Services) -> None:
    gauge, state = services.metrics.gauge, services.log
    gauge("phoenix_relay_running", "Requests running now.", lambda: services.gate.running)
    gauge("phoenix_relay_waiting", "Long polls waiting now.", lambda: len(services.waiting))
    gauge(
        "phoenix_relay_nonces",
        "Nonces remembered now.",
        lambda: len(services.limits.nonces) + len(services.limits.newcomer_nonces),
    )
    gauge(
        "phoenix_relay_statements",
        "Statements in the log.",
        lambda: state.state.directory.size if state.state is not None else 0,
    )


# -- what runs beside the requests ----------------------------------------------------------------------------------


@asynccontextmanager
async def _tasks(services: Services) -> AsyncIterator[None]:
    def wake(endpoints: frozenset[EndpointId]) -> None:
        services.waiting.wake(endpoints)

    stop_listening = services.store.listen(wake)
    tasks = [
        asyncio.create_task(_keep_fresh(services.log)),
        asyncio.create_task(
            keep_sweeping(
                services.store,
                services.settings,
                clock=services.clock,
                signer=_tombstones(services),
            )
        ),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        stop_listening()


def _tombstones(services: Services) -> Callable[[], SignTombstone | None]:
    def signer() -> SignTombstone | None:
        state = services.log.state
        if state is None:
            return None
        return tombstone_signer(
            services.receipt_key, state.directory.anchor, lambda: services.partnership().note
        )

    return signer


async def _keep_fresh(log: Sequencer) -> None:
    while True:
        await asyncio.sleep(REFRESH_EVERY)
        try:
            await log.refresh()
        except PhoenixError as error:
            _log.error("checkpoint_not_signed", code=error.code)


# -- serving --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A relay that takes requests at ``url``. ``metrics``: where its numbers are, when they have their own address."""

    url: str
    services: Services
    metrics: str | None = None


def serve(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    announce: TextIO = sys.stdout,
    accept_lost_keys: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT, then let what runs finish, and return.

    Writes one line of JSON, ``{"event": "listening", "url": ...}``, to ``announce`` once requests are taken.
    Raises UnavailableError ``E_RELAY`` when the port cannot be had, and what :func:`create_app` says.
    """
    uvloop.run(_serve(settings, clock, announce, accept_lost_keys))


async def _serve(
    settings: Settings, clock: Clock, announce: TextIO, accept_lost_keys: bool
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with listening(settings, clock=clock, accept_lost_keys=accept_lost_keys) as running:
        line = json.dumps({"event": "listening", "url": running.url})
        announce.write(f"{line}\n")
        announce.flush()
        _log.info("listening", url=running.url)
        await stop.wait()
        _log.info("draining")
    _log.info("stopped")


@asynccontextmanager
async def listening(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    randomness: Randomness | None = None,
    accept_lost_keys: bool = False,
) -> AsyncIterator[Running]:
    """A relay that takes requests until the context ends: then it drains and closes."""
    app = create_app(
        settings, clock=clock, randomness=randomness, accept_lost_keys=accept_lost_keys
    )
    runner = RelayRunner(
        app, shutdown_timeout=settings.drain, connections=settings.bounds.connections
    )
    await runner.setup()
    try:
        services = app[SERVICES]
        async with _for_operators(settings, services) as metrics:
            site = web.TCPSite(runner, settings.host, settings.port, backlog=_BACKLOG)
            await _start(site, "Choose another --host or --port, or stop what uses it.")
            yield Running(url=_url(runner), services=services, metrics=metrics)
            await drain(services)
    finally:
        await runner.cleanup()


#: Connections to the operators' address: whoever runs the relay has few machines that ask.
_OPERATORS: Final = 64


@asynccontextmanager
async def _for_operators(settings: Settings, services: Services) -> AsyncIterator[str | None]:
    """Numbers and health on an address of their own, as long as the context lasts; where it is, if there is one."""
    if not settings.metrics_port:
        yield None
        return
    runner = RelayRunner(_operators_app(services), shutdown_timeout=1, connections=_OPERATORS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.metrics_host, settings.metrics_port)
        await _start(site, "Choose another metrics_host or metrics_port, or stop what uses it.")
        _log.info("metrics", url=_url(runner))
        yield _url(runner)
    finally:
        await runner.cleanup()


async def drain(services: Services) -> None:
    """Let nobody in any more, send those who wait home, and wait for what runs."""
    services.waiting.close()
    if not await services.gate.drain(services.settings.drain):
        _log.warning("drained_late", waiting=services.gate.running)


async def _start(site: web.TCPSite, otherwise: str) -> None:
    try:
        await site.start()
    except OSError as error:
        raise UnavailableError(
            "E_RELAY",
            f"The address is not to be had (error {error.errno}).",
            next=otherwise,
        ) from None


def _url(runner: web.AppRunner) -> str:
    host, port, *_ = runner.addresses[0]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
