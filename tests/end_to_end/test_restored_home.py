"""A home that was lost and restored from its backup: what it knows, what it must not do yet, and how it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from keys.keystore import open_keystore
from keys.passphrase import Passphrase
from tests.end_to_end.documents import FRONT, MASH, NURSE, package
from tests.end_to_end.mortal import Mortals
from tests.end_to_end.processes import Finished, Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town


def test_a_restored_home_catches_up_and_goes_on_without_what_was_in_its_vault(
    own_town: Callable[..., Town], mortals: Mortals, tmp_path: Path
) -> None:
    with own_town() as town:

        def send(machine: Machine, purpose: str, **sections: tuple[str, ...]) -> Finished:
            file = machine.folder / "package.toml"
            file.write_text(package(purpose, sections=sections), "utf-8")
            return mortals.run(machine, "send", file)

        lost, backup = town.sender, tmp_path / "keys.backup"
        had = send(town.nurse, "Read and lost", ours=(FRONT,)).json["package"]
        mortals.run(lost, "accept", had)
        lost.phoenix("keys", "backup", backup)
        before = send(lost, "Sent and forgotten", only=(MASH,)).json["package"]
        mortals.run(town.desk, "inbox")
        waits = send(town.nurse, "Still waiting", ours=(FRONT,)).json["package"]
        shutil.rmtree(lost.home)

        home = Machine(folder=tmp_path / "new", passphrase=PASSPHRASE)
        told = home.run_plain("keys", "restore", backup, "--relay", town.relay.url)
        assert all(word in told.out for word in ("phoenix inbox", "E_REPLAY"))
        key = open_keystore(home.home, Passphrase(PASSPHRASE)).master_key
        town.keyholder.hold(home.home, key.hex())

        # The keys are back, and of the vault nothing. Sending has to wait.
        refused = send(home, "Sent again", only=(MASH, NURSE))
        assert (refused.status, refused.error_code) == (3, "E_RESTORED")
        assert mortals.run(home, "open", had).error_code == "E_NOT_FOUND"
        assert mortals.run(home, "inbox", "--offline").json["packages"] == []
        assert mortals.run(home, "sent").json["packages"] == []

        # Once it has caught up it has what still waits, and sends.
        [line] = mortals.run(home, "inbox").json["packages"]
        assert (line["package"], line["state"]) == (waits, "offered")
        assert mortals.run(home, "accept", waits).json["state"] == "committed"
        assert "Said in ours" in str(mortals.run(home, "open", waits).json)
        assert mortals.run(home, "open", had).error_code == "E_NOT_FOUND"
        sent = send(home, "Sent again", only=(MASH, NURSE)).json["package"]
        assert mortals.run(home, "audit", "verify").json["problems"] == []

        # Who had a package before sees that the numbers begin again, and has both; nobody else sees anything.
        desk, nurse = (mortals.run(town[name], "inbox").json for name in ("desk", "nurse"))
        assert {line["package"] for line in desk["packages"]} == {before, sent}
        assert [(a["code"], a["package"]) for a in desk["alerts"]] == [("E_REPLAY", sent)]
        assert ([line["package"] for line in nurse["packages"]], nurse["alerts"]) == ([sent], [])
        mortals.run(town.desk, "accept", sent)
        assert "Said in only" in str(mortals.run(town.desk, "open", sent).json)
