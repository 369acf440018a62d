"""What a person does with hosted jobs, by way of the lab."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

from engine import jobs, planning
from engine.data.errors import DataError
from engine.data.versions.importing import Source
from engine.errors import JobStateError, LabError, LimitError, ProviderError, RequestError
from engine.lab import Lab
from engine.planning import TrainingRequest
from engine.poller import Poller
from engine.providers.hosted.pace import Pace
from store.events import JobRequestRefused
from store.queries.jobs import JobDetail, job_detail
from tests.engine.providers.hosted.conftest import MODEL, QUICK, Follow
from tests.standin import errors, faults

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.standin.standin import Standin

JOB = "/fine_tuning/jobs/*"
CANCEL, PAUSE = f"{JOB}/cancel", f"{JOB}/pause"
GRADER = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference_answer}}",
}
MODEL_GRADER = {"type": "score_model", "name": "good", "model": "gpt-4o-mini"}


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


def test_what_is_asked_while_a_service_is_away_is_recorded(
    lab: Lab, standin: Standin, follow: Follow
) -> None:
    job = follow(standin.live_job("running").id)
    Poller(lab).look()
    standin.inject(faults.rate_limited(60), "GET", JOB)
    with pytest.raises(LabError, match="it is recorded, and the poller will ask openai for it"):
        lab.cancel_job(job)
    assert job_of(lab, job).requested == "cancel"
    lab._paces["openai"] = Pace(QUICK)
    Poller(lab).look()
    assert job_of(lab, job).status == "cancelled"


def test_what_a_service_will_not_do_is_told_once_and_following_goes_on(
    lab: Lab, standin: Standin, follow: Follow
) -> None:
    remote = standin.live_job("running").id
    job = follow(remote)
    nowhere = faults.refused(errors.not_found("Invalid URL"))
    standin.inject(nowhere, "POST", PAUSE, times=None)
    with pytest.raises(ProviderError, match="Invalid URL"):
        lab.pause_job(job)
    standin.advance(remote, steps=3)
    Poller(lab).look()
    assert job_of(lab, job).step == 3
    assert standin.count("POST", PAUSE) == 1
    told = [fact for fact in lab.log.facts(f"job/{job}") if isinstance(fact, JobRequestRefused)]
    assert [(fact.request, fact.reason) for fact in told] == [
        ("pause", "openai has no such thing: Invalid URL")
    ]
    assert job_of(lab, job).requested is None
    with pytest.raises(ProviderError):
        lab.pause_job(job)
    assert standin.count("POST", PAUSE) == 2


def test_a_job_that_was_not_known_for_a_while_is_looked_for_by_resume(
    lab: Lab, standin: Standin, follow: Follow
) -> None:
    job = follow(standin.live_job("running").id)
    injection = standin.inject(faults.gone(), "GET", JOB, times=None)
    Poller(lab).look()
    assert job_of(lab, job).status == "interrupted"
    version = job_of(lab, job).version
    with pytest.raises(JobStateError, match="no longer knows"):
        lab.resume_job(job)
    assert job_of(lab, job).version == version
    injection.lift()
    lab.resume_job(job)
    assert job_of(lab, job).status == "running"


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


def test_a_service_that_asks_to_wait_for_long_is_left_to_the_poller(
    lab: Lab, standin: Standin
) -> None:
    standin.inject(faults.rate_limited(1e9), "POST", "/files")
    with pytest.raises(ProviderError, match="planned but not yet at openai") as told:
        lab.train(lab.plan(wish()))
    assert (told.value.kind, told.value.retry_after) == ("rate_limit", 3600)


def test_a_refused_job_ends_as_refused_by_the_provider(lab: Lab, standin: Standin) -> None:
    standin.close_organization()
    with pytest.raises(ProviderError, match="was not taken by openai") as told:
        lab.train(lab.plan(wish()))
    assert told.value.refused


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
    from engine.config.edits import set_number

    lab.places.home.mkdir(exist_ok=True)
    set_number(lab.places.config, "budget", 0.0001)
    with pytest.raises(LimitError):
        lab.plan(wish())
    assert lab.plan(wish(max_cost=5.0)).estimate is not None


def test_a_limit_that_is_no_number_allows_nothing(lab: Lab) -> None:
    with pytest.raises(LimitError):
        lab.plan(wish(max_cost=math.nan))


def test_validation_data_has_to_be_of_the_same_kind(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "better.jsonl"
    rows = [
        {
            "input": {"messages": [{"role": "user", "content": f"{n}?"}]},
            "preferred_output": [{"role": "assistant", "content": "yes"}],
            "non_preferred_output": [{"role": "assistant", "content": "no"}],
        }
        for n in range(12)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    lab.datasets.add(Source(file), "better")
    with pytest.raises(RequestError, match="one method needs one kind"):
        lab.plan(wish(validation="better"))
    assert lab.plan(wish(dataset="better")).method == "dpo"


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
        ({"seed": -1}, "the seed is -1"),
        ({"seed": 2**31}, "hosted services take 0 to"),
        ({"hyperparameters": {"epochs": -3}}, "n_epochs is -3"),
        ({"hyperparameters": {"batch_size": 0}}, "batch_size is 0"),
        ({"hyperparameters": {"learning_rate_multiplier": math.nan}}, "multiplier is nan"),
        (
            {"method": "reinforcement", "options": {"grader": GRADER | {"name": "\ud800"}}},
            "cannot be sent as JSON",
        ),
        (
            {"method": "reinforcement", "options": {"grader": GRADER | {"weight": math.nan}}},
            "cannot be sent as JSON",
        ),
        (
            {"method": "reinforcement", "options": {"grader": MODEL_GRADER | {"input": [3]}}},
            "no such grader",
        ),
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
