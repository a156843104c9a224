"""Long work that a person can leave and return to: sending a large file, fetching one, a first sync, an export."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from agency_client.web.faults import forget_frames, where
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.randomness import Randomness

_log: Final = logging.getLogger("phoenix.web")

#: Told as work goes on: how much is done, of how much.
Progressed = Callable[[int, int], None]
#: So many that have ended are remembered.
_REMEMBERED: Final = 50
#: Seconds that a page waits for work before it says that it goes on.
_MOMENT: Final = 3.0


class JobState(Enum):
    """How far long work is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class Job:
    """One piece of long work. ``title`` says what it does, in words without names of people."""

    id: str
    title: str
    state: JobState = JobState.RUNNING
    done: int = 0
    whole: int = 0
    result: Any = None
    #: Where its result is shown.
    goes_to: str | None = None
    #: Where to go when it failed: what was to be done is there as it was.
    back: str | None = None
    #: What it failed with.
    error: PhoenixError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def percent(self) -> int | None:
        """How much of it is done, once that is known."""
        return min(100, self.done * 100 // self.whole) if self.whole else None

    def progressed(self, done: int, whole: int) -> None:
        """See :data:`Progressed`."""
        self.done, self.whole = done, whole


class Jobs:
    """The long work of this program."""

    def __init__(self, randomness: Randomness) -> None:
        self._randomness: Final = randomness
        self._jobs: Final[dict[str, Job]] = {}

    def start(
        self,
        title: str,
        work: Callable[[Job], Awaitable[Any]],
        *,
        then: Callable[[Any], str],
        back: str | None = None,
    ) -> Job:
        """Begin ``work``; ``then`` makes of its result the path of the page that shows it."""
        job = Job(id=self._randomness.random_bytes(8).hex(), title=title, back=back)
        self._jobs[job.id] = job
        job.task = asyncio.get_running_loop().create_task(_run(job, work, then))
        self._forget()
        return job

    def get(self, id_: str) -> Job | None:
        """A job by its id."""
        return self._jobs.get(id_)

    @property
    def running(self) -> tuple[Job, ...]:
        """What goes on now."""
        return tuple(job for job in self._jobs.values() if job.state is JobState.RUNNING)

    @property
    def shown(self) -> tuple[Job, ...]:
        """What goes on, and what has ended, newest first."""
        return tuple(reversed(self._jobs.values()))

    def forget_frames(self) -> None:
        """Let go of what ended work still holds on to."""
        for job in self._jobs.values():
            forget_frames(job.error)

    async def soon(self, job: Job) -> None:
        """Wait a moment: most work is done before anybody would look how far it is."""
        if job.task is not None:
            await asyncio.wait([job.task], timeout=_MOMENT)

    async def stop(self) -> None:
        """End everything that still goes on."""
        tasks = [job.task for job in self.running if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.state is not JobState.RUNNING]
        for id_ in ended[: max(0, len(ended) - _REMEMBERED)]:
            del self._jobs[id_]


async def _run(job: Job, work: Callable[[Job], Awaitable[Any]], then: Callable[[Any], str]) -> None:
    try:
        job.result = await work(job)
        job.goes_to = then(job.result)
        job.state = JobState.DONE
    except PhoenixError as error:
        job.error, job.state = error, JobState.FAILED
    except Exception as error:  # noqa: BLE001  # whatever failed is told on its page, and nothing of it logged
        _log.error("work failed: %s", where(error))
        job.state = JobState.FAILED
    except BaseException:
        job.state = JobState.FAILED
        raise
