"""`ftlab jobs`: looking at jobs."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.events import JobFailed, JobResumed
from store.log import EventLog

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


def _names(recorded: Ftlab, *arguments: str) -> list[str]:
    return [job["name"] for job in recorded.rows("jobs", *arguments)]


def _on_terminal(ftlab: Ftlab, columns: int, *arguments: str) -> str:
    """Run the command in a terminal of so many columns and return what it shows."""
    shown, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    subprocess.run(
        [sys.executable, "-m", "tui.cli", *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=ftlab.environment | {"TERM": "xterm-256color"},
        timeout=60,
        check=True,
    )
    text = os.read(shown, 65536).decode()
    os.close(terminal)
    os.close(shown)
    return text


def test_jobs_are_listed_newest_first(recorded: Ftlab) -> None:
    header, newest, oldest = recorded("jobs").out.splitlines()
    assert header.split() == ["job", "status", "base", "model", "step", "loss", "age", "id"]
    assert newest.startswith("!  broken-off  interrupted  smollm2-135m-instruct   5/40  2.500")
    assert oldest.startswith("✓  quick       succeeded    smollm2-135m-instruct  40/40  2.050")
    assert newest.endswith("job_0000000002")


def test_jobs_are_chosen_by_status_provider_and_number(recorded: Ftlab) -> None:
    assert _names(recorded) == ["broken-off", "quick"]
    assert _names(recorded, "--status", "succeeded") == ["quick"]
    assert _names(recorded, "--provider", "openai") == []
    assert _names(recorded, "--limit", "1") == ["broken-off"]


def test_jobs_are_searched_and_sorted(recorded: Ftlab) -> None:
    assert _names(recorded, "--where", "loss<2.2 -status:failed") == ["quick"]
    assert _names(recorded, "--sort", "name", "--reverse") == ["quick", "broken-off"]
    assert "No job fits" in recorded("jobs", "--where", "provider:azure").err
    refused = recorded("jobs", "--where", "loss<low")
    assert refused.status == 2
    assert "'low' is no number: write loss<1.5" in refused.err


def test_as_json_a_job_has_its_fields(recorded: Ftlab) -> None:
    job = recorded.rows("jobs")[1]
    assert job["id"] == "job_0000000001"
    assert (job["status"], job["step"], job["total_steps"]) == ("succeeded", 40, 40)
    assert job["planned_at"] == "2026-11-02T12:00:00.000000Z"


def test_a_table_fits_into_a_narrow_terminal(recorded: Ftlab) -> None:
    lines = _on_terminal(recorded, 80, "jobs").splitlines()
    assert max(map(len, lines[1:])) <= 80
    assert "smollm2-135m-ins…" in lines[1]
    assert lines[1].endswith("job_0000000002")


def test_on_a_terminal_json_is_set_for_reading(recorded: Ftlab) -> None:
    shown = _on_terminal(recorded, 80, "jobs", "--limit", "1", "--json")
    assert '\r\n    "name": "broken-off",\r\n' in shown


def test_a_job_is_shown_with_its_plan_state_and_metrics(recorded: Ftlab) -> None:
    shown = recorded("jobs", "show", "broken").out
    for told in (
        "broken-off  job_0000000002",
        "! interrupted",
        "its process was killed (signal 9)",
        "smollm2-135m-instruct (lora, local)",
        "sums/train@1",
        "5 of 40, attempt 1",
        "0.0005",
    ):
        assert told in shown


def test_as_json_a_job_comes_with_checkpoints_and_metrics(recorded: Ftlab) -> None:
    shown = recorded.document("jobs", "show", "quick")
    assert shown["hyperparameters"] == {"lora_rank": 16, "learning_rate": 0.0005}
    assert shown["checkpoints"] == [
        {
            "step": 40,
            "path": "checkpoints/40",
            "model": None,
            "metrics": {},
            "saved_at": "2026-11-02T12:00:00.000000Z",
        }
    ]
    assert [(metric["name"], metric["high"]) for metric in shown["metrics"]] == [
        ("loss", 9.5),
        ("norm", 1.0),
    ]


def test_the_details_of_a_failure_are_shown_line_by_line(recorded: Ftlab) -> None:
    with closing(Database(recorded.database)) as database:
        log = EventLog(database, "tester")
        details = "Traceback:\n  \x1b[31mline 7"
        log.append("job/job_0000000002", JobResumed(attempt=2, from_step=0))
        log.append("job/job_0000000002", JobFailed(error="out of memory", details=details))
    shown = recorded("jobs", "show", "broken-off").out
    assert "out of memory" in shown
    assert shown.endswith("\nTraceback:\n  line 7\n")


def test_metrics_are_summed_up(recorded: Ftlab) -> None:
    header, loss, norm = recorded("jobs", "metrics", "quick").out.splitlines()
    assert header.split()[:3] == ["metric", "last", "lowest"]
    assert loss.split() == ["loss", "2.050", "2.050", "40", "9.500", "18", "40"]
    assert norm.split()[:2] == ["norm", "-"]


def test_a_series_is_printed_point_by_point(recorded: Ftlab) -> None:
    points = recorded("jobs", "metrics", "quick", "--name", "loss").out.splitlines()
    assert len(points) == 40
    assert points[17] == "18\t9.5"


def test_a_reduced_series_keeps_the_spike(recorded: Ftlab) -> None:
    reduced = recorded.document("jobs", "metrics", "quick", "--name", "loss", "--points", "9")
    assert len(reduced["loss"]["steps"]) <= 9
    assert (18, 9.5) in zip(reduced["loss"]["steps"], reduced["loss"]["values"], strict=True)


def test_as_json_every_series_is_columns_and_nan_is_null(recorded: Ftlab) -> None:
    series = recorded.document("jobs", "metrics", "quick")
    assert series["loss"]["steps"] == list(range(1, 41))
    assert series["norm"]["values"] == [*[1.0] * 39, None]


def test_jobs_are_read_as_they_stood_after_an_event(recorded: Ftlab) -> None:
    at_13 = recorded.rows("jobs", "--at", "13")
    assert [(job["status"], job["step"]) for job in at_13] == [("running", 5), ("succeeded", 40)]
    assert recorded.document("jobs", "show", "quick", "--at", "5")["status"] == "running"


def test_jobs_are_read_as_they_stood_at_a_time(recorded: Ftlab) -> None:
    assert _names(recorded, "--at", "2026-11-02T18:00") == ["quick"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "nobody"], "no job is called 'nobody': `ftlab jobs` lists them"),
        (["show", "job_"], "fits several: job_0000000001, job_0000000002"),
        (["metrics", "quick", "--name", "speed"], "no metric 'speed'; it has loss, norm"),
        (["logs", "nobody"], "no job is called 'nobody'"),
        (["cancel", "nobody"], "no job is called 'nobody'"),
    ],
)
def test_what_is_not_there_is_told_and_ends_with_4(
    recorded: Ftlab, arguments: list[str], told: str
) -> None:
    done = recorded("jobs", *arguments)
    assert (done.status, done.out) == (4, "")
    assert told in done.err


def test_a_job_that_has_ended_cannot_be_cancelled(recorded: Ftlab) -> None:
    refused = recorded("jobs", "cancel", "quick", "--json")
    assert (refused.status, refused.out) == (1, "")
    assert "quick is succeeded: there is nothing to cancel" in refused.err


def test_following_a_job_that_has_ended_tells_how_it_did(recorded: Ftlab) -> None:
    good = recorded("jobs", "follow", "quick")
    assert (good.status, good.out) == (0, "quick succeeded: ftlab chat quick\n")
    bad = recorded("jobs", "follow", "broken-off")
    assert bad.status == 1
    assert "ftlab jobs resume broken-off" in bad.out


def test_as_json_following_prints_the_jobs_events_alone(recorded: Ftlab) -> None:
    events = recorded.lines("jobs", "follow", "quick")
    assert [event["seq"] for event in events] == [3, 4, 5, 6, 7, 8]
    assert recorded("jobs", "follow", "broken-off", "--json").status == 1


def test_the_end_of_a_log_is_printed_harmless(recorded: Ftlab) -> None:
    run = recorded.home / "runs" / "job_0000000002"
    run.mkdir(parents=True)
    (run / "log.txt").write_text("loading\n\x1b[31mepoch 1\x1b[0m\nkilled\n")
    assert recorded("jobs", "logs", "broken-off", "-n", "2").out == "epoch 1\nkilled\n"
    assert recorded("jobs", "logs", "broken-off", "--json").out == (
        '["loading", "\\u001b[31mepoch 1\\u001b[0m", "killed"]\n'
    )
