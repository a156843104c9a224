"""The relay's process, disk and logs, searched for what it must not know. The same search finds what it may know."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from agency_client.ports.vault import Families
from agency_client.unlocking import Unlock, open_home
from keys.content import secrets_of
from phoenix_protocol import schema
from phoenix_protocol.sealing.contents import Grant
from tests.end_to_end.documents import package
from tests.end_to_end.quillmere import Keyholder, Town, running

#: Begins every text of the package, of its attachment and of what is said about it.
MARK = "Zq7wXr4k~"
READERS = ("desk", "night-desk", "nurse")
_PIECE = 64 << 20
_ZEROS = re.compile(rb"\0{256,}")  # most of a memory is empty


@pytest.fixture(scope="module")
def town(
    made: Path, keyholder: Keyholder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    with running(made, tmp_path_factory.mktemp("blind") / "own", keyholder) as town:
        yield town


# -- what to look for --------------------------------------------------------------------------------------------------


def written(text: str) -> dict[str, bytes]:
    """A text in the forms in which programs keep text."""
    return {
        "UTF-8": text.encode(),
        "UTF-16": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32-le"),
        "hexadecimal": text.encode().hex().encode(),
        "reversed": text.encode()[::-1],
        **{f"Base64 from {n}": _base64_of(text.encode(), n) for n in range(3)},
    }


def _base64_of(data: bytes, offset: int) -> bytes:
    """What of a text's Base64 does not depend on what stands before and after it."""
    encoded = base64.b64encode(bytes(offset) + data)
    return encoded[offset + 1 if offset else 0 : len(encoded) - 4]


def secrets(town: Town, *names: str) -> dict[str, bytes]:
    """Every private key of these homes, and every key of contents that they know, as bytes and as logs write it."""
    needles: dict[str, bytes] = {}
    for name in names:
        with opened(town, name) as (private, view):
            contents = set(content_keys(view))
        assert private
        assert contents or name not in READERS
        for number, key in enumerate((*private, *contents)):
            needles[f"{name}'s key {number}"] = key
            needles[f"{name}'s key {number} in hexadecimal"] = key.hex().encode()
    return needles


@contextmanager
def opened(town: Town, name: str) -> Iterator[tuple[frozenset[bytes], Families]]:
    """The secrets in a home's keystore, and its vault."""
    unlock = Unlock(environment={}, master_key=bytes.fromhex(town.keys[name]))
    home = open_home(town[name].home, unlock).home
    try:
        with home.vault.reading() as view:
            yield secrets_of(home.content), view
    finally:
        home.executor.shutdown()
        home.vault.close()


def content_keys(view: Families) -> Iterator[bytes]:
    """The keys of every package that came here."""
    for line in view.received.inbox():
        offer, contents = view.received.offer(line.core), view.contents.get(line.core)
        assert offer is not None
        yield from (offer.cover_key, offer.grant_key)
        if contents is not None and contents.grant is not None:
            grant = schema.decode(Grant, contents.grant)
            yield from (grant.manifest.key, *(entry.place.key for entry in grant.entries))
            yield from (attachment.key for attachment in contents.attachments)


# -- where to look -----------------------------------------------------------------------------------------------------


def memory(process: int) -> Iterator[bytes]:
    """Everything that a process may have written into its memory, in pieces that overlap."""
    maps = Path(f"/proc/{process}/maps").read_text("utf-8").splitlines()
    try:
        handle = os.open(f"/proc/{process}/mem", os.O_RDONLY)
    except PermissionError:
        pytest.skip("Not run: this user may not read the memory of a process.")
    try:
        for line in maps:
            addresses, rights, _, _, inode, *_ = line.split()
            of_a_program = inode != "0" and "w" not in rights  # as it is in the program's file
            if rights.startswith("r") and not of_a_program:
                start, end = (int(part, 16) for part in addresses.split("-"))
                yield from _pieces(handle, start, end)
    finally:
        os.close(handle)


def _pieces(handle: int, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, _PIECE):
        try:
            yield _ZEROS.sub(bytes(64), os.pread(handle, min(_PIECE + 256, end - at), at))
        except OSError:
            return  # this part cannot be read by anybody


def disk(town: Town) -> Iterator[bytes]:
    """Every file of the relay, and every line of its logs."""
    files = [path for path in town.relay.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite" for path in files)
    for path in (*files, town.relay.log):
        yield path.name.encode()
        yield path.read_bytes()


def found(needles: Mapping[str, bytes], haystack: Iterator[bytes]) -> set[str]:
    """The names of the needles that are there."""
    assert all(len(needle) >= 8 for needle in needles.values())
    return {name for piece in haystack for name, needle in needles.items() if needle in piece}


# -- the search --------------------------------------------------------------------------------------------------------


def carried(town: Town, attached: Path) -> list[bytes]:
    """Send, return, recall, open and answer packages; the relay's memory while it held their bodies."""
    assert town.relay.process is not None
    text = package("a purpose", mark=MARK)
    kept = town.send(text, "--attach", f"attendance={attached}")
    returned, recalled = town.send(text), town.send(text)
    town.desk.phoenix("inbox")
    town.sender.phoenix("recall", recalled, "--reason", f"{MARK} a recall")
    town.nurse.phoenix("return", returned, "--reason", f"{MARK} not ours")
    held = list(memory(town.relay.process.pid))

    town.desk.phoenix("accept", kept)
    town.nurse.phoenix("accept", kept)
    town["night-desk"].phoenix("inbox")
    words = ("--owner", f"{MARK} an owner", "--use", f"{MARK} a use")
    town.desk.phoenix("acknowledge", kept, *words)
    town.desk.phoenix("outcome", kept, f"{MARK} an outcome")
    status = town.sender.phoenix("status", kept).out
    assert all(f"{MARK} {what}" in status for what in ("an owner", "a use", "an outcome"))
    assert MARK in str(town.nurse.phoenix("open", kept).json)
    return held


def test_the_relay_knows_nothing_of_what_it_carries(town: Town, tmp_path: Path) -> None:
    assert town.relay.process is not None
    attached = tmp_path / f"{MARK}.pdf"
    attached.write_bytes(MARK.encode() * 200_000)
    held = carried(town, attached)

    secret = {**written(MARK), **secrets(town, *READERS, "social-care")}
    assert found(secret, iter(held)) == set()
    assert found(secret, memory(town.relay.process.pid)) == set()
    assert found(secret, disk(town)) == set()

    # The same search finds what the relay does know, and what others hold.
    public = {"an address": b"mash@ardenfold-police", "the anchor": bytes.fromhex(town.anchor)}
    assert found(public, memory(town.relay.process.pid)) == set(public)
    assert found(public, disk(town)) == set(public)
    assert town.keyholder.process is not None
    keys = {name: bytes.fromhex(key) for name, key in town.keys.items()}
    assert found(keys, memory(town.keyholder.process.pid)) == set(keys)
    for encoding in ("utf-8", "utf-16-le", "utf-32-le"):
        assert found(written(MARK), iter([f"before {MARK} after".encode(encoding)]))
    coded = (base64.b64encode(bytes(n) + MARK.encode() + b"more") for n in range(3))
    assert all(found(written(MARK), iter([text])) for text in coded)
