"""`ftlab history`: the audit."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.events import JobPlanned, JobStatusChanged
from store.log import EventLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Ftlab


@pytest.fixture
def log(recorded: Ftlab) -> Iterator[EventLog]:
    """The log of the recorded store, as another process has it open."""
    database = Database(recorded.database)
    yield EventLog(database, "cli:eve@elsewhere")
    database.close()


def _seqs(recorded: Ftlab, *arguments: str) -> list[int]:
    return [event["seq"] for event in recorded.lines("history", *arguments)]


def test_every_event_is_told_on_a_line_oldest_first(recorded: Ftlab) -> None:
    lines = recorded("history").out.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, 16))
    assert lines[0].split("  ")[-3:] == ["lab", "LabCreated", "by ftlab 0.1.0"]
    assert "2026-11-03 12:00:00" in lines[14]
    assert lines[14].endswith("interrupted: its process was killed (signal 9)")


def test_as_json_an_event_keeps_everything_that_was_recorded(recorded: Ftlab) -> None:
    planned = recorded.lines("history")[2]
    assert planned["type"] == "JobPlanned"
    assert planned["actor"] == "cli:ada@lovelace"
    assert planned["data"]["hyperparameters"] == {"lora_rank": 16, "learning_rate": 0.0005}
    assert len(bytes.fromhex(planned["hash"])) == 32


def test_filters_choose_by_stream_type_and_actor(recorded: Ftlab) -> None:
    assert _seqs(recorded, "job/job_0000000002") == [10, 11, 12, 13, 14, 15]
    assert _seqs(recorded, "job/", "--type", "JobPlanned") == [3, 10]
    assert _seqs(recorded, "--actor", "ada", "--type", "LabCreated") == [1]
    assert _seqs(recorded, "--actor", "grace") == []


def test_filters_choose_by_time_of_recording(recorded: Ftlab) -> None:
    assert _seqs(recorded, "--since", "2026-11-02T12:00Z", "--until", "2026-11-03") == [
        *range(3, 10)
    ]
    assert _seqs(recorded, "--until", "2026-11-01T12:00:00+00:00") == []


def test_a_limit_keeps_the_newest(recorded: Ftlab) -> None:
    assert _seqs(recorded, "--limit", "2") == [14, 15]
    assert _seqs(recorded, "--limit", "2", "--type", "JobPlanned") == [3, 10]


def test_history_can_be_read_as_it_stood(recorded: Ftlab) -> None:
    assert _seqs(recorded, "--at", "2") == [1, 2]


def test_what_is_yet_to_come_cannot_be_asked_for(recorded: Ftlab) -> None:
    for command in ("history", "jobs"):
        done = recorded(command, "--at", "99999")
        assert (done.status, done.out) == (4, "")
        assert done.err == "ftlab: there is no event 99999 yet: the last one is 15\n"


def test_bytes_that_are_no_text_are_told_in_words(recorded: Ftlab) -> None:
    with closing(sqlite3.connect(recorded.database)) as connection, connection:
        connection.execute("DROP TRIGGER event_is_never_changed")
        connection.execute("UPDATE event SET data = CAST(x'ff' AS TEXT) WHERE seq = 4")
    done = recorded("history")
    assert (done.status, done.out) == (1, "")
    told = "something recorded in it is no UTF-8 text: `ftlab verify` tells what is wrong"
    assert done.err == f"ftlab: {recorded.database}: {told}\n"


def test_following_prints_what_was_and_what_comes(recorded: Ftlab, log: EventLog) -> None:
    with recorded.running("history", "job/", "--limit", "1", "--follow", "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["seq"] == 15
        log.append("lab", JobStatusChanged(status="of no interest"))
        log.append("job/job_0000000002", JobStatusChanged(status="resting"))
        assert json.loads(process.stdout.readline())["data"]["status"] == "resting"


def test_interrupted_following_ends_with_the_shells_status(recorded: Ftlab) -> None:
    with recorded.running("history", "--follow") as process:
        assert process.stdout is not None
        assert "LabCreated" in process.stdout.readline()
        process.send_signal(2)
        _, complaints = process.communicate(timeout=30)
        assert process.returncode == 130
        assert complaints.strip() == ""


def test_a_reader_that_goes_away_is_no_error(recorded: Ftlab) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [sys.executable, "-m", "tui.cli", "history"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=recorded.environment,
        check=False,
    )
    os.close(writing)
    assert process.stderr == b""


def test_what_was_recorded_cannot_steer_the_terminal(recorded: Ftlab, log: EventLog) -> None:
    evil = JobPlanned(
        name="\x1b]0;owned\x07nice\n99999  forged",
        provider="local",
        base_model="m",
        method="lora",
        hyperparameters={},
        dataset="ds_0000000001",
    )
    log.append("job/job_0000000003", evil)
    for command in ("history", "jobs"):
        done = recorded(command)
        assert "\x1b" not in done.out
        assert "nice 99999  forged" in done.out
    assert recorded.rows("jobs")[0]["name"] == evil.name
    assert recorded("jobs", "show", "job_0000000003").out.startswith("job         nice 99999")
