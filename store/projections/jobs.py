"""Folding a job's stream into its row and its checkpoints."""

from __future__ import annotations

import json

from store import events, job_status
from store.events import Fact
from store.projections import hosted_rows as hosted
from store.projections.fold import Fold, subject
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.tables import Checkpoint, Job

PROGRESS_KEY = "progress:"
"""Key of facts from a local run: then comes the byte of the progress file at which they end, and a
further `:N` where one stretch of the file gave several facts."""

REMOTE_EVENT_KEY = "event:"
"""Key of messages from a hosted job: then comes the provider's id for the event."""


def _planned(rows: Rows, event: Recorded, fact: events.JobPlanned) -> None:
    rows.add(
        plain(Job)(
            id=subject(event),
            name=fact.name,
            provider=fact.provider,
            base_model=fact.base_model,
            method=fact.method,
            hyperparameters_json=json.dumps(fact.hyperparameters),
            dataset=fact.dataset,
            validation=fact.validation,
            seed=fact.seed,
            model=fact.model,
            total_steps=fact.total_steps,
            options_json=json.dumps(fact.options),
            estimate=fact.estimate,
            retry_of=fact.retry_of,
            status=job_status.PLANNED,
            planned_at=event.occurred,
            updated_at=event.occurred,
            version=event.version,
        )
    )


def touched(rows: Rows, event: Recorded) -> Job | None:
    """Return the job that the event is about, with its clock and position moved on."""
    job = rows.get(Job, subject(event))
    if job is None:
        return None
    job.version = event.version
    job.updated_at = max(job.updated_at, event.occurred)
    if event.key is not None and event.key.startswith(PROGRESS_KEY):
        end = int(event.key[len(PROGRESS_KEY) :].partition(":")[0])
        job.progress_offset = max(job.progress_offset, end)
    return job


_ANSWERS = {
    "cancel": job_status.ENDED,
    "pause": (job_status.PAUSED, *job_status.ENDED),
    "resume": (job_status.QUEUED, job_status.RUNNING, *job_status.ENDED),
}
"""The statuses that tell that a request has been heard."""


def follow(job: Job, status: str, event: Recorded) -> bool:
    """Move the status on if it may; tell whether that is where the job stands now."""
    followed = job_status.follow(job.status, status)
    if followed in _ANSWERS.get(job.requested or "", job_status.ENDED):
        job.requested = None
    if followed != job.status:
        job.status = followed
        job.ended_at = event.occurred if followed in job_status.ENDED else None
        job.reason = job.details = None
    if followed == job_status.RUNNING and job.started_at is None:
        job.started_at = event.occurred
    return followed == status


def _noted(rows: Rows, event: Recorded, _fact: Fact) -> None:
    touched(rows, event)


def _message_received(rows: Rows, event: Recorded, _fact: Fact) -> None:
    job = touched(rows, event)
    if job and event.key is not None and event.key.startswith(REMOTE_EVENT_KEY):
        hosted.note_sources(rows, job, [event.key[len(REMOTE_EVENT_KEY) :]])


def _submitted(rows: Rows, event: Recorded, fact: events.JobSubmitted) -> None:
    if job := touched(rows, event):
        job.remote_id = fact.remote_id
        job.creation_requested_at = None
        # Hosted services look at the files first.
        begins = job_status.QUEUED if job.provider == "local" else job_status.VALIDATING
        follow(job, begins, event)


def _status_changed(rows: Rows, event: Recorded, fact: events.JobStatusChanged) -> None:
    if job := touched(rows, event):
        job.reported_status = fact.status
        job.total_steps = fact.total_steps or job.total_steps
        follow(job, fact.status, event)
        if fact.details:
            hosted.take_report(job, fact.details)


_LOSSES = (
    ("loss", "loss"),
    ("train_loss", "loss"),
    ("eval_loss", "eval_loss"),
    ("valid_loss", "eval_loss"),
    ("full_valid_loss", "eval_loss"),
)


def _metrics_recorded(rows: Rows, event: Recorded, fact: events.MetricsRecorded) -> None:
    job = touched(rows, event)
    if job is None:
        return
    hosted.note_sources(rows, job, fact.sources)
    for group in fact.groups:
        newest = group.highest_step()
        # A hosted provider's late points tell nothing of how the job stands.
        if newest < job.step:
            continue
        job.step = newest
        for metric, field in _LOSSES:
            if metric in group.values:
                setattr(job, field, group.values[metric][-1])


def _checkpoint_saved(rows: Rows, event: Recorded, fact: events.CheckpointSaved) -> None:
    if job := touched(rows, event):
        job.checkpoint = fact.step
        rows.merge(
            plain(Checkpoint)(
                job=job.id,
                step=fact.step,
                path=fact.path,
                model=fact.model,
                metrics_json=json.dumps(fact.metrics),
                saved_at=event.occurred,
            )
        )


def _cancel_requested(rows: Rows, event: Recorded, _fact: Fact) -> None:
    if job := touched(rows, event):
        job.requested = "cancel"


def _interrupted(rows: Rows, event: Recorded, fact: events.JobInterrupted) -> None:
    job = touched(rows, event)
    if job and follow(job, job_status.INTERRUPTED, event):
        job.reason = fact.reason
        job.checkpoint = fact.checkpoint


def _resumed(rows: Rows, event: Recorded, fact: events.JobResumed) -> None:
    job = touched(rows, event)
    if job is None:
        return
    job.status = job_status.QUEUED
    job.requested = None
    job.attempt = fact.attempt
    job.step = fact.from_step
    job.ended_at = job.reason = job.details = None
    if job.checkpoint is not None and job.checkpoint > fact.from_step:
        job.checkpoint = fact.from_step or None
    for checkpoint in rows.where(Checkpoint, job=job.id):
        if checkpoint.step > fact.from_step:
            rows.delete(checkpoint)


def _cancelled(rows: Rows, event: Recorded, _fact: events.JobCancelled) -> None:
    if job := touched(rows, event):
        follow(job, job_status.CANCELLED, event)


def _failed(rows: Rows, event: Recorded, fact: events.JobFailed) -> None:
    job = touched(rows, event)
    if job and follow(job, job_status.FAILED, event):
        job.reason = fact.error
        job.details = fact.details
        job.creation_requested_at = None


def _notified(rows: Rows, event: Recorded, _fact: Fact) -> None:
    """Move the position on, not the clock: that somebody was told changes nothing of the job."""
    if job := rows.get(Job, subject(event)):
        job.version = event.version


def _succeeded(rows: Rows, event: Recorded, fact: events.JobSucceeded) -> None:
    job = touched(rows, event)
    if job and follow(job, job_status.SUCCEEDED, event):
        job.model = fact.model or job.model


FOLDS: dict[type[Fact], Fold] = {
    events.JobPlanned: _planned,
    events.JobSubmitted: _submitted,
    events.JobStatusChanged: _status_changed,
    events.JobMessageReceived: _message_received,
    events.MetricsRecorded: _metrics_recorded,
    events.CheckpointSaved: _checkpoint_saved,
    events.JobCancelRequested: _cancel_requested,
    events.JobInterrupted: _interrupted,
    events.JobResumed: _resumed,
    events.JobCancelled: _cancelled,
    events.JobFailed: _failed,
    events.JobSucceeded: _succeeded,
    events.NotificationClaimed: _notified,
    events.NotificationSent: _notified,
    events.NotificationFailed: _notified,
}
