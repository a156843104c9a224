"""The commands. Each imports what it needs when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from phoenix_relay.cli.running import common, home, tell, warn

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import Seconds
    from phoenix_protocol.randomness import Randomness
    from phoenix_relay.maintenance.founding import Founded

_CONFIG = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings. Otherwise relay.toml in the relay's folder, if it is there.",
)
_DATABASE = click.option("--database", metavar="URL", help="The database. This version: SQLite.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="project-phoenix", prog_name="phoenix-relay")
@common
def relay() -> None:
    """Run a Phoenix relay: it holds, offers, releases and expires packages that it cannot read."""


@relay.command()
@common
@click.option("--url", help="Where members will reach this relay. Default: http://127.0.0.1:8080")
def init(url: str | None) -> None:
    """Make the relay's keys and database.

    Prints the claim with which one partnership can take this relay, once.
    """
    from phoenix_relay.maintenance.founding import DEFAULT_URL, found

    _tell_founded(found(home(), url or DEFAULT_URL, _randomness()))


@relay.command()
@common
def claim() -> None:
    """Make a new claim, when the first was lost before a partnership took the relay."""
    from phoenix_relay.maintenance.founding import renew_claim

    _tell_founded(renew_claim(home(), _randomness()))


@relay.command()
@common
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; 0 for any.")
@_CONFIG
@_DATABASE
@click.option(
    "--accept-lost-keys",
    is_flag=True,
    help="Start without storage keys that are lost for good: what is held under them is deleted, "
    "and its senders are told that the relay lost it.",
)
def serve(
    host: str | None,
    port: int | None,
    config: Path | None,
    database: str | None,
    accept_lost_keys: bool,
) -> None:
    """Run the relay until it is told to stop (SIGTERM), then finish what is in progress."""
    from phoenix_relay import app, logs
    from phoenix_relay.allocator import give_back_large_blocks
    from phoenix_relay.serving import only_server
    from phoenix_relay.settings import read_settings
    from phoenix_relay.storage.schemas import require_current
    from phoenix_relay.storage.sqlite import DATABASE

    settings = read_settings(home(), config, host=host, port=port, database=database)
    require_current(settings.home / DATABASE)
    logs.configure()
    give_back_large_blocks()
    with only_server(settings.home):
        app.serve(settings, accept_lost_keys=accept_lost_keys)


@relay.command()
@common
def status() -> None:
    """Show counts, sizes, the oldest package held, the next expiry, the log's size and day keys."""
    from phoenix_relay.maintenance.status import status as status_of

    found = status_of(home())
    tell(
        found, "\n".join(f"{name.replace('_', ' ')}: {_shown(name, found[name])}" for name in found)
    )


@relay.command()
@common
@_CONFIG
def sweep(config: Path | None) -> None:
    """Warn, expire and delete what is due now. The server also does it by itself."""
    from phoenix_relay.maintenance.sweeping import sweep_once
    from phoenix_relay.settings import read_settings

    settings = read_settings(home(), config)
    swept = asdict(asyncio.run(sweep_once(settings, _now(), _randomness())))
    tell(swept, "\n".join(f"{name}: {value}" for name, value in swept.items()))


@relay.command()
@common
def check() -> None:
    """Verify every stored row, block and statement against its digest, the log's root, and the relay's key files."""
    from phoenix_relay.maintenance.checking import damage, find_damage
    from phoenix_relay.maintenance.strays import strays

    findings = find_damage(home(), _randomness())
    found = strays(home())
    if found:
        warn(
            f"{_count(len(found))} in bodies or daykeys that the relay did not put there. {_STRAY}"
        )
        for name in found[:_MOST_STRAYS]:
            click.echo(f"    {name}", err=True)
    if findings:
        raise damage(findings)
    tell({"damaged": 0, "strays": list(found)}, "Everything stored is as it should be.")


#: So many strays are named to a person.
_MOST_STRAYS: Final = 100
_STRAY: Final = "That is no damage. Find out who did, and move it away."


def _count(number: int) -> str:
    return "1 thing is" if number == 1 else f"{number} things are"


@relay.command()
@common
def upgrade() -> None:
    """Bring an older database up to this version."""
    from phoenix_relay.storage.schemas import upgrade as upgrade_database
    from phoenix_relay.storage.sqlite import DATABASE

    version = upgrade_database(home() / DATABASE)
    tell({"schema": version}, f"The database is up to date (schema {version}).")


@relay.command()
@common
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the relay's own signing keys out.")
def backup(dest: Path, without_keys: bool) -> None:
    """Copy the relay to DEST, an empty or new folder, while it serves.

    The copy never has a storage key. It has the relay's own signing keys unless you leave them out: keep it as safe as
    the relay.
    """
    from phoenix_relay.maintenance.copies import back_up

    copied = back_up(home(), dest, _now(), keys=not without_keys)
    keys = "with the relay's signing keys: keep it safe" if copied.keys else "without keys"
    tell(asdict(copied), f"The backup is whole: database, {copied.bodies} body blocks, {keys}.")


@relay.command()
@common
@click.argument("src", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(src: Path) -> None:
    """Make a relay out of the backup in SRC. The relay's folder must be empty or new.

    What was held when the backup was made is reported to its senders as not delivered.
    """
    from phoenix_relay.maintenance.copies import restore as restore_from

    copied = restore_from(src, home())
    keys = "" if copied.keys else " Put the relay's key files into keys/ before you serve."
    tell(asdict(copied), f"The relay is restored to {_when(copied.time)}.{keys}")


def _tell_founded(founded: Founded) -> None:
    document = {
        "origin": founded.origin,
        "log_key": founded.log_key.hex(),
        "claim": founded.claim,
    }
    text = (
        f"The relay {founded.origin} is ready.\n"
        f"Log key: {founded.log_key.hex()}\n"
        f"Claim, to be used once: {founded.claim}\n"
        "Give the claim to whoever founds the partnership, over a channel that you trust."
    )
    tell(document, text)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "none"
    times = ("oldest_held", "next_expiry", "next_day_ends", "last_sweep")
    return _when(value) if name in times else str(value)


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _now() -> Seconds:
    from phoenix_protocol.identifiers import Seconds

    return Seconds(int(time.time()))


def _randomness() -> Randomness:
    from phoenix_protocol.randomness import SystemRandomness

    return SystemRandomness()
