"""The writer: each change for itself, all of a batch durable together or none, nobody told what did not happen."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from phoenix_protocol.api import FeedKind
from phoenix_protocol.errors import RefusedError, UnavailableError
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_relay.storage import Store, Tx, writer
from phoenix_relay.storage.facts import Fact
from phoenix_relay.storage.sqlite import DATABASE
from tests.relay.stored_packages import NOW, listening_to, opened

CORE = ObjectHash(bytes(32))


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path / "relay") as store:
        yield store


def spend(nonce: str, *, then_fail: bool = False) -> writer.Callable[[Tx], str]:
    """A change that leaves a row, or raises after it."""

    def change(tx: Tx) -> str:
        tx.nonces.spend("key", nonce, Seconds(NOW))
        if then_fail:
            raise RefusedError("E_CONFLICT", nonce)
        return nonce

    return change


async def spent(store: Store) -> set[str]:
    """The nonces that were kept."""
    rows = await store.read(
        lambda tx: tx.connection.exec_driver_sql("SELECT nonce FROM nonces").all()
    )
    return {row[0] for row in rows}


@contextmanager
def disk_full_at(octets: int) -> Iterator[None]:
    """No file may grow beyond ``octets``: what a full disk does, by a limit of the system."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@settings(max_examples=25)
@given(changes=st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=40))
def test_what_is_kept_is_what_each_caller_was_told(changes: list[tuple[int, bool]]) -> None:
    """Against a model: first come, first kept; what fails leaves nothing and hurts nobody else."""

    async def run() -> tuple[list[object], set[str]]:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(Path(folder) / "relay") as store:
                results = await asyncio.gather(
                    *(store.write(spend(str(n), then_fail=fails)) for n, fails in changes),
                    return_exceptions=True,
                )
                return list(results), await spent(store)

    results, kept = asyncio.run(run())
    model: set[str] = set()
    for (n, fails), result in zip(changes, results, strict=True):
        if str(n) in model:
            assert isinstance(result, RefusedError)
            assert result.code == "E_REQ_SIG"
        elif fails:
            assert isinstance(result, RefusedError)
            assert result.code == "E_CONFLICT"
        else:
            assert result == str(n)
            model.add(str(n))
    assert kept == model


