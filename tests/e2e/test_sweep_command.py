"""`ftlab sweep`: planned with its price, killed and gone on with, ranked and drawn."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from store.database import Database
from store.queries.jobs import JobSummary, job_list
from tests.e2e.test_hosted_commands import MODEL, hosted
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab
    from tests.standin.standin import Standin

__all__ = ["hosted", "standin"]

_SECONDS = 240
_GRID = ("--grid", "learning-rate=0.001,0.01", "--grid", "batch-size=2,4", "--max-steps", "12")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder as far as planning looks."""
    made = tmp_path / "model"
    made.mkdir()
    (made / "config.json").write_text('{"hidden_size": 32, "model_type": "llama"}')
    return made


def test_a_dry_run_shows_all_trials_and_what_is_queued_is_listed_and_cancelled(
    with_sums: Ftlab, folder: Path
) -> None:
    ftlab = with_sums
    asked = ("sweep", "sums/train", "--model", folder, *_GRID, "--suffix", "rates")
    planned = ftlab.document(*asked, "--dry-run")
    assert [trial["settings"]["batch_size"] for trial in planned["trials"]] == [2, 4, 2, 4]
    assert ftlab.rows("sweep", "list") == []

    left = ftlab(*asked, "--detach")
    assert left.status == 0, left.err
    assert "4 trials, 1 at a time" in left.out
    assert "ftlab sweep resume rates" in left.err
    assert [row["name"] for row in ftlab.document("queue")["waiting"]] == [
        f"rates-{number}" for number in (1, 2, 3, 4)
    ]
    assert len(ftlab.document("sweep", "cancel", "rates")["cancelled"]) == 4
    [row] = ftlab.rows("sweep", "list")
    assert (row["name"], row["trials"], row["ended"]) == ("rates", 4, 4)
    shown = ftlab("sweep", "show", "rates")
    assert shown.out.count("cancelled") == 4
    nothing = ftlab("sweep", "plot", "rates", "-o", folder / "rates.svg")
    assert nothing.status == 4
    assert "no evaluation loss of a trial of rates is known" in nothing.err


@pytest.mark.slow
def test_hosted_trials_are_asked_for_ranked_and_drawn(
    hosted: Ftlab, standin: Standin, tmp_path: Path
) -> None:
    standin.behaviour.looks_per_stage = 1
    asked = ("sweep", "sums", "--provider", "acme", "--model", MODEL, "--grid", "epochs=1,2")
    unasked = hosted(*asked)
    assert (unasked.status, standin.jobs) == (2, [])
    assert "trials cost money: say --yes" in unasked.err
    dear = hosted(*asked, "--max-cost", "0.0001")
    assert (dear.status, standin.jobs) == (6, [])
    assert "of them would fit" in dear.err

    assert hosted(*asked, "--yes", "--suffix", "passes", "--detach").status == 0
    while _statuses(hosted)["succeeded"] < 2:
        assert hosted("poll", "--once").status == 0
    assert len(standin.jobs) == 2
    done = hosted("sweep", "resume", "passes")
    assert done.status == 0, done.err
    assert "ftlab models tag " in done.out
    found = hosted.document("sweep", "show", "passes")
    assert [trial["rank"] for trial in found["trials"]] == [1, 2]
    assert found["status"] == "done"
    picture = tmp_path / "passes.svg"
    assert hosted("sweep", "plot", "passes", "-o", picture).status == 0
    assert "epochs" in picture.read_text()


@pytest.mark.slow
def test_a_sweep_that_is_killed_in_the_middle_goes_on_and_trains_nothing_twice(
    with_sums: Ftlab, tiny_base: Path
) -> None:
    ftlab = with_sums
    asked = ("sweep", "sums/train", "--model", str(tiny_base), *_GRID, "--suffix", "rates")
    more = ("--save-every", "2")
    assert ftlab("config", "set", "slots", "2").status == 0
    with ftlab.running(*asked, *more) as process:
        frozen: dict[str, int] = {}
        _until(lambda: _statuses(ftlab)["succeeded"] >= 1 and _freeze_one(ftlab, frozen))
        process.kill()
    [(running, pid)] = frozen.items()
    os.kill(pid, signal.SIGKILL)

    with ftlab.running(*asked, *more) as again:
        out, err = again.communicate(timeout=_SECONDS)
    assert again.returncode == 0, err
    assert "rates was planned before and goes on" in err
    assert _statuses(ftlab) == {"succeeded": 4}
    _check_history(ftlab, running)
    found = ftlab.document("sweep", "show", "rates")
    best = found["trials"][0]
    assert best["settings"]["learning_rate"] == 0.01
    assert found["effects"][0]["setting"] == "learning_rate"
    assert f"ftlab models tag {best['name']} candidate" == found["proposal"]
    assert best["name"] in out


def _freeze_one(ftlab: Ftlab, frozen: dict[str, int]) -> bool:
    """Stop one training where it stands, so that it cannot end before it is killed."""
    for job in _jobs(ftlab):
        identity = ftlab.home / "runs" / job.id / "process.json"
        if job.status == "running" and identity.is_file():
            pid = int(json.loads(identity.read_bytes())["pid"])
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                frozen[job.id] = pid
                return True
    return False


def _check_history(ftlab: Ftlab, killed: str) -> None:
    events = ftlab.lines("history")
    kinds = Counter(event["type"] for event in events)
    assert (kinds["SweepPlanned"], kinds["SweepCompleted"], kinds["JobPlanned"]) == (1, 1, 4)
    assert kinds["ModelRegistered"] == 4
    started = Counter(event["stream"] for event in events if event["type"] == "JobSubmitted")
    assert started.pop(f"job/{killed}") <= 2
    assert set(started.values()) == {1}
    assert ftlab.document("verify")["whole"]


def _jobs(ftlab: Ftlab) -> list[JobSummary]:
    if not ftlab.database.exists():
        return []
    with closing(Database(ftlab.database, create=False)) as database:
        return job_list(database.reader)


def _statuses(ftlab: Ftlab) -> Counter[Any]:
    return Counter(job.status for job in _jobs(ftlab))


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
