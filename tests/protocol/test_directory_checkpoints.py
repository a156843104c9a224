"""Checkpoints: the newest one that the relay shows, and the one inside a package."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phoenix_protocol import limits
from phoenix_protocol.directory.checkpoints import BehindError, check_checkpoint, check_relied_on
from phoenix_protocol.errors import TamperError, UnavailableError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.notes import Checkpoint, LogSigner, sign_checkpoint
from phoenix_protocol.signed import sign
from tests.protocol.quillmere import NOW, ORIGIN, quillmere, relay, seed
from tests.protocol.quillmere_changes import Changes

HERE = quillmere()
KNOWN = HERE.directory
LATER = HERE.then(sign(Changes(HERE).amendment(), [h.key for h in HERE.governance[:2]]))
MOVED = HERE.then(
    sign(
        Changes(HERE).amendment(relay=relay("another relay").keys),
        [h.key for h in HERE.governance[:2]],
    )
)
SIZES = range(1, KNOWN.size)


def note(size: int, root: bytes, time: int = NOW, signer: LogSigner = HERE.relay.log) -> str:
    checkpoint = Checkpoint(origin=signer.key.name, size=size, root=root)
    return sign_checkpoint(checkpoint, signer=signer, now=time)


def newest(text: str, now: int = NOW) -> str:
    return code_of(lambda: check_checkpoint(text, KNOWN, Seconds(now)))


def relied_on(text: str, at: int = NOW, *, up_to_date: bool = False) -> str:
    return code_of(lambda: check_relied_on(text, KNOWN, Seconds(at), up_to_date=up_to_date))


def code_of(check: object) -> str:
    assert callable(check)
    try:
        check()
    except BehindError as error:
        return f"behind {error.size}"
    except TamperError as error:
        return error.code
    return ""


def test_the_newest_is_what_we_know() -> None:
    opened = check_checkpoint(HERE.checkpoint(), KNOWN, NOW)
    assert (opened.checkpoint.size, opened.checkpoint.root) == (KNOWN.size, KNOWN.root)
    assert opened.time == NOW


@pytest.mark.parametrize("size", SIZES)
def test_a_shorter_log_is_a_rollback(size: int) -> None:
    assert newest(HERE.checkpoint(size)) == "E_DIR_ROLLBACK"


@pytest.mark.parametrize("size", SIZES)
def test_what_relied_on_a_shorter_log_is_good(size: int) -> None:
    opened = check_relied_on(HERE.checkpoint(size), KNOWN, NOW)
    assert opened.checkpoint.size == size


def test_another_past_is_a_fork() -> None:
    assert newest(note(KNOWN.size, seed("another root"))) == "E_DIR_FORK"
    for size in SIZES:
        assert relied_on(note(size, seed("another root"))) == "E_DIR_FORK"
        assert relied_on(note(size, KNOWN.root)) == "E_DIR_FORK"


def test_a_longer_log_has_to_be_fetched_first() -> None:
    longer = LATER.checkpoint()
    assert newest(longer) == relied_on(longer) == f"behind {KNOWN.size + 1}"
    assert check_checkpoint(longer, LATER.directory, NOW).checkpoint.size == KNOWN.size + 1
    with pytest.raises(UnavailableError) as caught:
        check_checkpoint(longer, KNOWN, NOW)
    assert (caught.value.code, caught.value.exit_code) == ("E_DIR_STALE", 4)


def test_a_longer_log_that_is_kept_from_us_is_a_rollback() -> None:
    assert relied_on(LATER.checkpoint(), up_to_date=True) == "E_DIR_ROLLBACK"
    forged = LogSigner.from_seed(ORIGIN, seed("somebody else's log key"))
    assert relied_on(note(KNOWN.size + 9, seed("r"), signer=forged), up_to_date=True) == "E_SIG"


def test_somebody_elses_checkpoint_is_refused() -> None:
    forged = LogSigner.from_seed(ORIGIN, seed("somebody else's log key"))
    elsewhere = LogSigner.from_seed("relay.example/log", seed("log key of relay"))
    for signer in (forged, elsewhere):
        assert newest(note(KNOWN.size, KNOWN.root, signer=signer)) == "E_SIG"
        assert relied_on(note(3, KNOWN.root_at(3), signer=signer)) == "E_SIG"


def test_a_changed_checkpoint_is_refused() -> None:
    lines = HERE.checkpoint().split("\n")
    for at, line in ((0, "relay.example/log"), (1, "13"), (2, lines[2][::-1])):
        changed = "\n".join([*lines[:at], line, *lines[at + 1 :]])
        assert newest(changed) in {"E_SIG", "E_PARSE"}


@pytest.mark.parametrize("text", ["", "\n", "x", "a\n\n— b c\n", "a\nx\nc\n\n— b AAAAAA==\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    assert newest(text) == relied_on(text) == "E_PARSE"


@pytest.mark.parametrize("size", ["-1", "1e3", "٣", "9" * 30, " 3", "03"])
def test_a_size_is_a_plain_number(size: str) -> None:
    lines = HERE.checkpoint().split("\n")
    odd = "\n".join([lines[0], size, *lines[2:]])
    assert newest(odd) in {"E_PARSE", "E_SIG"}


def test_an_empty_log_is_a_rollback() -> None:
    assert newest(note(0, KNOWN.root_at(0))) == "E_DIR_ROLLBACK"


def test_a_checkpoint_is_of_today() -> None:
    day, skew = limits.CHECKPOINT_AGE, limits.CLOCK_SKEW
    for check in (newest, relied_on):
        assert check(HERE.checkpoint(), NOW + day) == ""
        assert check(HERE.checkpoint(), NOW + day + 1) == "E_DIR_STALE"
        assert check(HERE.checkpoint(), NOW - skew) == ""
        assert check(HERE.checkpoint(), NOW - skew - 1) == "E_TIME"


def test_the_log_itself_says_which_key_signs_at_which_size() -> None:
    after = MOVED.directory
    new = relay("another relay").log
    newer = check_checkpoint(note(after.size, after.root, signer=new), after, NOW)
    assert newer.checkpoint.size == after.size
    with pytest.raises(TamperError, match="E_SIG"):
        check_checkpoint(MOVED.checkpoint(), after, NOW)  # by the old key
    assert check_relied_on(HERE.checkpoint(), after, NOW).checkpoint.size == KNOWN.size
    with pytest.raises(TamperError, match="E_SIG"):
        check_relied_on(note(KNOWN.size, KNOWN.root, signer=new), after, NOW)


def test_the_origin_is_part_of_what_governance_says() -> None:
    keys = replace(HERE.relay.keys, origin="other.example/log")
    change = Changes(HERE).amendment(relay=keys)
    there = HERE.then(sign(change, [h.key for h in HERE.governance[:2]])).directory
    renamed = LogSigner.from_seed("other.example/log", seed("log key of relay"))
    opened = check_checkpoint(note(there.size, there.root, signer=renamed), there, NOW)
    assert opened.checkpoint.origin == "other.example/log"
    with pytest.raises(TamperError, match="E_SIG"):
        check_checkpoint(note(there.size, there.root), there, NOW)
