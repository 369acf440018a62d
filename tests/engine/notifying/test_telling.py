"""Who is told of which ends: each once, whoever recorded it and wherever it was cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import engine
from engine.config import edits
from engine.config.file import ConfigError
from engine.config.notifying import COMMAND, ON, URL
from engine.doctor import notifications as doctor
from engine.lab import Lab
from engine.notifying.telling import Telling
from engine.places import Places
from engine.poller import Polling
from store import times
from store.events import (
    EventsImported,
    Fact,
    HistoryImportStarted,
    JobCancelled,
    JobFailed,
    JobImported,
    JobInterrupted,
    JobResumed,
    JobStatusChanged,
    JobSucceeded,
    MetricGroup,
    MetricsRecorded,
)
from store.log import FIRST_OF_ALL, Entry, Write
from store.queries.history import Filter, history
from store.queries.jobs import job_detail
from store.queries.notifications import notifications
from store.verify import verify

if TYPE_CHECKING:
    from tests.engine.notifying.conftest import Job, Outside, Told

_SOURCES = Path(engine.__file__).parents[1]
_CHILDREN = Path(__file__).parents[1] / "children"


def _child(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(_CHILDREN / f"{program}.py"), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(_SOURCES)},
    )


def _types(lab: Lab, job: str) -> list[str]:
    found = history(lab.database.reader, Filter(stream=f"job/{job}"))
    return [event.type for event in found if event.type.startswith("Notif")]


def test_an_end_is_told_in_every_way_once(
    lab: Lab, by_command: Told, by_url: Outside, job: Job
) -> None:
    point = MetricGroup(steps=[1], values={"loss": [0.775]})
    done = job("gsm8k-1", MetricsRecorded(groups=[point]), JobSucceeded())
    telling = Telling(lab)
    assert telling.tell() == 4
    assert by_command.lines == by_url.texts == ["gsm8k-1 succeeded, loss 0.775"]
    assert (by_url.got[0]["job"]["id"], by_url.got[0]["job"]["loss"]) == (done, 0.775)
    for again in (telling, Telling(lab)):
        assert (again.is_due(), again.tell()) == (False, 0)
    assert _types(lab, done) == ["NotificationClaimed", "NotificationSent"] * 2
    assert len(by_command.lines) == len(by_url.got) == 1
    found = {(one.way, one.to, one.state) for one in notifications(lab.database.reader)}
    assert found == {("command", "tell.sh", "sent"), ("url", by_url.host, "sent")}


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (JobFailed(error="out of memory"), "run failed: out of memory"),
        (JobInterrupted(reason="killed"), "run interrupted: killed"),
        (JobCancelled(), "run cancelled"),
        (JobFailed(error="\x1b[2J;\nrm -rf $(x)"), "run failed:  [2J; rm -rf $(x)"),
    ],
)
def test_every_kind_of_end_is_told(
    lab: Lab, by_command: Told, job: Job, fact: Fact, text: str
) -> None:
    job("run", fact)
    Telling(lab).tell()
    assert by_command.lines == [text]


def test_telling_leaves_the_job_as_it_was(lab: Lab, by_command: Told, job: Job) -> None:
    del by_command
    found = job("run", JobSucceeded())
    before = job_detail(lab.database.reader, found)
    Telling(lab).tell()
    after = job_detail(lab.database.reader, found)
    assert after.updated_at == before.updated_at
    assert after.version == before.version + 2 == lab.log.version(f"job/{found}")


def test_nothing_of_the_time_before_it_was_settled_is_told(lab: Lab, told: Told, job: Job) -> None:
    job("old", JobSucceeded())
    edits.set_notifying(lab.places.config, COMMAND, [str(told.script)])
    polling = Polling(lab, "test")
    assert polling.look() == 1
    job("new", JobSucceeded())
    assert polling.look() == 2
    assert polling.look() == 0
    assert told.lines == ["new succeeded"]


def test_what_ended_while_nobody_polled_is_told_when_somebody_does(
    lab: Lab, by_command: Told, job: Job
) -> None:
    for number in range(3):
        job(f"run-{number}", JobSucceeded())
    assert Polling(lab, "test").look() == 6
    assert by_command.lines == [f"run-{number} succeeded" for number in range(3)]


def test_only_the_ends_that_are_wanted_are_told(lab: Lab, by_command: Told, job: Job) -> None:
    edits.set_notifying(lab.places.config, ON, ["failed", "interrupted"])
    Telling(lab).begin()
    job("well", JobSucceeded())
    job("badly", JobFailed(error="no"))
    Telling(lab).tell()
    edits.unset(lab.places.config, ON)
    Telling(lab).tell()
    job("last", JobSucceeded())
    Telling(lab).tell()
    assert by_command.lines == ["badly failed: no", "last succeeded"]


def test_what_ends_while_it_is_unsettled_is_never_told(
    lab: Lab, by_command: Told, job: Job
) -> None:
    telling = Telling(lab)
    edits.unset(lab.places.config, COMMAND)
    assert telling.tell() == 1
    job("unseen", JobSucceeded())
    assert telling.tell() == 0
    edits.set_notifying(lab.places.config, COMMAND, [str(by_command.script)])
    assert telling.is_due()
    assert telling.tell() == 1
    job("seen", JobSucceeded())
    telling.tell()
    assert by_command.lines == ["seen succeeded"]
    types = [event.type for event in history(lab.database.reader, Filter(stream="lab"))]
    assert types[1:] == ["NotifyingBegan", "NotifyingEnded", "NotifyingBegan"]


def test_an_address_that_is_settled_later_is_told_of_what_ends_later(
    lab: Lab, by_command: Told, outside: Outside, job: Job
) -> None:
    job("first", JobSucceeded())
    Telling(lab).tell()
    edits.set_notifying(lab.places.config, URL, outside.url)
    Telling(lab).tell()
    job("second", JobSucceeded())
    Telling(lab).tell()
    assert by_command.lines == ["first succeeded", "second succeeded"]
    assert outside.texts == ["second succeeded"]


def test_a_job_that_goes_on_is_told_of_again_when_it_ends_again(
    lab: Lab, by_command: Told, job: Job
) -> None:
    found = job("run", JobInterrupted(reason="killed"))
    telling = Telling(lab)
    telling.tell()
    resumed = JobResumed(attempt=2, from_step=0)
    lab.log.append(f"job/{found}", resumed, JobStatusChanged(status="running"))
    assert not telling.is_due()
    lab.log.append(f"job/{found}", JobSucceeded())
    telling.tell()
    assert by_command.lines == ["run interrupted: killed", "run succeeded"]


def test_reports_that_end_nothing_are_not_told(lab: Lab, by_command: Told, job: Job) -> None:
    job("done", JobSucceeded(), JobStatusChanged(status="running"), JobCancelled())
    job("gone", JobInterrupted(reason="killed"), JobInterrupted(reason="killed"))
    job("back", JobInterrupted(reason="killed"), JobSucceeded())
    Telling(lab).tell()
    assert by_command.lines == [
        "done succeeded",
        "gone interrupted: killed",
        "back interrupted: killed",
        "back succeeded",
    ]


def _imported(name: str, provider: str = "openai") -> JobImported:
    return JobImported(
        name=name,
        provider=provider,
        remote_id=name,
        base_model="gpt-4o-mini",
        method="supervised",
        hyperparameters={},
    )


def test_old_jobs_that_are_taken_in_from_a_service_are_not_told(lab: Lab, by_command: Told) -> None:
    long_ago = times.now() - timedelta(days=90)
    (began,) = lab.log.append("lab", HistoryImportStarted(provider="openai"))
    for name, ended in (("timed", long_ago), ("untimed", None)):
        lab.log.append(
            f"job/job_{name}",
            Entry(_imported(name), long_ago, cause=began.seq),
            Entry(JobSucceeded(), ended, cause=began.seq),
        )
    # Cut off between the two, the poller brings in the rest.
    lab.log.append("job/job_cut", Entry(_imported("cut"), long_ago, cause=began.seq))
    lab.log.append("job/job_cut", Entry(JobSucceeded(), long_ago))
    # This one went on after it had become known here.
    lab.log.append("job/job_live", Entry(_imported("live"), long_ago, cause=began.seq))
    lab.log.append("job/job_live", Entry(JobSucceeded(), times.now() + timedelta(seconds=1)))
    Telling(lab).tell()
    assert by_command.lines == ["live succeeded"]


def test_jobs_of_an_archive_are_not_told(lab: Lab, by_command: Told) -> None:
    told = EventsImported(archive="a" * 64, origins=())
    events = [
        Entry(_imported("theirs"), cause=FIRST_OF_ALL),
        Entry(JobSucceeded(), cause=FIRST_OF_ALL),
    ]
    lab.log.append_all([Write("archive/a", [told]), Write("job/job_theirs", events)])
    assert Telling(lab).tell() == 0
    assert by_command.lines == []


def test_a_scripts_run_is_told_if_it_ended_since_somebody_wanted_to_know(
    lab: Lab, by_command: Told
) -> None:
    before, since = times.now() - timedelta(hours=1), times.now() + timedelta(seconds=1)
    for name, ended in (("last-week", before), ("today", since)):
        script = _imported(name, "script")
        lab.log.append(f"job/job_{name}", Entry(script, before), Entry(JobSucceeded(), ended))
    Telling(lab).tell()
    assert by_command.lines == ["today succeeded"]


def test_a_copy_that_is_opened_beside_tells_nobody(
    lab: Lab, by_command: Told, job: Job, tmp_path: Path
) -> None:
    job("run", JobSucceeded())
    lab.database.backup(tmp_path / "copy.db")
    with Lab(Places(lab.places.home, tmp_path / "copy.db")) as copy:
        assert not Telling(copy).is_due()
        assert Telling(copy).tell() == 0
    assert by_command.lines == []


def test_a_faulty_setting_is_told_and_keeps_nothing_else_from_being_done(
    lab: Lab, by_command: Told, job: Job
) -> None:
    job("run", JobSucceeded())
    good = lab.places.config.read_text()
    lab.places.config.write_text("[notify]\ncommnd = 5\n")
    troubles: list[str | None] = []
    polling = Polling(lab, "test", always=True, on_trouble=troubles.append)
    with pytest.raises(ConfigError, match=r"line 2: notify\.commnd is unknown"):
        polling.look()
    polling._tick_telling("telling")
    polling._tick_telling("telling")
    assert len(troubles) == 1
    lab.places.config.write_text(good)
    polling._tick_telling("telling")
    assert troubles[1:] == [None]
    assert by_command.lines == ["run succeeded"]


def test_what_fails_is_recorded_and_not_tried_again(lab: Lab, by_url: Outside, job: Job) -> None:
    by_url.answer = 500
    found = job("run", JobSucceeded())
    Telling(lab).tell()
    by_url.answer = 200
    Telling(lab).tell()
    assert len(by_url.got) == 1
    (one,) = notifications(lab.database.reader)
    assert (one.job, one.state, one.outcome) == (found, "failed", "answered 500")
    (finding,) = [each for each in doctor._look(lab.places) if each.status == "warning"]
    assert finding.what == f"run succeeded, by url to {by_url.host}: answered 500"


def test_no_secret_is_recorded(lab: Lab, by_url: Outside, job: Job) -> None:
    for answer in (200, 500, 0):
        by_url.answer = answer
        job("run", JobSucceeded())
        Telling(lab).tell()
    lab.database.close()
    for file in lab.places.home.rglob("*"):
        if file.is_file() and file != lab.places.config:
            assert b"SECRET" not in file.read_bytes(), file


def test_two_pollers_at_once_tell_each_end_once(lab: Lab, by_command: Told, job: Job) -> None:
    with _child("tell_on", lab.places.home) as one, _child("tell_on", lab.places.home) as other:
        for child in (one, other):
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        for number in range(12):
            job(f"run-{number}", JobSucceeded())
        _wait(lambda: len(by_command.lines) >= 12)
        one.terminate()
        other.terminate()
    assert sorted(by_command.lines) == sorted(f"run-{number} succeeded" for number in range(12))
    assert Telling(lab).tell() == 0
    assert verify(lab.database).findings == []


def _wait(fulfilled: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not fulfilled():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def claimed_by_the_dead(lab: Lab, by_command: Told, job: Job) -> str:
    """A job of whose end a process has claimed to tell before it was killed."""
    found = job("run", JobSucceeded())
    with _child("claim_and_die", lab.places.home) as child:
        assert child.wait(60) == -signal.SIGKILL, child.communicate()
    assert by_command.lines == []
    return found


def test_killed_between_claim_and_act_it_is_told_by_nobody_and_that_is_said(
    lab: Lab, by_command: Told, claimed_by_the_dead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Polling(lab, "test").look() == 0
    assert by_command.lines == []
    assert _types(lab, claimed_by_the_dead) == ["NotificationClaimed"]
    (one,) = notifications(lab.database.reader)
    assert (one.state, one.outcome) == ("unknown", None)
    assert [each.status for each in doctor._look(lab.places)] == ["ok"]  # It may be under way.
    monkeypatch.setattr(doctor, "_UNDER_WAY", timedelta(0))
    (finding,) = [each for each in doctor._look(lab.places) if each.status == "warning"]
    assert "run succeeded, by command to tell.sh: cut off, it is not known" in finding.what


def test_killed_before_it_claims_the_next_one_tells(lab: Lab, by_command: Told, job: Job) -> None:
    job("run", JobSucceeded())
    with _child("claim_and_die", lab.places.home, "before") as child:
        assert child.wait(60) == -signal.SIGKILL, child.communicate()
    assert Polling(lab, "test").look() == 2
    assert by_command.lines == ["run succeeded"]


def test_a_quiet_lab_costs_next_to_nothing(
    lab: Lab, by_command: Told, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    job("run", JobSucceeded())
    telling = Telling(lab)
    telling.tell()
    assert not telling.is_due()

    def fail(*_arguments: object) -> None:
        raise AssertionError("it looked again")

    monkeypatch.setattr("store.queries.notifications.owed", fail)
    monkeypatch.setattr("engine.config.settings.Settings.read", fail)
    assert not telling.is_due()
    assert by_command.lines == ["run succeeded"]
