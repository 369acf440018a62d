"""The queue, as the facts about waiting make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.events import (
    Fact,
    JobCancelled,
    JobFailed,
    JobInterrupted,
    JobMovedInQueue,
    JobPriorityChanged,
    JobQueued,
    JobResumed,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
    JobTakenFromQueue,
)
from store.log import EventLog, Write
from store.queries.jobs import job_detail
from store.queries.queue import entry, place, slots_taken, starting, waiting
from store.verify import verify

if TYPE_CHECKING:
    from tests.store.conftest import Planned

_NAMES = "abcde"


def order(log: EventLog) -> str:
    return "".join(row.job for row in waiting(log.database.reader))


@pytest.fixture
def queue(log: EventLog, planned: Planned) -> EventLog:
    """A log in which `a`, `b` and `c` wait, in this order."""
    for name in "abc":
        log.append(f"job/{name}", planned(name), JobQueued(), expected=0)
    return log


def test_jobs_wait_in_the_order_in_which_they_were_asked_for(queue: EventLog) -> None:
    reader = queue.database.reader
    assert order(queue) == "abc"
    assert place(reader, "b") == (2, 3)
    assert job_detail(reader, "b").status == "queued"
    assert (waiting(reader)[1].queued_by, waiting(reader)[1].attempt) == ("tester", 1)
    assert slots_taken(reader) == []


def test_a_higher_priority_comes_first_and_equals_keep_their_order(
    queue: EventLog, planned: Planned
) -> None:
    queue.append("job/d", planned("d"), JobQueued(priority=5))
    assert order(queue) == "dabc"
    queue.append("job/c", JobPriorityChanged(priority=5))
    assert order(queue) == "cdab"
    queue.append("job/c", JobPriorityChanged(priority=0))
    assert order(queue) == "dabc"


def test_a_moved_job_takes_on_the_priority_of_its_place(queue: EventLog) -> None:
    queue.append("job/b", JobPriorityChanged(priority=5))
    queue.append("job/c", JobMovedInQueue(to="first"))
    assert order(queue) == "cba"
    assert [row.priority for row in waiting(queue.database.reader)] == [5, 5, 0]
    queue.append("job/c", JobMovedInQueue(to="last"))
    assert order(queue) == "bac"
    queue.append("job/c", JobMovedInQueue(to="before", before="b"))
    assert order(queue) == "cba"


def test_a_move_before_one_that_waits_no_more_changes_nothing(queue: EventLog) -> None:
    queue.append("job/a", JobTakenFromQueue())
    queue.append("job/c", JobMovedInQueue(to="before", before="a"))
    queue.append("job/c", JobMovedInQueue(to="before", before="c"))
    queue.append("job/a", JobMovedInQueue(to="last"), JobPriorityChanged(priority=9))
    assert order(queue) == "bc"


def test_a_job_holds_its_devices_from_the_decision_to_its_end(queue: EventLog) -> None:
    reader = queue.database.reader
    queue.append("job/a", JobTakenFromQueue(devices=("GPU-1",)))
    assert [row.job for row in starting(reader)] == ["a"]
    assert [(row.job, row.devices) for row in slots_taken(reader)] == [("a", ("GPU-1",))]
    queue.append("job/a", JobSubmitted(remote_id="4711"), JobStatusChanged(status="running"))
    assert starting(reader) == []
    assert [row.devices for row in slots_taken(reader)] == [("GPU-1",)]
    queue.append("job/a", JobSucceeded())
    assert slots_taken(reader) == []
    assert entry(reader, "a") is None


@pytest.mark.parametrize(
    "end", [JobInterrupted(reason="killed"), JobFailed(error="no memory"), JobCancelled()]
)
def test_a_job_that_stopped_may_wait_to_go_on(queue: EventLog, end: Fact) -> None:
    reader = queue.database.reader
    queue.append("job/a", JobTakenFromQueue(), JobSubmitted(remote_id="4711"), end)
    assert entry(reader, "a") is None
    queue.append("job/a", JobQueued())
    found = job_detail(reader, "a")
    assert (found.status, found.reason, found.ended_at) == ("queued", None, None)
    assert (order(queue), waiting(reader)[2].attempt) == ("bca", 2)
    queue.append("job/a", JobTakenFromQueue(), JobResumed(attempt=2, from_step=0))
    assert [row.attempt for row in starting(reader)] == [2]


def test_a_job_that_runs_or_has_succeeded_cannot_wait(queue: EventLog) -> None:
    queue.append("job/a", JobTakenFromQueue(), JobSubmitted(remote_id="1"), JobQueued())
    queue.append("job/b", JobTakenFromQueue(), JobSubmitted(remote_id="2"), JobSucceeded())
    queue.append("job/b", JobQueued())
    assert order(queue) == "c"
    assert job_detail(queue.database.reader, "b").status == "succeeded"


_PRIORITIES = st.integers(-1, 1)
_WISHES = st.one_of(
    st.builds(JobQueued, priority=_PRIORITIES),
    st.builds(JobPriorityChanged, priority=_PRIORITIES),
    st.builds(JobMovedInQueue, to=st.sampled_from(["first", "last"])),
    st.builds(JobMovedInQueue, to=st.just("before"), before=st.sampled_from(_NAMES)),
    st.just(JobCancelled()),
    st.just(JobTakenFromQueue()),
)


class Listed:
    """The queue as a person would keep it: a list on paper, and a priority beside each name."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.priorities: dict[str, int] = {}

    @property
    def order(self) -> list[str]:
        return sorted(self.names, key=lambda name: -self.priorities[name])

    def take(self, name: str, wish: Fact, *, may_wait: bool) -> None:
        if isinstance(wish, JobQueued) and may_wait:
            self.names.append(name)
            self.priorities[name] = wish.priority
        elif name not in self.names:
            return
        elif isinstance(wish, JobPriorityChanged):
            self.priorities[name] = wish.priority
        elif isinstance(wish, JobMovedInQueue):
            self._move(name, wish)
        elif isinstance(wish, JobCancelled | JobTakenFromQueue):
            self.names.remove(name)

    def _move(self, name: str, wish: JobMovedInQueue) -> None:
        others = [other for other in self.order if other != name]
        if not others or (wish.to == "before" and wish.before not in others):
            return
        beside = {"first": others[0], "last": others[-1], "before": str(wish.before)}[wish.to]
        top = self.priorities[beside]
        self.names.remove(name)
        if wish.to == "last":
            self.names.append(name)
            top = min(top, self.priorities[name])
        elif wish.to == "first":
            self.names.insert(0, name)
            top = max(top, self.priorities[name])
        else:
            self.names.insert(self.names.index(beside), name)
        self.priorities[name] = top


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(_NAMES), _WISHES), max_size=15), st.booleans())
def test_whatever_is_asked_for_the_queue_is_what_a_list_on_paper_would_be(
    scratch: Callable[[], AbstractContextManager[EventLog]],
    planned: Planned,
    wishes: Sequence[tuple[str, Fact]],
    at_once: bool,
) -> None:
    paper, free = Listed(), set(_NAMES)
    with scratch() as log:
        log.append_all([Write(f"job/{name}", [planned(name)]) for name in _NAMES])
        if at_once:
            log.append_all([Write(f"job/{name}", [wish]) for name, wish in wishes])
        for name, wish in wishes:
            if not at_once:
                log.append(f"job/{name}", wish)
            paper.take(name, wish, may_wait=name in free)
            free = (free | {name}) if isinstance(wish, JobCancelled) else free
            free -= {name} if isinstance(wish, JobQueued) else set()
            if not at_once:
                assert list(order(log)) == paper.order
        assert list(order(log)) == paper.order
        assert verify(log.database).findings == []
