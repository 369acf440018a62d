"""Labs that are only looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import LabError
from engine.lab import Lab
from engine.looking import LookedAtLab, PastLab
from engine.places import Places
from store.errors import NotFoundError
from store.events import JobPlanned, JobStatusChanged
from store.queries.jobs import job_detail


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path, tmp_path / "ftlab.db")


@pytest.fixture
def lab(places: Places) -> Iterator[Lab]:
    with Lab(places, "test") as lab:
        planned = JobPlanned(
            name="first",
            provider="local",
            base_model="tiny",
            method="lora",
            hyperparameters={},
            dataset="ds_1",
        )
        lab.log.append("job/job_1", planned)
        lab.log.append("job/job_1", JobStatusChanged(status="running"))
        yield lab


def _acts(lab: Lab) -> list[str]:
    told = []
    for act in (lab.cancel_job, lab.resume_job, lab.pause_job, lab.retry_job, lab.open_chat):
        with pytest.raises(LabError) as error:
            act("job_1")
        told.append(str(error.value))
    with pytest.raises(LabError):
        lab.log.append("lab")
    return told


def test_the_past_stands_as_it_stood_and_nothing_can_be_done_in_it(
    lab: Lab,
) -> None:
    head = lab.database.head()
    with PastLab(lab, head - 1) as past:
        assert past.database.head() == head - 1
        assert job_detail(past.database.reader, "first").status == "planned"
        assert job_detail(lab.database.reader, "first").status == "running"
        assert all(told.startswith("this is the past") for told in _acts(past))
        assert lab.database.head() == head


def test_before_the_first_event_there_was_nothing(lab: Lab) -> None:
    with pytest.raises(NotFoundError, match="there is no event 0"):
        PastLab(lab, 0)


def test_a_lab_may_be_opened_to_look_and_nothing_else(lab: Lab, places: Places) -> None:
    head = lab.database.head()
    with LookedAtLab(places) as looked_at:
        looked_at.start_polling()
        assert all("--read-only" in told for told in _acts(looked_at))
        assert looked_at.database.head() == head
