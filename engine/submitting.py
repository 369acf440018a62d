"""Bringing a planned job to its hosted service while somebody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from engine.errors import LabError, ProviderError
from store import job_status
from store.errors import StreamConflictError
from store.queries import jobs

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.log import Write
    from store.queries.jobs import JobDetail

Progress = Callable[[str, float], None]

_BETWEEN_TRIES = 2.0


def submit(
    lab: Lab, job: str, progress: Progress | None = None, *, patience: float = 120.0
) -> None:
    """Bring a planned job to its hosted service, or go on with that where it was broken off.

    Args:
        lab: where the job is planned.
        job: its id.
        progress: told what is being done.
        patience: seconds for which a service in trouble is waited for.

    Raises:
        LabError: if the service refused it, or cannot be reached for now.
    """
    provider = lab.hosted(jobs.job_detail(lab.database.reader, job).provider, progress)
    deadline = time.monotonic() + patience
    while True:
        detail = jobs.job_detail(lab.database.reader, job)
        if detail.status in job_status.ENDED and detail.remote_id is None:
            raise _not_taken(detail)
        if detail.remote_id is not None:
            return
        try:
            _take(lab, provider.news(detail))
        except ProviderError as error:
            wait = max(error.retry_after or 0.0, _BETWEEN_TRIES)
            if not error.retriable or time.monotonic() + wait > deadline:
                raise reworded(
                    error,
                    f"{detail.name} is planned but not yet at {detail.provider}: {error}. "
                    f"`ftlab jobs resume {detail.name}` or the poller goes on with it",
                ) from error
            if progress is not None:
                progress(f"{error}: trying again", 0.0)
            time.sleep(wait)
        else:
            # Nothing new: another process is at it.
            time.sleep(0 if _moved(lab, detail) else _BETWEEN_TRIES)


def _take(lab: Lab, news: Iterable[Sequence[Write]]) -> None:
    """Record news; whoever recorded something first is gone on from."""
    try:
        for writes in news:
            lab.log.append_all(writes)
    except StreamConflictError:
        return


def _moved(lab: Lab, before: JobDetail) -> bool:
    return jobs.job_detail(lab.database.reader, before.id).version != before.version


def _not_taken(detail: JobDetail) -> LabError:
    """Return why a job ended before it came to its service."""
    if detail.status == job_status.CANCELLED:
        return LabError(f"{detail.name} was cancelled before it came to {detail.provider}")
    said = f"{detail.name} was not taken by {detail.provider}: {detail.reason or detail.status}"
    return ProviderError(f"{said}\n{detail.details}" if detail.details else said, "bad_request")


def reworded(error: ProviderError, words: str) -> ProviderError:
    """Return the same trouble as far as programs go, in other words."""
    return ProviderError(
        words,
        error.kind,
        retriable=error.retriable,
        status=error.status,
        code=error.code,
        param=error.param,
        retry_after=error.retry_after,
        request_id=error.request_id,
    )
