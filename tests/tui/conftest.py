"""A lab with jobs in every state at a fixed moment, and a way to drive the app in it."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, cast

import pytest

from engine.chatting.sampling import Sampling
from engine.lab import Lab
from engine.places import Places
from store.database import Database
from store.events import (
    ChatOpened,
    ChatTurnRecorded,
    CheckpointSaved,
    DatasetVersionRecorded,
    Evaluation,
    Fact,
    JobCancelled,
    JobFailed,
    JobInterrupted,
    JobPlanned,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
    MetricGroup,
    MetricsRecorded,
    ModelRegistered,
    StepRange,
)
from store.log import EventLog

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from engine.conversations import Conversation
    from engine.providers.base import Provider
    from engine.providers.local import LocalProvider
    from store.log import Write
    from store.queries.jobs import JobDetail
    from tui.app import FtlabApp
    from tui.screens.jobs import Jobs
    from tui.widgets.job_list import JobRows
    from tui.widgets.job_panel import JobPanel

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
TOTAL_STEPS = 60


class Clock:
    """Tells the time at which facts are recorded."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class StillProvider:
    """A provider whose jobs do nothing by themselves: no process, no news."""

    def submit(self, job: JobDetail) -> str:
        return f"still-{job.id}"

    def resume(self, job: JobDetail, from_step: int) -> str:
        return f"still-{job.id}-{from_step}"

    def resumable_step(self, job: JobDetail) -> int:
        return job.checkpoint or 0

    def cancel(self, job: JobDetail) -> None:
        """Do nothing: the log has the request."""

    def news(self, job: JobDetail) -> Iterator[Sequence[Write]]:
        del job
        return iter(())


class ScriptedTalk:
    """A conversation whose answers are given; with `held`, they wait for it."""

    model_name = "scripted"
    hosted = completes = priced = forgets = False
    chat = system = last_turn = last_ordinal = None
    sampling = Sampling()

    def __init__(self, pieces: Sequence[str], trouble: Exception | None = None) -> None:
        self.pieces = pieces
        self.trouble = trouble
        self.held: Event | None = None
        self.cancelled = Event()
        self.closed = Event()
        self.begun_anew: list[tuple[str | None, object]] = []

    def ask(self, question: str) -> Iterator[str]:
        del question
        if self.held is not None:
            self.held.wait(10)
        for piece in self.pieces:
            if self.cancelled.is_set():
                return
            yield piece
        if self.trouble is not None:
            raise self.trouble

    def begin_anew(self, system: str | None, sampling: object) -> None:
        self.begun_anew.append((system, sampling))

    def cancel(self) -> None:
        self.cancelled.set()
        if self.held is not None:
            self.held.set()

    def close(self) -> None:
        self.cancel()
        self.closed.set()


class StillLab(Lab):
    """A lab as it is, but for the outside: a still provider, scripted talk, no polling."""

    def __init__(self, places: Places) -> None:
        super().__init__(places, "ui")
        self.polled = Event()
        self.talk = ScriptedTalk(["Four ", "clips."])
        self.talks: dict[str, ScriptedTalk] = {}
        self.opening: Callable[[], object] = lambda: None
        self.local = cast("LocalProvider", StillProvider())

    def provider(self, name: str) -> Provider:
        del name
        return StillProvider()

    def start_polling(self, *, described: str | None = None, slots: int | None = None) -> None:
        del described, slots
        self.polled.set()

    def open_chat(self, model: str, **sampling: object) -> Conversation:
        del sampling
        self.opening()
        return cast("Conversation", self.talks.get(model, self.talk))


