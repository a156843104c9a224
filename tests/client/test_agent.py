"""The agent: gives the key to its own user only, and forgets it in time."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.agent import client
from agency_client.agent.hardening import Protection
from agency_client.agent.held import HeldKey
from agency_client.agent.server import Agent, Background, Ending, Limits, serve
from phoenix_protocol.errors import LockedError, RefusedError, UnavailableError

REPOSITORY = Path(__file__).resolve().parent.parent.parent
KEY = bytes(range(100, 132))


class Watch:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@asynccontextmanager
async def agent_of(
    home: Path,
    *,
    limits: Limits | None = None,
    background: Background | None = None,
    clock: Callable[[], float] | None = None,
) -> AsyncIterator[asyncio.Task[Ending]]:
    """An agent in this process, which it leaves as it is."""
    ready = asyncio.Event()
    task = asyncio.create_task(
        serve(
            home,
            KEY,
            limits=limits,
            background=background,
            ready=ready.set,
            clock=clock or Watch(),
            protect=lambda: (Protection.NO_SWAP,),
        )
    )
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def asked(home: Path, question: bytes) -> bytes:
    """What the socket answers to any bytes."""

    def ask() -> bytes:
        with socket.socket(socket.AF_UNIX) as connection, client.address(home) as where:
            connection.settimeout(5)
            connection.connect(where)
            try:
                connection.sendall(question)
                connection.shutdown(socket.SHUT_WR)
                return connection.recv(4096)
            except (ConnectionResetError, BrokenPipeError):
                return b""

    return await asyncio.to_thread(ask)


async def test_it_holds_the_key_for_the_commands(tmp_path: Path) -> None:
    async with agent_of(tmp_path):
        assert await asyncio.to_thread(client.held_key, tmp_path) == KEY
        assert await asyncio.to_thread(client.held_key, tmp_path) == KEY


async def test_its_door_is_for_its_owner_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    before = os.umask(0)
    try:
        async with agent_of(tmp_path):
            assert (tmp_path / client.SOCKET).stat().st_mode & 0o777 == 0o600
            assert tmp_path.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_without_an_agent_there_is_no_key(tmp_path: Path) -> None:
    for home in (tmp_path, tmp_path / "absent"):
        assert client.held_key(home) is None
        assert client.status(home) is None
        assert client.lock(home) is False
    (tmp_path / client.SOCKET).write_bytes(b"not a socket")
    assert client.held_key(tmp_path) is None


async def test_it_tells_how_it_is(tmp_path: Path) -> None:
    async with agent_of(tmp_path, limits=Limits(idle=100, lifetime=70.5)):
        status = await asyncio.to_thread(client.status, tmp_path)
        assert status == client.AgentStatus(
            process=os.getpid(), locks_in=70, last_work="never", protection=("swap",)
        )


async def test_told_to_lock_it_forgets_and_ends(tmp_path: Path) -> None:
    async with agent_of(tmp_path) as task:
        assert await asyncio.to_thread(client.lock, tmp_path)
        assert await asyncio.wait_for(task, 5) is Ending.TOLD
        assert client.held_key(tmp_path) is None
        assert not (tmp_path / client.SOCKET).exists()


async def test_idle_it_locks_and_use_puts_that_off(tmp_path: Path) -> None:
    watch = Watch()
    async with agent_of(tmp_path, limits=Limits(idle=60), clock=watch) as task:
        for _ in range(3):
            watch.time += 59
            assert await asyncio.to_thread(client.held_key, tmp_path) == KEY
        watch.time += 59
        assert await asyncio.to_thread(client.status, tmp_path) is not None
        # Being looked at is not being used.
        watch.time += 1
        assert await asyncio.to_thread(client.held_key, tmp_path) is None
        assert await asyncio.wait_for(task, 5) is Ending.IDLE


async def test_a_lifetime_ends_it_however_busy(tmp_path: Path) -> None:
    watch = Watch()
    limits = Limits(idle=60, lifetime=100)
    async with agent_of(tmp_path, limits=limits, clock=watch) as task:
        watch.time += 50
        assert await asyncio.to_thread(client.held_key, tmp_path) == KEY
        watch.time += 50
        assert await asyncio.to_thread(client.held_key, tmp_path) is None
        assert await asyncio.wait_for(task, 5) is Ending.LIFETIME


async def test_it_locks_by_itself_when_nobody_asks(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with agent_of(tmp_path, limits=Limits(idle=0.2), clock=loop.time) as task:
        assert await asyncio.wait_for(task, 5) is Ending.IDLE


async def test_there_is_one_agent_for_a_home(tmp_path: Path) -> None:
    async with agent_of(tmp_path):
        with pytest.raises(RefusedError) as refused:
            await serve(tmp_path, bytes(32), protect=lambda: ())
        assert refused.value.code == "E_AGENT_RUNNING"
        assert await asyncio.to_thread(client.held_key, tmp_path) == KEY


async def test_what_a_dead_agent_left_is_no_hindrance(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left, client.address(tmp_path) as where:
        left.bind(where)
    assert (tmp_path / client.SOCKET).exists()
    assert client.held_key(tmp_path) is None
    async with agent_of(tmp_path):
        assert await asyncio.to_thread(client.held_key, tmp_path) == KEY


async def test_a_home_with_a_long_path_has_an_agent(tmp_path: Path) -> None:
    home = tmp_path / ("a" * 120) / ("b" * 120)
    home.mkdir(parents=True)
    async with agent_of(home):
        assert await asyncio.to_thread(client.held_key, home) == KEY


async def test_a_home_that_is_not_there_has_none(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as refused:
        await serve(tmp_path / "absent", KEY, protect=lambda: ())
    assert refused.value.code == "E_AGENT"


async def test_many_ask_at_once(tmp_path: Path) -> None:
    async with agent_of(tmp_path):
        asking = [asyncio.to_thread(client.held_key, tmp_path) for _ in range(40)]
        assert set(await asyncio.gather(*asking)) == {KEY}


@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"\n",
        b"key\n",
        b"phoenix-agent-1 key",
        b"phoenix-agent-2 key\n",
        b"phoenix-agent-1 key \n",
        b"phoenix-agent-1 KEY\n",
        b"x" * 5000,
        bytes(range(256)),
    ],
)
async def test_other_questions_get_no_answer(tmp_path: Path, question: bytes) -> None:
    async with agent_of(tmp_path):
        assert await asked(tmp_path, question) == b""
        assert await asyncio.to_thread(client.held_key, tmp_path) == KEY


@given(st.binary(max_size=60))
async def test_any_question_is_survived(question: bytes) -> None:
    agent = Agent(KEY, Limits(), Watch())
    known = {client.GREETING + verb for verb in (client.KEY, client.STATUS, client.LOCK)}
    assert (agent.answer(question) == b"") == (question not in known)
    agent.end(Ending.TOLD)
    assert agent.answer(client.GREETING + client.KEY) == b""


@pytest.mark.parametrize(
    "answer", [b"", b"ok \n", b"ok abc\n", b"ok " + b"zz" * 32 + b"\n", b"ok \xff\n", b"x" * 999]
)
def test_an_agent_that_talks_nonsense_is_no_agent(tmp_path: Path, answer: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as listener, client.address(tmp_path) as where:
        listener.bind(where)
        listener.listen()
        pid = os.fork()
        if pid == 0:
            try:
                for _ in range(2):
                    connection, _ = listener.accept()
                    connection.recv(100)
                    connection.sendall(answer)
                    connection.close()
            finally:
                os._exit(0)
        assert client.held_key(tmp_path) is None
        assert client.status(tmp_path) is None
        os.waitpid(pid, 0)


# -- work in the background ------------------------------------------------------------------------


async def test_it_works_in_the_background_with_the_key(tmp_path: Path) -> None:
    seen: list[bytes] = []
    enough = asyncio.Event()

    async def work(key: bytes) -> None:
        seen.append(key)
        if len(seen) == 2:
            raise UnavailableError("E_RELAY", "The relay does not answer.")
        if len(seen) == 4:
            enough.set()

    async with agent_of(tmp_path, background=Background(work=work, every=0.01)):
        await asyncio.wait_for(enough.wait(), 5)
        assert set(seen) == {KEY}
        status = await asyncio.to_thread(client.status, tmp_path)
        assert status is not None
        assert status.last_work == "ok"


async def test_work_that_fails_shows_its_code(tmp_path: Path) -> None:
    async def work(key: bytes) -> None:
        raise UnavailableError("E_RELAY", "The relay does not answer.")

    async with agent_of(tmp_path, background=Background(work=work)):
        status = await asyncio.to_thread(client.status, tmp_path)
        assert status is not None
        assert status.last_work == "E_RELAY"
        assert await asyncio.to_thread(client.held_key, tmp_path) == KEY


async def test_work_is_stopped_when_it_locks(tmp_path: Path) -> None:
    stopped = asyncio.Event()

    async def work(key: bytes) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            stopped.set()

    async with agent_of(tmp_path, background=Background(work=work)) as task:
        await asyncio.to_thread(client.lock, tmp_path)
        await asyncio.wait_for(task, 5)
        assert stopped.is_set()


async def test_work_that_breaks_ends_the_agent_locked(tmp_path: Path) -> None:
    async def work(key: bytes) -> None:
        raise ZeroDivisionError

    async with agent_of(tmp_path, background=Background(work=work)) as task:
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(task, 5)
        assert client.held_key(tmp_path) is None


# -- memory and processes --------------------------------------------------------------------------


def test_a_wiped_key_is_gone() -> None:
    held = HeldKey(KEY)
    assert held.key() == KEY
    assert KEY.hex() not in repr(held)
    held.wipe()
    held.wipe()
    assert held.is_wiped
    with pytest.raises(LockedError) as refused:
        held.key()
    assert refused.value.code == "E_LOCKED"
    with pytest.raises(ValueError, match="32 bytes"):
        HeldKey(KEY[:-1])


def started(home: Path, idle: float = 60) -> subprocess.Popen[str]:
    """An agent as a process of its own, hardened, ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.client.agent_program", str(home), str(idle)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(KEY.hex() + "\n")
    process.stdin.flush()
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_locks_it(tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path)
    assert client.held_key(tmp_path) == KEY
    process.send_signal(number)
    said, _ = process.communicate(timeout=10)
    assert (said, process.returncode) == ("signal\n", 0)
    assert client.held_key(tmp_path) is None
    assert not (tmp_path / client.SOCKET).exists()


