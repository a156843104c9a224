"""An attachment of 1 GiB from disk to disk: the most memory that sender, relay and recipient have resident at once."""

from __future__ import annotations

from bench import processes
from bench.processes import Ran
from bench.report import Report, Row, Target
from bench.setting import Setting

_SIZE = 1024
_RESIDENT = 100.0
#: The file itself, sealed in the outbox, at the relay, at the recipient, and saved.
_COPIES = 6
_TITLE = "An attachment of 1 GiB, sent and opened"
_NOTES = (
    "Keys are held by agents, so that this is memory beyond unlocking. The relay's peak is counted from before each "
    "command on; what it has resident when idle is its first row.",
)


def run(setting: Setting) -> Report:
    """Send, accept and save it."""
    if not setting.has_room(_COPIES * _SIZE):
        return _not_run("The disk has no room for it.")
    partnership, file = setting.partnership, setting.file("gibibyte.bin", _SIZE)
    relay = partnership.relay_pid
    rows: list[Row] = [{"process": "relay, idle", "resident MiB": processes.resident(relay)}]
    processes.reset_peak(relay)
    package, sent = partnership.send(file)
    rows += [_row("sender: send", sent), _relay("relay: upload", relay)]
    accepted = partnership.phoenix(partnership.reader, "inbox")
    rows.append(_row("recipient: inbox", accepted))
    processes.reset_peak(relay)
    rows.append(
        _row("recipient: accept", partnership.phoenix(partnership.reader, "accept", package))
    )
    rows.append(_relay("relay: download", relay))
    saved = setting.folder / "saved"
    opened = partnership.phoenix(partnership.reader, "open", package, "--attachments", saved)
    rows.append(_row("recipient: open and save", opened))
    whole = sum(path.stat().st_size for path in saved.rglob("*") if path.is_file())
    if whole != file.stat().st_size:
        raise RuntimeError("What was saved is not what was sent.")
    return Report(
        name="memory",
        title=_TITLE,
        columns=("process", "resident MiB", "seconds", "processor s"),
        rows=rows,
        notes=_NOTES,
        targets=[_target(side, rows) for side in ("sender", "relay", "recipient")],
    )


def _row(name: str, ran: Ran) -> Row:
    return {
        "process": name,
        "resident MiB": ran.resident,
        "seconds": ran.seconds,
        "processor s": ran.processor,
    }


def _relay(name: str, pid: int) -> Row:
    return {"process": name, "resident MiB": processes.peak_resident(pid)}


def _target(side: str, rows: list[Row]) -> Target:
    most = max(
        float(row["resident MiB"] or 0) for row in rows if str(row["process"]).startswith(side)
    )
    return Target(
        wanted=f"{side} under {_RESIDENT:.0f} MiB beyond unlocking",
        found=f"{most:.0f} MiB",
        met=most < _RESIDENT,
    )


def _not_run(why: str) -> Report:
    target = Target(wanted=f"each side under {_RESIDENT:.0f} MiB", found=why, met=None)
    return Report(name="memory", title=_TITLE, columns=("process",), rows=[], targets=[target])
