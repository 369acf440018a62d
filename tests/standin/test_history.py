from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import openai

from tests.standin import examples
from tests.standin.clock import Clock
from tests.standin.fixtures import NOW
from tests.standin.standin import Standin

if TYPE_CHECKING:
    from tests.standin.state import Job


def test_a_past_job_left_everything_behind(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.past_job(suffix="bakery", validated=True, metadata={"team": "bakery"})
    told = client.fine_tuning.jobs.retrieve(job.id)
    assert (told.status, told.finished_at and told.finished_at > told.created_at) == (
        "succeeded",
        True,
    )
    assert len(list(client.fine_tuning.jobs.list_events(job.id))) == 20
    assert len(list(client.fine_tuning.jobs.checkpoints.list(job.id))) == 3
    assert told.fine_tuned_model
    assert client.models.retrieve(told.fine_tuned_model).id == told.fine_tuned_model
    training = client.files.content(told.training_file).read()
    assert examples.fault_of(training, "training_file") is None
    assert told.validation_file
    assert client.files.content(told.validation_file).read() != training
    header = client.files.content(told.result_files[0]).read().splitlines()[0]
    assert header.startswith(b"step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy")


def test_jobs_of_the_past_are_of_all_kinds(standin: Standin) -> None:
    jobs = standin.past_jobs(250)
    assert {job.status for job in jobs} == {"succeeded", "failed", "cancelled"}
    assert {job.method for job in jobs} == {"supervised", "dpo", "reinforcement"}
    assert {len(job.events) for job in jobs} == {20}
    assert any(job.finished_at is None for job in jobs)
    assert any(job.deprecated_form for job in jobs)
    assert {str(job.error) for job in jobs} >= {"None", "{}"}
    assert any(job.training_file not in standin.state.files for job in jobs)
    assert any(times > 1 for times in Counter(job.training_file for job in jobs).values())
    assert len({job.created_at for job in jobs}) < len(jobs)
    retired = [job for job in jobs if _is_retired(standin, job)]
    assert 0 < len(retired) < len(jobs)


def _is_retired(standin: Standin, job: Job) -> bool:
    base = standin.state.base_of(job.model)
    assert base
    return standin.state.is_retired(base)


def test_the_past_is_the_same_for_the_same_seed() -> None:
    one, same, other = (Standin(Clock(NOW)) for _ in range(3))
    pasts = [one.past_jobs(30), same.past_jobs(30), other.past_jobs(30, seed=1)]
    assert pasts[0] == pasts[1] != pasts[2]
    assert one.state.files == same.state.files
    for standin in (one, same, other):
        standin.__exit__(None, None, None)


def test_past_jobs_have_as_many_events_as_asked_for(standin: Standin) -> None:
    for events in (12, 20, 75, 500):
        for status in ("succeeded", "failed", "cancelled"):
            job = standin.past_job(events=events, status=status)
            assert (len(job.events), job.status) == (events, status)


def test_files_can_be_gone(standin: Standin) -> None:
    job = standin.past_job(validated=True, gone=frozenset({"training", "results"}))
    assert standin.file(job.training_file) is None
    assert standin.file(job.result_files[0]) is None
    assert standin.file(job.validation_file or "")
