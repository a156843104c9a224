"""Large freed blocks go back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from phoenix_relay.allocator import give_back_large_blocks

def resident():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
    return int(line.split()[1]) >> 10

if sys.argv[1] == "asked":
    assert give_back_large_blocks()
first = b"x" * (1 << 20)
del first   # by itself, glibc keeps blocks of this size from now on
before = resident()
held = []
for _ in range(64):
    held.append(b"x" * (1 << 20))
    held.append(bytearray(600))   # stays above it, so that the heap cannot shrink
del held[::2]
print(resident() - before)
"""


def left_behind(word: str) -> int:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, word], capture_output=True, text=True, check=True
    )
    return int(finished.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked")
def test_large_blocks_are_given_back() -> None:
    assert left_behind("asked") < 8