class Story:
    """Records jobs at moments before `NOW`."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock()
        self.log = EventLog(Database(path), actor="test", clock=self.clock)

    def at(self, minutes_ago: float) -> Story:
        self.clock.now = NOW - timedelta(minutes=minutes_ago)
        return self

    def job(self, key: str, *facts: Fact, name: str | None = None) -> str:
        planned = JobPlanned(
            name=name or key,
            provider="local",
            base_model="smollm2-135m-instruct",
            method="lora",
            hyperparameters={"epochs": 1, "batch_size": 4, "learning_rate": 5e-4, "lora_rank": 16},
            dataset="ds_1",
            validation="ds_2",
            seed=42,
            model=f"mdl_{key}",
            total_steps=TOTAL_STEPS,
        )
        self.log.append(f"job/job_{key}", planned, *facts)
        return f"job_{key}"

    def tell(self, job: str, *facts: Fact) -> None:
        self.log.append(f"job/{job}", *facts)


def running() -> list[Fact]:
    return [JobSubmitted(remote_id="4711"), JobStatusChanged(status="running")]


def losses(first: int, count: int, *, evaluated: bool = True) -> list[Fact]:
    """A falling, slightly wavy loss, the same each time, with an evaluation at its end."""
    steps = range(first, first + count)
    values = {
        "loss": [0.8 + 1.6 * math.exp(-step / 20) + 0.08 * math.sin(step * 1.7) for step in steps],
        "learning_rate": [5e-4 * (1 - step / TOTAL_STEPS) for step in steps],
        "grad_norm": [1 + 0.2 * math.cos(step) for step in steps],
    }
    facts: list[Fact] = [
        MetricsRecorded(
            groups=[MetricGroup(steps=StepRange(first=first, count=count), values=values)]
        )
    ]
    if evaluated:
        last = first + count - 1
        value = 0.9 + 1.5 * math.exp(-last / 20)
        facts.append(
            MetricsRecorded(groups=[MetricGroup(steps=[last], values={"eval_loss": [value]})])
        )
    return facts


BEFORE = Evaluation(loss=1.33, perplexity=3.78, examples=40)
AFTER = Evaluation(loss=0.775, perplexity=2.17, examples=40)


def _dataset(key: str, name: str) -> DatasetVersionRecorded:
    return DatasetVersionRecorded(
        id=key,
        name=name,
        version=1,
        content="c" * 64,
        examples=190,
        messages=380,
        characters=80_000,
        bytes=90_000,
    )


def _tell_all(story: Story) -> None:
    story.at(60 * 24 * 3).log.append("dataset/ds_1", _dataset("ds_1", "gsm8k/train"))
    story.log.append("dataset/ds_2", _dataset("ds_2", "gsm8k/validation"))
    story.at(60 * 24 * 2)
    done = story.job("1", *running(), *losses(1, 30), *losses(31, 30), name="gsm8k-1")
    story.at(60 * 24 * 2 - 3)
    story.tell(done, JobSucceeded(model="mdl_1", step=60, before=BEFORE, after=AFTER))
    story.log.append(
        "model/mdl_1",
        ModelRegistered(
            id="mdl_1",
            name="gsm8k-1",
            kind="adapter",
            base_model="smollm2-135m-instruct",
            job=done,
            dataset="ds_1",
            hyperparameters={},
            before=BEFORE,
            after=AFTER,
        ),
    )
    turn = ChatTurnRecorded(question="What is 2 + 2?", answer="2 + 2 = <<2+2=4>>4", seconds=0.4)
    story.at(60 * 20).log.append("chat/chat_1", ChatOpened(model="mdl_1"), turn)
    story.at(60 * 5)
    failed = story.job("2", *running(), *losses(1, 7, evaluated=False), name="gsm8k-2")
    story.at(60 * 5 - 1).tell(
        failed,
        JobFailed(
            error="out of memory while allocating 1.2 GB: make batch_size or max_length smaller",
            details='  File "train.py", line 88, in step\n    loss.backward()',
        ),
    )
    story.at(60 * 3)
    cut = story.job(
        "3",
        *running(),
        *losses(1, 40),
        CheckpointSaved(step=40, path="checkpoint-40"),
        name="gsm8k-3",
    )
    story.at(60 * 3 - 2)
    story.tell(cut, JobInterrupted(reason="its process (pid 4711) is gone: killed", checkpoint=40))
    stopped = story.at(60).job("4", *running(), *losses(1, 20), name="a-name-that-is-rather-long")
    story.at(59).tell(stopped, JobCancelled(step=20))
    story.at(2)
    live = story.job("5", *running(), name="gsm8k-5")
    story.at(1).tell(live, *losses(1, 30), CheckpointSaved(step=30, path="checkpoint-30"))


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a job in every state that matters, as it stood at `NOW`."""
    path = tmp_path_factory.mktemp("told") / "ftlab.db"
    story = Story(path)
    _tell_all(story)
    story.log.database.close()
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder, a time zone and colours that are the same everywhere."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FTLAB_THEME", raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield tmp_path
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def empty_lab(home: Path) -> Iterator[StillLab]:
    with StillLab(Places(home, home / "ftlab.db")) as lab:
        yield lab


