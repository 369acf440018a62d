"""`ftlab notify`, and what `ftlab config` settles of it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.events import JobFailed, JobPlanned, JobSubmitted
from store.log import EventLog

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

_URL = "http://127.0.0.1:9/services/SECRET"


@pytest.fixture
def told(tmp_path: Path, recorded: Ftlab) -> Path:
    """The file to which the command that is settled appends."""
    script = tmp_path / "tell.sh"
    script.write_text(f'#!/bin/sh\necho "$FTLAB_TEXT" >> {tmp_path}/told\necho well\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    done = recorded("config", "set", "notify.command", str(script))
    assert (done.status, done.out) == (0, f"notify.command: {script}\n")
    return tmp_path / "told"


def _fail_a_job(ftlab: Ftlab, name: str) -> None:
    """Record the end of a job, as any process may."""
    database = Database(ftlab.database)
    plan = JobPlanned(
        name=name, provider="local", base_model="b", method="lora", hyperparameters={}, dataset="d"
    )
    log = EventLog(database, "cli:test")
    log.append(f"job/job_{name}", plan, JobSubmitted(remote_id="1"), JobFailed(error="no"))
    database.close()


def test_at_first_nobody_is_told_and_it_says_how(recorded: Ftlab) -> None:
    assert "Nobody is told: `ftlab config set notify.command" in recorded("notify").out
    done = recorded("notify", "test")
    assert (done.status, done.out) == (2, "")
    assert "nobody is settled to be told" in done.err


def test_one_look_tells_of_what_ended_and_it_is_listed(recorded: Ftlab, told: Path) -> None:
    assert recorded("poll", "--once").out == "0 new events.\n"
    _fail_a_job(recorded, "mine")
    assert recorded("poll", "--once").out == "2 new events.\n"
    assert recorded("poll", "--once").out == "0 new events.\n"
    assert told.read_text() == "mine failed: no\n"
    shown = recorded.document("notify")
    assert shown["on"] == ["interrupted", "failed", "cancelled", "succeeded"]
    (one,) = shown["notifications"]
    assert (one["name"], one["state"], one["said"]) == ("mine", "sent", "well")
    assert "exit status 0: well" in recorded("notify").out
    history = recorded("history", "job/job_mine").out
    assert "telling tell.sh: failed" in history
    assert "told by command: exit status 0" in history
    assert "tell.sh is told of the ends of jobs by command: all" in recorded("history", "lab").out
    assert recorded("verify").status == 0
    assert recorded("rebuild").status == 0
    assert recorded("poll", "--once").out == "0 new events.\n"


def test_a_test_tells_what_came_of_it(recorded: Ftlab, told: Path) -> None:
    done = recorded("notify", "test")
    assert (done.status, done.out) == (0, "told  tell.sh: exit status 0\n  well\n")
    assert told.read_text() == "ftlab can reach you\n"
    failing = recorded("notify", "test", FTLAB_NOTIFY_COMMAND="sh -c 'exit 3'")
    assert (failing.status, failing.out) == (1, "not told  sh: exit status 3\n")
    shown = recorded("notify", "test", "--json", FTLAB_NOTIFY_COMMAND="sh -c 'exit 3'")
    assert json.loads(shown.out)["ok"] is False


def test_an_address_is_read_from_a_pipe_and_never_shown(recorded: Ftlab) -> None:
    done = recorded("config", "set", "notify.url", "-", text=f"{_URL}\n")
    assert (done.status, done.out) == (0, "notify.url: 127.0.0.1:9\n")
    told = [
        recorded("config"),
        recorded("config", "--json"),
        recorded("notify"),
        recorded("notify", "--json"),
        recorded("notify", "test"),
        recorded("doctor"),
        recorded("history", "lab", "--json"),
        recorded("config", "unset", "notify.url"),
    ]
    assert "SECRET" not in "".join(each.out + each.err for each in told)
    assert "not told  127.0.0.1:9: not reached, 3 times: Connection refused" in told[4].out
    refused = recorded("config", "set", "notify.url", "ftp://SECRET")
    assert (refused.status, "SECRET" in refused.err) == (2, False)


def test_a_daemon_tells(recorded: Ftlab, told: Path) -> None:
    with recorded.running("daemon", "--seconds", "0.1") as process:
        assert process.stderr is not None
        process.stderr.readline()
        _fail_a_job(recorded, "mine")
        while not (told.exists() and told.read_text()):
            assert process.poll() is None
        process.terminate()
        assert process.communicate(timeout=30) == ("", "")
    assert told.read_text() == "mine failed: no\n"


def test_which_ends_are_told_is_settled(recorded: Ftlab) -> None:
    done = recorded("config", "set", "notify.on", "succeeded,failed")
    assert done.out == "notify.on: failed, succeeded\n"
    assert recorded("config", "set", "notify.on", "someday").status == 2
    assert recorded.document("config", "unset", "notify.on")["value"] == [
        "interrupted",
        "failed",
        "cancelled",
        "succeeded",
    ]


def test_a_program_that_is_not_there_is_told_by_the_doctor(recorded: Ftlab) -> None:
    recorded("config", "set", "notify.command", "no-such-thing")
    assert "there is no program no-such-thing" in recorded("doctor").out
