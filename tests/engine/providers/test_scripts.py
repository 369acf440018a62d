from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import ftlab
from engine import jobs as acting
from engine.archive.exporting import export_archive
from engine.archive.importing import import_archive
from engine.archive.selection import Wish
from engine.errors import JobStateError, LabError
from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller, Polling
from engine.providers.scripts import Scripts
from engine.training import layout
from store.queries import jobs, metrics
from store.queries.jobs import JobDetail
from store.verify import verify


@pytest.fixture(autouse=True)
def _same_home(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTLAB_HOME", str(lab.places.home))


@pytest.fixture
def run() -> Iterator[ftlab.Run]:
    begun = ftlab.start("mine", {"model": "tiny", "seed": 3, "lr": 0.1}, total_steps=10)
    yield begun
    begun.finish()


def job(lab: Lab, run: ftlab.Run) -> JobDetail:
    return jobs.job_detail(lab.database.reader, run.id)


def be_elsewhere(run: ftlab.Run, host: str = "elsewhere") -> None:
    """Make it look as if the run's process were another machine's."""
    assert run.folder is not None
    file = run.folder / layout.IDENTITY
    file.write_text(json.dumps(json.loads(file.read_text()) | {"host": host, "boot_id": "other"}))


def fall_silent(run: ftlab.Run, seconds: float = 3600) -> None:
    assert run.folder is not None
    run._ended.set()
    time.sleep(0.05)
    then = time.time() - seconds
    os.utime(run.folder / layout.HEARTBEAT, (then, then))


def test_a_scripts_run_becomes_a_job_with_all_that_it_told(lab: Lab, run: ftlab.Run) -> None:
    for step in range(1, 6):
        run.log({"loss": 1 / step, "grad_norm": 2.0}, step)
    run.checkpoint("out/5")
    Poller(lab).look()
    found = job(lab, run)
    assert (found.name, found.provider, found.status) == ("mine", "script", "running")
    assert (found.base_model, found.method, found.seed) == ("tiny", "own", 3)
    assert json.loads(found.hyperparameters_json) == {"lr": 0.1}
    assert (found.step, found.total_steps, found.checkpoint) == (5, 10, 5)
    assert found.loss == 1 / 5
    assert json.loads(found.report_json or "")["environment"]["python"]
    [saved] = jobs.checkpoints(lab.database.reader, run.id)
    assert saved.path == str(Path("out/5").absolute())
    assert list(metrics.series(lab.database.reader, run.id, "grad_norm").values) == [2.0] * 5
    run.finish()
    Poller(lab).look()
    assert job(lab, run).status == "succeeded"
    assert Poller(lab).look() == 0
    assert verify(lab.database).whole


def test_an_error_is_the_jobs_reason(lab: Lab, run: ftlab.Run) -> None:
    run.fail(ValueError("no gradient"))
    Poller(lab).look()
    found = job(lab, run)
    assert (found.status, found.reason) == ("failed", "ValueError: no gradient")


def test_runs_of_one_name_are_numbered(lab: Lab) -> None:
    runs = [ftlab.start("same") for _ in range(3)]
    Poller(lab).look()
    assert [job(lab, run).name for run in runs] == ["same", "same-2", "same-3"]
    for run in runs:
        run.finish()


def test_two_pollers_at_once_record_a_run_once(lab: Lab) -> None:
    runs = [ftlab.start(f"run-{number}") for number in range(5)]
    for run in runs:
        run.log({"loss": 1.0})
        run.finish()
    with ExitStack() as labs:
        others = [labs.enter_context(Lab(lab.places, role="cli")) for _ in range(3)]
        threads = [threading.Thread(target=Poller(other).look) for other in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for run in runs:
        types = [event.type for event in lab.log.read(stream=f"job/{run.id}")]
        assert types.count("JobImported") == 1
        assert types.count("JobSucceeded") == 1
        assert types.count("MetricsRecorded") == 1
    assert len(jobs.job_list(lab.database.reader)) == 5


@pytest.mark.usefixtures("run")
def test_a_database_that_is_looked_into_beside_the_usual_one_takes_no_runs(
    lab: Lab, tmp_path: Path
) -> None:
    with Lab(Places(lab.places.home, tmp_path / "other.db")) as other:
        assert Poller(other).look() == 0
        assert jobs.job_list(other.database.reader) == []
    assert Poller(lab).look() > 0


def test_what_is_no_run_of_a_script_is_left_alone(lab: Lab) -> None:
    runs = lab.places.home / "runs"
    for name in ("job_0000000001", ".job_0000000002", "job_0000000003", "job_0000000004"):
        (runs / name).mkdir(parents=True)
    (runs / "job_0000000003" / "script.json").write_text("{")
    described = {"version": 1, "name": "x", "begun": 1e300, "config": {}}
    (runs / "job_0000000004" / "script.json").write_text(json.dumps(described))
    assert Poller(lab).look() == 0
    assert jobs.job_list(lab.database.reader) == []


def test_a_folder_where_nothing_came_is_not_gone_through_again(
    lab: Lab, run: ftlab.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = Scripts(lab)
    assert scripts.take() == 1
    then = time.time() - 60
    os.utime(lab.places.home / "runs", (then, then))
    assert scripts.waiting() == []
    monkeypatch.setattr(os, "scandir", None)
    assert scripts.waiting() == []
    monkeypatch.undo()
    monkeypatch.setenv("FTLAB_HOME", str(lab.places.home))
    other = ftlab.start("other")
    assert scripts.waiting() == [other.id]
    other.finish()
    assert run.id


def test_polling_begins_with_the_first_run_that_appears(lab: Lab) -> None:
    polling = Polling(lab, "test")
    assert polling.look() == 0
    assert polling.holder() is None
    run = ftlab.start("mine")
    assert polling.look()
    assert polling.holder() == "test"
    run.finish()
    polling.stop()


@pytest.mark.parametrize("seed", [2**80, True, "x", 1.5])
def test_an_odd_seed_stays_a_hyperparameter(lab: Lab, seed: object) -> None:
    run = ftlab.start("odd", {"seed": seed})
    Poller(lab).look()
    assert job(lab, run).seed is None
    assert json.loads(job(lab, run).hyperparameters_json) == {"seed": seed}
    run.finish()


# Whether it lives.


def test_a_process_that_is_gone_interrupts_its_run(lab: Lab, run: ftlab.Run) -> None:
    assert run.folder is not None
    run.log({"loss": 1.0})
    run.checkpoint("out")
    run.log({"loss": 1.0})
    file = run.folder / layout.IDENTITY
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": 2**22 + 1}))
    Poller(lab).look()
    found = job(lab, run)
    assert (found.status, found.checkpoint, found.step) == ("interrupted", 1, 2)
    assert found.reason == (
        f"process {2**22 + 1} is gone, and it left no last word (killed, or crashed)"
    )


def test_one_that_was_asked_to_stop_and_died_of_something_else_is_not_cancelled(
    lab: Lab, run: ftlab.Run
) -> None:
    Poller(lab).look()
    acting.cancel(lab, run.id)
    be_elsewhere(run)
    fall_silent(run)
    Poller(lab).look()
    assert job(lab, run).status == "interrupted"


def test_the_note_that_a_signal_left_is_the_reason(lab: Lab, run: ftlab.Run) -> None:
    assert run.folder is not None
    (run.folder / "sigterm").write_text('Current thread:\n  File "train.py", line 3 in main\n')
    be_elsewhere(run)
    fall_silent(run)
    Poller(lab).look()
    assert job(lab, run).reason == 'asked to end (SIGTERM), at File "train.py", line 3 in main'


def test_a_run_on_another_machine_lives_as_long_as_its_heart_beats(
    lab: Lab, run: ftlab.Run
) -> None:
    be_elsewhere(run)
    Poller(lab).look()
    assert job(lab, run).status == "running"
    fall_silent(run)
    Poller(lab).look()
    found = job(lab, run)
    assert found.status == "interrupted"
    assert found.reason is not None
    assert found.reason.startswith("it ran on elsewhere, which shows no heartbeat")


def test_a_run_that_gives_signs_of_life_again_runs_again(lab: Lab, run: ftlab.Run) -> None:
    assert run.folder is not None
    be_elsewhere(run)
    fall_silent(run)
    Poller(lab).look()
    assert job(lab, run).status == "interrupted"
    assert Poller(lab).look() == 0
    later = time.time() + 5
    os.utime(run.folder / layout.HEARTBEAT, (later, later))
    run.log({"loss": 0.5}, 7)
    Poller(lab).look()
    found = job(lab, run)
    assert (found.status, found.step, found.reason) == ("running", 7, None)


def test_the_process_numbers_of_another_container_mean_nothing_here(
    lab: Lab, run: ftlab.Run
) -> None:
    assert run.folder is not None
    file = run.folder / layout.IDENTITY
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": 2**22 + 1}))
    described = run.folder / "script.json"
    document = json.loads(described.read_text())
    if document["pid_namespace"] is None:
        pytest.skip("this system has no containers")
    described.write_text(json.dumps(document | {"pid_namespace": "pid:[1]"}))
    Poller(lab).look()
    assert job(lab, run).status == "running"


def test_a_run_whose_folder_is_gone_is_interrupted(lab: Lab, run: ftlab.Run) -> None:
    assert run.folder is not None
    Poller(lab).look()
    run.folder.rename(run.folder.with_name("away"))
    Poller(lab).look()
    assert job(lab, run).reason == (
        f"its run folder {run.folder} is gone, and it left no last word (killed, or crashed)"
    )


# What can be asked of it.


def test_cancelling_asks_the_script_to_stop(lab: Lab, run: ftlab.Run) -> None:
    Poller(lab).look()
    acting.cancel(lab, run.id)
    assert job(lab, run).requested == "cancel"
    deadline = time.monotonic() + 30
    while not run.stop_requested:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.finish()
    Poller(lab).look()
    assert (job(lab, run).status, job(lab, run).requested) == ("cancelled", None)


def test_a_run_elsewhere_cannot_be_ended_from_here(lab: Lab, run: ftlab.Run) -> None:
    be_elsewhere(run)
    Poller(lab).look()
    acting.cancel(lab, run.id)
    with pytest.raises(LabError, match="its process runs on elsewhere"):
        acting.cancel(lab, run.id)


@pytest.mark.parametrize("ask", [acting.resume, acting.retry, acting.pause])
def test_what_only_its_owner_can_do_is_refused_with_the_command(
    lab: Lab, run: ftlab.Run, ask: object
) -> None:
    run.fail("because")
    Poller(lab).look()
    assert callable(ask)
    with pytest.raises(JobStateError, match="run the script again, `"):
        ask(lab, run.id)


def test_a_run_that_just_began_is_found_by_its_name(lab: Lab, run: ftlab.Run) -> None:
    assert lab.find_job("mine") == run.id


def test_a_run_from_an_archive_is_its_own_labs_to_look_after(
    lab: Lab, run: ftlab.Run, tmp_path: Path
) -> None:
    Poller(lab).look()
    archive = tmp_path / "all.tar"
    export_archive(lab, Wish(), archive)
    home = tmp_path / "other"
    with Lab(Places(home, home / "ftlab.db"), role="cli") as other:
        import_archive(other, archive)
        assert job(other, run).status == "running"
        Poller(other).look()
        assert job(other, run).status == "running"
