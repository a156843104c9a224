"""What is kept, and what is erased for good: real programs, and the disk searched with the vault's own key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from agency_client.unlocking import Unlock, open_home
from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town

PAGE, RESERVED, SALT = 4096, 80, 16


def pages(file: Path, key: bytes) -> Iterator[bytes]:
    """Every page of a vault, used or free, decrypted."""
    data = file.read_bytes()
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        opening = Cipher(algorithms.AES256(key), modes.CBC(page[-RESERVED : -RESERVED + 16]))
        decryptor = opening.decryptor()
        yield decryptor.update(page[SALT if start == 0 else 0 : -RESERVED]) + decryptor.finalize()


def disk(town: Town, name: str) -> list[bytes]:
    """Everything on a machine's disk, its vault as whoever has the key reads it."""
    home = town[name].home
    unlock = Unlock(environment={}, master_key=bytes.fromhex(town.keys[name]))
    opened = open_home(home, unlock).home
    key = opened.content.vault_key
    opened.executor.shutdown()
    opened.vault.close()
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "vault.db"]
    return [*pages(home / "vault.db", key), *(path.read_bytes() for path in files)]


def on(found: list[bytes], *texts: str) -> set[str]:
    return {text for text in texts if any(text.encode() in part for part in found)}


def kept(machine: Machine, id_: str) -> dict[str, Any]:
    (found,) = machine.phoenix("retention", "--package", id_).json["packages"]
    return dict(found)


def test_what_is_erased_is_on_no_page_and_in_no_file(town: Town, tmp_path: Path) -> None:
    attached = tmp_path / "register.txt"
    attached.write_text("a register of sessions", "utf-8")
    text = package("Erase all of it").replace("Said in observed", "Seen at Calder Wharf")
    id_ = town.send(text, "--attach", f"attendance={attached}")
    stays = town.send(package("Another stays", sections={"other": (MASH,)}))
    for each in (id_, stays):
        town.desk.phoenix("accept", each)
    words = ("Calder Wharf", "Thought in attendance", "Said in other")
    assert on(disk(town, "desk"), *words) == set(words)
    blobs = set((town.desk.home / "blobs").glob("*"))

    done = town.desk.phoenix("erase", id_, "--reason", "in_own_record").json
    assert done["whole"] is True
    assert on(disk(town, "desk"), *words) == {"Said in other"}
    assert len(set((town.desk.home / "blobs").glob("*"))) == len(blobs) - 1
    assert not list(town.desk.home.glob("vault.db-wal"))
    assert town.desk.phoenix("open", id_, status=3).error_code == "E_ERASED"
    assert town.desk.phoenix("accept", id_, status=3).error_code == "E_ERASED"
    assert town.desk.phoenix("open", stays).json["package"] == stays
    (stone,) = kept(town.desk, id_)["erased"]
    assert (stone["section"], stone["reason"]) == (None, "in_own_record")
    assert stone["by"].startswith("endpoint:")
    again = town.desk.phoenix("erase", id_, "--reason", "not_needed").json
    assert again["sections"] == 0, "erasing again finds nothing"
    rows = town.desk.phoenix("audit", "show", "--last", "9").json["rows"]
    assert [r["detail"] for r in rows if r["action"] == "package.erased"] == [
        {"reason": "in_own_record", "sections": done["sections"] and str(done["sections"])}
    ]


def test_a_section_goes_and_the_others_stay(town: Town) -> None:
    text = package("Erase one section").replace("Said in observed", "Seen at Moss Lane")
    id_ = town.send(text)
    town.desk.phoenix("accept", id_)
    done = town.desk.phoenix("erase", id_, "--section", "observed", "--reason", "not_needed").json
    assert (done["sections"], done["whole"]) == (1, False)
    left = town.desk.phoenix("open", id_).json
    assert "observed" not in {s["id"] for s in left["sections"]}
    assert "Said in attendance" in str(left)
    assert on(disk(town, "desk"), "Moss Lane") == set()
    # The sender's own copy, and the document as it was written.
    assert on(disk(town, "social-care"), "Moss Lane") == {"Moss Lane"}
    town.sender.phoenix("erase", id_, "--section", "observed", "--reason", "not_needed")
    assert on(disk(town, "social-care"), "Moss Lane") == set()
    refused = town.desk.phoenix("erase", id_, "--section", "x", "--reason", "not_needed", status=3)
    assert refused.error_code == "E_NOT_FOUND"


