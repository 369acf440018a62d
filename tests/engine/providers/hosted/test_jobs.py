"""What a person does with hosted jobs, by way of the lab."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine import jobs, planning
from engine.data.errors import DataError
from engine.data.versions.importing import Source
from engine.errors import JobStateError, LabError, LimitError, RequestError
from engine.lab import Lab
from engine.planning import TrainingRequest
from engine.poller import Poller
from store.queries.jobs import JobDetail, job_detail
from tests.engine.providers.hosted.conftest import MODEL, Follow
from tests.standin import faults

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.standin.standin import Standin

CANCEL = "/fine_tuning/jobs/*/cancel"
GRADER = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference_answer}}",
}


def wish(**fields: Any) -> TrainingRequest:  # noqa: ANN401 - those of a request
    return TrainingRequest(
        **{"dataset": "sums", "base_model": MODEL, "provider": "openai"} | fields
    )


def job_of(lab: Lab, job: str) -> JobDetail:
    return job_detail(lab.database.reader, job)


def test_a_running_job_is_cancelled(lab: Lab, standin: Standin, follow: Follow) -> None:
    job = follow(standin.live_job("running").id)
    lab.cancel_job(job)
    assert job_of(lab, job).status == "cancelled"
    assert standin.count("POST", CANCEL) == 1


def test_a_cancel_that_did_not_arrive_is_repeated_by_the_next_look(
    lab: Lab, standin: Standin, follow: Follow
) -> None:
    job = follow(standin.live_job("running").id)
    standin.inject(faults.reset_before(), "POST", CANCEL)
    with pytest.raises(LabError):
        lab.cancel_job(job)
    assert job_of(lab, job).requested == "cancel"
    Poller(lab).look()
    assert (job_of(lab, job).status, job_of(lab, job).requested) == ("cancelled", None)


def test_a_job_is_paused_and_goes_on(lab: Lab, standin: Standin, follow: Follow) -> None:
    job = follow(standin.live_job("running").id)
    lab.pause_job(job)
    for _ in range(3):
        Poller(lab).look()
    assert job_of(lab, job).status == "paused"
    lab.resume_job(job)
    for _ in range(3):
        Poller(lab).look()
    assert job_of(lab, job).status in ("queued", "running")
    assert job_of(lab, job).requested is None


def test_an_ended_job_cannot_be_resumed_but_retried(lab: Lab, standin: Standin) -> None:
    job = lab.train(lab.plan(wish(suffix="sums", hyperparameters={"epochs": 2})))
    standin.advance(job_of(lab, job).remote_id or "", "failed", error={"code": "x", "message": "y"})
    with pytest.raises(JobStateError, match="ftlab jobs retry sums"):
        lab.resume_job(job)
    again = job_of(lab, lab.retry_job(job))
    assert (again.name, again.retry_of) == ("sums-1", job)
    assert again.hyperparameters_json == '{"n_epochs": 2}'
    assert standin.count("POST", "/files") == 1
    assert again.remote_id == standin.jobs[0].id


def test_a_broken_off_submission_is_gone_on_with_by_resume(
    lab: Lab, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = lab.plan(wish())
    monkeypatch.setattr(jobs, "_HOSTED_PATIENCE", 0.0)
    with standin.offline(), pytest.raises(LabError, match="planned but not yet at openai"):
        lab.train(planned)
    [job] = [summary.id for summary in _jobs(lab)]
    assert job_of(lab, job).status == "planned"
    lab.resume_job(job)
    assert job_of(lab, job).remote_id == standin.jobs[0].id


def _jobs(lab: Lab) -> list[Any]:
    from store.queries.jobs import job_list

    return list(job_list(lab.database.reader))


def test_a_job_over_the_limit_is_refused_before_anything_is_recorded(
    lab: Lab, standin: Standin
) -> None:
    with pytest.raises(LimitError, match="more than the limit of"):
        lab.plan(wish(max_cost=0.0001))
    assert standin.requests == []
    assert _jobs(lab) == []


def test_the_configured_budget_is_a_limit_too(lab: Lab) -> None:
    from engine.config.edits import set_budget

    lab.places.home.mkdir(exist_ok=True)
    set_budget(lab.places.config, 0.0001)
    with pytest.raises(LimitError):
        lab.plan(wish())
    assert lab.plan(wish(max_cost=5.0)).estimate is not None


def test_a_limit_on_a_model_of_unknown_price_is_refused(lab: Lab) -> None:
    with pytest.raises(LimitError, match="is not known"):
        lab.plan(wish(base_model="gpt-4o-2024-11-20", max_cost=5.0))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"hyperparameters": {"learning_rate": 1e-4}}, "--learning-rate-multiplier"),
        ({"hyperparameters": {"lora_rank": 8}}, "supervised has no hyperparameter 'lora_rank'"),
        ({"hyperparameters": {"n_epochs": "many"}}, "no such hyperparameters can be asked for"),
        ({"method": "lora"}, "hosted services train by supervised, dpo, reinforcement"),
        ({"method": "dpo"}, "has chat examples, which dpo does not train on"),
        ({"method": "reinforcement"}, "needs a grader"),
        ({"method": "reinforcement", "options": {"grader": {"type": "mood"}}}, "no such grader"),
        ({"options": {"grader": GRADER}}, "supervised has no grader"),
        ({"suffix": "s" * 65}, "64 characters at most"),
    ],
)
def test_what_a_service_would_refuse_is_refused_here(
    fields: dict[str, Any], said: str, lab: Lab, standin: Standin
) -> None:
    with pytest.raises(RequestError, match=said):
        lab.plan(wish(**fields))
    assert standin.requests == []


def test_data_that_would_be_refused_is_not_sent(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "few.jsonl"
    file.write_text('{"prompt": "a", "completion": "b"}\n')
    lab.datasets.add(Source(file), "few")
    with pytest.raises(DataError, match=r"There are 1 example.*10 are the minimum|10 are"):
        lab.plan(wish(dataset="few"))


def test_an_older_model_is_checked_and_sent_prompts_with_completions(
    lab: Lab, standin: Standin
) -> None:
    job = job_of(lab, lab.train(lab.plan(wish(base_model="babbage-002"))))
    file = standin.file(job.training_file or "")
    assert file is not None
    assert set(json.loads(file.content.splitlines()[0])) == {"prompt", "completion"}


def test_a_profile_without_a_key_says_how_to_give_one(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(LabError, match="set OPENAI_API_KEY in the environment"):
        lab.train(lab.plan(wish()))
    assert _jobs(lab) == []


def test_local_jobs_are_told_how_to_pause(lab: Lab) -> None:
    from store.events import JobPlanned

    planned = JobPlanned(
        name="here",
        provider=planning.LOCAL,
        base_model="smollm2-135m-instruct",
        method="lora",
        hyperparameters={},
        dataset="ds_1",
    )
    lab.log.append("job/job_here", planned)
    with pytest.raises(JobStateError, match="ftlab jobs cancel"):
        lab.pause_job("job_here")