@pytest.fixture
def lab(home: Path, told: Path) -> Iterator[StillLab]:
    shutil.copy(told, home / "ftlab.db")
    with StillLab(Places(home, home / "ftlab.db")) as lab:
        yield lab


@pytest.fixture
def story(home: Path, lab: StillLab) -> Iterator[Story]:
    """Somebody else who records into the lab's database, as the poller's process does."""
    del lab
    story = Story(home / "ftlab.db")
    yield story
    story.log.database.close()


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until nothing more is being read, the watching of the log apart."""
    from textual.worker import WorkerCancelled

    while True:
        await pilot.pause()
        busy = [
            worker
            for worker in pilot.app.workers
            if worker.group != "watch" and not worker.is_finished
        ]
        if not busy:
            return
        with suppress(WorkerCancelled):  # newer work has taken its place
            await pilot.app.workers.wait_for_complete(busy)


@dataclass
class Driven:
    """A running app and the keys to it."""

    app: FtlabApp
    pilot: Pilot[int]
    _told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        told = self.app.notify
        self._told = [notification.message for notification in self.app._notifications]

        def notify(message: str, **more: object) -> None:
            self._told.append(message)
            told(message, **more)  # type: ignore[arg-type]

        self.app.notify = notify  # type: ignore[method-assign]

    @property
    def jobs(self) -> Jobs:
        from tui.screens.jobs import Jobs

        return next(screen for screen in self.app.screen_stack if isinstance(screen, Jobs))

    @property
    def rows(self) -> JobRows:
        from tui.widgets.job_list import JobRows

        return self.jobs.query_one(JobRows)

    @property
    def panel(self) -> JobPanel:
        from tui.widgets.job_panel import JobPanel

        return self.jobs.query_one(JobPanel)

    @property
    def selected(self) -> str:
        """The name of the job under the cursor; empty while the list is being read."""
        job = self.rows.selected
        return job.name if job is not None else ""

    @property
    def names(self) -> list[str]:
        """The names of the jobs in the list, as far as they are read."""
        book = self.rows.book
        known = [book.get(job) for job in book.ids]
        return [row.job.name for row in known if row is not None]

    @property
    def told(self) -> list[str]:
        """All notifications since the start, also those that are gone from the screen."""
        return self._told

    def screen_text(self) -> str:
        """What the terminal shows."""
        compositor = self.app.screen._compositor
        return "\n".join(
            "".join(segment.text for segment in row) for row in compositor.render_strips()
        )

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, fulfilled: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait for something to come true."""
        deadline = time.monotonic() + seconds
        while not fulfilled():
            assert time.monotonic() < deadline, (
                f"it never came true; the screen:\n{self.screen_text()}"
            )
            await self.pilot.pause(0.01)

    async def until_shown(self, *texts: str) -> None:
        """Wait until the terminal shows all of these."""
        await self.until(lambda: all(text in self.screen_text() for text in texts))


Drive = Callable[..., AbstractAsyncContextManager[Driven]]


@pytest.fixture
def drive() -> Drive:
    """Start the app over a lab, without a terminal, and wait until it shows the jobs."""

    @asynccontextmanager
    async def driving(
        lab: StillLab, size: tuple[int, int] = (120, 36), *, endures: bool = False
    ) -> AsyncIterator[Driven]:
        from tui.app import FtlabApp

        app = FtlabApp(lab, now=lambda: NOW)
        app.endures = endures
        async with app.run_test(size=size) as pilot:
            driven = Driven(app, pilot)
            await driven.until(lab.polled.is_set)
            await settle(pilot)
            yield driven

    return driving
