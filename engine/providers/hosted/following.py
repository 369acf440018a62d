"""Following a hosted job: what is new of it, in portions that are recorded whole."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.errors import ProviderError
from engine.providers.hosted import listing, reports, result_files
from engine.providers.hosted.reports import Report
from store import job_status
from store.events import (
    CostRecorded,
    Fact,
    JobInterrupted,
    JobStatusChanged,
    JobSucceeded,
    MetricGroup,
    MetricsRecorded,
    ModelRegistered,
    ResultFileGone,
    ResultFileSaved,
)
from store.log import Entry, Write
from store.queries import hosted
from store.queries.jobs import checkpoints
from store.queries.metrics import series

if TYPE_CHECKING:
    import sqlite3

    from engine.pricing.figures import Catalogue
    from engine.providers.hosted.service import Service
    from store.blobs import BlobStore
    from store.queries.jobs import JobDetail

_FORECAST_SECONDS = 60
"""A finish that is expected this much earlier or later is no news."""

_QUIET = (job_status.QUEUED, job_status.VALIDATING, job_status.PAUSED)
"""Reported like this once more, a job has nothing else to tell."""


Refused = Callable[["JobDetail", str, ProviderError], None]


def _unheard(_job: JobDetail, _file: str, _error: ProviderError) -> None:
    """Tell nobody."""


class Following:
    """Finds out what is new of jobs.

    Args:
        service: where they run.
        connection: where what is known of them is looked up.
        blobs: where result files are kept.
        prices: what training costs.
        sweeps: how often the events of a job that has ended are gone through at most, as long as
            more come to light: right after its end, some services have not listed all of them.
        refused: told of a job, a file of it that its service does not give, and why. It is not
            recorded as gone: another key may be given it.
    """

    def __init__(
        self,
        service: Service,
        connection: sqlite3.Connection,
        blobs: BlobStore,
        prices: Catalogue,
        sweeps: int = 3,
        refused: Refused | None = None,
    ) -> None:
        self._service = service
        self._connection = connection
        self._blobs = blobs
        self._prices = prices
        self._sweeps = sweeps
        self._refused = refused or _unheard

    async def news(
        self, job: JobDetail, report: Report | None = None
    ) -> AsyncIterator[Sequence[Write]]:
        """Give what is new of a job that its service has.

        How it ended comes last, when everything else has been taken: an ended job is never asked
        for again.

        Args:
            job: the job as it is recorded.
            report: what the service says of it now, if that has been asked already.

        Raises:
            ProviderError: if the service does not answer; what came before is good.
        """
        news = _News(job)
        report = report or await self._report(job)
        if report is None:
            if job.status != job_status.INTERRUPTED:
                yield news.write([_lost(job)])
            return
        changed = _has_changed(job, report)
        status = reports.status_of(report)
        if not changed and status in _QUIET:
            return
        ended = status in reports.ENDED
        events = await self._new_events(job, all_pages=ended)
        if found := list(reports.entries(events)):
            yield news.write(found)
        told = self._told(job, report, events) if changed else []
        if told and not ended:
            yield news.write(told)
        if ended or any(map(_tells_of_checkpoint, events)):
            kept = await self._new_checkpoints(job)
            if kept:
                yield news.write(kept)
        if ended:
            async for facts in self._results(job, report):
                yield news.write(facts)
            # Together, or a crash in between would leave an ended job without its end.
            yield [*news.write([*told, *self._end(job, report)]), *self._model(job, report)]

    def _told(self, job: JobDetail, report: Report, events: list[Report]) -> list[Entry]:
        status = reports.status_of(report)
        steps = reports.total_steps(reversed(events)) or job.total_steps
        fact = JobStatusChanged(status=status, total_steps=steps, details=report)
        return [Entry(fact, reports.moment(report.get("finished_at")))]

    async def _report(self, job: JobDetail) -> Report | None:
        remote = job.remote_id or ""
        try:
            found = await self._service.read(
                lambda client: client.fine_tuning.jobs.retrieve(remote)
            )
        except ProviderError as error:
            if error.kind == "not_found":
                return None
            raise
        return listing.plain(found)

    async def _new_events(self, job: JobDetail, *, all_pages: bool) -> list[Report]:
        """Return the events that have not been taken yet, oldest first.

        A page of known ones ends the search, but not when the job has ended: by then what a service
        left out before has come to light.
        """
        taken = hosted.taken_events(self._connection, job.id)
        found: list[Report] = []
        for _ in range(self._sweeps if all_pages else 1):
            before = len(found)
            async for page in listing.events(self._service, job.remote_id or ""):
                fresh = [event for event in page if reports.event_id(event) not in taken]
                found += fresh
                taken.update(map(reports.event_id, fresh))
                if not fresh and not all_pages:
                    break
            if len(found) == before:
                break
        # The service lists the newest first; of one second, its order is the only one there is.
        found.reverse()
        return sorted(found, key=_created)

    async def _new_checkpoints(self, job: JobDetail) -> list[Entry]:
        known = {row.step for row in checkpoints(self._connection, job.id)}
        try:
            listed = await listing.checkpoints(self._service, job.remote_id or "")
        except ProviderError as error:
            # Some services that speak this API have no checkpoints.
            if error.retriable:
                raise
            return []
        found = (reports.checkpoint(report) for report in listed)
        fresh = {entry.key: entry for entry in found if entry and _step(entry) not in known}
        return sorted(fresh.values(), key=_step)

    async def _results(self, job: JobDetail, report: Report) -> AsyncIterator[list[Entry | Fact]]:
        """Give the result files, each with the points that no event told."""
        known = {row.file for row in hosted.result_files(self._connection, job.id)}
        listed = report.get("result_files")
        for file in listed if isinstance(listed, list) else []:
            name = reports.text_of(file)
            if name is None or name in known:
                continue
            if facts := await self._result(job, name):
                yield facts

    async def _result(self, job: JobDetail, file: str) -> list[Entry | Fact]:
        try:
            answer = await self._service.read(lambda client: client.files.content(file))
        except ProviderError as error:
            if error.retriable:
                raise
            if error.kind == "not_found":
                return [ResultFileGone(file=file, reason=str(error))]
            self._refused(job, file, error)
            return []
        content = answer.content
        parsed = result_files.parse(content)
        saved = ResultFileSaved(
            file=file,
            content=self._blobs.put(content),
            bytes=len(content),
            rows=len(parsed.points),
            malformed=parsed.malformed,
        )
        groups = list(self._missing(job, parsed.points))
        return [saved, MetricsRecorded(groups=groups)] if groups else [saved]

    def _missing(
        self, job: JobDetail, points: list[tuple[int, dict[str, float]]]
    ) -> Iterator[MetricGroup]:
        """Give the points of a result file that are not recorded, a group for each metric."""
        for name in dict.fromkeys(name for _, values in points for name in values):
            recorded = set(series(self._connection, job.id, name).steps)
            new = [(step, row) for step, row in points if name in row and step not in recorded]
            if new:
                yield reports.columns([name], sorted(new, key=lambda point: point[0]))

    def _end(self, job: JobDetail, report: Report) -> list[Entry | Fact]:
        ended = reports.moment(report.get("finished_at"))
        failed = reports.ending(report)
        fact = JobSucceeded(model=model_id(job, report)) if failed is None else failed
        return [*self._cost(job, report), Entry(fact, ended)]

    def _cost(self, job: JobDetail, report: Report) -> Iterator[Fact]:
        tokens = report.get("trained_tokens")
        figures = self._prices.get(job.base_model)
        if figures is None or figures.training_price is None or job.cost is not None:
            return
        if isinstance(tokens, int) and tokens > 0:
            price = figures.training_price
            yield CostRecorded(
                dollars=price.value * tokens / 1_000_000,
                tokens=tokens,
                price=price.value,
                source=f"{price.source.title}, {price.source.date}",
            )

    def _model(self, job: JobDetail, report: Report) -> Iterator[Write]:
        """Register the model that a job made, in the transaction that records its success."""
        name = reports.text_of(report.get("fine_tuned_model"))
        model = model_id(job, report)
        if reports.status_of(report) != job_status.SUCCEEDED or name is None or model is None:
            return
        registered = ModelRegistered(
            id=model,
            name=name,
            kind="hosted",
            base_model=reports.text_of(report.get("model")) or job.base_model,
            job=job.id,
            dataset=job.dataset,
            hyperparameters=reports.hyperparameters_of(report),
            provider=job.provider,
            remote_id=name,
        )
        made = reports.moment(report.get("finished_at") or report.get("created_at"))
        yield Write(f"model/{model}", [Entry(registered, made, key=f"job:{job.id}")])


class _News:
    """Counts on what version of the job's stream each portion follows."""

    def __init__(self, job: JobDetail) -> None:
        self._stream = f"job/{job.id}"
        self._version = job.version

    def write(self, entries: Sequence[Entry | Fact]) -> list[Write]:
        found = [Write(self._stream, entries, self._version)]
        self._version += len(entries)
        return found


