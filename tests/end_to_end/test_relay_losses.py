"""What a relay loses of what it holds, and who is told: missing storage keys, a block that its disk has damaged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.documents import MASH, package
from tests.end_to_end.processes import UnexpectedEndError
from tests.end_to_end.quillmere import Town

FOR_MASH = {"only": (MASH,)}


def status(town: Town, id_: str) -> Any:
    return town.sender.phoenix("status", id_).json


def unseen(town: Town, id_: str) -> list[str]:
    return [w["code"] for w in status(town, id_)["warnings"] if not w["seen"]]


def test_a_missing_folder_of_storage_keys_destroys_nothing(
    own_town: Callable[..., Town],
) -> None:
    town = own_town()
    town.relay.start()
    sent = town.send(package("Held", sections=FOR_MASH))
    town.relay.stop()
    folder, away = town.relay.home / "daykeys", town.folder / "not mounted"
    folder.rename(away)
    folder.mkdir(mode=0o700)
    with pytest.raises(UnexpectedEndError, match="E_KEY_LOST"):
        town.relay.start()
    assert "estore a backup" not in town.relay.run("check", status=5).out
    folder.rmdir()
    away.rename(folder)
    town.relay.start()
    assert town.desk.phoenix("accept", sent).json["state"] == "committed"
    assert unseen(town, sent) == []


def test_the_sender_reads_that_the_relay_lost_it_and_sends_again(
    own_town: Callable[..., Town],
) -> None:
    town = own_town()
    town.relay.start()
    lost = town.send(package("Lost", sections=FOR_MASH))
    town.relay.stop()
    shutil.rmtree(town.relay.home / "daykeys")
    town.relay.start("--accept-lost-keys")
    town.sender.phoenix("inbox", "--wait", "10")
    assert unseen(town, lost) == ["A_RELAY_LOST"]
    found = status(town, lost)
    (there,) = found["recipients"]
    assert there["state"] == "expired"
    assert datetime.fromisoformat(there["since"]) <= datetime.now().astimezone()
    told = town.sender.run_plain("status", lost)
    assert "the relay lost it" in told.out
    assert "ran out" not in told.out
    assert "Send it again" in told.err
    town.sender.phoenix("status", lost, "--seen")
    assert unseen(town, lost) == []
    again = town.send(package("Lost", sections=FOR_MASH))
    assert town.desk.phoenix("accept", again).json["state"] == "committed"


def test_a_damaged_block_is_told_to_both_sides_and_sent_again(
    own_town: Callable[..., Town], tmp_path: Path
) -> None:
    town = own_town()
    town.relay.start()
    film = tmp_path / "film.mp4"
    film.write_bytes(os.urandom(3 << 20))
    attached = ("--attach", f"only={film}")
    sent = town.send(package("Damaged", sections=FOR_MASH), *attached)
    blocks = (town.relay.home / "bodies").glob("*/*/*")
    with sorted(blocks)[1].open("r+b") as block:
        block.seek(1000)
        block.write(b"oops")
    desk = town.desk
    refused = desk.phoenix("accept", sent, status=5).json["error"]
    assert refused["code"] == "E_DAMAGED"
    assert "send it again" in refused["next"]
    alarms = desk.phoenix("alarms").json["alerts"]
    assert [(alarm["code"], alarm["package"]) for alarm in alarms] == [("E_DAMAGED", sent)]
    assert desk.phoenix("accept", sent, status=None).error_code == "E_UNREADABLE"
    assert unseen(town, sent) == ["A_UNREADABLE"]
    (there,) = status(town, sent)["recipients"]
    assert "unreadable" in {endpoint["state"] for endpoint in there["endpoints"]}
    again = town.send(package("Damaged", sections=FOR_MASH), *attached)
    assert desk.phoenix("accept", again).json["state"] == "committed"
