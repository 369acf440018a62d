"""Hosted jobs by the real commands, against a stand-in of the service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.e2e.conftest import Ftlab
from tests.engine.providers.hosted.conftest import LIVES_ON
from tests.standin import faults
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.standin.standin import Standin

__all__ = ["standin"]

MODEL = "gpt-4o-mini-2024-07-18"
_SECONDS = 60


@pytest.fixture
def hosted(ftlab: Ftlab, standin: Standin, tmp_path: Path) -> Ftlab:
    """The command with a dataset, a profile that is the stand-in, and its key in a .env file."""
    file = tmp_path / "sums.jsonl"
    rows = [{"prompt": f"{n} + {n}?", "completion": f"It is {2 * n}."} for n in range(20)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert ftlab("data", "add", file, "--name", "sums").status == 0
    added = ftlab(
        *("config", "profile", "add", "acme", "--kind", "compatible"),
        *("--base-url", standin.base_url),
    )
    assert added.status == 0, added.err
    (ftlab.home / "pricing.toml").write_text(LIVES_ON)
    (ftlab.home / ".env").write_text(f"FTLAB_ACME_API_KEY={standin.key}\n")
    return ftlab


def train(*more: str) -> tuple[str, ...]:
    return ("train", "sums", "--provider", "acme", "--model", MODEL, *more)


def test_a_job_is_checked_estimated_submitted_and_followed_to_its_model(
    hosted: Ftlab, standin: Standin
) -> None:
    standin.behaviour.looks_per_stage = 1
    done = hosted(*train("--suffix", "sums", "--epochs", "2", "--max-cost", "5"))
    assert done.status == 0, done.err
    assert "a million" in done.err
    for _ in range(12):
        hosted("poll", "--once")
    job = hosted.document("jobs", "show", "sums")
    assert (job["status"], job["provider"]) == ("succeeded", "acme")
    assert job["remote_id"] == standin.jobs[0].id
    [model] = hosted.rows("models")
    assert model["name"] == standin.jobs[0].fine_tuned_model
    assert hosted("verify").status == 0


def test_how_a_job_failed_is_shown_with_the_services_code_and_field(
    hosted: Ftlab, standin: Standin
) -> None:
    assert hosted(*train("--suffix", "sums")).status == 0
    error = {"code": "invalid_file", "message": "Row 3 is odd.", "param": "training_file"}
    standin.advance(standin.jobs[0], "failed", error=error)
    # A job elsewhere that goes on must not hold up the end of the watching.
    assert hosted(*train("--suffix", "other")).status == 0
    watched = hosted("jobs", "follow", "sums")
    assert watched.status == 1
    assert "sums failed: Row 3 is odd." in watched.out
    assert "ftlab jobs retry sums" in watched.out
    again = hosted("jobs", "follow", "sums", "--json")
    assert again.status == 1
    assert json.loads(again.out.splitlines()[-1])["type"] == "JobFailed"
    shown = hosted("jobs", "show", "sums").out
    assert all(words in shown for words in ("Row 3 is odd.", "invalid_file", "training_file"))


def test_watching_and_polling_outlast_a_service_that_is_away(
    hosted: Ftlab, standin: Standin
) -> None:
    assert hosted(*train("--suffix", "sums")).status == 0
    with hosted.running("jobs", "follow", "sums", "--json") as follow:
        with standin.offline():
            time.sleep(4)
        standin.advance(standin.jobs[0], "succeeded")
        out, err = follow.communicate(timeout=_SECONDS)
    assert follow.returncode == 0, err
    assert json.loads(out.splitlines()[-1])["type"] == "JobSucceeded"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no JSON object"),
        ("[" * 100_000 + "]" * 100_000, "is nested too deeply"),
    ],
    ids=["cut off", "a list", "deep"],
)
def test_a_grader_that_is_none_is_wrong_usage(
    text: str, said: str, hosted: Ftlab, tmp_path: Path
) -> None:
    file = tmp_path / "grader.json"
    file.write_text(text)
    done = hosted(*train("--method", "reinforcement", "--grader", str(file)))
    assert done.status == 2
    assert said in done.err


def test_scripts_can_trust_the_exit_status(hosted: Ftlab, standin: Standin) -> None:
    assert hosted(*train("--max-cost", "0.0001")).status == 6
    assert hosted(*train("--method", "lora")).status == 2
    assert hosted("train", "sums", "--provider", "moon", "--model", MODEL).status == 4
    standin.close_organization()
    refused = hosted(*train())
    assert refused.status == 5
    assert "ftlab train sums@1 --provider local" in refused.err
    standin.inject(faults.missing_scope("jobs"), "GET", "/fine_tuning/jobs", times=None)
    assert hosted("import", "openai", "--profile", "acme").status == 5


@pytest.mark.parametrize("path", ["/files", "/fine_tuning/jobs"])
@pytest.mark.parametrize("acted", [True, False], ids=["acted", "did not act"])
def test_killed_in_the_middle_of_a_request_it_ends_with_one_job_and_one_file(
    acted: bool, path: str, hosted: Ftlab, standin: Standin
) -> None:
    fault = faults.slow_midway(_SECONDS) if acted else faults.slow(_SECONDS)
    injection = standin.inject(fault, "POST", path)
    with hosted.running(*train()) as process:
        deadline = time.monotonic() + _SECONDS
        while not injection.met and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGKILL)
    # What a killed process held lapses, and a service has time to show what it has created.
    program = (
        "import sys; from datetime import timedelta; "
        "from engine.providers.hosted import submission; "
        "submission.Submission.__init__.__kwdefaults__['settles'] = timedelta(0); "
        "from tui.cli import main; sys.argv[0] = 'ftlab'; main()"
    )
    _forget_leases(hosted)
    [job] = hosted.rows("jobs")
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", program, "jobs", "resume", job["id"]],
            env=hosted.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            break
    shown = hosted.document("jobs", "show", job["id"])
    assert [made.id for made in standin.jobs] == [shown["remote_id"]], done.stderr
    acts = [request for request in standin.asked("POST", "/files") if request.acted]
    assert len(acts) == 1


def _forget_leases(hosted: Ftlab) -> None:
    import sqlite3

    with sqlite3.connect(hosted.database) as connection:
        connection.execute("DELETE FROM lease")
    connection.close()


def test_a_rescue_is_told_and_its_models_can_be_rebuilt(hosted: Ftlab, standin: Standin) -> None:
    standin.past_jobs(12)
    found = hosted.document("import", "openai", "--profile", "acme")
    assert (found["jobs"], found["new_jobs"], found["troubles"]) == (12, 12, {})
    again = hosted("import", "openai", "--profile", "acme")
    assert "12, 0 of them new" in again.out
    models = hosted.rows("models", "retire-check")
    rescued = next(model for model in models if model["recreate"] and not model["gone"])
    plan = hosted.document("models", "recreate", rescued["name"], "--dry-run")
    assert plan["provider"] == "local"
    assert plan["options"]["recreates"] == rescued["model"]


def test_a_key_is_nowhere_but_where_it_was_put(hosted: Ftlab, standin: Standin) -> None:
    standin.past_jobs(3)
    said = []
    for command in (
        ("import", "openai", "--profile", "acme"),
        ("jobs", "--json"),
        ("config", "--json"),
        train(),
    ):
        done = hosted(*command, OPENAI_LOG="debug")
        said += [done.out, done.err]
    wrong = hosted("import", "openai", "--profile", "acme", FTLAB_ACME_API_KEY=f"{standin.key}x")
    assert wrong.status == 5
    said += [wrong.out, wrong.err]
    with hosted.running("daemon") as daemon:
        time.sleep(1)
        said += psutil.Process(daemon.pid).cmdline()
    for path in hosted.home.rglob("*"):
        if path.is_file() and path.name != ".env":
            said.append(path.read_bytes().decode("latin-1"))
    assert not any(standin.key in text or standin.key[-12:] in text for text in said)
