"""A rescue with a key that may not read everything, at a service that does not tell everything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.lab import Lab
from engine.profiles import make
from engine.providers.hosted.pace import Pace
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.history import rescue
from store.queries.hosted import remote_files, result_files, taken_events
from store.queries.jobs import job_detail, job_list
from store.queries.models import model_list
from tests.standin import faults
from tests.standin.injection import Fault

if TYPE_CHECKING:
    from tests.standin.standin import Standin

JOBS = "/fine_tuning/jobs"


@pytest.mark.parametrize("path", ["/files/**", "/files/*/content"])
def test_a_key_that_may_not_read_files_gets_everything_else(
    path: str, lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(validated=True)
    injection = standin.inject(faults.missing_scope("api.files.read"), "GET", path, times=None)
    found = rescue(lab, provider)
    assert list(found.troubles) == [past.id]
    for part in ("training file: ", "validation file: ", "result file: "):
        assert part in found.troubles[past.id]
    [job] = job_list(lab.database.reader, provider="openai")
    assert job.status == "succeeded"
    assert len(taken_events(lab.database.reader, job.id)) == len(past.events)
    # Nothing is said to be gone that may be there: another key finds it.
    assert found.files.gone == 0
    injection.lift()
    again = rescue(lab, provider)
    assert (again.troubles, again.files.kept, again.files.gone) == ({}, 3, 0)
    [result] = result_files(lab.database.reader, job.id)
    assert result.content is not None
    assert job_detail(lab.database.reader, job.id).dataset is not None


def test_a_key_that_may_not_list_models_gets_everything_else(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_jobs(3)
    injection = standin.inject(faults.missing_scope("api.model.read"), "GET", "/models", times=None)
    found = rescue(lab, provider)
    assert list(found.troubles) == ["models"]
    assert (found.new_jobs, found.models) == (3, 3)
    injection.lift()
    assert rescue(lab, provider).troubles == {}


def test_a_model_that_a_list_leaves_out_is_not_gone_before_it_was_asked_for(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    alive = standin.past_job()
    gone = standin.past_job(model="gpt-3.5-turbo-0125")
    empty = Fault(change=lambda _, reply: replace(reply, payload={"object": "list", "data": None}))
    standin.inject(empty, "GET", "/models", times=None)
    rescue(lab, provider)
    found = {model.name: model for model in model_list(lab.database.reader)}
    assert found[alive.fine_tuned_model or ""].gone_at is None
    assert found[alive.fine_tuned_model or ""].retires_on == "2027-01-14"
    assert found[gone.fine_tuned_model or ""].gone_reason == "openai does not have it any more"
    rescue(lab, provider)
    assert standin.count("GET", f"/models/{gone.fine_tuned_model}") == 1


def test_what_came_of_a_list_that_breaks_off_is_rescued(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_jobs(103, events=11)
    broken = standin.inject(faults.missing_scope("jobs"), "GET", JOBS, after=1, times=None)
    found = rescue(lab, provider, files=False)
    assert (found.jobs, found.new_jobs) == (100, 100)
    assert "broke off after 100" in found.troubles["the list of jobs"]
    broken.lift()
    assert rescue(lab, provider, files=False).new_jobs == 3


def test_a_job_without_an_id_is_told_and_harms_nobody(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_jobs(2)
    injection = standin.inject(faults.with_fields(id=None), "GET", JOBS, times=None)
    found = rescue(lab, provider)
    assert (found.jobs, list(found.troubles)) == (0, ["the list of jobs"])
    assert job_list(lab.database.reader, provider="openai") == []
    injection.lift()
    assert rescue(lab, provider).new_jobs == 2


def test_a_job_that_is_listed_twice_is_taken_once(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job()
    twice = Fault(
        change=lambda _, reply: (
            replace(reply, payload=reply.payload | {"data": reply.payload["data"] * 2})
            if isinstance(reply.payload, dict)
            else reply
        )
    )
    standin.inject(twice, "GET", JOBS, times=None)
    found = rescue(lab, provider)
    assert (found.jobs, found.new_jobs, found.troubles) == (1, 1, {})
    assert standin.count("GET", f"{JOBS}/{past.id}/events") == 1


def test_what_one_job_is_made_of_harms_no_other(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    good, bad = standin.past_jobs(2)

    def spoilt(item: dict[str, object]) -> dict[str, object]:
        return item | ({"trained_tokens": 2**70} if item.get("id") == bad.id else {})

    standin.inject(faults.items_changed(spoilt), "GET", JOBS, times=None)
    found = rescue(lab, provider)
    assert list(found.troubles) in ([bad.id], [])
    taken = {job_detail(lab.database.reader, job.id) for job in job_list(lab.database.reader)}
    assert (good.id, good.status) in {(job.remote_id, job.status) for job in taken}


def test_two_profiles_of_one_account_tell_of_each_model_once(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_jobs(4)
    rescue(lab, provider)
    profile = make("work", {"kind": "compatible", "base_url": standin.base_url})
    other = HostedProvider(lab, profile, provider._key, Pace(1e6))
    found = rescue(lab, other)
    assert (found.jobs, found.new_jobs, found.troubles) == (4, 0, {})
    names = [model.name for model in model_list(lab.database.reader)]
    assert len(names) == len(set(names)) == 4


def test_files_that_were_left_for_later_come_with_a_key_that_may_read_them(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job()
    assert rescue(lab, provider, files=False).files.kept == 1
    assert rescue(lab, provider).new_files.kept == 1
    [kept] = remote_files(lab.database.reader)
    assert kept.file == past.training_file
