"""Whether an action makes sense for a job, and in which words it is refused if not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from store.job_status import ACTIVE, INTERRUPTED, PAUSED, PLANNED, RESUMABLE, SUCCEEDED
from store.queries.jobs import JobDetail, JobSummary
from tui.ink import look

LOCAL = "local"
"""Provider of the jobs that ftlab trains on this machine."""

SCRIPT = "script"
"""Provider of the runs of scripts that log by themselves."""

_RETRY = re.compile("`ftlab jobs retry [^`]+`")
_GOES_ON_THERE = (PAUSED, PLANNED, INTERRUPTED)
"""In which statuses a hosted service can be asked to go on with a job."""


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
    if is_hosted(job):
        return (
            f"{job.provider} is asked to stop it, for good: a cancelled job cannot be resumed "
            f"there. {_spent(job)}"
        )
    if job.status == PLANNED:
        return "It has not begun: it is taken out of the queue, and nothing is trained."
    return "It saves a checkpoint and stops; it can be resumed later."


def what_resume_does(job: JobSummary) -> str:
    """Return what becomes of a job that is resumed, and what that costs as far as it is known."""
    if not is_hosted(job):
        return "Training goes on from its last checkpoint, in the background."
    if job.status == INTERRUPTED:
        return f"{job.provider} is asked whether it knows the job again; asking costs nothing."
    if job.status == PLANNED:
        price = _dollars(job.estimate)
        costs = "what that costs is not known" if price is None else f"that costs about {price}"
        return f"Its data is sent to {job.provider}, which trains on it: {costs}."
    return f"{job.provider} goes on with it and bills what it trains. {_left(job)}"


def is_hosted(job: JobSummary) -> bool:
    """Tell whether a job runs at a hosted service."""
    return job.provider not in (LOCAL, SCRIPT)


def _spent(job: JobSummary) -> str:
    """Say what a hosted job has cost so far, as far as that is known."""
    if (cost := _dollars(job.cost)) is not None:
        return f"It has cost {cost} so far."
    estimate = _dollars(job.estimate)
    if estimate is None:
        return "What it has cost so far is not known, and may be billed."
    done = job.progress
    if done is None or job.estimate is None:
        return f"Of the estimated {estimate}, what is trained so far may be billed."
    so_far = _dollars(job.estimate * done)
    return f"About {so_far} of the estimated {estimate} is trained so far, and may be billed."


def _left(job: JobSummary) -> str:
    """Say what is left to pay for a hosted job, as far as that is known."""
    estimate = _dollars(job.estimate)
    if job.estimate is None or estimate is None:
        return "What that costs is not known."
    done = job.progress
    if done is None:
        return f"All of it was estimated at {estimate}."
    left = _dollars(job.estimate * (1 - done))
    return f"About {left} of the estimated {estimate} is left."


def _dollars(amount: float | None) -> str | None:
    return None if amount is None else f"${amount:,.2f}"


def why_not_resume(job: JobSummary) -> str | None:
    """Return why a job cannot be resumed; None if it can."""
    if is_hosted(job):
        return _why_not_resume_there(job)
    if job.provider == SCRIPT and job.status in RESUMABLE:
        return f"{job.name} is the run of a script of your own: run that again, as a new run"
    if job.status in RESUMABLE:
        return None
    if job.status == SUCCEEDED:
        return f"{job.name} has succeeded: there is nothing left to resume"
    return f"{job.name} is {look(job.status).word}: it can be cancelled, not resumed"


def _why_not_resume_there(job: JobSummary) -> str | None:
    if job.status in _GOES_ON_THERE:
        return None
    if job.status == SUCCEEDED:
        return f"{job.name} has succeeded: there is nothing left to resume"
    if job.status in ACTIVE:
        return f"{job.name} is {look(job.status).word}: it can be cancelled, not resumed"
    return (
        f"{job.name} has ended at {job.provider} ({look(job.status).word}), which resumes paused "
        f"jobs only: R starts a new one from its plan"
    )


def why_no_chat(job: JobDetail) -> str | None:
    """Return why there is no model of a job to talk to; None if there may be one."""
    if job.status == SUCCEEDED and job.model is not None:
        return None
    if job.provider == SCRIPT:
        return f"{job.name} is the run of a script of your own: its model is where that saved it"
    if job.status in ACTIVE:
        return f"{job.name} is {look(job.status).word}: its model can be talked to when it is done"
    return f"{job.name} ended without a model ({look(job.status).word})"


def out_of_place(jobs: Sequence[JobSummary]) -> frozenset[str]:
    """Return the ids of the actions that these jobs could only refuse."""
    found = {
        action
        for action, why_not in (("job.cancel", why_not_cancel), ("job.resume", why_not_resume))
        if all(why_not(job) is not None for job in jobs)
    }
    if not jobs or jobs[0].status != SUCCEEDED or jobs[0].provider == SCRIPT:
        found.add("job.chat")
    return frozenset(found)


def by_key(words: str, again: str) -> str:
    """Return words that name the command which repeats a job with the key that does so.

    Args:
        words: what the engine says, for the command line.
        again: the key.
    """
    return _RETRY.sub(again, words)
