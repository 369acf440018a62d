"""A lab in which much happens, in a process of its own, like all that write beside a dashboard.

`python -m tests.tui.busy_lab DATABASE SEED` records until a line on standard input ends it; then it
says how many things happened.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from store.events import (
    ChatOpened,
    ChatTurnRated,
    ChatTurnRecorded,
    DatasetVersionRecorded,
    JobCancelled,
    JobFailed,
    JobInterrupted,
    JobQueued,
    JobSucceeded,
    JobTakenFromQueue,
    ModelDeleted,
    ModelDeletionRequested,
    ModelRegistered,
    ModelTagged,
)
from tests.tui.conftest import AFTER, BEFORE, Story, losses, running

_PAUSE_SECONDS = 0.03
_ROOT = Path(__file__).parents[2]


class Life:
    """Records what goes on in a busy lab.

    Args:
        path: the database.
        seed: of what happens.

    Attributes:
        recorded: how many things happened.
    """

    _MOST_JOBS = 150

    def __init__(self, path: Path, seed: int) -> None:
        self._story = Story(path)
        self._chance = Random(seed)  # noqa: S311 - the same life each time
        self._steps: dict[str, int] = {}
        self._models: list[str] = []
        self._turns: dict[str, int] = {}
        self.recorded = 0

    def go_on(self) -> None:
        """Have one more thing happen."""
        happenings = (
            self._begin, self._go_on, self._go_on, self._go_on, self._end, self._take_in,
            self._talk, self._tag, self._delete,
        )  # fmt: skip
        self._story.at(-self.recorded / 60)
        self._chance.choice(happenings)()
        self.recorded += 1

    def _begin(self) -> None:
        number = self.recorded
        if number > self._MOST_JOBS * 9:
            return
        key = f"busy-{number}"
        if self._chance.random() < 0.2:
            job = self._story.job(key, JobQueued(priority=self._chance.randint(-1, 1)))
            self._story.tell(job, JobTakenFromQueue(devices=[]))
        else:
            job = self._story.job(key)
        self._story.tell(job, *running())
        self._steps[job] = 0

    def _go_on(self) -> None:
        if not self._steps:
            return
        job = self._chance.choice(list(self._steps))
        count = self._chance.randint(1, 5)
        first = self._steps[job] + 1
        self._steps[job] += count
        self._story.tell(job, *losses(first, count, evaluated=self._chance.random() < 0.2))

    def _end(self) -> None:
        if len(self._steps) < 3:
            return
        job = self._chance.choice(list(self._steps))
        step = self._steps.pop(job)
        how = self._chance.randrange(4)
        if how == 0:
            self._story.tell(job, JobFailed(error="out of memory", details="Traceback"))
        elif how == 1:
            self._story.tell(job, JobCancelled(step=step))
        elif how == 2:
            self._story.tell(job, JobInterrupted(reason="killed", checkpoint=None))
        else:
            self._succeed(job, step)

    def _succeed(self, job: str, step: int) -> None:
        key = f"mdl_{job.removeprefix('job_')}"
        self._story.tell(job, JobSucceeded(model=key, step=step, before=BEFORE, after=AFTER))
        model = ModelRegistered(
            id=key,
            name=key,
            kind="adapter",
            base_model="smollm2-135m-instruct",
            job=job,
            dataset="ds_1",
            hyperparameters={},
            before=BEFORE,
            after=AFTER,
        )
        self._story.log.append(f"model/{key}", model)
        self._models.append(key)

    def _take_in(self) -> None:
        if self._chance.random() < 0.5:
            return
        number = self.recorded
        version = DatasetVersionRecorded(
            id=f"ds_busy{number}",
            name=f"busy-{number % 7}",
            version=number,
            content="d" * 64,
            examples=number,
            messages=number * 2,
            characters=number * 100,
            bytes=number * 110,
        )
        self._story.log.append(f"dataset/{version.id}", version)

    def _talk(self) -> None:
        chats = list(self._turns)
        if not chats or self._chance.random() < 0.2:
            chat = f"busy{self.recorded}"
            self._story.log.append(f"chat/{chat}", ChatOpened(model="mdl_1"))
            self._turns[chat] = 0
            return
        chat = self._chance.choice(chats)
        if self._turns[chat] and self._chance.random() < 0.3:
            rated = ChatTurnRated(turn=self._turns[chat], rating="up")
            self._story.log.append(f"chat/{chat}", rated)
            return
        turn = ChatTurnRecorded(question="*What* is `2`?", answer="# Two\n\n- 1\n- 2", seconds=0.1)
        self._story.log.append(f"chat/{chat}", turn)
        self._turns[chat] += 1

    def _tag(self) -> None:
        if self._models:
            model = self._chance.choice(self._models)
            self._story.log.append(f"model/{model}", ModelTagged(tag="good"))

    def _delete(self) -> None:
        if len(self._models) < 3:
            return
        model = self._models.pop(self._chance.randrange(len(self._models)))
        self._story.log.append(f"model/{model}", ModelDeletionRequested(), ModelDeleted())


class Going:
    """What is known of a busy lab once it has ended.

    Attributes:
        recorded: how many things happened.
    """

    def __init__(self) -> None:
        self.recorded = 0


@contextmanager
def going_on(path: Path, seed: int) -> Iterator[Going]:
    """Have much happen in another process while the block runs, from its first line on."""
    going = Going()
    command = [sys.executable, "-m", __name__, str(path), str(seed)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=_ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        try:
            yield going
        finally:
            going.recorded = int(process.communicate("end\n")[0])
    assert process.returncode == 0


def _main(path: str, seed: str) -> None:
    life = Life(Path(path), int(seed))
    life.go_on()
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    ended = threading.Event()

    def listen() -> None:
        sys.stdin.readline()
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    while not ended.wait(_PAUSE_SECONDS):
        life.go_on()
    sys.stdout.write(f"{life.recorded}\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
