"""The files through which a local job is known, where no process needs to run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.poller import Poller
from engine.providers.local import log_tail
from store.events import JobInterrupted, JobPlanned, JobResumed, JobSubmitted
from store.queries import jobs
from store.queries.jobs import JobDetail

_JOB = "job_0000000001"


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\ntwo\r\n", ["one", "two"]),
        (b"\r 10%\r 50%\r100%\ndone\n", ["100%", "done"]),
        (b"one\x85still one\nthree \xff", ["one\ufffdstill one", "three \ufffd"]),
    ],
)
def test_a_log_is_told_by_its_lines_as_a_terminal_would_show_them(
    tmp_path: Path, written: bytes, lines: list[str]
) -> None:
    (tmp_path / "log.txt").write_bytes(written)
    assert log_tail(tmp_path, 10) == lines


def test_a_log_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert log_tail(tmp_path, 10) == []


@pytest.fixture
def resumed(lab: Lab, sums_file: Path) -> Lab:
    """A lab with a job that was cut off and resumed, whose new process has not come up yet."""
    dataset = lab.datasets.add(Source(sums_file), "sums").version
    planned = JobPlanned(
        name="sums",
        provider="local",
        base_model="base",
        method="lora",
        hyperparameters={},
        dataset=dataset.id,
        model="mdl_0000000001",
    )
    lab.log.append(
        f"job/{_JOB}",
        planned,
        JobSubmitted(remote_id="4711"),
        JobInterrupted(reason="killed", checkpoint=None),
        JobResumed(attempt=2, from_step=0),
    )
    return lab


def _job(lab: Lab) -> JobDetail:
    return jobs.job_detail(lab.database.reader, _JOB)


def test_a_cancel_while_an_attempt_begins_is_meant_for_that_attempt(resumed: Lab) -> None:
    run = resumed.places.run(_JOB)
    run.mkdir(parents=True)
    (run / "cancel-1").touch()
    resumed.local.cancel(_job(resumed))
    assert {path.name for path in run.iterdir()} == {"cancel-1", "cancel-2"}


def test_an_earlier_attempts_cancel_says_nothing_of_a_later_one(
    resumed: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = resumed.places.run(_JOB)
    run.mkdir(parents=True)
    (run / "cancel-1").touch()
    monkeypatch.setattr("engine.providers.local._START_LIMIT", timedelta())
    Poller(resumed).look_at(_JOB)
    assert _job(resumed).status == "interrupted"
