"""A storage key that is damaged or missing: the relay does not start, its log and ``check`` name the file (§7)."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.randomness import SystemRandomness
from phoenix_relay import logs
from phoenix_relay.cli import main
from phoenix_relay.maintenance.checking import damage, find_damage
from phoenix_relay.maintenance.copies import back_up, restore
from phoenix_relay.maintenance.sweeping import sweep_once
from phoenix_relay.storage import Tx, durable
from phoenix_relay.storage.day_keys import LostKeysError, day_of
from phoenix_relay.storage.tables import PACKAGES, RECIPIENTS
from phoenix_relay.sweeper import sweep
from tests.protocol.quillmere import DAY, NOW
from tests.relay.quillmere_relay import Clock, Town, running, settings_for
from tests.relay.stored_packages import hold, new_package, opened, signer

SPOILERS = {
    "short": lambda key: key.write_bytes(key.read_bytes()[:-1]),
    "long": lambda key: key.write_bytes(key.read_bytes() + b"x"),
    "empty": lambda key: key.write_bytes(b""),
    # A file that is there and whose reading fails, whoever reads.
    "unreadable": lambda key: (key.unlink(), key.symlink_to("/proc/self/mem")),
}
spoiled = pytest.mark.parametrize("spoil", SPOILERS.values(), ids=SPOILERS)
Spoil = Callable[[Path], object]


def keys_of(home: Path) -> list[Path]:
    return sorted((home / "daykeys").glob("*.key"))


async def filled(home: Path, clock: Clock) -> Path:
    """A relay that holds a package; the file of the key that it is kept under."""
    async with running(home, clock) as town:
        sent = await town.held()
        return home / "daykeys" / f"{day_of(sent.core.expires, DAY)}.key"


@spoiled
async def test_the_relay_does_not_start_with_it_and_says_which_it_is(
    tmp_path: Path, spoil: Spoil
) -> None:
    home, clock = tmp_path / "relay", Clock()
    key = await filled(home, clock)
    spoil(key)
    with pytest.raises(TamperError) as refused:
        async with running(home, clock):
            pass
    assert refused.value.code == "E_STORE_INTEGRITY"
    assert f"daykeys/{key.name}" in refused.value.what
    assert "remove the file" in refused.value.next


def test_serve_names_it_on_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "relay"
    assert main(["--home", str(home), "init"]) == 0
    durable.make_folder(home / "daykeys")
    for day in (99 * NOW, 100 * NOW):
        (home / "daykeys" / f"{day}.key").write_bytes(b"short")
    assert main(["--home", str(home), "serve", "--port", "0"]) == 5
    told = capsys.readouterr().err
    assert told.startswith("E_STORE_INTEGRITY: ")
    assert f"daykeys/{99 * NOW}.key, daykeys/{100 * NOW}.key" in told


async def test_without_it_the_relay_does_not_start_and_destroys_nothing(tmp_path: Path) -> None:
    home, clock = tmp_path / "relay", Clock()
    key = await filled(home, clock)
    folder, away = home / "daykeys", tmp_path / "not mounted"
    folder.rename(away)
    for _ in range(2):
        with pytest.raises(TamperError) as refused:
            async with running(home, clock):
                pass
        assert (refused.value.code, refused.value.exit_code) == ("E_KEY_LOST", 5)
        assert f"daykeys/{key.name}" in refused.value.what
        assert "mount" in refused.value.next
        assert "--accept-lost-keys" in refused.value.next
        with pytest.raises(TamperError):
            await sweep_once(settings_for(home), clock(), SystemRandomness())
        assert not folder.exists(), "a folder of this name would be in the way of the right one"
    away.rename(folder)
    async with running(home, clock) as town:
        assert await packages_of(town) == [("held", False)]
    assert find_damage(home, SystemRandomness()) == ()


async def test_once_its_loss_is_accepted_what_was_kept_under_it_is_let_go(tmp_path: Path) -> None:
    home, clock = tmp_path / "relay", Clock()
    key = await filled(home, clock)
    key.unlink()
    async with running(home, clock, accept_lost_keys=True) as town:
        assert (await town.submit(town.package(to=("nurse",)))).status == 200
        await swept(town)
        assert await packages_of(town) == [("expired", True), ("held", False)]
    async with running(home, clock):
        pass  # said once


async def test_a_key_that_nothing_stored_needs_may_be_missing(tmp_path: Path) -> None:
    home, clock = tmp_path / "relay", Clock()
    async with running(home, clock):
        pass
    assert not (home / "daykeys").exists()
    async with running(home, clock):
        pass


async def test_a_restored_relay_starts_without_keys_once(tmp_path: Path) -> None:
    home, again, clock = tmp_path / "relay", tmp_path / "again", Clock()
    await filled(home, clock)
    back_up(home, tmp_path / "copy", clock())
    restore(tmp_path / "copy", again)
    assert find_damage(again, SystemRandomness()) == ()
    async with running(again, clock) as town:
        await swept(town)
        assert await packages_of(town) == [("expired", True)]
        await town.held()
    for key in keys_of(again):
        key.unlink()
    with pytest.raises(TamperError) as refused:
        async with running(again, clock):
            pass
    assert refused.value.code == "E_KEY_LOST"


async def swept(town: Town) -> None:
    services = town.services
    await sweep(services.store, services.settings, services.clock(), signer())


async def packages_of(town: Town) -> list[tuple[str, bool]]:
    """The states at recipients, each with whether its package has ended, of all that the relay knows."""

    def question(tx: Tx) -> list[tuple[str, bool]]:
        both = select(RECIPIENTS.c.state, PACKAGES.c.expired).where(
            RECIPIENTS.c.core == PACKAGES.c.core, RECIPIENTS.c.why == "to"
        )
        return sorted({(row.state, bool(row.expired)) for row in tx.connection.execute(both)})

    return await town.services.store.read(question)


async def test_the_key_of_a_period_that_is_over_stops_nothing(tmp_path: Path) -> None:
    home, clock = tmp_path / "relay", Clock()
    key = await filled(home, clock)
    key.write_bytes(b"short")
    clock.turn(int(key.stem) - clock())
    async with running(home, clock):
        pass


@spoiled
async def test_while_serving_the_log_names_the_file(tmp_path: Path, spoil: Spoil) -> None:
    home, clock = tmp_path / "relay", Clock()
    async with running(home, clock) as town:
        logged = io.StringIO()
        logs.configure(logged)
        sent = town.package(to=("nurse",))
        key = home / "daykeys" / f"{day_of(sent.core.expires, DAY)}.key"
        durable.make_folder(key.parent)
        key.write_bytes(bytes(32))
        spoil(key)
        reply = await town.submit(sent)
        assert (reply.status, reply.code) == (503, "E_RELAY")
        assert b"daykeys" not in reply.content
        (fault,) = faults_in(logged)
        assert (fault["code"], fault["file"]) == ("E_STORE_INTEGRITY", f"daykeys/{key.name}")
        await recovers(town, key)


async def recovers(town: Town, key: Path) -> None:
    key.unlink()
    assert (await town.submit(town.package(to=("nurse",)))).status == 200


def faults_in(logged: io.StringIO) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    return [line for line in lines if line["event"] == "fault"]


@spoiled
def test_check_names_the_file_and_what_to_do(tmp_path: Path, spoil: Spoil) -> None:
    home = tmp_path / "relay"

    async def fill() -> None:
        async with opened(home) as store:
            await hold(store, new_package(created=NOW, expires=Seconds(NOW + DAY)))

    asyncio.run(fill())
    (key,) = keys_of(home)
    spoil(key)
    found = find_damage(home, SystemRandomness())
    (file,) = (finding for finding in found if finding.place == "daykeys")
    assert (file.name, file.code) == (key.name, "E_STORE_INTEGRITY")
    assert "remove the file" in file.next
    assert all(f"daykeys/{key.name}" in f.what for f in found if f.place == "parts")
    assert f"daykeys {key.name}" in [problem.place for problem in damage(found).problems]


def test_check_tells_of_each_key_that_is_missing_and_not_to_restore_a_backup(
    tmp_path: Path,
) -> None:
    home = tmp_path / "relay"

    async def fill() -> None:
        async with opened(home) as store:
            for expires in (NOW + DAY, NOW + DAY + 1, NOW + 2 * DAY):
                await hold(store, new_package(created=NOW, expires=Seconds(expires)))

    asyncio.run(fill())
    keys = keys_of(home)
    shutil.rmtree(home / "daykeys")
    found = find_damage(home, SystemRandomness())
    assert [(f.place, f.name, f.code) for f in found] == [
        ("daykeys", key.name, "E_KEY_LOST") for key in keys
    ]
    assert not (home / "daykeys").exists(), "check changes nothing"
    told = damage(found)
    assert "estore a backup" not in told.next + "".join(f.next for f in found)
    assert all("--accept-lost-keys" in finding.next for finding in found)


def test_many_missing_keys_are_one_short_line() -> None:
    error = LostKeysError(*(f"daykeys/{day}.key" for day in range(80)))
    assert error.file == "daykeys/0.key, daykeys/1.key, daykeys/2.key and 77 more"
