"""The rescue of a hosted service's history by the real commands."""

from __future__ import annotations

import re
import signal
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Ftlab
from tests.e2e.terminal import terminal
from tests.standin import faults
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.standin.standin import Standin

__all__ = ["standin"]

_SECONDS = 60


@pytest.fixture
def account(ftlab: Ftlab, standin: Standin) -> Ftlab:
    """The command with nothing but a key of an account that has a past."""
    ftlab.home.mkdir()
    (ftlab.home / "config.toml").write_text(
        f'[profiles.acme]\nkind = "compatible"\nbase_url = "{standin.base_url}"\n'
    )
    (ftlab.home / ".env").write_text(f"FTLAB_ACME_API_KEY={standin.key}\n")
    return ftlab


RESCUE = ("import", "openai", "--profile", "acme")


def test_what_came_is_told_at_the_end(account: Ftlab, standin: Standin) -> None:
    standin.past_job(validated=True)
    standin.past_job(model="gpt-3.5-turbo-0125", gone=frozenset({"training"}))
    done = account(*RESCUE)
    assert (done.status, done.err) == (0, "")
    jobs, events, kept, gone, models, _, head, day, *_ = done.out.splitlines()
    assert jobs == "jobs        2, 2 of them new"
    recorded = [e for e in account.lines("history") if e["stream"] != "lab"]
    assert events == f"events      {len(recorded)} recorded"
    assert kept.startswith("files kept  4, 4 of them new, ")
    assert gone == "files gone  1, 1 of them new"
    assert models == "models      1, and 1 that are gone"
    assert (head, day) == ("retires on  models", "2027-01-14       1")
    again = account(*RESCUE).out.splitlines()
    assert again[:2] == ["jobs        2, 0 of them new", "events      0 recorded"]
    assert again[2].startswith("files kept  4, 0 of them new, ")


def test_rescued_jobs_are_like_any_others(account: Ftlab, standin: Standin) -> None:
    past = standin.past_job(suffix="bakery", events=40)
    assert account(*RESCUE).status == 0
    [row] = account.rows("jobs")
    assert (row["name"], row["status"], row["planned_at"][:10]) == (
        *("bakery", "succeeded"),
        datetime.fromtimestamp(past.created_at, UTC).date().isoformat(),
    )
    shown = account.document("jobs", "show", "bakery")
    assert shown["remote_id"] == past.id
    points = account.document("jobs", "metrics", "bakery", "--name", "train_loss")
    assert len(points["train_loss"]["steps"]) >= 30
    told = account("history", f"job/{row['id']}").out
    assert "found at acme" in told
    assert account("verify").status == 0


@pytest.mark.slow
def test_killed_and_run_again_it_ends_with_everything_once(
    account: Ftlab, standin: Standin
) -> None:
    past = standin.past_jobs(10, events=12)
    for number, kill in enumerate([signal.SIGKILL, signal.SIGINT, signal.SIGTERM] * 2, 1):
        with account.running(*RESCUE) as process:
            wanted = len(standin.requests) + 3 * number
            deadline = time.monotonic() + _SECONDS
            while len(standin.requests) < wanted and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.send_signal(kill)
            _, said = process.communicate(timeout=_SECONDS)
            assert process.returncode in (-9, 130, 143, 0)
            assert said.strip() == ""
    found = account.document(*RESCUE)
    assert (found["jobs"], found["troubles"]) == (10, {})
    assert found["models"] + found["models_gone"] == sum(bool(j.fine_tuned_model) for j in past)
    jobs = account.rows("jobs")
    assert sorted(job["status"] for job in jobs) == sorted(job.status for job in past)
    assert account("verify").status == 0
    asked = len(standin.requests)
    assert account.document(*RESCUE)["events"] == 0
    assert len(standin.requests) == asked + 2


def test_troubles_are_told_once_each_with_how_many_have_them(
    account: Ftlab, standin: Standin
) -> None:
    standin.past_jobs(5)
    standin.inject(faults.missing_scope("api.files.read"), "GET", "/files/**", times=None)
    done = account(*RESCUE)
    assert done.status == 1
    *troubles, last = done.err.splitlines()
    assert last == "Run it again to take in what is missing."
    assert len(troubles) < 5
    assert any(" more not yet whole: training file: " in line for line in troubles)
    assert "jobs        5, 5 of them new" in done.out


def test_models_with_the_day_they_die_fit_a_terminal(account: Ftlab, standin: Standin) -> None:
    standin.past_job(model="gpt-4o-2024-08-06", suffix="tone")
    standin.past_job(model="gpt-4o-2024-08-06", suffix="a" * 8, gone=frozenset({"training"}))
    assert account(*RESCUE).status == 0
    arguments = ("models", "retire-check")
    with terminal(*arguments, environment=account.environment, columns=80) as screen:
        shown = screen.until_shown("To rebuild one")
        head, *rows = shown.splitlines()[:3]
    assert head.split()[:5] == ["retires", "on", "days", "answers", "model"]
    assert all(row.startswith("2027-01-14") and "ft:gpt-4o" in row for row in rows)
    assert any("(gone)" in row for row in rows)
    found = account.rows("models", "retire-check")
    assert {model["data"] for model in found} == {"rescued", "gone"}


def test_a_plan_to_rebuild_shows_what_became_of_each_hyperparameter(
    account: Ftlab, standin: Standin
) -> None:
    past = standin.past_job()
    assert account(*RESCUE).status == 0
    name = past.fine_tuned_model or ""
    shown = account("models", "recreate", name, "--dry-run").out
    assert f"rebuilds {name}" in shown
    assert "epochs 3: the same as n_epochs there" in shown
    notes = account.document("models", "recreate", name, "--dry-run")["notes"]
    assert len(notes) == 4
    shown = account("models", "show", name).out
    assert re.search(r"^retires on +2027-01-14$", shown, re.MULTILINE)


def test_names_from_a_service_cannot_steer_a_terminal(account: Ftlab, standin: Standin) -> None:
    standin.past_jobs(2)
    strange = {"fine_tuned_model": "ft:gpt-4o\x1b[31m:acme:\x1b]0;x\x07:id\n"}
    standin.inject(faults.with_fields(**strange), "GET", "/fine_tuning/jobs", times=None)
    assert account(*RESCUE).status == 0
    said = [account(*command).out for command in (("jobs",), ("models",), ("history",))]
    said.append(account("models", "retire-check").out)
    assert not any(mark in text for text in said for mark in ("\x1b", "\x07"))
