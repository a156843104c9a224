"""A relay that is put back to an earlier state: clients see it, say so, miss nothing new, and name what was lost."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from phoenix_relay.storage.sqlite import DATABASE
from tests.end_to_end.documents import MASH, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town

FOR_MASH = {"only": (MASH,)}


def seen(machine: Machine) -> tuple[set[str], list[str]]:
    """What is in the inbox, and the codes of what nobody has seen, after a look at the relay."""
    found = machine.phoenix("inbox").json
    codes = sorted(alert["code"] for alert in found["alerts"])
    return {line["package"] for line in found["packages"]}, codes


def warnings(town: Town, id_: str) -> list[str]:
    """The codes on a package, as its sender sees it."""
    return [warning["code"] for warning in town.sender.phoenix("status", id_).json["warnings"]]


def by_copy(town: Town) -> Callable[[], None]:
    """The folder of a stopped relay, copied now; what puts it back, as a snapshot of a machine does."""
    copy = town.folder / "snapshot"
    shutil.copytree(town.relay.home, copy)

    def put_back() -> None:
        shutil.rmtree(town.relay.home)
        shutil.copytree(copy, town.relay.home)

    return put_back


def by_backup(town: Town) -> Callable[[], None]:
    """A backup taken now; what restores it."""
    town.relay.run("backup", town.folder / "backup")

    def put_back() -> None:
        shutil.rmtree(town.relay.home)
        town.relay.run("restore", town.folder / "backup")

    return put_back


@pytest.mark.parametrize("take", [by_copy, by_backup])
def test_what_was_lost_is_an_alarm_and_what_is_new_arrives(
    own_town: Callable[..., Town], take: Callable[[Town], Callable[[], None]]
) -> None:
    town = own_town()
    town.relay.start()
    before = town.send(package("Before", sections=FOR_MASH))
    town.desk.phoenix("accept", before)
    town.sender.phoenix("recall", before, "--reason", "Too late, and said so")
    town.relay.stop()
    put_back = take(town)

    town.relay.start()
    lost = town.send(package("Lost", sections=FOR_MASH))
    assert seen(town.desk) == ({before, lost}, [])
    town.relay.stop()
    put_back()

    town.relay.start()
    # As much comes as was lost: numbers of the feed are given again, up to where the desk had read.
    new = [town.send(package(f"New {n}", sections=FOR_MASH)) for n in range(2)]
    assert seen(town.desk) == ({before, lost, *new}, ["A_RELAY_ROLLBACK"])
    (alarm,) = town.desk.phoenix("alarms").json["alerts"]
    assert "put back to an earlier state" in town.desk.run_plain("alarms").out
    town.desk.phoenix("alarms", "--seen", str(alarm["number"]))
    town.desk.phoenix("accept", new[0])
    assert seen(town.desk)[1] == [], "it is said once, and nothing that was read again is an alarm"

    assert warnings(town, lost) == ["A_RELAY_LOST"]
    assert "Send it again" in town.sender.run_plain("status", "--offline", lost).err
    assert warnings(town, new[0]) == warnings(town, before) == []
    rows = town.desk.phoenix("audit", "show", "--last", "1000").json["rows"]
    assert [row["action"] for row in rows].count("package.recalled") == 1, "read twice, taken once"


def test_a_sender_who_read_nothing_since_hears_of_what_was_lost(
    own_town: Callable[..., Town],
) -> None:
    town = own_town()
    put_back = by_copy(town)
    town.relay.start()
    lost = town.send(package("Lost", sections=FOR_MASH))
    town.relay.stop()
    put_back()
    town.relay.start()
    assert seen(town.sender)[1] == ["A_RELAY_LOST"]
    (alarm,) = town.sender.phoenix("alarms").json["alerts"]
    assert alarm["package"] == lost
    again = town.send(package("Lost", sections=FOR_MASH))
    assert again != lost
    assert again in seen(town.desk)[0]


def test_what_the_relay_forgot_in_time_is_no_alarm(own_town: Callable[..., Town]) -> None:
    town = own_town()
    town.relay.start()
    sent = town.send(package("Long ago", sections=FOR_MASH))
    assert seen(town.desk) == ({sent}, [])
    town.relay.stop()
    with closing(sqlite3.connect(town.relay.home / DATABASE)) as database:
        # As the sweeper does when the retention of metadata is over.
        database.execute(
            "INSERT OR REPLACE INTO facts SELECT 'forgotten', CAST(max(time) AS BLOB) FROM feed"
        )
        database.execute("DELETE FROM feed")
        database.commit()
    town.relay.start()
    assert seen(town.desk) == ({sent}, [])
    new = town.send(package("New", sections=FOR_MASH))
    assert seen(town.desk) == ({sent, new}, [])


def test_a_relay_that_only_stopped_is_no_alarm(own_town: Callable[..., Town]) -> None:
    town = own_town()
    town.relay.start()
    sent = town.send(package("Here", sections=FOR_MASH))
    town.desk.phoenix("accept", sent)
    assert seen(town.sender)[1] == []
    town.relay.kill()
    town.relay.restart()
    assert seen(town.desk) == ({sent}, [])
    assert seen(town.sender)[1] == []
    assert warnings(town, sent) == []
