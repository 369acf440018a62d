"""Rescues that are broken off, and several at once: it comes to what one would have made."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.keys import Key
from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller
from engine.profiles import make
from engine.providers.hosted.pace import Pace
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.harvest import Harvest
from engine.rescue.history import rescue
from store.events import JobPlanned, JobSubmitted
from store.log import EventLog, Write
from store.queries.datasets import dataset
from store.queries.hosted import remote_files, result_files, taken_events
from store.queries.jobs import checkpoints, job_detail, job_list
from store.queries.metrics import series, series_list
from store.queries.models import model_list
from store.recorded import Recorded
from store.verify import verify
from tests.engine.providers.hosted.conftest import MODEL
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.standin import Standin

_OF_THE_RUN = {"version", "updated_at", "recorded_at", "registered_at", "gone_at"}
"""What tells when something was recorded here, and after what."""


def opened(home: Path) -> Lab:
    return Lab(Places(home, home / "ftlab.db"), role="cli")


def service(lab: Lab, standin: Standin) -> HostedProvider:
    profile = make("openai", {"base_url": standin.base_url})
    return HostedProvider(lab, profile, Key(standin.key, "the test"), Pace(1e6))


def state(lab: Lab) -> dict[str, Any]:
    """Return all that is known, but for ids that are made up and times of recording."""
    reader = lab.database.reader

    def told(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any row of the read models
        found = {name: value for name, value in asdict(row).items() if name not in _OF_THE_RUN}
        for name in ("dataset", "validation"):
            if found.get(name):
                found[name] = dataset(reader, found[name]).name
        return found

    jobs = [job.id for job in job_list(reader)]
    return {
        "jobs": [told(job_detail(reader, job)) for job in jobs],
        "events": {job: taken_events(reader, job) for job in jobs},
        "series": {
            (job, each.name): series(reader, job, each.name)
            for job in jobs
            for each in series_list(reader, job)
        },
        "checkpoints": {job: checkpoints(reader, job) for job in jobs},
        "results": {job: result_files(reader, job) for job in jobs},
        "models": sorted(map(told, model_list(reader)), key=lambda row: str(row["id"])),
        "files": sorted(map(told, remote_files(reader)), key=lambda row: str(row["file"])),
    }


class BreaksOff(EventLog):
    """A log during whose append number `at`, counted from 0, the process is interrupted."""

    def __init__(self, lab: Lab, at: int) -> None:
        super().__init__(lab.database, lab.actor)
        self._left = at

    def append_all(self, writes: Any) -> list[Recorded]:  # noqa: ANN401 - see EventLog
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1
        given: Sequence[Write] = list(writes)
        return super().append_all(given)


def test_broken_off_between_any_two_records_it_comes_to_the_same(
    tmp_path: Path, standin: Standin
) -> None:
    past = standin.past_job(validated=True, gone=frozenset({"validation"}))
    # One that does not say when it ended, as some do not.
    past.finished_at = None
    with opened(tmp_path / "undisturbed") as lab:
        rescue(lab, service(lab, standin))
        expected = state(lab)
        appends = verify(lab.database).events
    for at in range(appends):
        with opened(tmp_path / str(at)) as lab:
            lab.log = BreaksOff(lab, at)
            try:
                rescue(lab, service(lab, standin))
            except KeyboardInterrupt:
                pass
            else:
                break
        with opened(tmp_path / str(at)) as lab:
            assert rescue(lab, service(lab, standin)).troubles == {}
            assert state(lab) == expected
            assert verify(lab.database).whole
    assert at > 8
    ended = expected["jobs"][0]["ended_at"]
    assert ended is not None
    assert ended < "2026-10-23"


def test_two_at_once_record_every_fact_once(tmp_path: Path, standin: Standin) -> None:
    standin.past_jobs(12)
    with opened(tmp_path / "one") as lab:
        rescue(lab, service(lab, standin))
        expected = state(lab)
        events = verify(lab.database).events
    found: list[Harvest] = []

    def one(lab: Lab) -> None:
        with lab:
            found.append(rescue(lab, service(lab, standin)))

    # Opened before: a new database is begun by one of them.
    labs = [opened(tmp_path / "two") for _ in range(2)]
    threads = [threading.Thread(target=one, args=(lab,)) for lab in labs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [harvest.troubles for harvest in found] == [{}, {}]
    assert sum(harvest.new_jobs for harvest in found) == 12
    with opened(tmp_path / "two") as lab:
        assert state(lab) == expected
        result = verify(lab.database)
        # The other one began and ended, too.
        assert (result.whole, result.events) == (True, events + 2)


def test_the_poller_may_follow_the_same_jobs_meanwhile(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_jobs(12)
    done = threading.Event()

    def poll() -> None:
        with opened(lab.places.home) as other:
            while not done.is_set():
                Poller(other).look()

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        found = rescue(lab, provider)
    finally:
        done.set()
        thread.join()
    assert found.troubles == {}
    by_remote = {job.id: job for job in past}
    for job in job_list(lab.database.reader, provider="openai"):
        detail = job_detail(lab.database.reader, job.id)
        remote = by_remote[detail.remote_id or ""]
        assert detail.status == remote.status
        assert len(taken_events(lab.database.reader, job.id)) == len(remote.events)
    assert verify(lab.database).whole


def test_a_planned_job_that_two_find_is_submitted_once(
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

    class Slow(EventLog):
        def append_all(self, writes: Any) -> list[Recorded]:  # noqa: ANN401 - see EventLog
            given = list(writes)
            if any(write.stream == "job/job_ours" for write in given) and not heard:
                heard.append(True)
                # What the submitting process hears at the same moment.
                super().append("job/job_ours", JobSubmitted(remote_id=past.id))
            return super().append_all(given)

    heard: list[bool] = []
    lab.log = Slow(lab.database, lab.actor)
    rescue(lab, provider)
    rescue(lab, provider)
    facts = lab.log.facts("job/job_ours")
    assert sum(isinstance(fact, JobSubmitted) for fact in facts) == 1
    assert job_detail(lab.database.reader, "job_ours").status == "succeeded"


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_service_that_hangs_up_now_and_then_is_asked_again(
    after: int, lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_job(validated=True)
    for fault in (faults.reset_midway(), faults.truncated(), faults.rate_limited(0)):
        standin.inject(fault, "GET", "/**", after=after)
    found = rescue(lab, provider)
    assert (found.troubles, found.files.kept) == ({}, 3)
