"""Sweeps are recorded whole, each trial starts once, and what was broken off goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.sweeping.planning import plan
from engine.sweeping.standing import standing
from engine.sweeping.starting import cancel, complete, resume, start
from store.events import (
    Fact,
    JobFailed,
    JobInterrupted,
    JobQueued,
    JobSubmitted,
    JobTakenFromQueue,
    SweepCompleted,
    SweepPlanned,
)
from store.queries import queue, sweeps
from store.queries.sweeps import SweepRow

if TYPE_CHECKING:
    from engine.lab import Lab
    from tests.engine.sweeping.conftest import Succeed, Wish


@pytest.fixture
def begun(with_sums: Lab, wish: Wish) -> str:
    """A sweep of four trials that all wait."""
    return start(with_sums, plan(with_sums, wish()), priority=3)


def _row(lab: Lab, sweep: str) -> SweepRow:
    return sweeps.sweep(lab.database.reader, sweep)


def _jobs(lab: Lab, sweep: str) -> list[str]:
    return [row.job for row in sweeps.trials(lab.database.reader, sweep)]


def _facts(lab: Lab, stream: str, kind: type[Fact]) -> list[Fact]:
    return [fact for fact in lab.log.facts(stream) if isinstance(fact, kind)]


def test_plan_and_jobs_are_recorded_together_and_every_job_knows_its_sweep(
    with_sums: Lab, begun: str
) -> None:
    [planned] = with_sums.log.read(stream=f"sweep/{begun}")
    jobs = _jobs(with_sums, begun)
    for number, job in enumerate(jobs, start=1):
        events = list(with_sums.log.read(stream=f"job/{job}"))
        assert [event.type for event in events] == ["JobPlanned", "JobQueued"]
        assert {event.cause for event in events} == {planned.seq}
        found = sweeps.sweep_of(with_sums.database.reader, job)
        assert found == (_row(with_sums, begun), number)
    assert sweeps.sweep_of(with_sums.database.reader, "job_none") is None
    waiting = queue.waiting(with_sums.database.reader)
    assert [(row.job, row.priority) for row in waiting] == [(job, 3) for job in jobs]
    assert with_sums.database.head() == planned.seq + 8


def test_the_same_wish_goes_on_with_what_has_not_ended_and_plans_nothing_twice(
    with_sums: Lab, wish: Wish, begun: str, succeed: Succeed
) -> None:
    head = with_sums.database.head()
    again = plan(with_sums, wish())
    assert again.going_on == _row(with_sums, begun)
    assert again.name == "sums-sweep-1"
    assert start(with_sums, again) == begun
    assert with_sums.database.head() == head
    succeed(with_sums, begun, [1.0] * 4)
    assert plan(with_sums, wish()).going_on is None


def test_the_same_wish_twice_at_the_same_time_is_one_sweep(with_sums: Lab, wish: Wish) -> None:
    first, second = (plan(with_sums, wish()) for _ in range(2))
    assert start(with_sums, first) == start(with_sums, second)
    assert len(sweeps.sweep_list(with_sums.database.reader)) == 1
    assert len(queue.waiting(with_sums.database.reader)) == 4


def test_interrupted_trials_wait_to_go_on_and_the_others_stay(with_sums: Lab, begun: str) -> None:
    first, second, *_ = _jobs(with_sums, begun)
    gone = JobInterrupted(reason="its machine was switched off")
    turn = (JobTakenFromQueue(), JobSubmitted(remote_id="1"))
    with_sums.log.append(f"job/{first}", *turn, gone)
    with_sums.log.append(f"job/{second}", *turn, JobFailed(error="no"))
    assert _row(with_sums, begun).status == "running"
    assert resume(with_sums, begun) == [first]
    assert resume(with_sums, begun) == []
    assert len(_facts(with_sums, f"job/{first}", JobQueued)) == 2
    assert len(_facts(with_sums, f"job/{second}", JobQueued)) == 1


def test_a_sweep_is_cancelled_with_all_that_waits(with_sums: Lab, begun: str) -> None:
    assert len(cancel(with_sums, begun)) == 4
    assert queue.waiting(with_sums.database.reader) == []
    assert cancel(with_sums, begun) == []
    assert _row(with_sums, begun).status == "done"


def test_the_end_is_recorded_once_and_again_only_if_the_order_changed(
    with_sums: Lab, begun: str, succeed: Succeed
) -> None:
    stream = f"sweep/{begun}"
    succeed(with_sums, begun, [2.0, 1.0, 4.0])
    complete(with_sums, begun)
    assert _facts(with_sums, stream, SweepCompleted) == []
    jobs = _jobs(with_sums, begun)
    with_sums.log.append(f"job/{jobs[3]}", JobFailed(error="no"))
    found = complete(with_sums, begun)
    complete(with_sums, begun)
    assert [trial.number for trial in found.ranked] == [2, 1, 3]
    assert [trial.rank for trial in found.ranked] == [1, 2, 3]
    assert [trial.number for trial in found.others] == [4]
    assert found.gain == 3.0
    [fact] = _facts(with_sums, stream, SweepCompleted)
    assert isinstance(fact, SweepCompleted)
    assert fact.by == "evaluation loss"
    assert [each.job for each in fact.ranking] == [jobs[1], jobs[0], jobs[2]]
    assert fact.unranked == [jobs[3]]
    row = _row(with_sums, begun)
    assert (row.best, row.status, row.is_open) == (jobs[1], "done", False)
    assert len(_facts(with_sums, stream, SweepPlanned)) == 1


def test_trials_are_ranked_by_what_was_asked_for_or_the_training_loss(
    with_sums: Lab, begun: str, succeed: Succeed
) -> None:
    succeed(with_sums, begun, [None] * 4)
    row = _row(with_sums, begun)
    found = standing(with_sums.database.reader, row)
    assert found.measure.name == "training loss"
    assert [trial.value for trial in found.ranked] == [2.0] * 4
    best = standing(with_sums.database.reader, row, "best:loss")
    assert (best.measure.name, best.ranked[0].value) == ("best:loss", 2.0)
    nothing = standing(with_sums.database.reader, row, "eval_accuracy")
    assert (nothing.ranked, len(nothing.others), nothing.gain) == ((), 4, None)


def test_rebuilding_gives_the_same_sweep(with_sums: Lab, begun: str, succeed: Succeed) -> None:
    succeed(with_sums, begun, [1.0] * 4)
    complete(with_sums, begun)
    before = _row(with_sums, begun), sweeps.trials(with_sums.database.reader, begun)
    with_sums.log.rebuild()
    assert (_row(with_sums, begun), sweeps.trials(with_sums.database.reader, begun)) == before
