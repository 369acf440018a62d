"""Folding what happens at providers: uploads, creations, imported jobs, their files."""

from __future__ import annotations

import json

from sqlmodel import Session, select

from store import events, job_status
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.hosted_rows import take_report
from store.projections.jobs import touched
from store.recorded import Recorded
from store.tables import Job, Model, RemoteFile, ResultFile

UPLOADED, KEPT, GONE, DELETED = "uploaded", "kept", "gone", "deleted"


def _imported(session: Session, event: Recorded, fact: events.JobImported) -> None:
    job = Job(
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
    session.add(job)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _data_found(session: Session, event: Recorded, fact: events.JobDataFound) -> None:
    job = touched(session, event)
    if job is None:
        return
    if fact.role == "validation":
        job.validation = fact.dataset
        return
    job.dataset = fact.dataset
    for model in session.exec(select(Model).where(Model.job == job.id)):
        model.dataset = fact.dataset


def _noted(session: Session, event: Recorded, _fact: Fact) -> None:
    touched(session, event)


def _uploaded(session: Session, event: Recorded, fact: events.FileUploaded) -> None:
    job = touched(session, event)
    if job is None:
        return
    if fact.role == "training":
        job.training_file = fact.file
    else:
        job.validation_file = fact.file
    row = _file(session, event, job.provider, fact.file)
    row.filename = fact.filename
    row.purpose = row.purpose or "fine-tune"
    row.content = fact.content
    row.bytes = fact.bytes
    row.dataset = job.dataset if fact.role == "training" else job.validation
    row.state = UPLOADED


def _creation_requested(
    session: Session, event: Recorded, fact: events.JobCreationRequested
) -> None:
    if job := touched(session, event):
        job.creation_requested_at = event.occurred
        job.creation_attempts = fact.attempt


def _pause_requested(session: Session, event: Recorded, _fact: Fact) -> None:
    if job := touched(session, event):
        job.requested = "pause"


def _resume_requested(session: Session, event: Recorded, _fact: Fact) -> None:
    if job := touched(session, event):
        job.requested = "resume"


def _result_saved(session: Session, event: Recorded, fact: events.ResultFileSaved) -> None:
    if job := touched(session, event):
        session.merge(
            ResultFile(
                job=job.id,
                file=fact.file,
                content=fact.content,
                bytes=fact.bytes,
                rows=fact.rows,
                malformed=len(fact.malformed),
            )
        )


def _result_gone(session: Session, event: Recorded, fact: events.ResultFileGone) -> None:
    if job := touched(session, event):
        session.merge(ResultFile(job=job.id, file=fact.file, reason=fact.reason))


def _cost_recorded(session: Session, event: Recorded, fact: events.CostRecorded) -> None:
    if job := touched(session, event):
        job.cost = fact.dollars


def _file_saved(session: Session, event: Recorded, fact: events.RemoteFileSaved) -> None:
    row = _file(session, event, fact.provider, fact.file)
    row.filename = fact.filename
    row.purpose = fact.purpose
    row.content = fact.content
    row.bytes = fact.bytes
    row.dataset = fact.dataset
    row.state = KEPT
    row.reason = fact.problem


def _file_gone(session: Session, event: Recorded, fact: events.RemoteFileGone) -> None:
    row = _file(session, event, fact.provider, fact.file)
    row.state = GONE
    row.reason = fact.reason


def _file_deleted(session: Session, event: Recorded, fact: events.RemoteFileDeleted) -> None:
    _file(session, event, fact.provider, fact.file).state = DELETED


def _file(session: Session, event: Recorded, provider: str, file: str) -> RemoteFile:
    row = session.get(RemoteFile, (provider, file))
    if row is None:
        row = RemoteFile(provider=provider, file=file, state=KEPT, recorded_at=event.occurred)
        session.add(row)
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
    events.ResultFileSaved: _result_saved,
    events.ResultFileGone: _result_gone,
    events.CostRecorded: _cost_recorded,
    events.RemoteFileSaved: _file_saved,
    events.RemoteFileGone: _file_gone,
    events.RemoteFileDeleted: _file_deleted,
}