def _lost(job: JobDetail) -> JobInterrupted:
    return JobInterrupted(reason=f"{job.provider} no longer knows the job {job.remote_id}")


def model_id(job: JobDetail, report: Report) -> str | None:
    """Return the id of the model that a job makes; of an imported one it is made of the job's."""
    if job.model is not None:
        return job.model
    named = reports.text_of(report.get("fine_tuned_model"))
    return f"mdl_{job.id.partition('_')[2]}" if named else None


def _has_changed(job: JobDetail, report: Report) -> bool:
    """Tell whether a report is news beside the last one; a shifting forecast is none."""
    if job.report_json is None or reports.status_of(report) != job.reported_status:
        return True
    before: Report = json.loads(job.report_json)
    shift = _seconds(report) - _seconds(before)
    return abs(shift) > _FORECAST_SECONDS or _without_forecast(before) != _without_forecast(report)


def _created(event: Report) -> float:
    created = event.get("created_at")
    return float(created) if isinstance(created, int | float) else 0.0


def _seconds(report: Report) -> float:
    expected = report.get("estimated_finish")
    return float(expected) if isinstance(expected, int | float) else 0.0


def _without_forecast(report: Report) -> Report:
    return {name: value for name, value in report.items() if name != "estimated_finish"}


def _tells_of_checkpoint(event: Report) -> bool:
    return "checkpoint" in (reports.text_of(event.get("message")) or "").lower()


def _step(entry: Entry) -> int:
    return int(getattr(entry.fact, "step"))  # noqa: B009 - every CheckpointSaved has one
