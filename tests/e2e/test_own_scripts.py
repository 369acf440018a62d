"""Training scripts of a user's own, in the command line."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.user_folder import UserFolder

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


@pytest.fixture
def user(tmp_path: Path, ftlab: Ftlab) -> UserFolder:
    return UserFolder.make(tmp_path / "user", ftlab.home)


def test_a_script_is_in_the_list_after_a_poll(ftlab: Ftlab, user: UserFolder) -> None:
    assert user.run("steps.py", 20, 0).returncode == 0
    assert ftlab.document("poll", "--once")["events"] >= 6
    assert ftlab.document("poll", "--once")["events"] == 0
    [job] = ftlab.rows("jobs")
    assert (job["name"], job["status"], job["step"]) == ("steps", "succeeded", 20)
    assert (job["provider"], job["base_model"]) == ("script", "tiny")


def test_everything_that_it_told_is_shown(ftlab: Ftlab, user: UserFolder) -> None:
    assert user.run("steps.py", 20, 0.02, "--token", "abc").returncode == 0
    ftlab("poll", "--once")
    shown = ftlab.document("jobs", "show", "steps")
    assert shown["hyperparameters"] == {
        "learning_rate": 0.001,
        "api_key": "(hidden)",
    }
    assert shown["seed"] == 7
    assert [each["step"] for each in shown["checkpoints"]] == [10, 20]
    assert {each["name"]: each["count"] for each in shown["metrics"]} == {
        "loss": 20,
        "learning_rate": 20,
        "grad_norm": 20,
        "tokens": 20,
    }
    words = ftlab("jobs", "show", "steps").out
    assert "steps.py 20 0.02 --token '(hidden)'" in words
    assert "base model     tiny (own, script)" in words
    assert "abc" not in words
    series = ftlab.document("jobs", "metrics", "steps", "--name", "loss")
    assert series["loss"]["values"] == [1 / step for step in range(1, 21)]
    history = ftlab("history", "job/").out
    assert "steps: a script of your own began" in history


def test_a_script_is_followed_from_its_first_moment_to_its_end(
    ftlab: Ftlab, user: UserFolder
) -> None:
    with user.running("steps.py", 30, 0.2) as script:
        assert script.stdout is not None
        assert script.stdout.readline() == "1\n"
        done = ftlab("jobs", "follow", "steps")
    assert (done.status, done.out) == (0, "steps succeeded: ftlab jobs show steps\n")
    assert "steps running" in done.err


def test_a_script_is_asked_to_stop_and_says_that_it_was(ftlab: Ftlab, user: UserFolder) -> None:
    with user.running("steps.py", 1000, 0.1) as script:
        assert script.stdout is not None
        assert script.stdout.readline() == "1\n"
        done = ftlab.document("jobs", "cancel", "steps")
        assert done["status"] == "cancelled"
        assert script.wait(30) == 0


def test_a_script_that_does_not_listen_is_ended_when_asked_again(
    ftlab: Ftlab, user: UserFolder
) -> None:
    with user.running("ending.py", "busy") as script:
        assert script.stdout is not None
        assert script.stdout.readline() == "busy\n"
        assert ftlab.document("jobs", "cancel", "ending", "--wait", "0")["status"] == "running"
        assert ftlab.document("jobs", "cancel", "ending")["status"] == "cancelled"
        assert script.wait(30) == -signal.SIGTERM


def test_a_killed_script_is_interrupted_with_all_its_steps(ftlab: Ftlab, user: UserFolder) -> None:
    assert user.run("killed.py", 500).returncode == -signal.SIGKILL
    ftlab("poll", "--once")
    shown = ftlab.document("jobs", "show", "killed")
    assert (shown["status"], shown["step"]) == ("interrupted", 500)
    assert shown["reason"].endswith("is gone, and it left no last word (killed, or crashed)")


def test_two_scripts_at_once_are_two_jobs(ftlab: Ftlab, user: UserFolder) -> None:
    with user.running("steps.py", 60, 0.1) as one, user.running("steps.py", 70, 0.1) as other:
        for script in (one, other):
            assert script.stdout is not None
            assert script.stdout.readline() == "1\n"
        ftlab("poll", "--once")
        assert {job["status"] for job in ftlab.rows("jobs")} == {"running"}
        assert (one.wait(60), other.wait(60)) == (0, 0)
    ftlab("poll", "--once")
    jobs = ftlab.rows("jobs")
    assert {job["name"] for job in jobs} == {"steps", "steps-2"}
    assert {job["step"] for job in jobs} == {60, 70}
    assert {job["status"] for job in jobs} == {"succeeded"}


@pytest.mark.parametrize("command", ["resume", "retry", "pause"])
def test_what_ftlab_cannot_do_with_a_script_it_says_with_the_command(
    ftlab: Ftlab, user: UserFolder, command: str
) -> None:
    user.run("ending.py", "error")
    ftlab("poll", "--once")
    done = ftlab("jobs", command, "ending")
    assert done.status == 1
    assert "run the script again, `" in done.err
    assert "ending.py error`; that is a new run" in done.err


def test_a_trainer_is_a_job_like_any_other(ftlab: Ftlab, user: UserFolder, tiny_base: Path) -> None:
    done = user.run("trainer.py", tiny_base, user.folder / "out", 4)
    assert done.returncode == 0, done.stderr
    ftlab("poll", "--once")
    shown = ftlab.document("jobs", "show", "out")
    assert (shown["status"], shown["step"], shown["total_steps"]) == ("succeeded", 4, 4)
    assert shown["base_model"] == str(tiny_base)
    assert shown["eval_loss"] is not None
    assert [each["step"] for each in shown["checkpoints"]] == [2, 4]
    assert shown["report"]["environment"]["transformers"]


def test_a_trainer_stops_at_a_checkpoint_when_it_is_asked_to(
    ftlab: Ftlab, user: UserFolder, tiny_base: Path
) -> None:
    with user.running("trainer.py", tiny_base, user.folder / "out", 100_000) as script:
        for _ in range(600):
            ftlab("poll", "--once")
            if any(job["step"] > 0 for job in ftlab.rows("jobs")) or script.poll() is not None:
                break
        assert ftlab.document("jobs", "cancel", "out")["status"] == "cancelled"
        assert script.wait(60) == 0
    shown = ftlab.document("jobs", "show", "out")
    assert shown["checkpoints"][-1]["step"] >= shown["step"] - 1
