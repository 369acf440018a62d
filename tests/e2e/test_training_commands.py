"""The main way through, on a real model of a few kilobytes: train, kill, resume, talk, audit."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Ftlab
from tests.e2e.terminal import terminal

pytestmark = pytest.mark.slow

_STEPS = 160
_PLAN = (
    "--max-steps", str(_STEPS), "--batch-size", "2", "--save-every", "4",
    "--evaluate-every", "80", "--epochs", "30",
)  # fmt: skip
_WAIT_SECONDS = 120


def test_a_killed_job_is_told_as_interrupted_and_resumes_to_a_model_that_answers(
    with_sums: Ftlab, tiny_base: Path
) -> None:
    ftlab = with_sums
    job = ftlab.document("train", "sums/train", "--model", tiny_base, *_PLAN, "--suffix", "sums")
    identity = _wait_until(ftlab, job["job"], lambda shown: shown["step"] >= 6)

    os.kill(identity["pid"], signal.SIGKILL)
    interrupted = _polled(ftlab, job["job"], "interrupted")
    assert "no last word" in interrupted["reason"]
    assert ftlab("jobs", "cancel", "sums").status == 1

    resumed = ftlab.document("jobs", "resume", "sums")
    assert resumed["attempt"] == 2
    assert resumed["from_step"] >= 4
    followed = ftlab("jobs", "follow", "sums")
    assert followed.status == 0, followed.err

    _check_curve(ftlab)
    _check_lineage(ftlab, job["job"])
    _check_table(ftlab)
    _check_environment(ftlab)
    answer = ftlab("chat", "sums", "--prompt", "What is 2 + 2?", "--max-tokens", "8", "--json")
    assert answer.status == 0, answer.err
    assert json.loads(answer.out)["completion_tokens"] == 8
    types = {event["type"] for event in ftlab.lines("history")}
    assert {"JobInterrupted", "JobResumed", "ModelRegistered", "ChatTurnRecorded"} <= types
    assert ftlab.document("verify")["whole"]


def _check_curve(ftlab: Ftlab) -> None:
    curves = ftlab.document("jobs", "metrics", "sums")
    assert curves["loss"]["steps"] == list(range(1, _STEPS + 1))
    assert curves["eval_loss"]["steps"] == [0, 80, 160]


def _check_table(ftlab: Ftlab) -> None:
    [row] = ftlab.rows("models", "table", "sums")
    curves = ftlab.document("jobs", "metrics", "sums")
    last = curves["loss"]["values"][-_STEPS // 10 :]
    assert row["training_loss"] == pytest.approx(sum(last) / len(last), rel=1e-5)
    assert row["evaluation"] == {
        name: pytest.approx(curves[f"eval_{name}"]["values"][-1], rel=1e-5)
        for name in ("loss", "perplexity", "accuracy")
    }
    assert row["before"]["loss"] == pytest.approx(curves["eval_loss"]["values"][0], rel=1e-5)
    shown = ftlab("models", "table").out
    assert "training loss" in shown
    assert "sums" in shown


def _check_environment(ftlab: Ftlab) -> None:
    environment = ftlab.document("jobs", "show", "sums")["report"]["environment"]
    assert environment["command"][1:3] == ["train", "sums/train"]
    assert environment["folder"] == str(Path.cwd())
    assert environment["torch"]
    assert environment["seed"] == 0


def _check_lineage(ftlab: Ftlab, job: str) -> None:
    model = ftlab.document("models", "show", "sums")
    assert model["job"] == job
    assert model["lineage"]["dataset"]["name"] == "sums/train"
    assert model["evaluated_examples"] == 4
    assert model["hyperparameters"]["batch_size"] == 2
    assert (ftlab.home / model["path"]).is_dir()


def test_a_closed_terminal_leaves_it_training_and_cancelling_saves_a_checkpoint_first(
    with_sums: Ftlab, tiny_base: Path
) -> None:
    ftlab = with_sums
    plan = ("--model", tiny_base, "--max-steps", "5000", "--epochs", "9999", "--suffix", "sums")
    with terminal(
        "train", "sums/train", *plan, "--follow", environment=ftlab.environment
    ) as shown_there:
        shown_there.until_shown("sums running", "loss")
    [started] = ftlab.rows("jobs")
    assert started["status"] == "running"
    _wait_until(ftlab, started["id"], lambda shown: shown["step"] >= started["step"] + 2)
    cancelled = ftlab.document("jobs", "cancel", started["id"])
    shown = ftlab.document("jobs", "show", started["id"])
    assert cancelled["status"] == "cancelled"
    assert shown["checkpoint"] == shown["step"]
    assert ftlab("jobs", "logs", started["name"]).status == 0


def test_a_dry_run_shows_the_plan_and_records_nothing(with_sums: Ftlab, tiny_base: Path) -> None:
    before = len(with_sums.lines("history"))
    plan = with_sums.document("train", "sums/train", "--model", tiny_base, "--dry-run")
    assert plan["total_steps"] > 0
    assert plan["validation"] is not None
    assert len(with_sums.lines("history")) == before


def test_what_is_left_to_ftlab_is_settled_before_it_starts(
    with_sums: Ftlab, tiny_base: Path
) -> None:
    left = ("--epochs", "auto", "--batch-size", "auto", "--learning-rate", "auto")
    plan = with_sums.document("train", "sums/train", "--model", tiny_base, *left, "--dry-run")
    settled = plan["hyperparameters"]
    assert (settled["batch_size"], settled["learning_rate"]) == (4, 0.01)
    assert settled["epochs"] >= 3
    assert [note.partition(" ")[0] for note in plan["notes"]] == [
        "epochs",
        "batch_size",
        "learning_rate",
    ]


def test_what_cannot_be_trained_is_refused_in_plain_words(
    with_sums: Ftlab, tiny_base: Path, tmp_path: Path
) -> None:
    on_sums = ("train", "sums/train", "--model", tiny_base)
    refusals = [
        (4, "no dataset is called 'nothing'", ("train", "nothing", "--model", tiny_base)),
        (4, "config.json", ("train", "sums/train", "--model", tmp_path)),
        (2, "learning_rate", (*on_sums, "--learning-rate", "-1")),
        (4, "there is no profile 'nobody'", (*on_sums, "--provider", "nobody")),
        (2, "cannot name a job", (*on_sums, "--suffix", "a\nb")),
        (
            2,
            "keep_best needs validation examples",
            (*on_sums[:1], "sums", *on_sums[2:], "--keep-best"),
        ),
        (2, "does not compute in float16", (*on_sums, "--precision", "float16")),
        (2, "'some' is not a valid", (*on_sums, "--learning-rate", "some")),
    ]
    for status, words, command in refusals:
        done = with_sums(*command)
        assert done.status == status
        assert words in done.err
        assert "Traceback" not in done.err
    assert with_sums.rows("jobs") == []


def _wait_until(
    ftlab: Ftlab, job: str, reached: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Poll until a job has come so far; return the identity of its process."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not reached(_shown(ftlab, job)):
        assert time.monotonic() < deadline, _shown(ftlab, job)
        time.sleep(0.2)
    identity = json.loads((ftlab.home / "runs" / job / "process.json").read_text())
    assert isinstance(identity, dict)
    return identity


def _polled(ftlab: Ftlab, job: str, status: str) -> dict[str, Any]:
    deadline = time.monotonic() + _WAIT_SECONDS
    while (shown := _shown(ftlab, job))["status"] != status:
        assert time.monotonic() < deadline, shown
        time.sleep(0.2)
    return shown


def _shown(ftlab: Ftlab, job: str) -> dict[str, Any]:
    ftlab("poll", "--once")
    return ftlab.document("jobs", "show", job)