def test_a_killed_agent_leaves_no_key_behind(tmp_path: Path) -> None:
    process = started(tmp_path)
    process.kill()
    process.communicate()
    assert client.held_key(tmp_path) is None
    on_disk = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.is_file())
    assert KEY not in on_disk
    assert KEY.hex().encode() not in on_disk
    again = started(tmp_path)
    assert client.held_key(tmp_path) == KEY
    assert client.lock(tmp_path)
    assert again.communicate(timeout=10)[0] == "told\n"


def test_its_process_is_hardened(tmp_path: Path) -> None:
    process = started(tmp_path)
    try:
        status = client.status(tmp_path)
        assert status is not None
        assert {"core", "trace"} <= set(status.protection)
        limits = Path(f"/proc/{process.pid}/limits").read_text("ascii")
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
        if "swap" in status.protection:
            memory = Path(f"/proc/{process.pid}/status").read_text("ascii")
            assert "VmLck:\t       0 kB" not in memory
    finally:
        client.lock(tmp_path)
        process.communicate(timeout=10)


def test_another_user_gets_nothing(tmp_path: Path) -> None:
    """The kernel says who is at the other end; permissions are only the first door."""
    if os.geteuid() != 0:
        pytest.skip("Only root can become another user here.")
    process = started(tmp_path)
    try:
        tmp_path.chmod(0o777)
        (tmp_path / client.SOCKET).chmod(0o666)
        # Everything is loaded and the folder entered before becoming nobody.
        code = (
            "import os, socket, sys\n"
            "from pathlib import Path\n"
            "from agency_client.agent import client\n"
            "os.chdir(sys.argv[1]); os.setuid(65534)\n"
            "with socket.socket(socket.AF_UNIX) as connection:\n"
            "    connection.connect(client.SOCKET)\n"
            "    try:\n"
            "        connection.sendall(client.GREETING + client.KEY + b'\\n')\n"
            "        print(connection.recv(999))\n"
            "    except (ConnectionResetError, BrokenPipeError):\n"
            "        print(b'')\n"
            "print(client.held_key(Path('.')))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
        )
        assert done.stdout == "b''\nNone\n", done.stderr
        assert client.held_key(tmp_path) == KEY
    finally:
        client.lock(tmp_path)
        process.communicate(timeout=10)


def test_the_agent_of_another_user_is_not_believed(tmp_path: Path) -> None:
    """It could hand over a key of its choosing."""
    if os.geteuid() != 0:
        pytest.skip("Only root can become another user here.")
    tmp_path.chmod(0o777)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir(tmp_path)
            os.setuid(65534)
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(client.SOCKET)
            listener.listen()
            os.write(writing, b"ready")
            connection, _ = listener.accept()
            connection.send(client.OK + KEY.hex().encode() + b"\n")
        finally:
            os._exit(0)
    assert os.read(reading, 5) == b"ready"
    assert client.held_key(tmp_path) is None
    os.waitpid(pid, 0)
    os.close(reading)
    os.close(writing)


def test_asking_costs_next_to_nothing() -> None:
    """Every command asks: nothing outside the standard library is loaded for it."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "import agency_client.agent.client\n"
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded - set(sys.stdlib_module_names) == {"agency_client"}
    assert not loaded & {"asyncio", "json", "ctypes", "ssl"}
