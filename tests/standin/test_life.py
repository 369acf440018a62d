from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openai

from tests.standin.examples import training_file

if TYPE_CHECKING:
    from tests.standin.standin import Standin


def messages(client: openai.OpenAI, job: str) -> list[str]:
    """The words of a job's events, the oldest first."""
    events = client.fine_tuning.jobs.list_events(job, limit=100)
    return [event.message for event in events if event.type != "metrics"][::-1]


def metrics(client: openai.OpenAI, job: str) -> list[Any]:
    events = client.fine_tuning.jobs.list_events(job, limit=100)
    return [event.data for event in events if event.type == "metrics"][::-1]


def results(client: openai.OpenAI, file: str) -> list[dict[str, str]]:
    text = client.files.content(file).read().decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_a_job_goes_from_stage_to_stage(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.live_job("validating_files", suffix="bakery")
    statuses = [standin.advance(job).status for _ in range(3)]
    assert statuses == ["queued", "running", "succeeded"]
    told = client.fine_tuning.jobs.retrieve(job.id)
    assert told.fine_tuned_model == f"ft:gpt-4o-mini-2024-07-18:acme:bakery:{job.name}"
    assert told.trained_tokens
    assert told.hyperparameters.n_epochs == 9
    assert messages(client, job.id) == [
        f"Created fine-tuning job: {job.id}",
        f"Validating training file: {job.training_file}",
        "Files validated, moving job to queued state",
        "Fine-tuning job started",
        "Checkpoint created at step 84",
        "Checkpoint created at step 96",
        "New fine-tuned model created",
        "Evaluating model against our usage policies before enabling",
        f"Moderation checks for snapshot {told.fine_tuned_model} passed.",
        "The job has successfully completed",
    ]


def test_training_is_told_step_by_step(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.live_job("queued")
    standin.advance(job, steps=3)
    standin.clock.move(timedelta(minutes=1))
    standin.advance(job, steps=2)
    told = metrics(client, job.id)
    assert [point["step"] for point in told] == [1, 2, 3, 4, 5]
    assert told[0]["train_loss"] > told[-1]["train_loss"]
    assert set(told[0]) == {"step", "total_steps", "train_loss", "train_mean_token_accuracy"}
    events = client.fine_tuning.jobs.list_events(job.id).data
    assert len({event.created_at for event in events}) == 2


def test_validation_comes_now_and_then_and_whole_at_the_end_of_an_epoch(
    standin: Standin, client: openai.OpenAI
) -> None:
    content = training_file("supervised", "gpt-4o-mini-2024-07-18", 12, topic="valid")
    validation = standin.add_file("valid.jsonl", content)
    job = standin.live_job(
        "succeeded", validation_file=validation.id, hyperparameters={"n_epochs": 2}
    )
    told = metrics(client, job.id)
    assert [point["step"] for point in told if "valid_loss" in point] == [10, 20]
    assert [point["step"] for point in told if "full_valid_loss" in point] == [12, 24]
    rows = results(client, job.result_files[0])
    assert [row["step"] for row in rows if row["valid_loss"]] == ["10", "20"]
    assert [row["step"] for row in rows if row["full_valid_loss"]] == ["12", "24"]
    assert float(rows[5]["train_accuracy"]) == told[5]["train_mean_token_accuracy"]


def test_reinforcement_reports_rewards_and_no_loss(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.past_job(model="o4-mini-2025-04-16", method="reinforcement", validated=True)
    told = metrics(client, job.id)
    assert all("train_mean_reward" in point and "train_loss" not in point for point in told)
    assert "full_valid_mean_reward" in told[-1]
    assert "train_mean_reward" in results(client, job.result_files[0])[0]


def test_keeps_three_checkpoints_of_which_the_last_is_the_model(
    standin: Standin, client: openai.OpenAI
) -> None:
    job = standin.live_job("succeeded", hyperparameters={"n_epochs": 5})
    page = client.fine_tuning.jobs.checkpoints.list(job.id, limit=2)
    checkpoints = list(page)
    assert [checkpoint.step_number for checkpoint in checkpoints] == [60, 48, 36]
    names = [checkpoint.fine_tuned_model_checkpoint for checkpoint in checkpoints]
    model = job.fine_tuned_model
    assert names == [model, f"{model}:ckpt-step-48", f"{model}:ckpt-step-36"]
    for name in names:
        assert client.models.retrieve(name).id == name


def test_too_few_examples_fail_the_job_and_not_the_request(
    standin: Standin, client: openai.OpenAI
) -> None:
    file = standin.add_file("few.jsonl", training_file("supervised", "gpt-4o-mini-2024-07-18", 9))
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file.id)
    assert job.status == "validating_files"
    standin.advance(job.id)
    failed = client.fine_tuning.jobs.retrieve(job.id)
    assert (failed.status, failed.error and failed.error.code) == ("failed", "invalid_n_examples")


def test_a_job_fails_with_the_reason_that_is_given(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.live_job("running")
    standin.advance(
        job, "failed", error={"code": "exceeded_quota", "message": "No money.", "param": None}
    )
    failed = client.fine_tuning.jobs.retrieve(job.id)
    assert failed.error
    assert (failed.error.code, messages(client, job.id)[-1]) == ("exceeded_quota", "No money.")


def test_takes_statuses_and_events_that_nobody_published(
    standin: Standin, client: openai.OpenAI
) -> None:
    job = standin.live_job("running")
    standin.advance(job, "reticulating")
    standin.tell(job, "Splines are reticulated.", type="prophecy", level="notice", data=None)
    told = client.fine_tuning.jobs.retrieve(job.id)
    assert told.to_dict()["status"] == "reticulating"
    event = client.fine_tuning.jobs.list_events(job.id).data[0].to_dict()
    assert (event["type"], event["level"], event["data"]) == ("prophecy", "notice", None)
    assert standin.advance(job, "succeeded").status == "succeeded"


def test_moves_by_looks_where_set(standin: Standin, client: openai.OpenAI) -> None:
    standin.behaviour.looks_per_stage = 2
    job = standin.live_job("validating_files")
    seen = [client.fine_tuning.jobs.retrieve(job.id).status for _ in range(7)]
    assert seen == [
        *("validating_files", "validating_files", "queued", "queued"),
        *("running", "running", "succeeded"),
    ]


def test_goes_on_from_a_fine_tuned_model(standin: Standin, client: openai.OpenAI) -> None:
    first = standin.live_job("succeeded")
    assert first.fine_tuned_model
    second = standin.live_job("succeeded", model=first.fine_tuned_model)
    told = client.fine_tuning.jobs.retrieve(second.id)
    assert told.model == first.fine_tuned_model
    assert told.fine_tuned_model
    assert told.fine_tuned_model.startswith("ft:gpt-4o-mini-2024-07-18:acme::")
