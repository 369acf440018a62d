"""`ftlab queue`, and the daemon that starts what waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from store.database import Database
from store.queries.jobs import job_list

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

pytestmark = pytest.mark.slow

_PLAN = ("--max-steps", "3", "--batch-size", "2", "--queue", "--suffix")
_SECONDS = 120


@pytest.fixture
def queued(with_sums: Ftlab, tiny_base: Path) -> Ftlab:
    """The command where three jobs wait: `one`, `two` and `three`."""
    for place, name in enumerate(("one", "two", "three"), start=1):
        told = with_sums.document("train", "sums/train", "--model", tiny_base, *_PLAN, name)
        assert told["queue"] == {"place": place, "of": place}
    return with_sums


def _waiting(ftlab: Ftlab) -> list[str]:
    return [row["name"] for row in ftlab.document("queue")["waiting"]]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _statuses(ftlab: Ftlab) -> dict[str, str]:
    with closing(Database(ftlab.database, create=False)) as database:
        return {job.name: job.status for job in job_list(database.reader)}


def _of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def test_what_waits_is_listed_moved_and_cancelled_and_started_in_turn_by_a_daemon_that_is_killed(
    queued: Ftlab,
) -> None:
    ftlab = queued
    shown = ftlab("jobs", "show", "two").out
    assert "waits in the queue, place 2 of 3; nothing starts it yet: that takes" in shown
    assert "shown as they were last seen: no daemon" in ftlab("jobs").err
    assert ftlab("queue", "priority", "one", "-5").out.endswith("place 3 of 3, priority -5\n")
    assert ftlab("queue", "move", "three", "--first").out.endswith("place 1 of 3, priority 0\n")
    moved = ftlab.document("queue", "priority", "two", "5")
    assert (moved["place"], moved["of"], moved["priority"]) == (1, 3, 5)
    assert _waiting(ftlab) == ["two", "three", "one"]
    assert ftlab.document("jobs", "cancel", "one")["status"] == "cancelled"
    listed = ftlab("queue")
    assert [line.split()[:3] for line in listed.out.splitlines()[1:]] == [
        ["1", "two", "5"],
        ["2", "three", "0"],
    ]
    assert "Nothing starts what waits" in listed.err

    with ftlab.running("daemon", "--seconds", "0.1") as daemon:
        _until(lambda: _statuses(ftlab)["two"] == "running")
        daemon.kill()
    assert _waiting(ftlab) == ["three"]
    with ftlab.running("daemon", "--seconds", "0.1"):
        _until(lambda: _statuses(ftlab)["three"] == "succeeded")
    assert _statuses(ftlab)["two"] == "succeeded"
    _check_history(ftlab)


def _check_history(ftlab: Ftlab) -> None:
    """Each was started once, the second after the first had ended."""
    events = ftlab.lines("history")
    first, second = _of(events, "JobTakenFromQueue")
    submitted = [event["stream"] for event in _of(events, "JobSubmitted")]
    assert submitted == [first["stream"], second["stream"]]
    assert _of(events, "JobSucceeded")[0]["seq"] < second["seq"]
    assert second["actor"].startswith("daemon:")
    [moved] = _of(events, "JobMovedInQueue")
    assert moved["actor"].startswith("cli:")
    environment = ftlab.document("jobs", "show", "three")["report"]["environment"]
    assert environment["command"][1] == "train"
    assert ftlab.document("verify")["whole"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("queue", "move", "quick", "--first"), 1, "quick is succeeded and does not wait"),
        (("queue", "move", "quick"), 2, "say where to"),
        (("queue", "priority", "quick", "1"), 1, "does not wait"),
        (("queue", "priority", "quick", str(2**63)), 2, "not in the range"),
        (("train", "sums/train", "--model", "m", "--priority", "1"), 2, "goes with --queue"),
        (("jobs", "resume", "quick", "--queue"), 1, "can be resumed"),
    ],
)
def test_what_cannot_wait_is_refused(
    recorded: Ftlab, words: tuple[str, ...], status: int, said: str
) -> None:
    done = recorded(*words)
    assert (done.status, done.out) == (status, "")
    assert said in done.err


def test_an_empty_queue_says_how_to_fill_it(recorded: Ftlab) -> None:
    assert "ftlab train --queue" in recorded("queue").err
