"""Timing several ways of doing one thing in turns, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What one subject took, in seconds, round by round: by the clock, and of processors on all threads."""

    seconds: tuple[float, ...]
    processor: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one: what is reported, because signing time is drawn by lot (ML-DSA)."""
        return statistics.median(self.seconds)

    @property
    def work(self) -> float:
        """The middle one of processor times, which other programs on the machine disturb least."""
        return statistics.median(self.processor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One way to do the thing: ``prepare`` is not timed and gives what ``run`` is timed on."""

    name: str
    prepare: Callable[[], Any]
    run: Callable[[Any], object]


def in_turns(
    subjects: Sequence[Subject], *, seconds: float, least: int = 5, most: int = 400
) -> Mapping[str, Times]:
    """Run all ``subjects`` once a round for about ``seconds``, ``least`` to ``most`` rounds, after one to warm up.

    Who begins a round changes from round to round.
    """
    taken: dict[str, list[tuple[float, float]]] = {subject.name: [] for subject in subjects}
    for subject in subjects:
        _once(subject)
    until = time.perf_counter() + seconds
    number = 0
    while number < least or (number < most and time.perf_counter() < until):
        turn = number % len(subjects)
        for subject in (*subjects[turn:], *subjects[:turn]):
            taken[subject.name].append(_once(subject))
        number += 1
    return {
        name: Times(seconds=tuple(s for s, _ in times), processor=tuple(p for _, p in times))
        for name, times in taken.items()
    }


def _once(subject: Subject) -> tuple[float, float]:
    given = subject.prepare()
    gc.collect(0)
    worked, started = time.process_time(), time.perf_counter()
    kept = subject.run(given)
    ended, done = time.perf_counter(), time.process_time()
    del kept, given
    return ended - started, done - worked
