"""Real training of a tiny model, from the plan to the registered model."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.data.versions.dividing import SplitSizes
from engine.data.versions.importing import Source
from engine.errors import JobStateError, LabError, RequestError
from engine.lab import Lab
from engine.places import Places
from engine.planning import TrainingRequest
from engine.poller import Poller
from store import times
from store.errors import NotFoundError
from store.events import (
    CheckpointSaved,
    Fact,
    JobCancelled,
    JobCancelRequested,
    JobInterrupted,
    JobPlanned,
    JobResumed,
    JobSubmitted,
    JobSucceeded,
)
from store.ids import new_id
from store.queries import jobs, metrics, models
from store.queries.jobs import JobDetail
from store.verify import verify

_SECONDS = 120
_SETTINGS = {"batch_size": 2, "epochs": 6, "save_every": 20, "lora_dropout": 0.1}


def detail(lab: Lab, job: str) -> JobDetail:
    return jobs.job_detail(lab.database.reader, job)


def poll_until(lab: Lab, job: str, condition: Callable[[JobDetail], bool]) -> JobDetail:
    deadline = time.monotonic() + _SECONDS
    while not condition(found := detail(lab, job)):
        assert time.monotonic() < deadline, "\n".join(lab.log_tail(job))
        Poller(lab).look_at(job)
        time.sleep(0.01)
    return found


def poll_to_the_end(lab: Lab, job: str) -> JobDetail:
    return poll_until(lab, job, lambda found: found.ended_at is not None)


def facts(lab: Lab, job: str, *kinds: type[Fact]) -> list[Fact]:
    return [fact for fact in lab.log.facts(f"job/{job}") if isinstance(fact, kinds)]


def train(lab: Lab, base: Path, suffix: str, **settings: object) -> str:
    request = TrainingRequest(
        dataset="sums/train",
        base_model=str(base),
        hyperparameters=_SETTINGS | settings,
        seed=3,
        suffix=suffix,
    )
    return lab.train(lab.plan(request))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, sums_file: Path) -> Iterator[Lab]:
    """A lab with the dataset `sums` in it, divided; the jobs of the tests are trained in it."""
    home = tmp_path_factory.mktemp("room")
    with Lab(Places(home, home / "ftlab.db")) as lab:
        lab.datasets.add(Source(sums_file), "sums")
        lab.datasets.split("sums", SplitSizes(test=0.1, validation=0.1))
        yield lab


@dataclass(frozen=True)
class Trained:
    """Two jobs of one plan: `whole` ran through, `broken` was killed and resumed."""

    whole: str
    broken: str
    interrupted: JobDetail
    resumed_at: int


@pytest.fixture(scope="module")
def trained(room: Lab, tiny_base: Path) -> Trained:
    whole, broken = (train(room, tiny_base, name) for name in ("whole", "broken"))
    poll_until(room, broken, lambda found: (found.checkpoint or 0) >= 20)
    kill(room, broken)
    interrupted = poll_to_the_end(room, broken)
    room.resume_job("broken")
    resumed_at = detail(room, broken).step
    for job in (whole, broken):
        poll_to_the_end(room, job)
    return Trained(whole, broken, interrupted, resumed_at)


def kill(lab: Lab, job: str) -> None:
    pid = detail(lab, job).remote_id
    assert pid is not None
    os.kill(int(pid), signal.SIGKILL)


def test_a_job_succeeds_and_its_model_is_registered_with_its_lineage(
    room: Lab, trained: Trained
) -> None:
    job = detail(room, trained.whole)
    assert (job.status, job.step, job.total_steps) == ("succeeded", 144, 144)
    model = models.model(room.database.reader, "whole")
    assert (model.id, model.job, model.dataset) == (job.model, job.id, job.dataset)
    assert (model.kind, model.base_model) == ("adapter", job.base_model)
    assert (room.places.home / str(model.path) / "adapter_model.safetensors").is_file()


def test_the_evaluation_before_and_after_comes_along(room: Lab, trained: Trained) -> None:
    (succeeded,) = facts(room, trained.whole, JobSucceeded)
    assert isinstance(succeeded, JobSucceeded)
    assert succeeded.before is not None
    assert succeeded.after is not None
    assert succeeded.after.loss < succeeded.before.loss
    assert succeeded.after.examples == 6


def test_intent_is_recorded_before_the_act(room: Lab, trained: Trained) -> None:
    kinds = [type(fact) for fact in room.log.facts(f"job/{trained.broken}")]
    assert kinds[:2] == [JobPlanned, JobSubmitted]
    at = kinds.index(JobResumed)
    assert kinds[at - 1] is JobInterrupted
    assert kinds[at + 1] is JobSubmitted


def test_the_validation_set_beside_the_training_set_is_taken(room: Lab, trained: Trained) -> None:
    (planned,) = facts(room, trained.whole, JobPlanned)
    assert isinstance(planned, JobPlanned)
    assert planned.validation is not None
    found = room.database.reader.execute(
        "SELECT name FROM dataset_version WHERE id = ?", (planned.validation,)
    ).fetchone()
    assert found == ("sums/validation",)


def test_a_killed_job_is_interrupted_and_says_why(trained: Trained) -> None:
    found = trained.interrupted
    assert found.status == "interrupted"
    assert found.checkpoint is not None
    assert found.reason is not None
    assert "left no last word (killed, or crashed)" in found.reason
    assert f"process {found.remote_id}" in found.reason


def test_a_resumed_job_goes_on_from_its_newest_checkpoint(room: Lab, trained: Trained) -> None:
    (resumed,) = facts(room, trained.broken, JobResumed)
    assert isinstance(resumed, JobResumed)
    assert (resumed.attempt, resumed.from_step) == (2, trained.interrupted.checkpoint)
    assert trained.resumed_at == resumed.from_step
    assert detail(room, trained.broken).attempt == 2


@pytest.mark.parametrize("name", ["loss", "grad_norm", "learning_rate", "epoch", "eval_loss"])
def test_a_resumed_jobs_metrics_equal_an_uninterrupted_ones(
    room: Lab, trained: Trained, name: str
) -> None:
    whole, broken = (
        metrics.series(room.database.reader, job, name) for job in (trained.whole, trained.broken)
    )
    assert list(broken.steps) == list(whole.steps)
    assert broken.values == whole.values
    if name == "loss":
        assert list(whole.steps) == list(range(1, 145))


def test_no_checkpoint_is_recorded_twice(room: Lab, trained: Trained) -> None:
    found = jobs.checkpoints(room.database.reader, trained.broken)
    # Every twenty steps, and at the end of each epoch.
    assert [row.step for row in found] == sorted({*range(20, 144, 20), *range(24, 145, 24)})


def test_a_job_that_succeeded_is_not_resumed(room: Lab, trained: Trained) -> None:
    with pytest.raises(JobStateError, match=r"^whole is succeeded: only interrupted, cancelled"):
        room.resume_job(trained.whole)


def test_a_job_that_ended_is_not_cancelled(room: Lab, trained: Trained) -> None:
    with pytest.raises(JobStateError, match="whole is succeeded: there is nothing to cancel"):
        room.cancel_job(trained.whole)


def test_what_was_trained_verifies(room: Lab, trained: Trained) -> None:
    assert detail(room, trained.broken).status == "succeeded"
    assert verify(room.database).findings == []


def test_a_cancelled_job_stops_with_a_checkpoint_and_can_be_resumed_at_once(
    room: Lab, tiny_base: Path
) -> None:
    job = train(room, tiny_base, "long", epochs=1000)
    poll_until(room, job, lambda found: found.step >= 3)
    room.cancel_job(job)
    found = poll_to_the_end(room, job)
    assert found.status == "cancelled"
    (cancelled,) = facts(room, job, JobCancelled)
    (saved,) = facts(room, job, CheckpointSaved)[-1:]
    assert isinstance(cancelled, JobCancelled)
    assert isinstance(saved, CheckpointSaved)
    assert saved.step == cancelled.step == found.checkpoint
    assert len(facts(room, job, JobCancelRequested)) == 1
    assert not room.places.model(str(found.model)).exists()
    room.resume_job(job)
    poll_until(room, job, lambda found: found.step > saved.step)
    room.cancel_job(job)
    assert poll_to_the_end(room, job).status == "cancelled"


def planned_only(lab: Lab, base: str = "base", model: str | None = None) -> str:
    """A job as a crash between planning and starting it leaves it."""
    job = new_id("job")
    dataset = lab.database.reader.execute(
        "SELECT id FROM dataset_version WHERE name = 'sums/train'"
    ).fetchone()
    plan = JobPlanned(
        name=f"planned-{job[-4:]}",
        provider="local",
        base_model=base,
        method="lora",
        hyperparameters={"max_steps": 1},
        dataset=dataset[0],
        model=model or new_id("mdl"),
    )
    lab.log.append(f"job/{job}", plan)
    return job


def pass_time(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    later = times.now() + timedelta(**span)
    monkeypatch.setattr(times, "now", lambda: later)


def test_a_job_that_was_never_started_is_interrupted_after_a_while(
    room: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = planned_only(room)
    Poller(room).look_at(job)
    assert detail(room, job).status == "planned"
    with monkeypatch.context() as clock:
        pass_time(clock, minutes=2)
        Poller(room).look_at(job)
    found = detail(room, job)
    assert (found.status, found.reason) == ("interrupted", "its process never came up")


def test_a_job_that_was_never_started_can_be_resumed(
    room: Lab, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = planned_only(room, str(tiny_base))
    with monkeypatch.context() as clock:
        pass_time(clock, minutes=2)
        Poller(room).look_at(job)
    room.resume_job(job)
    (resumed,) = facts(room, job, JobResumed)
    assert isinstance(resumed, JobResumed)
    assert (resumed.attempt, resumed.from_step) == (2, 0)
    assert poll_to_the_end(room, job).status == "succeeded"


def test_a_job_that_is_being_resumed_is_not_taken_for_lost(room: Lab, trained: Trained) -> None:
    """The process of the attempt before is dead, that of the next one not yet there."""
    job = detail(room, trained.broken)
    stream = f"job/{planned_only(room)}"
    run = room.places.run(stream.removeprefix("job/"))
    run.mkdir(parents=True)
    identity = room.places.run(job.id) / "process.json"
    text = identity.read_text().replace('"attempt": 2', '"attempt": 1')
    (run / "process.json").write_text(text)
    room.log.append(
        stream,
        JobSubmitted(remote_id=str(job.remote_id)),
        JobInterrupted(reason="killed", checkpoint=None),
        JobResumed(attempt=2, from_step=0),
    )
    assert Poller(room).look_at(stream.removeprefix("job/")) == 0
    assert detail(room, stream.removeprefix("job/")).status == "queued"


def test_a_resume_that_cannot_be_is_refused_and_changes_nothing(
    room: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = planned_only(room, str(tmp_path / "nowhere"))
    with monkeypatch.context() as clock:
        pass_time(clock, minutes=2)
        Poller(room).look_at(job)
    before = detail(room, job)
    with pytest.raises(LabError, match=r"cannot go on: .*nowhere"):
        room.resume_job(job)
    assert detail(room, job) == before


def test_a_job_whose_checkpoints_are_gone_is_not_begun_anew(room: Lab, tiny_base: Path) -> None:
    job = planned_only(room, str(tiny_base))
    room.log.append(
        f"job/{job}",
        CheckpointSaved(step=20, path="checkpoints/checkpoint-20"),
        JobInterrupted(reason="killed", checkpoint=20),
    )
    with pytest.raises(LabError, match=r"its checkpoints are no longer in .*jobs retry"):
        room.resume_job(job)
    assert detail(room, job).status == "interrupted"


def test_a_job_that_cannot_be_started_has_failed_and_says_so(
    room: Lab, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **_options: object) -> None:
        raise OSError(11, "no more processes")

    monkeypatch.setattr("engine.providers.local.subprocess.Popen", refuse)
    with pytest.raises(LabError, match=r"could not be started: .*no more processes"):
        train(room, tiny_base, "unlucky")
    found = jobs.job_detail(room.database.reader, "unlucky")
    assert found.status == "failed"
    assert "no more processes" in str(found.reason)


def test_a_name_is_given_once(room: Lab, trained: Trained, tiny_base: Path) -> None:
    taken = detail(room, trained.whole).name
    with pytest.raises(LabError, match=f"there is a job called {taken} already"):
        train(room, tiny_base, taken)


def test_a_validation_part_of_another_split_is_not_taken(lab: Lab, sums_file: Path) -> None:
    lab.datasets.add(Source(sums_file), "sums")
    first = lab.datasets.split("sums", SplitSizes(test=0.1, validation=0.1)).parts
    lab.datasets.split("sums", SplitSizes(test=0.1, seed=7))

    def validation(dataset: str) -> str | None:
        plan = lab.plan(TrainingRequest(dataset=dataset, base_model="smollm2-135m-instruct"))
        return plan.validation.id if plan.validation else None

    assert validation("sums/train@1") == first["validation"].id
    assert validation("sums/train@2") is None
    assert validation("sums") is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hyperparameters": {"epochs": 0}}, "epochs is 0: it should be greater than 0"),
        ({"hyperparameters": {"epoch": 1}}, "the method lora has no epoch"),
        ({"method": "magic"}, "there is no method 'magic'"),
        ({"provider": "moon"}, "there is no profile 'moon'"),
        (
            {"hyperparameters": {"packing": True}, "base_model": "tiny-t5"},
            "an encoder-decoder model cannot be trained with packing",
        ),
        (
            {"hyperparameters": {"packing": True, "batch_size": "auto"}},
            "batch_size auto goes by the number of examples",
        ),
        ({"seed": -1}, "seed is -1: it should be from 0 to 4294967295"),
        ({"options": {"integrations": []}}, "--wandb is for hosted services: name one"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_plain_words(
    room: Lab, tiny_base: Path, changed: Mapping[str, Any], said: str
) -> None:
    request = {"dataset": "sums/train", "base_model": str(tiny_base), **changed}
    before = room.database.head()
    with pytest.raises((LabError, NotFoundError)) as refused:
        room.plan(TrainingRequest(**request))
    assert said in str(refused.value)
    assert room.database.head() == before


def test_preferences_are_neither_trained_nor_evaluated_on(
    room: Lab, tiny_base: Path, tmp_path: Path
) -> None:
    def said(text: str) -> list[dict[str, str]]:
        return [{"role": "assistant", "content": text}]

    asked = {"messages": [{"role": "user", "content": "Which one?"}]}
    row = {"input": asked, "preferred_output": said("b"), "non_preferred_output": said("a")}
    file = tmp_path / "taste.jsonl"
    file.write_text(json.dumps(row) + "\n")
    room.datasets.add(Source(file), "taste")
    for changed, purpose in (("dataset", "training"), ("validation", "evaluating")):
        request: dict[str, Any] = {"dataset": "sums/train", "base_model": str(tiny_base)}
        request[changed] = "taste"
        with pytest.raises(RequestError, match=f"has preference examples: {purpose} on this"):
            room.plan(TrainingRequest(**request))


def test_an_unknown_dataset_is_named(room: Lab, tiny_base: Path) -> None:
    with pytest.raises(NotFoundError, match="nothing-like-it"):
        room.plan(TrainingRequest(dataset="nothing-like-it", base_model=str(tiny_base)))


def test_names_are_counted_up(room: Lab, tiny_base: Path) -> None:
    request = TrainingRequest(dataset="sums/test", base_model=str(tiny_base))
    assert room.plan(request).name == "sums-test-1"
    assert room.plan(request).validation is None
