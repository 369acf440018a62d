"""Whether an action makes sense for a job, and in which words it is refused if not."""

from __future__ import annotations

from store.job_status import ACTIVE, INTERRUPTED, RESUMABLE, SUCCEEDED
from store.queries.jobs import JobDetail, JobSummary
from tui.ink import look

SCRIPT = "script"
"""Provider of the runs of scripts that log by themselves."""


def why_not_cancel(job: JobSummary) -> str | None:
    """Return why a job cannot be cancelled; None if it can."""
    if job.status in ACTIVE:
        return None
    if job.status == INTERRUPTED and job.provider == SCRIPT:
        return f"{job.name} was interrupted and does not run: there is nothing to cancel"
    if job.status == INTERRUPTED:
        return f"{job.name} was interrupted and does not run: it can be resumed, not cancelled"
    return f"{job.name} has ended ({look(job.status).word}): there is nothing to cancel"


def what_cancel_does(job: JobSummary) -> str:
    """Return what becomes of a job that is cancelled."""
    if job.provider == SCRIPT:
        return "Its script is asked to stop; asked a second time, its process is ended."
    return "It saves a checkpoint and stops; it can be resumed later."


def why_not_resume(job: JobSummary) -> str | None:
    """Return why a job cannot be resumed; None if it can."""
    if job.provider == SCRIPT and job.status in RESUMABLE:
        return f"{job.name} is the run of a script of your own: run that again, as a new run"
    if job.status in RESUMABLE:
        return None
    if job.status == SUCCEEDED:
        return f"{job.name} has succeeded: there is nothing left to resume"
    return f"{job.name} is {look(job.status).word}: it can be cancelled, not resumed"


def why_no_chat(job: JobDetail) -> str | None:
    """Return why there is no model of a job to talk to; None if there may be one."""
    if job.status == SUCCEEDED and job.model is not None:
        return None
    if job.provider == SCRIPT:
        return f"{job.name} is the run of a script of your own: its model is where that saved it"
    if job.status in ACTIVE:
        return f"{job.name} is {look(job.status).word}: its model can be talked to when it is done"
    return f"{job.name} ended without a model ({look(job.status).word})"
