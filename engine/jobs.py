"""Starting, cancelling, resuming and retrying jobs: intent into the log first, then the act."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from engine import queue
from engine.errors import JobStateError, LabError, ProviderError, RequestError
from engine.planning import LOCAL, SCRIPT, Plan, TrainingRequest, free_name, plan
from engine.poller import Poller
from engine.starting import act
from engine.submitting import Progress, reworded, submit
from store import job_status
from store.errors import StoreError, StreamConflictError
from store.events import Fact
from store.ids import new_id
from store.queries import jobs

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.jobs import JobDetail

_HOSTED_PATIENCE = 120.0
"""Seconds for which a submission is gone on with here; after that the poller does."""


def start(
    lab: Lab,
    plan: Plan,
    progress: Progress | None = None,
    *,
    retry_of: str | None = None,
    priority: int | None = None,
) -> str:
    """Record a plan and start it; return the job's id.

    Args:
        lab: where to record it.
        plan: what is to be trained.
        progress: told what is being done.
        retry_of: the job whose plan this is once more.
        priority: put it into the queue with this priority instead of starting it; None starts it.

    Raises:
        RequestError: if a hosted job should wait in the queue of this machine.
        LabError: if the job could not be started, which is then recorded as its failure; or if a
            hosted service cannot be reached: the job stays planned, and the poller goes on.
    """
    from engine import base_models
    from store.events import JobPlanned, JobQueued

    request = plan.request
    _refuse_queue(request.provider, priority)
    if request.provider == LOCAL:
        base_models.resolve(request.base_model, lab.places.home, progress)
    else:
        lab.hosted(request.provider)
    job = new_id("job")
    planned = JobPlanned(
        name=plan.name,
        provider=request.provider,
        base_model=request.base_model,
        method=plan.method,
        hyperparameters=plan.hyperparameters,
        dataset=plan.dataset.id,
        validation=plan.validation.id if plan.validation else None,
        seed=request.seed,
        model=new_id("mdl"),
        total_steps=plan.total_steps,
        options=dict(plan.options),
        estimate=plan.estimate.usd if plan.estimate else None,
        retry_of=retry_of,
    )
    if priority is not None:
        lab.local.prepare(job)
        lab.log.append(f"job/{job}", planned, JobQueued(priority=priority), expected=0)
        return job
    lab.log.append(f"job/{job}", planned, expected=0)
    detail = jobs.job_detail(lab.database.reader, job)
    if detail.provider == LOCAL:
        act(lab, detail, lambda: lab.local.submit(detail))
    else:
        submit(lab, job, progress, patience=_HOSTED_PATIENCE)
    return job


def cancel(lab: Lab, reference: str) -> None:
    """Ask a job to stop; what comes of it arrives by polling.

    Raises:
        JobStateError: if the job is not active.
    """
    from store.events import JobCancelRequested

    detail = _fresh(lab, reference)
    if detail.status not in job_status.ACTIVE:
        raise JobStateError(f"{detail.name} is {detail.status}: there is nothing to cancel")
    if detail.provider == LOCAL:
        if queue.withdraw(lab, detail):
            return
        lab.log.append(f"job/{detail.id}", JobCancelRequested())
        lab.local.cancel(detail)
        return
    if detail.provider == SCRIPT:
        lab.log.append(f"job/{detail.id}", JobCancelRequested())
        lab.scripts.cancel(detail)
        return
    _ask(lab, detail, JobCancelRequested())


def pause(lab: Lab, reference: str) -> None:
    """Ask a hosted job to pause; what comes of it arrives by polling.

    Raises:
        JobStateError: if the job is not running there.
    """
    from store.events import JobPauseRequested

    detail = _fresh(lab, reference)
    _refuse_script(detail, "pause")
    if detail.provider == LOCAL:
        raise JobStateError(
            f"{detail.name} runs on this machine: `ftlab jobs cancel` stops it at a checkpoint, "
            "and `ftlab jobs resume` goes on from there"
        )
    if detail.status not in (job_status.QUEUED, job_status.RUNNING, job_status.VALIDATING):
        raise JobStateError(f"{detail.name} is {detail.status}: there is nothing to pause")
    _ask(lab, detail, JobPauseRequested())


def resume(
    lab: Lab, reference: str, progress: Progress | None = None, *, priority: int | None = None
) -> None:
    """Go on with a job.

    A local one that ended without a result goes on from its newest whole checkpoint; a hosted one
    that was paused is asked to go on, one whose submission was broken off is submitted, and one
    that its service did not know any more is looked for again. With a priority a local one waits in
    the queue for its turn to go on.

    Raises:
        JobStateError: if the job is active or has succeeded.
        RequestError: if a hosted job should wait in the queue of this machine.
        LabError: if it cannot go on (what it needs is missing), of which nothing is recorded; or if
            it could not be started after all, which is then recorded as its failure.
    """
    from store.events import JobResumeRequested

    found = jobs.job_detail(lab.database.reader, reference)
    _refuse_script(found, "resume")
    _refuse_queue(found.provider, priority)
    if found.provider == LOCAL:
        _resume_here(lab, reference, priority)
        return
    if found.status == job_status.PLANNED:
        submit(lab, found.id, progress, patience=_HOSTED_PATIENCE)
        return
    if found.status == job_status.INTERRUPTED:
        _look_for(lab, found)
        return
    detail = _fresh(lab, reference)
    if detail.status != job_status.PAUSED:
        raise JobStateError(
            f"{detail.name} is {detail.status}: of hosted jobs, paused ones can be resumed. "
            f"`ftlab jobs retry {detail.name}` starts a new job from its plan"
        )
    _ask(lab, detail, JobResumeRequested())


def _look_for(lab: Lab, job: JobDetail) -> None:
    """Look whether a service knows a job again: an address or a key may have been wrong.

    Raises:
        JobStateError: if it does not.
    """
    Poller(lab).look_at(job.id)
    now = jobs.job_detail(lab.database.reader, job.id)
    if now.status == job_status.INTERRUPTED:
        raise JobStateError(
            f"{now.name} is {now.status}: {now.reason}. `ftlab jobs retry {now.name}` starts a new "
            "job from its plan"
        )


def _resume_here(lab: Lab, reference: str, priority: int | None) -> None:
    from store.events import JobQueued, JobResumed

    detail = _fresh(lab, reference)
    if queue.is_unstarted(lab, detail):
        raise JobStateError(
            f"{detail.name} waits in the queue: `ftlab queue move {detail.name} --first` makes it "
            "the next"
        )
    if detail.status not in job_status.RESUMABLE:
        raise JobStateError(
            f"{detail.name} is {detail.status}: only interrupted, cancelled and failed jobs "
            "can be resumed"
        )
    provider = lab.local
    try:
        step = provider.resumable_step(detail)
    except (OSError, StoreError, ValueError) as error:
        raise LabError(f"{detail.name} cannot go on: {error}") from error
    decided: Fact = JobResumed(attempt=detail.attempt + 1, from_step=step)
    if priority is not None:
        decided = JobQueued(priority=priority)
    try:
        lab.log.append(f"job/{detail.id}", decided, expected=detail.version)
    except StreamConflictError:
        raise JobStateError(f"somebody else acted on {detail.name} just now: look again") from None
    if priority is not None:
        return
    again = jobs.job_detail(lab.database.reader, detail.id)
    act(lab, again, lambda: provider.resume(again, step))


def retry(
    lab: Lab, reference: str, progress: Progress | None = None, *, priority: int | None = None
) -> str:
    """Start a new job from the plan of one that ended, or queue it; return its id. See `start`.

    Raises:
        JobStateError: if the job has not ended.
        LabError: if what it was trained on is not known here, or it cannot be started.
    """
    detail = _fresh(lab, reference)
    _refuse_script(detail, "start")
    if detail.status not in job_status.ENDED:
        raise JobStateError(f"{detail.name} is {detail.status}: retry it when it has ended")
    if detail.dataset is None:
        raise LabError(
            f"what {detail.name} was trained on is not known here: start a job on another dataset "
            "with `ftlab train`"
        )
    request = TrainingRequest(
        dataset=detail.dataset,
        base_model=detail.base_model,
        provider=detail.provider,
        method=detail.method,
        hyperparameters=_chosen(detail),
        seed=detail.seed or 0,
        validation=detail.validation,
        options=json.loads(detail.options_json),
    )
    again = replace(plan(lab, request), name=free_name(lab, detail.name))
    return start(lab, again, progress, retry_of=detail.id, priority=priority)


def _refuse_queue(provider: str, priority: int | None) -> None:
    if priority is not None and provider not in (LOCAL, SCRIPT):
        raise RequestError(
            f"the queue is for jobs on this machine: leave --queue out, {provider} has its own"
        )


def _refuse_script(detail: JobDetail, what: str) -> None:
    """Say what to do instead with the run of a script, which ftlab follows but cannot start."""
    if detail.provider == SCRIPT:
        from engine.providers.scripts import refuse

        raise refuse(detail, what)


def _chosen(detail: JobDetail) -> dict[str, object]:
    """Return a job's hyperparameters as a request says them: without those that say nothing."""
    found = json.loads(detail.hyperparameters_json)
    return {name: value for name, value in found.items() if value is not None}


def _ask(lab: Lab, detail: JobDetail, wish: Fact) -> None:
    """Record what is asked of a hosted job; looking at it tells its service."""
    lab.log.append(f"job/{detail.id}", wish)
    try:
        Poller(lab).look_at(detail.id)
    except ProviderError as error:
        if not error.retriable:
            raise
        words = f"it is recorded, and the poller will ask {detail.provider} for it: {error}"
        raise reworded(error, words) from error


def _fresh(lab: Lab, reference: str) -> JobDetail:
    """Return a job as it stands now, its latest news taken in if they can be had."""
    found = jobs.job_detail(lab.database.reader, reference)
    submitted = found.provider == LOCAL or found.remote_id is not None
    if found.status in job_status.ACTIVE and submitted:
        try:
            Poller(lab).look_at(found.id)
        except ProviderError as error:
            if not error.retriable:
                raise
    return jobs.job_detail(lab.database.reader, found.id)
