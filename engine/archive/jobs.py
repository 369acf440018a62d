"""Jobs as files: a folder each, with plan and outcome, metrics, checkpoints, messages, results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.archive.desk import Desk, facts_of
from engine.archive.layout import JOBS, safe
from engine.archive.members import Member
from engine.archive.metrics_table import metrics_table
from store.catalogue import CATALOGUE
from store.events import JobMessageReceived
from store.queries.hosted import result_files
from store.queries.jobs import JobDetail, checkpoints, job_detail, job_list
from store.queries.metrics import series_list
from store.queries.streams import events_of

_OURS_ALONE = ("progress_offset", "version")
"""What ftlab notes for its own reading of a job."""


def job_members(desk: Desk) -> Iterator[Member]:
    """Give the files of all jobs that are wanted."""
    for found in sorted(job.id for job in job_list(desk.connection)):
        if desk.wants(f"job/{found}"):
            yield from _job(desk, job_detail(desk.connection, found))


def _job(desk: Desk, job: JobDetail) -> Iterator[Member]:
    stem = f"{JOBS}/{safe(job.name).replace('/', '_')}.{safe(job.id, 24).replace('/', '_')}"
    desk.counts["jobs"] += 1
    folder = desk.names.claim(stem)
    yield desk.document(f"{folder}/job.json", job.updated_at, _facts(desk, job))
    saved = [facts_of(row) for row in checkpoints(desk.connection, job.id)]
    if saved:
        yield desk.document(f"{folder}/checkpoints.json", job.updated_at, saved)
    messages = desk.lines(f"{folder}/messages.jsonl", job.updated_at, _messages(desk, job.id))
    if messages.bytes:
        yield messages
    if series_list(desk.connection, job.id):
        table = metrics_table(desk.connection, job.id)
        yield desk.spool.add(f"{folder}/metrics.csv", job.updated_at, table)
    for result in result_files(desk.connection, job.id):
        if result.content is not None:
            name = desk.names.claim(f"{folder}/results/{safe(result.file).replace('/', '_')}")
            yield from desk.content(f"{name}.csv", result.content, job.updated_at)


def _facts(desk: Desk, job: JobDetail) -> dict[str, Any]:
    known = {name: value for name, value in facts_of(job).items() if name not in _OURS_ALONE}
    return {
        **known,
        "metrics": [facts_of(row) for row in series_list(desk.connection, job.id)],
        "result_files": [facts_of(row) for row in result_files(desk.connection, job.id)],
    }


def _messages(desk: Desk, job: str) -> Iterator[dict[str, Any]]:
    for event in events_of(desk.connection, [f"job/{job}"]):
        if event.type == JobMessageReceived.type_name:
            fact = CATALOGUE.read(event.type, event.schema, event.data)
            if fact is not None:
                yield {"at": event.occurred, **fact.model_dump(mode="json")}
