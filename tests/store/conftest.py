"""What the tests of the store share: stores to try things on, and histories to fill them with."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Protocol

import pytest
from hypothesis import strategies as st
from pydantic import JsonValue

import store
from store.database import Database, Journal
from store.events import (
    AnswerRecorded,
    AnswerRefused,
    AnswersScored,
    ChatOpened,
    ChatTurnRated,
    ChatTurnRecorded,
    CheckpointSaved,
    CostRecorded,
    DatasetChecked,
    DatasetCounted,
    DatasetImported,
    DatasetSplit,
    DatasetVersionRecorded,
    Evaluation,
    EvaluationCompleted,
    EvaluationPlanned,
    EvaluationStopped,
    Fact,
    JobCancelled,
    JobCancelRequested,
    JobDataFound,
    JobFailed,
    JobImported,
    JobInterrupted,
    JobMessageReceived,
    JobMovedInQueue,
    JobPlanned,
    JobPriorityChanged,
    JobQueued,
    JobResumed,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
    JobTakenFromQueue,
    LabCreated,
    MetricGroup,
    MetricsRecorded,
    ModelRegistered,
    ModelRetirementAnnounced,
    ModelTagged,
    ModelUntagged,
    NotificationClaimed,
    NotificationFailed,
    NotificationSent,
    NotifyingBegan,
    NotifyingEnded,
    RankedTrial,
    RecordingCompleted,
    RecordingPlanned,
    RecordingStopped,
    ReferenceRead,
    RemoteFileSaved,
    ResultFileSaved,
    StepRange,
    SuiteDefined,
    SweepCompleted,
    SweepPlanned,
    SweepTrial,
)
from store.log import Entry, EventLog
from store.tables import READ_MODELS

History = list[tuple[str, Entry]]
"""Streams and what happened in them, in order."""

Rows = dict[str, list[tuple[Any, ...]]]
"""Every row of every read model."""

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Planned(Protocol):
    def __call__(self, name: str = "run", **fields: object) -> JobPlanned: ...


class Measured(Protocol):
    def __call__(self, first: int, *values: float, name: str = "loss") -> MetricsRecorded: ...


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(tmp_path / "ftlab.db")
    yield found
    found.close()


@pytest.fixture
def log(database: Database) -> EventLog:
    return EventLog(database, "tester")


@pytest.fixture(scope="session")
def planned() -> Planned:
    def plan(name: str = "run", **fields: object) -> JobPlanned:
        given: dict[str, Any] = {
            "name": name,
            "provider": "local",
            "base_model": "smollm2-135m-instruct",
            "method": "lora",
            "hyperparameters": {"learning_rate": 0.0005, "epochs": 1},
            "dataset": "ds_1",
        }
        return JobPlanned(**(given | fields))

    return plan


@pytest.fixture(scope="session")
def measured() -> Measured:
    def measure(first: int, *values: float, name: str = "loss") -> MetricsRecorded:
        steps = StepRange(first=first, count=len(values))
        return MetricsRecorded(groups=[MetricGroup(steps=steps, values={name: list(values)})])

    return measure


@pytest.fixture(scope="session")
def quick_folder() -> Iterator[Path]:
    """Give a folder in memory where there is one: nothing in it has to outlive the process."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@contextmanager
def _scratch(parent: Path) -> Iterator[EventLog]:
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        database = Database(Path(folder) / "ftlab.db")
        try:
            database.writer.execute("PRAGMA synchronous = OFF")
            yield EventLog(database, "tester", clock=lambda: NOON)
        finally:
            database.close()


@pytest.fixture(scope="session")
def scratch(quick_folder: Path) -> Callable[[], AbstractContextManager[EventLog]]:
    """Give a log in a new folder, quick and with its clock standing still."""
    return lambda: _scratch(quick_folder)


def _rows(connection: sqlite3.Connection) -> Rows:
    found = {}
    for model in READ_MODELS:
        columns = ", ".join(f'"{name}"' for name in model.model_fields)
        query = f"SELECT {columns} FROM {model.__tablename__} ORDER BY {columns}"  # noqa: S608 - from the models
        found[str(model.__tablename__)] = connection.execute(query).fetchall()
    return found


@pytest.fixture(scope="session")
def rows() -> Callable[[sqlite3.Connection], Rows]:
    """Read every row of every read model."""
    return _rows


