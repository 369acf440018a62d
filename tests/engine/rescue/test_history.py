from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import ProviderError
from engine.lab import Lab
from engine.poller import Poller
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.harvest import Harvest
from engine.rescue.history import rescue
from store.events import HistoryImported, HistoryImportStarted, JobPlanned
from store.queries.datasets import dataset
from store.queries.history import Filter, history
from store.queries.hosted import remote_file, remote_files, taken_events
from store.queries.jobs import job_detail, job_list
from store.queries.metrics import series
from store.queries.models import model_list
from tests.engine.providers.hosted.conftest import MODEL
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.injection import Fault
    from tests.standin.standin import Standin

JOBS = "/fine_tuning/jobs"
EVENTS = "/fine_tuning/jobs/*/events"


def jobs_here(lab: Lab) -> list[str]:
    return [job.id for job in job_list(lab.database.reader, provider="openai")]


def test_a_job_of_the_past_becomes_one_like_any_other(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(suffix="bakery", validated=True, events=40)
    rescue(lab, provider)
    [summary] = job_list(lab.database.reader, provider="openai")
    job = job_detail(lab.database.reader, summary.id)
    assert (job.name, job.status, job.imported) == ("bakery", "succeeded", True)
    assert job.planned_at.startswith("2026-10-22T12:00:00")
    assert job.ended_at is not None
    assert job.ended_at < "2026-10-23"
    assert len(taken_events(lab.database.reader, job.id)) == len(past.events)
    assert len(series(lab.database.reader, job.id, "train_loss").steps) > 0
    [model] = model_list(lab.database.reader)
    assert (model.remote_id, model.job) == (past.fine_tuned_model, job.id)
    assert model.retires_on == "2027-01-14"


def test_its_training_data_becomes_a_dataset_version_with_its_lineage(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(validated=True)
    original = standin.file(past.training_file)
    assert original is not None
    rescue(lab, provider)
    job = job_detail(lab.database.reader, jobs_here(lab)[0])
    version = dataset(lab.database.reader, job.dataset or "")
    assert version.examples == len(original.content.splitlines())
    assert job.validation is not None
    assert model_list(lab.database.reader)[0].dataset == version.id
    kept = remote_file(lab.database.reader, "openai", past.training_file)
    assert kept is not None
    assert lab.blobs.read(kept.content or "") == original.content


def test_running_it_again_brings_only_what_is_new(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_jobs(5)
    first = rescue(lab, provider)
    head, asked = lab.database.head(), len(standin.requests)
    again = rescue(lab, provider)
    assert (first.new_jobs, again.jobs, again.new_jobs, again.events) == (5, 5, 0, 0)
    # That it began and ended, and nothing else: the jobs' page and the models' list.
    assert lab.database.head() == head + 2
    assert len(standin.requests) == asked + 2
    standin.past_job()
    assert rescue(lab, provider).new_jobs == 1


@pytest.mark.slow
def test_two_hundred_and_fifty_jobs_over_several_pages_under_faults(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_jobs(250, events=20)
    all_faults: list[tuple[Fault, str]] = [
        (faults.rate_limited(0), "/**"),
        (faults.server_error(500), JOBS),
        (faults.server_error(503), EVENTS),
        (faults.reset_before(), "/files/*"),
        (faults.reset_after(), "/fine_tuning/jobs/*/checkpoints"),
        (faults.truncated(), EVENTS),
        (faults.items_repeated(5), JOBS),
        (faults.items_repeated(5), EVENTS),
        (faults.unknown_words(), EVENTS),
        (faults.reset_midway(0.5), "/files/*/content"),
    ]
    for after, (fault, path) in enumerate(all_faults):
        standin.inject(fault, "GET", path, times=3, after=after)
    found = rescue(lab, provider)
    assert found.troubles == {}
    assert (found.jobs, found.new_jobs) == (250, 250)
    assert len(jobs_here(lab)) == 250
    by_remote = {job_detail(lab.database.reader, job).remote_id: job for job in jobs_here(lab)}
    for job in past:
        here = by_remote[job.id]
        assert len(taken_events(lab.database.reader, here)) == len(job.events)
        assert job_detail(lab.database.reader, here).status == job.status
    assert standin.count("POST", "/**") == 0
    before = len(standin.requests)
    Poller(lab).look()
    assert len(standin.requests) == before


def test_files_that_are_gone_are_recorded_as_gone_and_not_asked_for_again(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(gone=frozenset({"training", "results"}))
    found = rescue(lab, provider)
    assert (found.files.kept, found.files.gone) == (0, 2)
    assert job_detail(lab.database.reader, jobs_here(lab)[0]).dataset is None
    gone = remote_file(lab.database.reader, "openai", past.training_file)
    assert gone is not None
    assert (gone.state, gone.dataset) == ("gone", None)
    asked = standin.count("GET", "/files/**")
    again = rescue(lab, provider)
    assert (again.files.gone, again.new_files.gone) == (2, 0)
    assert standin.count("GET", "/files/**") == asked


def test_without_files_their_rows_can_still_be_taken_later(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_job()
    rescue(lab, provider, files=False)
    assert remote_files(lab.database.reader) == []
    job = jobs_here(lab)[0]
    assert job_detail(lab.database.reader, job).dataset is None
    rescue(lab, provider)
    assert job_detail(lab.database.reader, job).dataset is not None
    assert model_list(lab.database.reader)[0].dataset is not None


def test_a_file_whose_rows_are_no_examples_is_kept_all_the_same(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    file = standin.add_file("odd.jsonl", b"not json at all\n")
    standin.past_job(training_file=file.id)
    rescue(lab, provider)
    kept = remote_file(lab.database.reader, "openai", file.id)
    assert kept is not None
    assert lab.blobs.read(kept.content or "") == b"not json at all\n"
    assert kept.dataset is None
    assert "every row is bad" in (kept.reason or "")
    assert (kept.reason or "").startswith("odd.jsonl, line 1")


def test_one_jobs_trouble_is_told_and_the_next_run_takes_it(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    good, bad = standin.past_jobs(2)
    path = f"/fine_tuning/jobs/{bad.id}/events"
    injection = standin.inject(faults.missing_scope("events"), "GET", path, times=None)
    found = rescue(lab, provider)
    assert list(found.troubles) == [bad.id]
    injection.lift()
    assert rescue(lab, provider).troubles == {}
    statuses = {job.status for job in job_list(lab.database.reader, provider="openai")}
    assert statuses == {good.status, bad.status}


def test_a_service_that_cannot_be_asked_says_so(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.inject(faults.missing_scope("jobs"), "GET", JOBS, times=None)
    with pytest.raises(ProviderError):
        rescue(lab, provider)


def test_everything_is_caused_by_the_import(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_job()
    rescue(lab, provider)
    found = list(history(lab.database.reader, Filter()))
    [began] = [event for event in found if event.type == HistoryImportStarted.type_name]
    after = [event for event in found if event.seq > began.seq]
    ours = [event for event in after if not event.stream.startswith("dataset/")]
    assert {event.cause for event in ours} == {began.seq}
    assert found[-1].type == HistoryImported.type_name


def test_a_live_job_is_followed_from_then_on(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    live = standin.live_job("running")
    rescue(lab, provider)
    assert job_detail(lab.database.reader, jobs_here(lab)[0]).status == "running"
    standin.advance(live.id, "succeeded")
    Poller(lab).look()
    assert job_detail(lab.database.reader, jobs_here(lab)[0]).status == "succeeded"


def test_it_tells_how_far_it_has_come(lab: Lab, provider: HostedProvider, standin: Standin) -> None:
    standin.past_jobs(3)
    heard: list[tuple[int, int]] = []

    def listen(done: int, total: int, _harvest: Harvest) -> None:
        heard.append((done, total))

    rescue(lab, provider, progress=listen)
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_a_job_that_was_planned_here_is_known_by_its_metadata(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    planned = JobPlanned(
        name="sums-1",
        provider="openai",
        base_model=MODEL,
        method="supervised",
        hyperparameters={},
        dataset=dataset(lab.database.reader, "sums").id,
    )
    lab.log.append("job/job_ours", planned)
    past = standin.past_job(metadata={"ftlab_job": "job_ours"})
    assert rescue(lab, provider).new_jobs == 0
    assert jobs_here(lab) == ["job_ours"]
    assert job_detail(lab.database.reader, "job_ours").remote_id == past.id
