"""A program that tests start, to be killed, starved or raced: python -m tests.keys.saver WHAT HOME."""

from __future__ import annotations

import resource
import sys
from dataclasses import replace
from pathlib import Path

from keys.content import Content
from keys.keystore import Keystore
from phoenix_protocol.errors import UnavailableError
from tests.keys.rings import counted, full, reopened


def save_forever(keystore: Keystore) -> None:
    """Save again and again, every third time destroying a key, and say what was saved."""

    def change(content: Content) -> Content:
        if content.audit.counter % 3 == 2:
            content = replace(content, epochs=content.epochs[1:] or full().epochs)
        return counted(content)

    while True:
        saved = keystore.update(change)
        print(saved.audit.counter, saved.epochs[0].hash.hex(), flush=True)


def save_times(keystore: Keystore, times: int) -> None:
    """Add to the counter, some times."""
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(times):
        keystore.update(counted)


def save_without_room(keystore: Keystore) -> None:
    """Try to save with room for no byte, one byte, and so on; say how many attempts it took."""
    size = (keystore.home / "keys.phoenix").stat().st_size
    refused = 0
    for room in range(size + 8):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        try:
            keystore.update(counted)
        except UnavailableError as error:
            refused += error.code == "E_STORE_WRITE"
        reopened(keystore.home)
    print(refused, size, flush=True)


if __name__ == "__main__":
    opened = reopened(Path(sys.argv[2]))
    match sys.argv[1]:
        case "forever":
            save_forever(opened)
        case "times":
            save_times(opened, int(sys.argv[3]))
        case "without-room":
            save_without_room(opened)
