"""Models recorded by the real commands, against a stand-in of the service."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Ftlab
from tests.standin import faults
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.standin.standin import Standin

__all__ = ["standin"]

CHAT = "/chat/completions"


@pytest.fixture
def rescued(ftlab: Ftlab, standin: Standin) -> Ftlab:
    """The command, with the history of one job rescued from the profile `acme`."""
    standin.past_job(suffix="bakery", validated=True, events=60)
    added = ftlab(
        *("config", "profile", "add", "acme", "--kind", "openai"),
        *("--base-url", standin.base_url),
    )
    assert added.status == 0, added.err
    (ftlab.home / ".env").write_text(f"FTLAB_ACME_API_KEY={standin.key}\n")
    assert ftlab("import", "openai", "--profile", "acme").status == 0
    return ftlab


def model_of(rescued: Ftlab) -> str:
    [model] = rescued.rows("models")
    return str(model["name"])


def test_a_model_is_priced_recorded_shown_and_made_a_dataset_of(
    rescued: Ftlab, standin: Standin, tmp_path: Path
) -> None:
    model = model_of(rescued)
    planned = rescued("models", "record", model, "--from-data", "4", "--dry-run")
    assert planned.status == 0
    assert "2 validation, 2 training" in planned.out
    assert "In all about $0.00" in planned.out
    assert standin.count("POST", CHAT) == 0

    done = rescued("models", "record", model, "--from-data", "4", "--samples", "2", "--yes")
    assert done.status == 0, done.err
    assert "12 of 12" in done.out
    assert "of its samples say the same as at temperature 0" in done.out
    assert standin.count("POST", CHAT) == 12

    [row] = rescued.rows("recordings")
    assert (row["status"], row["answers"], row["parts"]) == (
        "completed",
        12,
        {"validation": 2, "training": 2},
    )
    shown = rescued("recordings", "show", model, "--limit", "1")
    assert "[validation]" in shown.out
    assert "hoped for" in shown.out
    assert len(rescued.document("recordings", "show", row["id"])["first"]) == 4

    out = tmp_path / "answers.jsonl"
    assert rescued("recordings", "export", model, out).status == 0
    told = [json.loads(line) for line in out.read_text().splitlines()]
    assert [len(line["answers"]) for line in told] == [3, 3, 3, 3]
    assert rescued("recordings", "export", model, out).status == 2
    assert rescued("recordings", "export", model, out, "--force").status == 0

    made = rescued.document("recordings", "dataset", model, "--name", "successor")
    assert (made["examples"], made["left_out"]) == (2, 0)
    assert rescued("verify").status == 0


def test_a_suite_is_made_and_asked(rescued: Ftlab, standin: Standin, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text("When do you open?\nWhat does rye cost?\n")
    added = rescued("suite", "add", file, "--name", "smoke", "--system", "Be short.")
    assert "smoke@1  2 prompts" in added.out
    assert "When do you open?" in rescued("suite", "show", "smoke").out
    assert rescued("suite", "show", "smoke", "--at", "1").status == 4
    [suite] = rescued.rows("suite", "list")
    assert suite["prompts"] == 2
    asked = ("models", "record", model_of(rescued), "--suite", "smoke", "--samples", "0")
    found = rescued.document(*asked, "--yes")
    assert found["recordings"][0]["parts"] == {"suite": 2}
    body = standin.asked("POST", CHAT)[0].json or {}
    assert body["messages"][0]["content"] == "Be short."
    nothing = rescued("recordings", "dataset", model_of(rescued), "--name", "s")
    assert nothing.status == 3
    assert "2 suite" in nothing.err


def test_scripts_can_trust_the_exit_status(rescued: Ftlab, standin: Standin) -> None:
    model = model_of(rescued)
    record = ("models", "record")
    unagreed = rescued(*record, model)
    assert unagreed.status == 2
    assert "--yes" in unagreed.err
    assert rescued(*record).status == 2
    assert rescued(*record, model, "--all-retiring").status == 2
    assert rescued(*record, "moon", "--yes").status == 4
    assert rescued(*record, model, "--suite", "moon", "--yes").status == 4
    assert rescued(*record, model, "--samples", "-1", "--yes").status == 2
    assert rescued(*record, model, "--max-cost", "0.0000001").status == 6
    assert standin.count("POST", CHAT) == 0
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=None)
    refused = rescued(*record, model, "--yes")
    assert refused.status == 5
    assert "no money" in refused.err
    assert rescued("recordings", "show", "moon").status == 4
    assert rescued("recordings", "dataset", model, "--name", "s").status == 1
    assert rescued("suite", "add", "nothing.txt", "--name", "s").status == 4


def test_a_killed_recording_goes_on_and_pays_for_no_answer_that_was_recorded_twice(
    rescued: Ftlab, standin: Standin
) -> None:
    model = model_of(rescued)
    standin.inject(faults.slow(0.05), "POST", CHAT, times=None)
    asked = ("models", "record", model, "--from-data", "10", "--samples", "3", "--yes")
    for number in range(1, 2):
        with rescued.running(*asked) as process:
            wait_for(lambda wanted=number * 8: standin.count("POST", CHAT) >= wanted)
            process.send_signal(signal.SIGKILL)
    recorded = rescued.lines("history", "--type", "AnswerRecorded")
    done = rescued(*asked)
    assert done.status == 0, done.err
    assert f"40 of 40, {40 - len(recorded)} of them asked for now" in done.out
    # What was under way when the process died may have been answered, and nobody heard it.
    assert standin.count("POST", CHAT) <= 40 + 8
    assert len(rescued.lines("history", "--type", "RecordingPlanned")) == 1


def test_what_a_dead_model_said_before_its_recording_was_whole_is_not_lost(
    rescued: Ftlab, standin: Standin, tmp_path: Path
) -> None:
    model = model_of(rescued)
    standin.inject(faults.gone(), "POST", CHAT, times=None, after=5)
    asked = ("models", "record", model, "--from-data", "4", "--samples", "1", "--yes")
    stopped = rescued(*asked)
    assert stopped.status == 5
    [row] = rescued.rows("recordings")
    assert (row["status"], row["answers"]) == ("stopped", 5)
    assert "hoped for" in rescued("recordings", "show", row["model"]).out
    planned = rescued.lines("history", "--type", "RecordingPlanned")[0]["seq"]
    before = rescued.document("recordings", "show", model, "--at", planned)
    assert (before["answers"], before["first"]) == (0, [])
    out = tmp_path / "answers.jsonl"
    exported = rescued("recordings", "export", model, out)
    assert "5 of 8" in exported.err
    assert len(out.read_text().splitlines()) == 4
    assert rescued("recordings", "dataset", model, "--name", "s").status == 1
    made = rescued.document("recordings", "dataset", model, "--name", "s", "--partial")
    assert made["examples"] == 2


def wait_for(true: object) -> None:
    assert callable(true)
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)
