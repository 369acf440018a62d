from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.standin.examples import training_file

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob

    from tests.standin.standin import Standin

GRADER: Any = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference_answer}}",
}


def create(standin: Standin, client: openai.OpenAI, **wanted: Any) -> FineTuningJob:  # noqa: ANN401
    model = wanted.pop("model", "gpt-4o-mini")
    content = training_file("supervised", "gpt-4o-mini-2024-07-18", wanted.pop("examples", 12))
    file = standin.add_file("train.jsonl", content)
    job: FineTuningJob = client.fine_tuning.jobs.create(
        **{"model": model, "training_file": file.id} | wanted
    )
    return job


def test_an_alias_goes_in_and_a_snapshot_comes_out(standin: Standin, client: openai.OpenAI) -> None:
    job = create(standin, client, suffix="bakery", seed=7, metadata={"ftlab_job": "job_1"})
    assert (job.model, job.status, job.seed) == ("gpt-4o-mini-2024-07-18", "validating_files", 7)
    assert job.metadata == {"ftlab_job": "job_1"}
    assert job.method
    assert job.method.type == "supervised"
    assert job.hyperparameters.n_epochs == "auto"


def test_a_healthy_job_has_an_empty_error_and_unpublished_fields(
    standin: Standin, client: openai.OpenAI
) -> None:
    create(standin, client)
    raw = client.fine_tuning.jobs.with_raw_response.list()
    answered = raw.http_response.json()["data"][0]
    assert answered["error"] == {}
    assert answered["finished_at"] is None
    assert "shared_with_openai" in answered


def test_preference_jobs_have_no_hyperparameters_at_the_top(
    standin: Standin, client: openai.OpenAI
) -> None:
    job = create(standin, client, method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2}}})
    assert job.to_dict()["hyperparameters"] is None
    assert job.method
    assert job.method.dpo
    assert job.method.dpo.hyperparameters
    assert job.method.dpo.hyperparameters.beta == 0.2
    assert job.method.dpo.hyperparameters.n_epochs == "auto"


def test_the_deprecated_form_of_hyperparameters_is_taken(
    standin: Standin, client: openai.OpenAI
) -> None:
    job = create(standin, client, hyperparameters={"n_epochs": 4})
    assert job.hyperparameters.n_epochs == 4


def test_takes_reinforcement_with_a_grader_where_the_model_lives(
    standin: Standin, client: openai.OpenAI
) -> None:
    method = {"type": "reinforcement", "reinforcement": {"grader": GRADER}}
    with pytest.raises(openai.BadRequestError, match="not available for fine-tuning"):
        create(standin, client, model="o4-mini", method=method)
    standin.clock.set(standin.clock.now().replace(month=9))
    job = create(standin, client, model="o4-mini", method=method)
    assert job.method
    assert job.method.reinforcement
    assert job.method.reinforcement.grader.type == "string_check"


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"training_file": "file-gone"}, "invalid training_file"),
        ({"model": "gpt-6-luna"}, "not available for fine-tuning"),
        ({"model": "gpt-3.5-turbo-0125"}, "not available for fine-tuning"),
        ({"model": "babbage-002", "method": {"type": "dpo"}}, "does not support"),
        ({"suffix": "x" * 65}, "string too long"),
        ({"metadata": {str(n): "" for n in range(17)}}, "16 pairs"),
        ({"metadata": {"k": "x" * 513}}, "512"),
        ({"method": {"type": "supervised"}, "hyperparameters": {}}, "beside"),
    ],
)
def test_refuses_what_cannot_be_trained(
    standin: Standin, client: openai.OpenAI, wanted: dict[str, Any], reason: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=reason):
        create(standin, client, **wanted)
    assert standin.jobs == []


def test_a_closed_organization_creates_no_job_but_takes_files(
    standin: Standin, client: openai.OpenAI
) -> None:
    standin.close_organization()
    assert client.files.create(file=("a.jsonl", b"{}\n"), purpose="fine-tune").id
    with pytest.raises(openai.PermissionDeniedError) as refused:
        create(standin, client)
    assert refused.value.code == "training_not_available"


def test_lists_jobs_newest_first_page_by_page(standin: Standin, client: openai.OpenAI) -> None:
    made = [create(standin, client).id for _ in range(5)]
    assert [job.id for job in client.fine_tuning.jobs.list(limit=2)] == made[::-1]
    assert [asked.query for asked in standin.asked("GET", "/fine_tuning/jobs")] == [
        {"limit": "2"},
        {"limit": "2", "after": made[3]},
        {"limit": "2", "after": made[1]},
    ]


def test_a_page_has_twenty_jobs_by_default_and_a_hundred_at_most(
    standin: Standin, client: openai.OpenAI
) -> None:
    standin.past_jobs(21)
    assert len(client.fine_tuning.jobs.list().data) == 20
    with pytest.raises(openai.BadRequestError, match="limit"):
        client.fine_tuning.jobs.list(limit=101)
    with pytest.raises(openai.BadRequestError, match="after"):
        client.fine_tuning.jobs.list(after="ftjob-unknown")


def test_finds_jobs_by_their_metadata(standin: Standin, client: openai.OpenAI) -> None:
    plain = create(standin, client).id
    ours = create(standin, client, metadata={"ftlab_job": "job_1", "empty": ""}).id

    def found(**options: Any) -> list[str]:  # noqa: ANN401
        return [job.id for job in client.fine_tuning.jobs.list(**options)]

    assert found(metadata={"ftlab_job": "job_1"}) == [ours]
    assert found(metadata={"ftlab_job": "job_1", "empty": ""}) == [ours]
    assert found(metadata={"ftlab_job": "job_2"}) == []
    assert found(extra_query={"metadata": "null"}) == [plain]


def test_cancels_pauses_and_resumes(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.live_job("running")
    jobs = client.fine_tuning.jobs
    acts = (jobs.pause, jobs.retrieve, jobs.retrieve, jobs.resume, jobs.cancel)
    statuses: list[str] = [act(job.id).status for act in acts]
    assert statuses == ["pausing", "pausing", "paused", "queued", "cancelled"]
    with pytest.raises(openai.BadRequestError, match="already ended"):
        jobs.cancel(job.id)


def test_an_unknown_job_is_404(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.fine_tuning.jobs.retrieve("ftjob-unknown")
    assert refused.value.code == "fine_tune_not_found"
