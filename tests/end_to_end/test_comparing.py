"""Comparing words by phone, by real programs: kept, shown wherever somebody sends, and never a block."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.quillmere import PASSPHRASE, Town, join
from tests.end_to_end.test_surface_json import held


def test_what_was_compared_is_kept_and_says_when_the_keys_have_changed(
    town: Town, tmp_path: Path
) -> None:
    sender = town.sender
    early = sender.phoenix("fingerprint", MASH, "--compared", status=3)
    assert early.error_code == "E_WORDS_CHANGED", "nobody has been shown these words yet"
    shown = sender.phoenix("fingerprint", MASH).json
    assert shown["compared"]["at"] is None
    assert "nobody here has compared" in sender.run_plain("fingerprint", MASH).out
    theirs = town.nurse.phoenix("fingerprint", MASH).json["words"]
    assert theirs == shown["words"]
    kept = sender.phoenix("fingerprint", MASH, "--compared", "--by", "Duty manager").json
    assert kept["compared"]["by"] == "Duty manager"
    assert kept["compared"]["keys"] == shown["keys"]
    assert kept["compared"]["changed"] is False
    of_desk = sender.phoenix("directory", MASH).json["compared"]
    assert (of_desk["address"], of_desk["at"]) == (MASH, kept["compared"]["at"])
    assert sender.phoenix("directory").json["compared"] is None
    actions = [row["action"] for row in sender.phoenix("audit", "show", "--last", "5").json["rows"]]
    assert "words.compared" in actions

    new = held(town, tmp_path / "new")
    join(new, MASH, town.machines, town.anchor, town.relay.url)
    assert new.passphrase == PASSPHRASE
    late = sender.phoenix("fingerprint", MASH, "--compared", status=3)
    assert late.error_code == "E_WORDS_CHANGED", "these are not the words that were shown"
    file = tmp_path / "package.toml"
    file.write_text(package("Compared"), "utf-8")
    sent = sender.phoenix("send", file).json
    said = {each["address"]: (each["at"] is None, each["changed"]) for each in sent["compared"]}
    assert said == {MASH: (False, True), NURSE: (True, False)}
    assert "W_DOC_KEYS" in {warning["code"] for warning in sent["warnings"]}
    told = sender.run_plain("check", file)
    assert f"{MASH}: words compared" in told.out
    assert "have changed since" in told.out
    (never,) = [
        t for t in told.out.splitlines() if t.startswith("Nobody here has checked by phone")
    ]
    assert never.endswith(f": {NURSE}")
    assert sender.phoenix("fingerprint", MASH).json["compared"]["changed"] is True
    again = sender.phoenix("fingerprint", MASH, "--compared").json
    assert (again["compared"]["changed"], again["compared"]["by"]) == (False, None)
