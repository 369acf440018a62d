"""One remote job and one upload of each file, wherever the submission is cut off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.errors import ProviderError
from engine.lab import Lab
from engine.planning import TrainingRequest
from engine.providers.hosted.provider import HostedProvider
from engine.providers.hosted.submission import Submission
from store.events import FileUploaded, JobCancelRequested, JobCreationRequested
from store.leases import Lease
from store.log import Entry
from store.queries.datasets import dataset
from store.queries.jobs import JobDetail, job_detail
from store.times import now
from tests.engine.providers.hosted.conftest import MODEL, imported, plan
from tests.standin import errors, faults

if TYPE_CHECKING:
    from tests.standin.injection import Fault
    from tests.standin.standin import Standin

AT_ONCE = timedelta(0)
FILES, PARTS, JOBS = "/files", "/uploads/*/parts", "/fine_tuning/jobs"

Submit = Callable[..., JobDetail]


@pytest.fixture
def planned(lab: Lab) -> str:
    return plan(lab)


@pytest.fixture
def submit(lab: Lab, provider: HostedProvider) -> Submit:
    """Go on with a submission, up to a portion of news if one is named."""

    def go_on(
        job: str,
        *,
        portions: int | None = None,
        record_last: bool = True,
        settles: timedelta = AT_ONCE,
        part_bytes: int = 1_000_000,
    ) -> JobDetail:
        async def steps() -> None:
            async with provider.open() as service:
                submission = Submission(lab, service, settles=settles, part_bytes=part_bytes)
                news = submission.news(job_detail(lab.database.reader, job))
                number = 0
                async for writes in news:
                    number += 1
                    if number != portions or record_last:
                        lab.log.append_all(writes)
                    if number == portions:
                        await news.aclose()  # type: ignore[attr-defined]
                        return

        asyncio.run(steps())
        return job_detail(lab.database.reader, job)

    return go_on


def finished(submit: Submit, job: str, **options: object) -> JobDetail:
    """Go on until the job is there, past whatever goes wrong on the way."""
    for _ in range(6):
        try:
            found = submit(job, **options)
        except ProviderError as error:
            assert error.retriable  # noqa: PT017 - any other is a failure of the test
        else:
            if found.remote_id is not None:
                return found
    raise AssertionError("it never came to an end")


def test_a_planned_job_is_created_as_it_was_planned(
    lab: Lab, submit: Submit, standin: Standin, planned: str
) -> None:
    job = submit(planned)
    [made] = standin.jobs
    assert (job.remote_id, job.status) == (made.id, "validating_files")
    [created] = standin.asked("POST", JOBS)
    assert created.json == {
        "model": MODEL,
        "training_file": job.training_file,
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}},
        "metadata": {"ftlab_job": planned},
        "seed": 7,
    }
    file = standin.file(job.training_file or "")
    assert file is not None
    first = json.loads(file.content.splitlines()[0])
    assert first["messages"][0]["content"] == "What is 0 + 0?"
    assert list((lab.places.home / "uploads").iterdir()) == []


def test_validation_suffix_and_integrations_go_along(
    lab: Lab, submit: Submit, standin: Standin
) -> None:
    version = dataset(lab.database.reader, "sums").id
    wandb = {"type": "wandb", "wandb": {"project": "sums"}}
    submit(plan(lab, validation=version, options={"suffix": "sums", "integrations": [wandb]}))
    [created] = standin.asked("POST", JOBS)
    assert created.json is not None
    assert created.json["suffix"] == "sums"
    assert created.json["integrations"] == [wandb]
    # The same content is not sent twice, though it has two roles.
    assert created.json["validation_file"] == created.json["training_file"]
    assert standin.count("POST", FILES) == 1


@pytest.mark.parametrize("record_last", [True, False])
@pytest.mark.parametrize("portion", range(1, 5))
def test_a_submission_cut_off_anywhere_ends_with_one_job_and_one_upload(
    portion: int, record_last: bool, submit: Submit, standin: Standin, planned: str
) -> None:
    """Cut off after a step was recorded and before it was taken, or the other way round."""
    submit(planned, portions=portion, record_last=record_last)
    job = finished(submit, planned)
    assert [made.id for made in standin.jobs] == [job.remote_id]
    assert standin.count("POST", JOBS) == 1
    assert standin.count("POST", FILES) == 1


@pytest.mark.parametrize("path", [FILES, JOBS])
@pytest.mark.parametrize(
    "fault",
    [
        faults.reset_before(),
        faults.reset_after(),
        faults.server_error(500),
        faults.server_error(503),
        faults.truncated(),
        faults.rate_limited(0),
    ],
    ids=["reset before", "reset after", "500", "503", "truncated", "429"],
)
def test_an_answer_that_is_lost_makes_no_second_job_and_no_second_file(
    fault: Fault, path: str, submit: Submit, standin: Standin, planned: str
) -> None:
    standin.inject(fault, "POST", path)
    job = finished(submit, planned)
    assert [made.id for made in standin.jobs] == [job.remote_id]
    done = [request for request in standin.asked("POST", path) if request.acted]
    assert len(done) == 1


def test_a_lost_creation_is_not_repeated_before_the_service_has_settled(
    submit: Submit, standin: Standin, planned: str
) -> None:
    standin.inject(faults.reset_before(), "POST", JOBS)
    with pytest.raises(ProviderError):
        submit(planned)
    for _ in range(2):
        with pytest.raises(ProviderError, match="not known whether openai created the job"):
            submit(planned, settles=timedelta(hours=1))
    assert standin.count("POST", JOBS) == 1
    assert submit(planned).remote_id is not None


def test_a_job_in_a_service_that_keeps_no_metadata_is_known_by_its_file(
    submit: Submit, standin: Standin, planned: str
) -> None:
    standin.clock.set(now())
    submit(planned, portions=4, record_last=False)
    standin.jobs[0].metadata = None
    standin.inject(faults.items_changed(lambda items: items), "GET", JOBS, times=None)
    assert finished(submit, planned).remote_id == standin.jobs[0].id
    assert standin.count("POST", JOBS) == 1


def test_a_large_file_goes_in_parts_and_what_is_there_is_not_sent_again(
    lab: Lab, submit: Submit, standin: Standin, planned: str
) -> None:
    # The request, the upload, and two of its parts.
    submit(planned, portions=4, part_bytes=600)
    sent = standin.count("POST", PARTS)
    job = finished(submit, planned, part_bytes=600)
    [fact] = [fact for fact in lab.log.facts(f"job/{planned}") if isinstance(fact, FileUploaded)]
    assert standin.count("POST", "/uploads") == 1
    assert standin.count("POST", PARTS) == -(-fact.bytes // 600)
    assert sent == 2
    file = standin.file(job.training_file or "")
    assert file is not None
    assert len(file.content) == fact.bytes


def test_a_file_of_the_same_content_is_used_again_if_it_is_still_there(
    lab: Lab, submit: Submit, standin: Standin, planned: str
) -> None:
    first = submit(planned)
    second = submit(plan(lab))
    assert second.training_file == first.training_file
    assert standin.count("POST", FILES) == 1
    standin.delete_file(first.training_file or "")
    third = submit(plan(lab))
    assert third.training_file != first.training_file
    assert standin.count("POST", FILES) == 2


def test_a_recorded_file_that_is_gone_is_sent_again(
    submit: Submit, standin: Standin, planned: str
) -> None:
    sent = submit(planned, portions=2)
    standin.delete_file(sent.training_file or "")
    job = finished(submit, planned)
    assert job.training_file != sent.training_file
    assert standin.jobs[0].training_file == job.training_file


def test_a_file_that_is_refused_for_good_fails_the_job(
    submit: Submit, standin: Standin, planned: str
) -> None:
    standin.inject(faults.refused(errors.bad_request("Too large.", param="file")), "POST", FILES)
    job = submit(planned)
    assert (job.status, job.remote_id) == ("failed", None)
    assert "Too large (field file)" in (job.reason or "")


@pytest.mark.parametrize("how", ["cancelled", "found"])
def test_nothing_of_the_data_is_left_behind(
    how: str, lab: Lab, submit: Submit, planned: str
) -> None:
    submit(planned, portions=4, record_last=how == "cancelled")
    left = lab.places.home / "uploads" / f"{planned}-training.jsonl"
    left.parent.mkdir(exist_ok=True)
    left.write_text("what a killed process left")
    if how == "cancelled":
        planned = plan(lab)
        lab.log.append(f"job/{planned}", JobCancelRequested())
        left = left.with_name(f"{planned}-training.jsonl")
        left.write_text("the same")
    submit(planned)
    assert not left.exists()


def test_a_file_that_is_asked_for_twice_goes_whole(
    submit: Submit, standin: Standin, planned: str
) -> None:
    standin.inject(faults.rate_limited(0), "POST", FILES)
    file = standin.file(submit(planned).training_file or "")
    assert file is not None
    assert len(file.content.splitlines()) == 20


def test_another_plans_job_on_the_same_file_is_not_taken_for_this_one(
    lab: Lab, submit: Submit, standin: Standin, planned: str
) -> None:
    """Where metadata is not kept, both look alike."""
    standin.clock.set(now())
    standin.inject(faults.with_fields(metadata=None), "GET", JOBS, times=None)
    first = submit(plan(lab))
    standin.inject(faults.reset_before(), "POST", JOBS)
    second = finished(submit, planned)
    assert second.remote_id not in (None, first.remote_id)
    assert len(standin.jobs) == 2


def test_a_job_that_a_rescue_found_first_is_taken_for_this_one(
    lab: Lab, submit: Submit, standin: Standin, planned: str
) -> None:
    standin.clock.set(now())
    standin.inject(faults.with_fields(metadata=None), "GET", JOBS, times=None)
    submit(planned, portions=4, record_last=False)
    imported(lab, standin.jobs[0].id)
    assert finished(submit, planned).remote_id == standin.jobs[0].id
    assert len(standin.jobs) == 1


def test_a_service_that_cannot_look_by_metadata_is_looked_through(
    submit: Submit, standin: Standin, planned: str
) -> None:
    submit(planned, portions=4, record_last=False)
    standin.inject(faults.refused(errors.bad_request("Unknown parameter.")), "GET", JOBS)
    assert finished(submit, planned).remote_id == standin.jobs[0].id
    assert len(standin.jobs) == 1


def test_a_clock_that_was_set_back_keeps_no_job_waiting(
    lab: Lab, submit: Submit, standin: Standin, planned: str
) -> None:
    submit(planned, portions=2)
    asked = Entry(JobCreationRequested(attempt=1), now() + timedelta(hours=2))
    lab.log.append(f"job/{planned}", asked)
    assert submit(planned, settles=timedelta(seconds=30)).remote_id == standin.jobs[0].id


def test_it_waits_until_the_file_is_processed(
    submit: Submit, standin: Standin, planned: str
) -> None:
    standin.behaviour.looks_until_processed = 2
    submit(planned)
    looks = standin.count("GET", "/files/*")
    assert looks >= 2


def test_a_file_that_cannot_be_processed_fails_the_job(
    submit: Submit, standin: Standin, planned: str
) -> None:
    standin.behaviour.processing_error = "Line 1 is odd."
    job = submit(planned)
    assert job.status == "failed"
    assert job.reason == "openai could not process the training file: Line 1 is odd."
    assert standin.count("POST", JOBS) == 0


def test_a_closed_organization_is_told_with_what_to_do_instead(
    submit: Submit, standin: Standin, planned: str
) -> None:
    standin.close_organization()
    job = submit(planned)
    assert job.status == "failed"
    assert "takes no new fine-tuning jobs" in (job.reason or "")
    assert "ftlab train sums@1 --provider local" in (job.details or "")
    assert "--epochs 2" in (job.details or "")


def test_a_job_cancelled_before_it_was_sent_is_never_created(
    lab: Lab, submit: Submit, standin: Standin, planned: str
) -> None:
    lab.log.append(f"job/{planned}", JobCancelRequested())
    assert submit(planned).status == "cancelled"
    assert standin.requests == []


def test_a_submission_that_another_process_is_at_is_left_alone(
    lab: Lab, submit: Submit, standin: Standin, planned: str
) -> None:
    other = Lease(lab.database, f"submission:{planned}", "somebody else")
    assert other.acquire()
    assert submit(planned).remote_id is None
    assert standin.requests == []
    other.release()
    assert submit(planned).remote_id is not None


def test_training_at_a_profile_plans_checks_and_submits(lab: Lab, standin: Standin) -> None:
    request = TrainingRequest(
        dataset="sums",
        base_model=MODEL,
        provider="openai",
        hyperparameters={"epochs": 3.0},
        suffix="sums",
    )
    plan = lab.plan(request)
    assert (plan.method, plan.hyperparameters) == ("supervised", {"n_epochs": 3})
    assert plan.estimate is not None
    job = job_detail(lab.database.reader, lab.train(plan))
    assert job.remote_id == standin.jobs[0].id
    assert job.estimate == pytest.approx(plan.estimate.usd)
