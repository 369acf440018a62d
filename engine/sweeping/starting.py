"""Starting a sweep, going on with it, stopping it, and recording how it ended.

The plan of a sweep and those of all its trials' jobs are one transaction: from then on every trial
is an ordinary job that waits, in the queue of this machine or to be brought to its service, and is
started once by whoever looks after jobs, however often that is killed. There is no moment at which
a part of a sweep is recorded, and nothing of its own to go on with.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from engine import base_models, jobs
from engine.errors import JobStateError, LabError
from engine.planning import LOCAL
from engine.poller import Poller
from engine.sweeping.planning import with_data
from engine.sweeping.standing import Standing, Trial, standing
from store import job_status
from store.errors import StoreError, StreamConflictError
from store.ids import id_of, new_id
from store.queries import sweeps

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.sweeping.plan import SweepPlan, TrialPlan
    from store.events import Fact, JobPlanned
    from store.log import Write

Progress = Callable[[str, float], None]


def start(lab: Lab, plan: SweepPlan, progress: Progress | None = None, *, priority: int = 0) -> str:
    """Record a sweep with the jobs of all its trials; return its id.

    If one of the very same recipe has not come to its end, that one is gone on with; see `resume`.

    Args:
        lab: where to record it.
        plan: what is to be trained.
        progress: told what is being made ready.
        priority: of its jobs in the queue of this machine.

    Raises:
        LabError: if the base model cannot be made ready, or there is no key for the service.
        LimitError: if it would cost more than it may.
    """
    if plan.going_on is not None:
        resume(lab, plan.going_on.id)
        return plan.going_on.id
    request = plan.trials[0].plan.request
    if request.provider == LOCAL:
        base_models.resolve(request.base_model, lab.places.home, progress)
    else:
        lab.hosted(request.provider)
    plan = with_data(lab, plan)
    # The same command, given twice at the same time, means one sweep.
    sweep = id_of("swp", f"{plan.recipe} {plan.name}")
    try:
        lab.log.append_all(_writes(lab, sweep, plan, priority))
    except StreamConflictError:
        return sweeps.sweep(lab.database.reader, sweep).id
    return sweep


def resume(lab: Lab, sweep: str) -> list[str]:
    """Have the interrupted trials of a sweep wait for their turn to go on; return their jobs' ids.

    Trials that wait or run need nobody to go on with them, and those that failed or were cancelled
    stay as they are: `ftlab jobs resume` goes on with one of these.

    Raises:
        LabError: if one of them cannot go on, when all others were seen to.
    """
    asked, trouble = [], None
    for trial in _looked_at(lab, sweep):
        if trial.job.status != job_status.INTERRUPTED:
            continue
        try:
            local = trial.job.provider == LOCAL
            jobs.resume(lab, trial.job.id, priority=0 if local else None)
        except JobStateError:
            continue  # Somebody else had it go on just now, or its service does not know it.
        except (LabError, StoreError) as error:
            trouble = trouble or error
        else:
            asked.append(trial.job.id)
    if trouble is not None:
        raise trouble
    return asked


def _looked_at(lab: Lab, sweep: str) -> list[Trial]:
    """Return the trials as they are now: what died unseen is interrupted once somebody looks."""
    found = standing(lab.database.reader, sweeps.sweep(lab.database.reader, sweep))
    running = [trial.job for trial in found.trials if trial.job.status in job_status.ACTIVE]
    poller = Poller(lab)
    for job in running:
        if job.provider == LOCAL:
            poller.look_at(job.id)
    return standing(lab.database.reader, found.sweep).trials


def cancel(lab: Lab, sweep: str) -> list[str]:
    """Cancel all trials of a sweep that have not ended; return their jobs' ids.

    Raises:
        LabError, StoreError: the first one's trouble, when all were seen to.
    """
    asked, trouble = [], None
    found = standing(lab.database.reader, sweeps.sweep(lab.database.reader, sweep))
    # The last one first: else the next would get the place of each that goes.
    for trial in reversed(found.trials):
        if trial.job.status not in job_status.ACTIVE:
            continue
        try:
            jobs.cancel(lab, trial.job.id)
        except JobStateError:
            continue  # It has ended just now.
        except (LabError, StoreError) as error:
            trouble = trouble or error
        else:
            asked.append(trial.job.id)
    if trouble is not None:
        raise trouble
    return asked


def complete(lab: Lab, sweep: str) -> Standing:
    """Record how a sweep ended, if all its trials have, and that was not recorded yet.

    Returns:
        How it stands.
    """
    from store.events import RankedTrial, SweepCompleted

    row = sweeps.sweep(lab.database.reader, sweep)
    found = standing(lab.database.reader, row)
    if row.is_open:
        return found
    fact = SweepCompleted(
        by=found.measure.name,
        ranking=[
            RankedTrial(
                job=trial.job.id, model=trial.result and trial.result.id, value=trial.value or 0.0
            )
            for trial in found.ranked
        ],
        unranked=[trial.job.id for trial in found.others],
    )
    stream = f"sweep/{row.id}"
    version = lab.log.version(stream)
    # A trial that failed may have been gone on with since, and changed the order.
    if lab.log.facts(stream)[-1] != fact:
        # Somebody else may see the end at the same moment.
        with suppress(StreamConflictError):
            lab.log.append(stream, fact, expected=version)
    return standing(lab.database.reader, sweeps.sweep(lab.database.reader, row.id))


def _writes(lab: Lab, sweep: str, plan: SweepPlan, priority: int) -> list[Write]:
    from store.events import JobQueued, SweepPlanned, SweepTrial
    from store.log import FIRST_OF_ALL, Entry, Write

    request, first = plan.wish.request, plan.trials[0].plan
    ids = [new_id("job") for _ in plan.trials]
    planned = SweepPlanned(
        id=sweep,
        name=plan.name,
        mode=plan.wish.mode,
        provider=request.provider,
        base_model=first.request.base_model,
        method=first.method,
        dataset=request.dataset,
        validation=first.validation.id if first.validation else None,
        axes={name: axis.to_json() for name, axis in plan.wish.axes.items()},
        fixed=dict(plan.fixed),
        seed=request.seed,
        by=plan.wish.by,
        recipe=plan.recipe,
        estimate=plan.usd,
        limit=plan.limit,
        trials=[
            SweepTrial(job=job, settings=trial.settings, examples=trial.examples)
            for job, trial in zip(ids, plan.trials, strict=True)
        ],
    )
    writes = [Write(f"sweep/{sweep}", [planned], expected=0)]
    for job, trial in zip(ids, plan.trials, strict=True):
        facts: list[Fact] = [_job(trial)]
        if request.provider == LOCAL:
            lab.local.prepare(job)
            facts.append(JobQueued(priority=priority))
        entries = [Entry(fact, cause=FIRST_OF_ALL) for fact in facts]
        writes.append(Write(f"job/{job}", entries, expected=0))
    return writes


def _job(trial: TrialPlan) -> JobPlanned:
    from store.events import JobPlanned

    plan = trial.plan
    return JobPlanned(
        name=trial.name,
        provider=plan.request.provider,
        base_model=plan.request.base_model,
        method=plan.method,
        hyperparameters=plan.hyperparameters,
        dataset=plan.dataset.id,
        validation=plan.validation.id if plan.validation else None,
        seed=plan.request.seed,
        model=new_id("mdl"),
        total_steps=plan.total_steps,
        options=dict(plan.options),
        estimate=plan.estimate.usd if plan.estimate else None,
    )