@pytest.fixture
def child() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start one of the programs in `children/` with arguments; what is left is killed."""
    root = Path(store.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONWARNINGS": "error"}
    started: list[subprocess.Popen[str]] = []

    def start(program: str, *arguments: object) -> subprocess.Popen[str]:
        script = Path(__file__).parent / "children" / f"{program}.py"
        process = subprocess.Popen(
            [sys.executable, str(script), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def fill(planned: Planned, measured: Measured) -> Callable[[EventLog], None]:
    """Put something into every read model and into every column of the log."""

    def fill_it(log: EventLog) -> None:
        log.append("lab", LabCreated(ftlab="0.1.0"))
        log.append("dataset/gsm8k", _dataset(1), _dataset(2, "ds_1"), expected=0)
        log.append("dataset/gsm8k", _counted("ds_2"), _checked("ds_2"))
        done = _evaluation(2.25)
        job = "job/job_1"
        log.append(job, planned(total_steps=4, model="model_1", validation="ds_2"), expected=0)
        log.append(job, JobSubmitted(remote_id="4711"), JobStatusChanged(status="running"))
        log.append(job, Entry(measured(1, 3.5, 2.5), key="progress:200", cause=4, occurred=NOON))
        log.append(job, CheckpointSaved(step=2, path="checkpoint-2"), measured(3, 2.0, 1.5))
        log.append(job, JobSucceeded(model="model_1", before=_evaluation(3.5), after=done))
        log.append("model/model_1", _model(1, done), ModelTagged(tag="best"))
        log.append("model/model_1", ModelTagged(tag="prod/eu"), ModelUntagged(tag="best"))
        log.append("chat/chat_1", ChatOpened(model="model_1", system="Be brief."), expected=0)
        log.append("chat/chat_1", ChatTurnRecorded(question="2 + 2?", answer="4", seconds=0.5))
        log.append("chat/chat_1", ChatTurnRated(turn=1, rating="up"))
        log.append("job/job_2", planned("other", provider="openai"), expected=0)
        waits = JobQueued(priority=2)
        log.append("job/job_4", planned("later"), waits, JobTakenFromQueue(devices=("GPU-1",)))
        _fill_hosted(log)
        _fill_notifications(log)
        _fill_recordings(log)
        _fill_evaluations(log)
        _fill_sweeps(log)
        log.append("dataset/gsm8k", _split("ds_1"))

    return fill_it


@pytest.fixture
def filled(log: EventLog, fill: Callable[[EventLog], None]) -> EventLog:
    fill(log)
    return log


def _fill_hosted(log: EventLog) -> None:
    """A job that was found at a provider, with its files and its model."""
    kept = RemoteFileSaved(
        provider="openai",
        file="file-1",
        filename="train.jsonl",
        purpose="fine-tune",
        content="d" * 64,
        bytes=31_000,
        dataset="ds_1",
    )
    log.append("file/openai/file-1", kept)
    imported = JobImported(
        name="support-bot",
        provider="openai",
        remote_id="ftjob-1",
        base_model="gpt-4o-mini-2024-07-18",
        method="supervised",
        hyperparameters={"n_epochs": 3},
        seed=7,
        report={"training_file": "file-1", "trained_tokens": 9000, "status": "succeeded"},
    )
    point = MetricGroup(steps=[1, 2], values={"train_loss": [1.5, 1.0]})
    log.append(
        "job/job_3",
        Entry(imported, occurred=NOON),
        JobDataFound(role="training", dataset="ds_1"),
        Entry(JobMessageReceived(level="info", text="Job started."), key="event:ftevent-1"),
        MetricsRecorded(groups=[point], sources=["ftevent-2", "ftevent-3"]),
        CheckpointSaved(step=1, model="ft:gpt-4o-mini:ckpt-step-1", metrics={"train_loss": 1.5}),
        ResultFileSaved(file="file-9", content="e" * 64, bytes=60, rows=2),
        CostRecorded(dollars=0.027, tokens=9000, price=3.0, source="models.toml"),
        JobSucceeded(model="model_3"),
        expected=0,
    )
    model = ModelRegistered(
        id="model_3",
        name="ft:gpt-4o-mini:acme::1",
        kind="hosted",
        base_model="gpt-4o-mini-2024-07-18",
        job="job_3",
        hyperparameters={"n_epochs": 3},
        provider="openai",
        remote_id="ft:gpt-4o-mini:acme::1",
    )
    log.append("model/model_3", model, ModelRetirementAnnounced(date="2027-01-14"))


def _fill_notifications(log: EventLog) -> None:
    """Who was told that `job_1` had ended, and with what success."""
    ways = NotifyingBegan(way="command", to="tell.sh", ends=("succeeded",))
    log.append("lab", ways, NotifyingBegan(way="url", to="hooks.example.com", ends=("failed",)))
    claims = [
        NotificationClaimed(way="command", to="tell.sh", end=7, status="succeeded"),
        NotificationClaimed(way="url", to="hooks.example.com", end=7, status="succeeded"),
    ]
    log.append("job/job_1", *(Entry(fact, key=f"notify:{fact.way}:7") for fact in claims))
    sent = NotificationSent(way="command", end=7, outcome="exit status 0", said="well")
    log.append("job/job_1", Entry(sent, key="notify:command:7:outcome"))
    failed = NotificationFailed(way="url", end=7, error="answered 500")
    log.append("job/job_1", Entry(failed, key="notify:url:7:outcome"))
    log.append("lab", NotifyingEnded(way="url"))


def _fill_recordings(log: EventLog) -> None:
    """A suite, and how a model answers it."""
    suite = SuiteDefined(
        id="suite_1",
        name="smoke",
        version=1,
        content="f" * 64,
        bytes=90,
        prompts=2,
        answered=1,
        dataset="ds_1",
        system="Be brief.",
        temperature=0.5,
        max_tokens=20,
        stop=["END"],
    )
    log.append("suite/smoke", suite, expected=0)
    planned = RecordingPlanned(
        id="rec_1",
        version=1,
        model="model_3",
        name="ft:gpt-4o-mini:acme::1",
        provider="openai",
        remote_id="ft:gpt-4o-mini:acme::1",
        prompts="f" * 64,
        count=2,
        parts={"suite": 2},
        suite="suite_1",
        samples=0,
        temperature=0.5,
        max_tokens=20,
        top_logprobs=5,
        estimate=0.01,
        at_most=0.02,
    )
    log.append("recording/rec_1", planned, expected=0)
    answer = AnswerRecorded(
        recording="rec_1",
        prompt="1" * 64,
        request="2" * 64,
        sample=0,
        settings={"temperature": 0.0},
        content="At six.",
        tool_calls=[{"id": "call_1"}],
        finish_reason="stop",
        prompt_tokens=9,
        completion_tokens=3,
        logprob=-0.75,
        logprob_tokens=3,
        seconds=0.5,
        cost=0.001,
        fingerprint="fp_1",
        left_out=["logprobs"],
        reply="3" * 64,
    )
    refused = AnswerRefused(
        recording="rec_1", prompt="4" * 64, request="5" * 64, sample=0, error="filtered"
    )
    log.append("answers/model_3", Entry(answer, key="2:0"), refused)
    log.append("recording/rec_1", RecordingStopped(reason="no money", answers=1, refused=1))
    done = RecordingCompleted(
        content="6" * 64, bytes=900, answers=1, refused=1, agreement=0.5, cost=0.001
    )
    log.append("recording/rec_1", done)


def _evaluation(loss: float) -> Evaluation:
    return Evaluation(loss=loss, perplexity=9.5, examples=10)


def _split(train: str) -> DatasetSplit:
    parts = {"train": train, "test": "ds_2"}
    return DatasetSplit(version="ds_1", parts=parts, seed=0, test=0.1, validation=0)


def _counted(version: str) -> DatasetCounted:
    return DatasetCounted(
        version=version,
        tokenizer="o200k_base",
        tokens=9000,
        assistant_tokens=5000,
        statistics={"mean": 90.0},
        lengths="c" * 64,
    )


def _checked(version: str) -> DatasetChecked:
    return DatasetChecked(
        version=version,
        method="supervised",
        errors=1,
        warnings=2,
        rules={"duplicate": 2, "empty-answer": 1},
        report={"tier": "expert"},
    )


def _dataset(version: int, *parents: str) -> DatasetVersionRecorded:
    return DatasetVersionRecorded(
        id=f"ds_{version}",
        name="gsm8k",
        version=version,
        content=f"{version:064x}",
        examples=100,
        messages=200,
        characters=30_000,
        bytes=31_000,
        parents=parents,
        recipe={"source": "train.jsonl", "left_out": version},
    )


def _model(number: int, after: Evaluation | None = None) -> ModelRegistered:
    return ModelRegistered(
        id=f"model_{number}",
        name="gsm8k-smollm2",
        kind="adapter",
        base_model="smollm2-135m-instruct",
        job="job_1",
        dataset="ds_1",
        hyperparameters={"learning_rate": 0.0005},
        path="models/model_1",
        before=_evaluation(3.5),
        after=after,
    )


@pytest.fixture(scope="session")
def histories() -> st.SearchStrategy[History]:
    """Draw valid histories of a lab with jobs, datasets, models and chats."""
    return st.builds(_interleaved, _STREAMS, st.randoms(use_true_random=False))


def _interleaved(streams: dict[str, list[Entry]], chance: Random) -> History:
    """Mix the streams, keeping the order within each."""
    turns = [name for name, entries in streams.items() for _ in entries]
    chance.shuffle(turns)
    waiting = {name: iter(entries) for name, entries in streams.items()}
    return [(name, next(waiting[name])) for name in turns]


_TEXTS = st.text(max_size=8)
_NUMBERS = st.one_of(st.floats(width=32), st.floats())
_STEPS = st.integers(0, 60)
_TIMES = st.one_of(st.none(), st.integers(-10_000, 10_000).map(lambda s: NOON + timedelta(s)))
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(_TEXTS, inner)),
    max_leaves=3,
)
_EVALUATIONS = st.one_of(st.none(), st.floats(0, 10).map(_evaluation))


@st.composite
def _groups(draw: st.DrawFn) -> MetricGroup:
    count = draw(st.integers(1, 12))
    regular = st.builds(
        StepRange, first=_STEPS, count=st.just(count), stride=st.sampled_from([1, 2, 5])
    )
    loose = st.lists(_STEPS, min_size=count, max_size=count)
    column = st.lists(_NUMBERS, min_size=count, max_size=count)
    names = st.sampled_from(["loss", "eval_loss", "learning_rate"])
    values = draw(st.dictionaries(names, column, min_size=1, max_size=2))
    return MetricGroup(steps=draw(st.one_of(regular, loose)), values=values)


_JOB_FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(MetricsRecorded, groups=st.lists(_groups(), min_size=1, max_size=2)),
    st.builds(CheckpointSaved, step=_STEPS, path=_TEXTS),
    st.builds(JobInterrupted, reason=_TEXTS, checkpoint=st.one_of(st.none(), _STEPS)),
    st.builds(JobResumed, attempt=st.integers(2, 5), from_step=_STEPS),
    st.builds(JobQueued, priority=st.integers(-1, 1)),
    st.builds(JobPriorityChanged, priority=st.integers(-1, 1)),
    st.builds(
        JobMovedInQueue,
        to=st.sampled_from(["first", "last", "before"]),
        before=st.sampled_from([None, "job_a", "job_b"]),
    ),
    st.builds(JobTakenFromQueue, devices=st.lists(_TEXTS, max_size=2)),
    st.builds(JobSubmitted, remote_id=_TEXTS),
    st.builds(
        JobStatusChanged,
        status=st.sampled_from(["queued", "running", "paused", "pausing", "succeeded"]),
        total_steps=st.one_of(st.none(), _STEPS),
    ),
    st.builds(JobMessageReceived, level=_TEXTS, text=_TEXTS),
    st.builds(JobCancelRequested),
    st.builds(JobCancelled),
    st.builds(JobFailed, error=_TEXTS, details=st.one_of(st.none(), _TEXTS)),
    st.builds(JobSucceeded, model=st.one_of(st.none(), _TEXTS), after=_EVALUATIONS),
)
_KEYS = st.one_of(st.none(), st.integers(0, 9).map(lambda offset: f"progress:{offset}"))
_PLANS = st.builds(
    JobPlanned,
    name=_TEXTS,
    provider=_TEXTS,
    base_model=_TEXTS,
    method=_TEXTS,
    hyperparameters=st.dictionaries(_TEXTS, _JSON, max_size=2),
    dataset=_TEXTS,
    seed=st.integers(0, 2**63 - 1),
)


def _entries(facts: st.SearchStrategy[Fact], most: int) -> st.SearchStrategy[list[Entry]]:
    return st.lists(st.builds(Entry, facts, occurred=_TIMES), max_size=most)


_LATER = st.lists(st.builds(Entry, _JOB_FACTS, occurred=_TIMES, key=_KEYS), max_size=12)
_JOBS = st.builds(lambda plan, later: [Entry(plan), *later], _PLANS, _LATER)
_CHATS = st.builds(
    lambda opened, turns: [Entry(opened), *turns],
    st.builds(ChatOpened, model=_TEXTS, system=st.one_of(st.none(), _TEXTS)),
    _entries(
        st.one_of(
            st.builds(ChatTurnRecorded, question=_TEXTS, answer=_TEXTS, seconds=_NUMBERS),
            st.builds(
                ChatTurnRated,
                turn=st.integers(0, 3),
                rating=st.sampled_from(["up", "down", None]),
            ),
        ),
        4,
    ),
)
_VERSIONS = st.builds(
    lambda recipes: [
        Entry(fact)
        for number, recipe in enumerate(recipes)
        for fact in (
            _dataset(number, *(f"ds_{earlier}" for earlier in range(number))).model_copy(
                update={"recipe": recipe}
            ),
            _counted(f"ds_{number // 2}"),
            _split(f"ds_{number}"),
            _checked(f"ds_{number // 2}"),
        )
    ],
    st.lists(st.dictionaries(_TEXTS, _JSON, max_size=2), max_size=3),
)
_STREAMS: st.SearchStrategy[dict[str, list[Entry]]] = st.fixed_dictionaries(
    {
        "job/job_a": _JOBS,
        "job/job_b": _JOBS,
        "job/never-planned": _LATER,
        "chat/chat_a": _CHATS,
        "dataset/d": _VERSIONS,
        "dataset/source": _entries(
            st.builds(
                DatasetImported,
                source=_TEXTS,
                bytes=st.integers(0, 9),
                format=_TEXTS,
                rows=st.integers(0, 9),
            ),
            1,
        ),
        "model/m": st.lists(_EVALUATIONS, max_size=2).map(
            lambda found: [Entry(_model(number, after)) for number, after in enumerate(found)]
        ),
    }
)


@pytest.fixture(params=["wal", "rollback"])
def journal(request: pytest.FixtureRequest) -> Journal:
    """Each way of keeping a journal, one after the other."""
    chosen: Journal = request.param
    return chosen


def _fill_sweeps(log: EventLog) -> None:
    """Two of the jobs as the trials of a sweep, of which one came to an end."""
    planned = SweepPlanned(
        id="swp_1",
        name="rates",
        mode="grid",
        provider="local",
        base_model="smollm2-135m-instruct",
        method="lora",
        dataset="ds_1",
        validation="ds_2",
        axes={"learning_rate": [0.0005, 0.001]},
        fixed={"epochs": 1},
        by="eval_loss",
        recipe="7" * 64,
        estimate=0.5,
        limit=1.5,
        trials=[
            SweepTrial(job="job_1", settings={"learning_rate": 0.0005}, examples=100),
            SweepTrial(job="job_4", settings={"learning_rate": 0.001}, examples=100),
        ],
    )
    log.append("sweep/swp_1", planned, expected=0)
    best = RankedTrial(job="job_1", model="model_1", value=2.25)
    done = SweepCompleted(by="eval_loss", ranking=[best], unranked=["job_4"])
    log.append("sweep/swp_1", done)


def _fill_evaluations(log: EventLog) -> None:
    """How good the answers of that model are: one broken off, then gone on with."""
    scorer: dict[str, JsonValue] = {"id": "exact_match", "version": 1, "settings": {}}
    planned = EvaluationPlanned(
        id="eval_1",
        suite="suite_1",
        model="model_3",
        name="support-bot",
        provider="openai",
        remote_id="ft:gpt-4o-mini:acme::1",
        prompts="7" * 64,
        count=2,
        scorers=[scorer],
        max_tokens=100,
        top_logprobs=5,
        estimate=0.1,
        at_most=0.2,
    )
    log.append("evaluation/eval_1", planned, expected=0)
    scored = AnswersScored(
        evaluation="eval_1",
        scorer=scorer,
        identity="9" * 64,
        prompts=["1" * 64, "4" * 64],
        requests=["2" * 64, "5" * 64],
        samples=[0, 0],
        references=["", "6" * 64],
        values=[1.0, None],
        details=["the same", None],
        faults=[None, "no text"],
        parts=[[1.0, 2.0], None],
    )
    log.append("scores/model_3", scored)
    read = ReferenceRead(
        evaluation="eval_1",
        prompt="4" * 64,
        reference="6" * 64,
        tokens=3,
        loss=1.5,
        likeliest=2,
        content="8" * 64,
    )
    log.append("answers/model_3", read)
    stopped = EvaluationStopped(reason="no money", answers=1, refused=1, cost=0.01)
    log.append("evaluation/eval_1", stopped)
    figure: dict[str, JsonValue] = {"label": "exact_match", "value": 1.0, "rows": 1}
    done = EvaluationCompleted(answers=1, refused=1, faults=1, figures=[figure], cost=0.01)
    log.append("evaluation/eval_1", done)
