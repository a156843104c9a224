"""What must be true after any crash: no alarm, whole records, nothing left waiting, one history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.end_to_end.mortal import Mortals
from tests.end_to_end.processes import Finished
from tests.end_to_end.quillmere import Town


@dataclass(frozen=True, slots=True)
class After:
    """A town after crashes, looked at by commands that run to their end."""

    town: Town
    mortals: Mortals

    def run(self, name: str, *words: str) -> Finished:
        """What a machine of the town says."""
        return self.mortals.run(self.town[name], *words)

    def packages(self, name: str) -> list[Any]:
        """An inbox."""
        return list(self.run(name, "inbox").json["packages"])

    def sent(self) -> list[Any]:
        """What the sender has sent, with the newest states."""
        self.run("social-care", "inbox")
        return list(self.run("social-care", "sent").json["packages"])

    def events(self, id_: str) -> list[Any]:
        """What the sender knows that was said about a package."""
        return list(self.run("social-care", "status", id_, "--offline").json["events"])

    def check_everything(self, *names: str) -> None:
        """Nobody has an alarm, every record is whole, and nothing is left waiting."""
        for name in names:
            alerts = self.run(name, "inbox").json["alerts"]
            assert [a for a in alerts if a["code"] != "W_EXPIRES_SOON"] == [], name
            assert self.run(name, "audit", "verify").json["problems"] == []
            outbox = self.town[name].home / "outbox"
            left = [path for path in outbox.iterdir() if path.name != ".making"]
            assert left == [], f"{name} keeps sealed bytes of nothing"
        assert self.town.relay.run("check").status == 0


def history(events: Sequence[Any], endpoint: str) -> list[tuple[str, str]]:
    """What one endpoint said, in its order."""
    return [(e["state"], e["time"]) for e in events if e["endpoint"] == endpoint]