def test_nothing_is_erased_before_it_is_stored(town: Town) -> None:
    id_ = town.send(package("Not accepted", sections={"only": (MASH,)}))
    town.desk.phoenix("inbox")
    refused = town.desk.phoenix("erase", id_, "--reason", "not_needed", status=3)
    assert refused.error_code == "E_RECEIPT_STATE"


def test_every_section_has_its_rule_and_its_day(town: Town) -> None:
    id_ = town.send(package("Kept by a rule"))
    town.desk.phoenix("accept", id_)
    before = kept(town.desk, id_)
    assert before["rule"] == "safeguarding_default"
    assert before["copy"] == "record", "no desk keeps the police's records"
    words = ("--section", "observed", "--rule", "Until the enquiry ends", "--review", "2040-08-31")
    town.desk.phoenix("retention", "set", id_, *words)
    town.desk.phoenix("retention", "set", id_, "--copy", "exchange", "--review", "30d")
    after = kept(town.desk, id_)
    rules = {s["section"]: (s["copy"], s["rule"]) for s in after["sections"]}
    assert rules["observed"] == ("record", "Until the enquiry ends")
    assert rules["attendance"] == ("exchange", "safeguarding_default")
    assert after["review_at"] != before["review_at"]
    listed = town.desk.phoenix("retention").json["packages"]
    assert id_ in {package["package"] for package in listed}


def status(town: Town, id_: str) -> tuple[dict[str, str], list[Any]]:
    """How far a package is at each address, and the receipts for its erasure."""
    found = town.sender.phoenix("status", id_).json
    erased = [event for event in found["events"] if event["state"] == "erased"]
    return {r["address"]: r["state"] for r in found["recipients"]}, erased


def test_the_sender_gets_a_signed_receipt(town: Town) -> None:
    id_ = town.send(package("Erased with a receipt"))
    for machine in (town.desk, town["night-desk"], town.nurse):
        machine.phoenix("accept", id_)
    words = ("--owner", "Duty sergeant", "--use", "Strategy discussion")
    town.desk.phoenix("acknowledge", id_, *words)
    town.desk.phoenix("erase", id_, "--section", "observed", "--reason", "not_needed")
    assert status(town, id_)[1] == [], "a part of it is here still"
    town.desk.phoenix("erase", id_, "--reason", "right_to_erasure")
    states, receipts = status(town, id_)
    assert states[MASH] == "committed", "a colleague still keeps it"
    assert [r["reason"] for r in receipts] == ["right_to_erasure"]
    again = town.desk.phoenix("acknowledge", id_, *words, status=3)
    assert again.error_code == "E_ERASED"
    (line,) = [p for p in town.desk.phoenix("inbox").json["packages"] if p["package"] == id_]
    assert (line["state"], line["purpose"]) == ("erased", "")
    town["night-desk"].phoenix("erase", id_, "--reason", "in_own_record")
    assert status(town, id_)[0][MASH] == "erased"


def test_a_receipt_waits_for_the_relay(town: Town) -> None:
    id_ = town.send(package("Erased offline"))
    town.nurse.phoenix("accept", id_)
    town.relay.stop()
    try:
        assert town.nurse.phoenix("erase", id_, "--reason", "not_needed").json["whole"] is True
        assert town.nurse.phoenix("open", id_, status=3).error_code == "E_ERASED"
    finally:
        town.relay.restart()
    assert status(town, id_)[1] == []
    town.nurse.phoenix("inbox")
    states, receipts = status(town, id_)
    assert states[NURSE] == "erased"
    assert "reason" not in receipts[0], "nobody's key was known to seal it to"