async def test_many_changes_share_a_commit(store: Store) -> None:
    statements: list[str] = []

    def trace(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(statements.append)

    await store._writer.alone(trace)
    await asyncio.gather(*(store.write(spend(str(n))) for n in range(200)))
    assert len(await spent(store)) == 200
    assert 1 <= statements.count("COMMIT") <= 4


async def test_what_was_answered_is_on_the_disk(store: Store) -> None:
    await store.write(spend("durable"))
    # Another connection, as after a crash: it sees what is in the file and its log, not this process's memory.
    with sqlite3.connect(store.home / DATABASE) as other:
        assert other.execute("SELECT nonce FROM nonces").fetchall() == [("durable",)]
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_the_connection_is_as_durable_and_forgetful_as_it_must_be(store: Store) -> None:
    def pragma(connection: Connection) -> list[int]:
        names = ("synchronous", "secure_delete", "temp_store")
        return [connection.exec_driver_sql(f"PRAGMA {name}").one()[0] for name in names]

    assert await store._writer.alone(pragma) == [2, 1, 2]


async def test_a_full_disk_fails_everybody_and_loses_nothing(store: Store) -> None:
    await store.write(spend("before"))
    log = store.home / f"{DATABASE}-wal"
    large = "x" * 200
    with disk_full_at(log.stat().st_size + 8192):
        results = await asyncio.gather(
            *(store.write(spend(f"{large}{n}")) for n in range(300)), return_exceptions=True
        )
    failed = [r for r in results if isinstance(r, UnavailableError)]
    assert failed
    assert {r.code for r in failed} == {"E_RELAY"}
    told = {r for r in results if isinstance(r, str)}
    assert await spent(store) == {"before"} | told
    again = await asyncio.gather(
        *(store.write(spend(f"{large}{n}")) for n in range(300) if f"{large}{n}" not in told)
    )
    assert await spent(store) == {"before"} | told | set(again)


async def test_a_database_at_its_limit_fails_everybody_and_loses_nothing(store: Store) -> None:
    await store.write(spend("before"))

    def limit(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").one()[0]
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await store._writer.alone(limit)
    large = "x" * 250
    results = await asyncio.gather(
        *(store.write(spend(f"{large}{n}")) for n in range(400)), return_exceptions=True
    )
    told = {r for r in results if isinstance(r, str)}
    assert any(isinstance(r, UnavailableError) for r in results)
    assert all(isinstance(r, (str, UnavailableError)) for r in results)
    assert await spent(store) == {"before"} | told
    # The connection was made anew, without the limit.
    assert await store.write(spend("after")) == "after"


async def test_an_error_of_the_database_tells_no_values(store: Store) -> None:
    def change(tx: Tx) -> None:
        tx.connection.exec_driver_sql("INSERT INTO facts VALUES ('secret-name', NULL)")

    with pytest.raises(UnavailableError) as caught:
        await store.write(change)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(UnavailableError) as caught:
        await store.read(lambda tx: tx.connection.exec_driver_sql("SELECT secret FROM facts"))
    assert "secret" not in str(caught.value)
    await store.write(spend("after"))


async def test_a_question_cannot_change_anything(store: Store) -> None:
    with pytest.raises(UnavailableError):
        await store.read(spend("sly"))
    assert await spent(store) == set()


async def test_a_question_sees_one_moment(store: Store) -> None:
    began, go_on = threading.Event(), threading.Event()

    def look_twice(tx: Tx) -> tuple[int, int]:
        first = tx.facts.number(Fact.SWEPT)
        began.set()
        go_on.wait(5)
        return first, tx.facts.number(Fact.SWEPT)

    looking = asyncio.create_task(store.read(look_twice))
    await asyncio.to_thread(began.wait, 5)
    await store.write(lambda tx: tx.facts.put(Fact.SWEPT, b"7"))
    go_on.set()
    assert await looking == (0, 0)
    assert await store.read(lambda tx: tx.facts.number(Fact.SWEPT)) == 7


async def test_listeners_hear_of_what_was_committed_only(store: Store) -> None:
    heard, stop = listening_to(store)

    def feed(who: bytes, *, fail: bool = False) -> writer.Callable[[Tx], None]:
        def change(tx: Tx) -> None:
            tx.feed.append([EndpointId(who * 32)], FeedKind.WARNING, CORE, NOW)
            if fail:
                raise RefusedError("E_CONFLICT", "no")

        return change

    await asyncio.gather(
        store.write(feed(b"a")),
        store.write(feed(b"b", fail=True)),
        store.write(feed(b"c")),
        return_exceptions=True,
    )
    await asyncio.sleep(0)
    assert sorted(heard) == [b"a" * 32, b"c" * 32]
    stop()
    await store.write(feed(b"d"))
    assert sorted(heard) == [b"a" * 32, b"c" * 32]


async def test_a_caller_who_left_does_not_stop_the_others(store: Store) -> None:
    gone = asyncio.create_task(store.write(spend("gone")))
    stays = asyncio.create_task(store.write(spend("stays")))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == "stays"
    assert "stays" in await spent(store)


async def test_closing_finishes_what_was_handed_over(tmp_path: Path) -> None:
    async with opened(tmp_path / "relay") as store:
        running = [asyncio.create_task(store.write(spend(str(n)))) for n in range(50)]
        await asyncio.sleep(0)
        await store.close()
        assert await asyncio.gather(*running) == [str(n) for n in range(50)]
        with pytest.raises(UnavailableError):
            await store.write(spend("too late"))
    async with opened(tmp_path / "relay") as store:
        assert await spent(store) == {str(n) for n in range(50)}


async def test_too_much_at_once_is_told_at_once(store: Store) -> None:
    started, go_on = threading.Event(), threading.Event()

    def block(_: Tx) -> None:
        started.set()
        go_on.wait(10)

    blocking = asyncio.create_task(store.write(block))
    await asyncio.to_thread(started.wait, 5)
    waiting = [asyncio.create_task(store.write(lambda tx: None)) for _ in range(writer.BACKLOG)]
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError):
        await store.write(spend("one too many"))
    go_on.set()
    await blocking
    await asyncio.gather(*waiting)
    assert await spent(store) == set()


async def test_a_change_that_breaks_is_its_callers_alone(store: Store) -> None:
    def broken(tx: Tx) -> None:
        tx.nonces.spend("key", "broken", NOW)
        raise ZeroDivisionError

    results = await asyncio.gather(
        store.write(spend("one")),
        store.write(broken),
        store.write(spend("two")),
        return_exceptions=True,
    )
    assert [type(r) for r in results] == [str, ZeroDivisionError, str]
    assert await spent(store) == {"one", "two"}
