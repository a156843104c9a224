"""A hold beats erasure, and only an information manager of the agency sets and lifts one (hard block 12)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.end_to_end.documents import MASH, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town

WHY = ("--reason", "retention_ended")
BY = ("--authority", "inquiry", "--ref", "Inquiry 7", "--by", "Information manager")


def add(manager: Machine, out: Path, *scope: str, status: int = 0) -> Any:
    words: tuple[str | Path, ...] = (*BY, *scope, "--review", "30d", "--out", out)
    return manager.phoenix("hold", "add", *words, status=status)


def test_a_hold_beats_erasure_until_it_is_lifted(town: Town, tmp_path: Path) -> None:
    id_ = town.send(package("Held for an inquiry"))
    other = town.send(package("Not held", sections={"only": (MASH,)}).replace("Jordan T", "Ed P"))
    for each in (id_, other):
        town.desk.phoenix("accept", each)
    added = add(town["police"], tmp_path / "order", "--subject", "T, Jordan").json
    name = added["hold"]["hold"]
    assert added["desks"] == [{"address": MASH, "machines": 2}], "whom the manager has to ask"
    assert added["reaches"] == 0, "the manager's own home has no package"
    applied = town.desk.phoenix("hold", "apply", tmp_path / "order").json
    assert (applied["hold"]["hold"], applied["known"]) == (name, False)
    assert applied["reaches"] >= 1

    before = town.desk.phoenix("audit", "verify").json["rows"]
    for more in ((), ("--section", "observed")):
        refused = town.desk.phoenix("erase", id_, *more, *WHY, status=3)
        assert refused.error_code == "E_HOLD"
        assert name in refused.err
    assert town.desk.phoenix("audit", "verify").json["rows"] == before, "nothing was changed"
    assert "Said in observed" in str(town.desk.phoenix("open", id_).json)
    (kept,) = town.desk.phoenix("retention", "--package", id_).json["packages"]
    assert kept["held_by"] == [name]
    assert town.desk.phoenix("erase", other, *WHY).json["whole"] is True

    words = (name, "--by", "Information manager", "--reason", "It ended", "--out")
    town["police"].phoenix("hold", "lift", *words, tmp_path / "lift")
    orders = [
        town.desk.phoenix("hold", "apply", tmp_path / o).json for o in ("lift", "order", "lift")
    ]
    assert [(each["known"], each["reaches"]) for each in orders] == [
        (False, None),
        (True, None),
        (True, None),
    ]
    (listed,) = town.desk.phoenix("hold", "list").json["holds"]
    assert listed["lifted_at"] is not None, "the order again does not bring it back"
    assert town.desk.phoenix("erase", id_, *WHY).json["whole"] is True


def test_only_a_manager_of_this_agency_holds(town: Town, tmp_path: Path) -> None:
    id_ = town.send(package("Held by nobody", sections={"only": (MASH,)}))
    town.desk.phoenix("accept", id_)
    refused = add(town.desk, tmp_path / "own", "--package", id_, status=3)
    assert refused.error_code == "E_ROLE"
    assert not (tmp_path / "own").exists()
    add(town["health"], tmp_path / "theirs", "--package", id_)
    refused = town.desk.phoenix("hold", "apply", tmp_path / "theirs", status=3)
    assert refused.error_code == "E_ROLE", "another agency's manager"
    add(town["police"], tmp_path / "ours", "--package", id_)
    forged = bytearray((tmp_path / "ours").read_bytes())
    forged[-1] ^= 1
    (tmp_path / "forged").write_bytes(forged)
    assert town.desk.phoenix("hold", "apply", tmp_path / "forged", status=5).error_code == "E_SIG"
    assert town.desk.phoenix("erase", id_, *WHY).json["whole"] is True, "none of them was applied"
    missing = ("lift", "0" * 12, "--by", "x", "--reason", "x", "--out", tmp_path / "no")
    assert town["police"].phoenix("hold", *missing, status=3).error_code == "E_NOT_FOUND"


def test_a_thread_is_held_at_the_sender_and_in_what_comes_later(town: Town, tmp_path: Path) -> None:
    add(town["council"], tmp_path / "order", "--thread", "qm 0417")
    town.sender.phoenix("hold", "apply", tmp_path / "order")
    id_ = town.send(package("Sent under a hold"))
    assert town.sender.phoenix("erase", id_, *WHY, status=3).error_code == "E_HOLD"


def due(machine: Machine, id_: str, within: str = "30d") -> list[Any]:
    found = machine.phoenix("review", "--within", within).json["due"]
    return [item for item in found if item["package"] == id_]


def test_at_its_end_a_package_is_looked_at_and_not_erased(town: Town, tmp_path: Path) -> None:
    id_ = town.send(package("Looked at"))
    town.desk.phoenix("accept", id_)
    town.desk.phoenix("retention", "set", id_, "--review", "2s")
    time.sleep(3)
    (item,) = due(town.desk, id_)
    assert (item["kind"], item["overdue"]) == ("retention_review", True)
    assert "Said in observed" in str(town.desk.phoenix("open", id_).json), (
        "its time alone does nothing"
    )
    done = ("review", "done", id_, "--outcome")
    assert town.desk.phoenix(*done, "done", status=2).error_code == "E_USAGE"
    assert town.desk.phoenix(*done, "keep", status=2).error_code == "E_USAGE"
    assert town.desk.phoenix(*done, "hold", status=3).error_code == "E_NOT_FOUND"
    first = town.desk.phoenix(*done, "keep", "--until", "60d", "--words", "Needed").json["record"]
    assert due(town.desk, id_) == []
    assert [item["overdue"] for item in due(town.desk, id_, "90d")] == [False]

    add(town["police"], tmp_path / "order", "--package", id_)
    town.desk.phoenix("hold", "apply", tmp_path / "order")
    assert "hold_review" in str(town.desk.phoenix("review", "--within", "40d").json)
    refused = town.desk.phoenix(*done, "erase", *WHY, status=3)
    assert refused.error_code == "E_HOLD"
    second = town.desk.phoenix(*done, "hold").json["record"]
    assert first != second
    town["police"].phoenix(
        *("hold", "lift", town.desk.phoenix("hold", "list").json["holds"][-1]["hold"]),
        *("--by", "IM", "--reason", "Over", "--out", tmp_path / "lift"),
    )
    town.desk.phoenix("hold", "apply", tmp_path / "lift")
    town.desk.phoenix(*done, "erase", *WHY)
    assert due(town.desk, id_, "9999d") == []
    assert town.desk.phoenix("open", id_, status=3).error_code == "E_ERASED"
