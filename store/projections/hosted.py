"""Folding what happens at providers: uploads, creations, imported jobs, their files."""

from __future__ import annotations

import json

from store import events, job_status
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.hosted_rows import take_report
from store.projections.jobs import touched
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.tables import Job, Model, RemoteFile, ResultFile

UPLOADED, KEPT, GONE = "uploaded", "kept", "gone"
DELETING, DELETED = "deleting", "deleted"


def _imported(rows: Rows, event: Recorded, fact: events.JobImported) -> None:
    job = plain(Job)(
        id=subject(event),
        name=fact.name,
        provider=fact.provider,
        base_model=fact.base_model,
        method=fact.method,
        hyperparameters_json=json.dumps(fact.hyperparameters),
        seed=fact.seed,
        remote_id=fact.remote_id,
        imported=True,
        status=job_status.QUEUED,
        planned_at=event.occurred,
        updated_at=event.occurred,
        version=event.version,
    )
    job.training_file = _text(fact.report.get("training_file"))
    job.validation_file = _text(fact.report.get("validation_file"))
    take_report(job, fact.report)
    rows.add(job)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _data_found(rows: Rows, event: Recorded, fact: events.JobDataFound) -> None:
    job = touched(rows, event)
    if job is None:
        return
    if fact.role == "validation":
        job.validation = fact.dataset
        return
    job.dataset = fact.dataset
    for model in rows.where(Model, job=job.id):
        model.dataset = fact.dataset


def _noted(rows: Rows, event: Recorded, _fact: Fact) -> None:
    touched(rows, event)


def _uploaded(rows: Rows, event: Recorded, fact: events.FileUploaded) -> None:
    job = touched(rows, event)
    if job is None:
        return
    if fact.role == "training":
        job.training_file = fact.file
    else:
        job.validation_file = fact.file
    row = _file(rows, event, job.provider, fact.file)
    row.filename = fact.filename
    row.purpose = row.purpose or "fine-tune"
    row.content = fact.content
    row.bytes = fact.bytes
    row.dataset = job.dataset if fact.role == "training" else job.validation
    row.state = UPLOADED


def _creation_requested(rows: Rows, event: Recorded, fact: events.JobCreationRequested) -> None:
    if job := touched(rows, event):
        job.creation_requested_at = event.occurred
        job.creation_attempts = fact.attempt


def _pause_requested(rows: Rows, event: Recorded, _fact: Fact) -> None:
    if job := touched(rows, event):
        job.requested = "pause"


def _resume_requested(rows: Rows, event: Recorded, _fact: Fact) -> None:
    if job := touched(rows, event):
        job.requested = "resume"


def _request_refused(rows: Rows, event: Recorded, fact: events.JobRequestRefused) -> None:
    job = touched(rows, event)
    if job is not None and job.requested == fact.request:
        job.requested = None


def _result_saved(rows: Rows, event: Recorded, fact: events.ResultFileSaved) -> None:
    if job := touched(rows, event):
        rows.merge(
            plain(ResultFile)(
                job=job.id,
                file=fact.file,
                content=fact.content,
                bytes=fact.bytes,
                rows=fact.rows,
                malformed=len(fact.malformed),
            )
        )


def _result_gone(rows: Rows, event: Recorded, fact: events.ResultFileGone) -> None:
    if job := touched(rows, event):
        rows.merge(plain(ResultFile)(job=job.id, file=fact.file, reason=fact.reason))


def _cost_recorded(rows: Rows, event: Recorded, fact: events.CostRecorded) -> None:
    if job := touched(rows, event):
        job.cost = fact.dollars


def _file_saved(rows: Rows, event: Recorded, fact: events.RemoteFileSaved) -> None:
    row = _file(rows, event, fact.provider, fact.file)
    row.filename = fact.filename
    row.purpose = fact.purpose
    row.content = fact.content
    row.bytes = fact.bytes
    row.dataset = fact.dataset
    row.state = KEPT
    row.reason = fact.problem


def _file_gone(rows: Rows, event: Recorded, fact: events.RemoteFileGone) -> None:
    row = _file(rows, event, fact.provider, fact.file)
    row.state = GONE
    row.reason = fact.reason


def _file_deletion_requested(
    rows: Rows, event: Recorded, fact: events.RemoteFileDeletionRequested
) -> None:
    # From here on no job may count on it, whatever becomes of the deletion.
    _file(rows, event, fact.provider, fact.file).state = DELETING


def _file_deleted(rows: Rows, event: Recorded, fact: events.RemoteFileDeleted) -> None:
    _file(rows, event, fact.provider, fact.file).state = DELETED


def _file(rows: Rows, event: Recorded, provider: str, file: str) -> RemoteFile:
    row = rows.get(RemoteFile, (provider, file))
    if row is None:
        row = plain(RemoteFile)(
            provider=provider, file=file, state=KEPT, recorded_at=event.occurred
        )
        rows.add(row)
    return row


FOLDS: dict[type[Fact], Fold] = {
    events.JobImported: _imported,
    events.JobDataFound: _data_found,
    events.FileUploadRequested: _noted,
    events.FileUploadBegun: _noted,
    events.FilePartUploaded: _noted,
    events.FileUploaded: _uploaded,
    events.JobCreationRequested: _creation_requested,
    events.JobPauseRequested: _pause_requested,
    events.JobResumeRequested: _resume_requested,
    events.JobRequestRefused: _request_refused,
    events.ResultFileSaved: _result_saved,
    events.ResultFileGone: _result_gone,
    events.CostRecorded: _cost_recorded,
    events.RemoteFileSaved: _file_saved,
    events.RemoteFileGone: _file_gone,
    events.RemoteFileDeletionRequested: _file_deletion_requested,
    events.RemoteFileDeleted: _file_deleted,
}
