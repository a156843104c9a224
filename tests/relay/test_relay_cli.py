"""``phoenix-relay`` as whoever runs a relay meets it: commands, exit codes, JSON, errors that say what to do."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from phoenix_protocol import schema
from phoenix_protocol.suite.hashing import sha256
from phoenix_relay import custody
from phoenix_relay.claim import PREFIX
from phoenix_relay.cli import main
from phoenix_relay.storage.sqlite import DATABASE
from tests.relay.stored_packages import files_in, files_with, hold, new_package, opened

PROGRAM = Path(sys.executable).parent / "phoenix-relay"
COMMANDS = (
    "init",
    "claim",
    "serve",
    "status",
    "sweep",
    "check",
    "upgrade",
    "backup",
    "restore",
)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    parsed: dict[str, Any] = json.loads(out)
    return parsed


def error_of(capsys: pytest.CaptureFixture[str], code: int, *arguments: object) -> dict[str, Any]:
    """The error of a command that must end with ``code``, told on both streams."""
    ended, out, err = run(capsys, "--json", *arguments)
    error: dict[str, Any] = json.loads(out)["error"]
    assert ended == code
    assert error.keys() == {"code", "message", "next", "problems"}
    assert err.splitlines()[0] == f"{error['code']}: {error['message']}"
    assert err.splitlines()[-1] == error["next"]
    return error


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run(capsys, "--home", tmp_path / "relay", "init")[0] == 0
    return tmp_path / "relay"


# -- init -------------------------------------------------------------------------------------------------------------


def test_init_prints_what_a_partnership_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "deep" / "relay"
    found = as_json(capsys, "init", "--url", "https://Relay.Example:8443/x/", "--home", home)
    assert found.keys() == {"origin", "log_key", "claim"}
    assert found["origin"] == "relay.example:8443/x/log"
    keys = custody.load(home, origin=found["origin"], url="https://Relay.Example:8443/x")
    assert found["log_key"] == keys.public.log_key.hex()
    decoded = base64.b32decode(found["claim"].removeprefix(PREFIX).upper())
    assert len(decoded) == 40
    assert decoded[20:] == sha256(schema.encode(keys.public))[:20]


def test_what_init_makes_is_for_us_alone_and_has_no_claim_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "relay"
    claim = as_json(capsys, "init", "--home", home)["claim"]
    assert home.stat().st_mode & 0o777 == 0o700
    assert {f"{f.relative_to(home)}" for f in files_in(home)} == {
        DATABASE,
        "keys/log.key",
        "keys/response.key",
        "keys/receipt.key",
    }
    assert {f.stat().st_mode & 0o777 for f in files_in(home)} == {0o600}
    assert files_with(home, claim.encode()) == []


def test_init_for_people_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "init", "--home", tmp_path / "relay")
    assert (code, err) == (0, "")
    assert "127.0.0.1:8080/log" in out
    assert PREFIX in out


def test_init_never_touches_a_relay_that_is_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {file: file.read_bytes() for file in files_in(home)}
    assert error_of(capsys, 3, "--home", home, "init")["code"] == "E_CONFLICT"
    (home / DATABASE).unlink()
    assert error_of(capsys, 3, "--home", home, "init")["code"] == "E_CONFLICT"
    del before[home / DATABASE]
    assert {file: file.read_bytes() for file in files_in(home)} == before


@pytest.mark.parametrize(
    "url",
    [
        "relay.example",
        "ftp://relay.example",
        "http://",
        "http://a b",
        "http://[",
        "http://a:b",
        "http://bücher.example",
        "http://a?b",
        "http://a#b",
        "http://u@a",
        "http://a+b",
    ],
)
def test_init_wants_an_address_that_members_can_reach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert error_of(capsys, 2, "--home", tmp_path / "r", "init", "--url", url)["code"] == "E_URL"
    assert not (tmp_path / "r").exists()


def test_a_lost_claim_is_replaced_until_it_was_used(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (as_json(capsys, "claim", "--home", home) for _ in range(2))
    assert one["claim"] != two["claim"]
    assert one["log_key"] == two["log_key"]
    with sqlite3.connect(home / DATABASE) as connection:
        connection.execute("INSERT INTO facts VALUES ('anchor', zeroblob(32)), ('taken', '1')")
    assert error_of(capsys, 3, "claim", "--home", home)["code"] == "E_CONFLICT"


# -- the rest ---------------------------------------------------------------------------------------------------------


def test_home_and_json_stand_before_and_after_the_command(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = as_json(capsys, "--home", home, "status")
    assert json.loads(run(capsys, "--json", "--home", home, "status")[1]) == expected
    assert json.loads(run(capsys, "status", "--json", "--home", home)[1]) == expected
    monkeypatch.setenv("PHOENIX_HOME", str(home))
    assert json.loads(run(capsys, "--json", "status")[1]) == expected
    monkeypatch.setenv("PHOENIX_HOME", str(home / "nowhere"))
    assert json.loads(run(capsys, "--json", "status", "--home", home)[1]) == expected


def test_status_sweep_check_and_upgrade_of_a_new_relay(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys, "--home", home, "status")
    assert (found["log_size"], found["packages"], found["oldest_held"]) == (0, 0, None)
    assert as_json(capsys, "--home", home, "sweep")["expired"] == 0
    assert as_json(capsys, "--home", home, "check") == {"damaged": 0, "strays": []}
    assert as_json(capsys, "--home", home, "upgrade") == {"schema": 1}
    for command in ("status", "sweep", "check", "upgrade"):
        code, out, err = run(capsys, "--home", home, command)
        assert (code, err) == (0, "")
        assert out.strip()


def test_check_tells_of_files_that_are_not_the_relays(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = home / "daykeys"
    folder.mkdir(exist_ok=True)
    (folder / "1795392000.key.bak").write_bytes(bytes(32))
    (folder / "odd\x1b[31m").touch()
    wanted = ["daykeys/1795392000.key.bak", "daykeys/odd<U+001B>[31m"]
    code, out, _ = run(capsys, "--home", home, "check", "--json")
    assert (code, json.loads(out)) == (0, {"damaged": 0, "strays": wanted})
    code, out, err = run(capsys, "--home", home, "check")
    assert (code, "as it should be" in out) == (0, True), "no damage"
    assert all(name in err for name in wanted)


def test_backup_and_restore(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied = as_json(capsys, "--home", home, "backup", tmp_path / "copy")
    assert copied["keys"] is True
    assert as_json(capsys, "--home", tmp_path / "again", "restore", tmp_path / "copy")["keys"]
    one, two = (as_json(capsys, "--home", h, "status") for h in (home, tmp_path / "again"))
    assert one["origin"] == two["origin"]
    assert error_of(capsys, 3, "--home", home, "restore", tmp_path / "copy")["code"] == "E_CONFLICT"
    assert not as_json(capsys, "--home", home, "backup", tmp_path / "bare", "--without-keys")[
        "keys"
    ]


def test_damage_is_an_alarm_with_every_place(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(home / DATABASE) as connection:
        connection.execute("INSERT INTO leaves VALUES (0, zeroblob(32), zeroblob(9))")
        connection.execute("INSERT INTO roots VALUES (2, zeroblob(32))")
    error = error_of(capsys, 5, "--home", home, "check")
    assert error["code"] == "E_STORE_INTEGRITY"
    assert [problem["place"] for problem in error["problems"]] == ["log 0", "log 2"]
    assert error["problems"][0].keys() == {"code", "place", "line", "message", "next"}


@pytest.mark.parametrize("schema_version", ["0", "2"])
def test_another_schema_is_refused_and_said(
    home: Path, capsys: pytest.CaptureFixture[str], schema_version: str
) -> None:
    with sqlite3.connect(home / DATABASE) as connection:
        connection.execute("UPDATE facts SET value = ? WHERE name = 'schema'", (schema_version,))
    for command in ("serve", "status", "sweep", "check"):
        error = error_of(capsys, 3, "--home", home, command)
        assert error["code"] == "E_STORE_VERSION"
        assert schema_version in error["message"]
        assert ("upgrade" in error["next"]) == (schema_version == "0")


@pytest.mark.parametrize("command", ["serve", "status", "sweep", "check", "upgrade", "claim"])
def test_a_folder_without_a_relay_is_told_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    error = error_of(capsys, 2, "--home", tmp_path / "none", command)
    assert error["code"] == "E_NOT_FOUND"
    assert "phoenix-relay init" in error["next"]
    assert not (tmp_path / "none").exists()


def test_keys_that_are_missing_or_exposed_stop_the_relay(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = home / "keys" / "receipt.key"
    key.chmod(0o604)
    assert error_of(capsys, 3, "--home", home, "serve", "--port", "0")["code"] == "E_KEY_EXPOSED"
    key.write_bytes(b"short")
    assert error_of(capsys, 6, "--home", home, "serve", "--port", "0")["code"] == "E_LOCKED"
    key.unlink()
    assert error_of(capsys, 6, "--home", home, "serve", "--port", "0")["code"] == "E_LOCKED"


def test_settings_that_are_wrong_are_listed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "relay.toml").write_text("key_period = 1\ncolour = 2\n")
    error = error_of(capsys, 2, "--home", home, "serve", "--database", "postgresql://db")
    places = {problem["place"] for problem in error["problems"]}
    assert places == {"key_period", "colour", "database"}


@pytest.mark.parametrize(
    "arguments", [["fly"], ["status", "--fast"], ["serve", "--port", "x"], ["backup"]]
)
def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert error_of(capsys, 2, *arguments)["code"] == "E_USAGE"


@pytest.mark.parametrize("arguments", [["--help"], *([c, "--help"] for c in COMMANDS)])
def test_every_level_has_help(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    assert out.startswith("Usage: phoenix-relay")
    assert "--home" in out
    assert "--json" in out


def test_the_list_of_commands_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "--help")[1]
    listed = {line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line}
    assert listed == set(COMMANDS)


def test_help_imports_no_database_server_or_cryptography() -> None:
    script = (
        "import sys; from phoenix_relay.cli import main; main(['--help']);"
        "heavy = {'sqlalchemy', 'aiohttp', 'cryptography', 'structlog', 'asyncpg', 'rich'};"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# -- serve ------------------------------------------------------------------------------------------------------------


def test_serve_runs_alone_until_it_is_told_to_stop(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        server = subprocess.Popen(
            [PROGRAM, "--home", home, "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        assert server.stdout is not None
        listening = json.loads(server.stdout.readline())
        assert listening["event"] == "listening"
        with urllib.request.urlopen(f"{listening['url']}/healthz", timeout=10) as answer:
            assert answer.status == 200
        second = subprocess.run(
            [PROGRAM, "--json", "--home", home, "serve", "--port", "0"],
            capture_output=True,
            timeout=30,
        )
        assert second.returncode == 4
        assert json.loads(second.stdout)["error"]["code"] == "E_RELAY"
        backup = subprocess.run(
            [PROGRAM, "--home", home, "backup", tmp_path / "copy"], capture_output=True, timeout=30
        )
        assert backup.returncode == 0
        server.send_signal(signal.SIGTERM)
        assert server.wait(15) == 0
    finally:
        server.kill()
        server.wait()
    for line in log.read_text().splitlines():
        assert json.loads(line)["level"] == "info"


def test_a_relay_starts_again_after_it_was_killed(home: Path) -> None:
    for _ in range(2):
        server = subprocess.Popen(
            [PROGRAM, "--home", home, "serve", "--port", "0"], stdout=subprocess.PIPE
        )
        assert server.stdout is not None
        assert json.loads(server.stdout.readline())["event"] == "listening"
        server.kill()
        server.wait()


def test_serve_starts_without_lost_keys_when_it_is_told_to(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fill() -> None:
        async with opened(home) as store:
            expires = int(time.time()) + 7 * 86400
            await hold(store, new_package(created=expires - 8 * 86400, expires=expires))

    asyncio.run(fill())
    shutil.rmtree(home / "daykeys")
    assert error_of(capsys, 5, "--home", home, "serve", "--port", "0")["code"] == "E_KEY_LOST"
    assert error_of(capsys, 5, "--home", home, "sweep")["code"] == "E_KEY_LOST"
    command = [PROGRAM, "--home", home, "serve", "--port", "0"]
    for option in ("--accept-lost-keys",), ():
        server = subprocess.Popen([*command, *option], stdout=subprocess.PIPE)
        assert server.stdout is not None
        assert json.loads(server.stdout.readline())["event"] == "listening"
        server.terminate()
        assert server.wait(15) == 0
