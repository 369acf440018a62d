"""Rescuing a service's history: every job with all that it left behind, into the log.

It can be broken off anywhere and run again, daily if one likes: what is here already is not asked
for again, beyond the pages that list the jobs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.errors import ProviderError
from engine.providers.hosted import listing
from engine.providers.hosted.reports import Report, text_of
from engine.rescue.files import Files
from engine.rescue.harvest import Harvest, stock_of
from engine.rescue.jobs import Jobs
from engine.rescue.models import Models
from engine.rescue.run import Run
from store.events import HistoryImported, HistoryImportStarted

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.provider import HostedProvider

_AT_ONCE = 8
_PATIENCE = 600.0
"""Seconds that a question may wait for a service that asks to be left alone."""

_LIST = "the list of jobs"

Progress = Callable[[int, int, Harvest], None]
"""Told of jobs done, jobs in all, and what has been brought in."""


def rescue(
    lab: Lab,
    provider: HostedProvider,
    *,
    files: bool = True,
    progress: Progress | None = None,
) -> Harvest:
    """Take in everything that a service can tell of past jobs.

    What cannot be taken, because the key may not read it or the service fails at it, is told in the
    harvest's troubles, and everything else is taken all the same.

    Args:
        lab: where it is recorded.
        provider: the service.
        files: whether training and validation files are kept too.
        progress: told how far it has come.

    Raises:
        ProviderError: if the service lists no jobs at all.
    """
    started = HistoryImportStarted(provider=provider.profile.name)
    [event] = lab.log.append("lab", started)
    return asyncio.run(_rescue(lab, provider, event.seq, files, progress))


async def _rescue(
    lab: Lab, provider: HostedProvider, cause: int, files: bool, progress: Progress | None
) -> Harvest:
    before = stock_of(lab.database.reader, provider.profile.name)
    async with provider.open(patience=_PATIENCE) as service:
        run = Run(lab, service, Harvest(), cause)
        reports = await _listed(run)
        await _take_jobs(run, reports, files, progress)
        models = Models(run)
        with run.harvest.noting("models"):
            await models.take()
        models.count()
    run.harvest.files = stock_of(lab.database.reader, run.provider)
    run.harvest.new_files = run.harvest.files.since(before)
    _record_end(run)
    return run.harvest


async def _listed(run: Run) -> Mapping[str, Report]:
    """Return all jobs by their ids; of a list that breaks off, those that came before.

    Raises:
        ProviderError: if none came.
    """
    found: dict[str, Report] = {}
    try:
        async for page in listing.jobs(run.service):
            for report in page:
                remote = text_of(report.get("id"))
                if remote is None:
                    run.harvest.note(_LIST, "one in it has no id, so nothing of it can be asked")
                else:
                    found.setdefault(remote, report)
    except ProviderError as error:
        if not found:
            raise
        run.harvest.note(_LIST, f"it broke off after {len(found)}: {error}")
    run.harvest.jobs = len(found)
    return found


async def _take_jobs(
    run: Run, reports: Mapping[str, Report], files: bool, progress: Progress | None
) -> None:
    jobs = Jobs(run, Files(run) if files else None)
    gate = asyncio.Semaphore(_AT_ONCE)
    done = 0

    async def one(remote: str, report: Report) -> None:
        nonlocal done
        async with gate:
            await jobs.take(remote, report)
        done += 1
        if progress is not None:
            progress(done, len(reports), run.harvest)

    await asyncio.gather(*(one(remote, report) for remote, report in reports.items()))


def _record_end(run: Run) -> None:
    found, new = run.harvest, run.harvest.new_files
    ended = HistoryImported(
        provider=run.provider,
        jobs=found.jobs,
        new_jobs=found.new_jobs,
        models=found.models,
        files_kept=new.kept,
        files_gone=new.gone,
        bytes=new.bytes,
    )
    events = found.events
    run.record("lab", ended)
    # That it ended is nothing that the service told.
    found.events = events
