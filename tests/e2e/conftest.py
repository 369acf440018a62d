"""The real command in a process of its own, and stores to try it on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store.database import Database
from store.events import (
    CheckpointSaved,
    DatasetVersionRecorded,
    Evaluation,
    JobInterrupted,
    JobMessageReceived,
    JobPlanned,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
    LabCreated,
    MetricGroup,
    MetricsRecorded,
    ModelRegistered,
    StepRange,
)
from store.log import Entry, EventLog
from tests.e2e.commands import COMMAND, SOURCES, Finished, run


@dataclass(frozen=True)
class Ftlab:
    """The `ftlab` command on a data directory of its own."""

    home: Path

    @property
    def database(self) -> Path:
        return self.home / "ftlab.db"

    @property
    def environment(self) -> dict[str, str]:
        """What the command finds around it: nothing of the tester's own ftlab."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        return kept | {
            "FTLAB_HOME": str(self.home),
            "HOME": str(self.home.parent),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(SOURCES),
            "TZ": "UTC",
        }

    def __call__(self, *arguments: str | Path, text: str = "", **environment: str) -> Finished:
        """Run it to its end, `text` on its standard input."""
        return run([*map(str, arguments)], text, self.environment | environment)

    def document(self, *arguments: str | Path) -> dict[str, Any]:
        """Run it with `--json` and return the object that it prints."""
        found = json.loads(self._json(arguments))
        assert isinstance(found, dict)
        return found

    def rows(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """Run it with `--json` and return the list that it prints."""
        found = json.loads(self._json(arguments))
        assert isinstance(found, list)
        return found

    def lines(self, *arguments: str | Path) -> list[dict[str, Any]]:
        """Run it with `--json` and return the objects that it prints, one a line."""
        return [json.loads(line) for line in self._json(arguments).splitlines()]

    def _json(self, arguments: tuple[str | Path, ...]) -> str:
        done = self(*arguments, "--json")
        assert (done.status, done.err) == (0, "")
        return done.out

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Have it run while the block does; it is killed at the end if it runs on."""
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=self.environment,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture(scope="session", autouse=True)
def _signals_as_in_a_terminal() -> None:
    """Have commands heed what a terminal sends: `nohup` and a shell's `&` make children deaf."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def ftlab(tmp_path: Path) -> Ftlab:
    """The command where nothing was ever recorded."""
    return Ftlab(tmp_path / "home")


@pytest.fixture
def recorded(tmp_path: Path, recorded_home: Path) -> Ftlab:
    """The command where two jobs were recorded: `quick` succeeded, `broken-off` was interrupted."""
    shutil.copytree(recorded_home, tmp_path / "home")
    return Ftlab(tmp_path / "home")


@pytest.fixture
def with_sums(tmp_path: Path, sums_home: Path) -> Ftlab:
    """The command where `sums`, fifty rows of `sums.jsonl`, was added and split."""
    shutil.copytree(sums_home, tmp_path / "home")
    return Ftlab(tmp_path / "home")


@pytest.fixture(scope="session")
def sums(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with fifty rows of chat."""
    file = tmp_path_factory.mktemp("sums") / "sums.jsonl"
    rows = (_chat(f"What is {n} + {n}?", f"It is {n + n}.") for n in range(50))
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def _chat(question: str, answer: str) -> dict[str, Any]:
    asked = {"role": "user", "content": question}
    return {"messages": [asked, {"role": "assistant", "content": answer}]}


@pytest.fixture(scope="session")
def sums_home(sums: Path) -> Path:
    ftlab = Ftlab(sums.parent / "home")
    ftlab.document("data", "add", sums, "--name", "sums")
    ftlab.document("data", "split", "sums", "--test", "0.1", "--validation", "4", "--seed", "3")
    return ftlab.home


@pytest.fixture(scope="session")
def recorded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("recorded") / "home"
    clock = Clock(datetime(2026, 11, 1, 12, tzinfo=UTC))
    database = Database(home / "ftlab.db")
    try:
        _record(EventLog(database, "cli:ada@lovelace", clock=clock), clock)
    finally:
        database.close()
    return home


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def pass_days(self, days: int) -> None:
        self.moment += timedelta(days=days)


def _record(log: EventLog, clock: Clock) -> None:
    log.append("lab", Entry(LabCreated(ftlab="0.1.0"), key="created"))
    log.append("dataset/sums/train", _dataset())
    clock.pass_days(1)
    _record_quick(log)
    clock.pass_days(1)
    _record_broken_off(log)


def _dataset() -> DatasetVersionRecorded:
    return DatasetVersionRecorded(
        id="ds_0000000001",
        name="sums/train",
        version=1,
        content="0" * 64,
        examples=160,
        messages=320,
        characters=4000,
        bytes=9000,
    )


def _record_quick(log: EventLog) -> None:
    steps = StepRange(first=1, count=40)
    losses = [4.0 - step / 20 for step in range(40)]
    losses[17] = 9.5
    norms = [1.0] * 39 + [float("nan")]
    log.append(
        "job/job_0000000001",
        _plan("quick", model="mdl_0000000001"),
        JobSubmitted(remote_id="4711"),
        JobStatusChanged(status="running"),
        MetricsRecorded(groups=[MetricGroup(steps=steps, values={"loss": losses, "norm": norms})]),
        CheckpointSaved(step=40, path="checkpoints/40"),
        JobSucceeded(model="mdl_0000000001", step=40, before=_evaluation(4), after=_evaluation(2)),
    )
    log.append(
        "model/mdl_0000000001",
        ModelRegistered(
            id="mdl_0000000001",
            name="quick",
            kind="adapter",
            base_model="smollm2-135m-instruct",
            job="job_0000000001",
            dataset="ds_0000000001",
            hyperparameters={"lora_rank": 16},
            path="models/mdl_0000000001",
            before=_evaluation(4),
            after=_evaluation(2),
        ),
    )


def _evaluation(loss: float) -> Evaluation:
    return Evaluation(loss=loss, perplexity=2.718281828**loss, examples=20)


def _record_broken_off(log: EventLog) -> None:
    steps = StepRange(first=1, count=5)
    log.append(
        "job/job_0000000002",
        _plan("broken-off"),
        JobSubmitted(remote_id="4712"),
        JobStatusChanged(status="running"),
        MetricsRecorded(groups=[MetricGroup(steps=steps, values={"loss": [3, 3, 3, 3, 2.5]})]),
        JobMessageReceived(level="warning", text="the machine is hot"),
        JobInterrupted(reason="its process was killed (signal 9)", checkpoint=None),
    )


def _plan(name: str, model: str | None = None) -> JobPlanned:
    return JobPlanned(
        name=name,
        provider="local",
        base_model="smollm2-135m-instruct",
        method="lora",
        hyperparameters={"lora_rank": 16, "learning_rate": 0.0005},
        dataset="ds_0000000001",
        model=model,
        total_steps=40,
    )
