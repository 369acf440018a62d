"""Folding recording streams into recordings, and the streams of answers into answers."""

from __future__ import annotations

import json

from store import events
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.recording_status import COMPLETED, PLANNED, STOPPED
from store.tables import Answer, Recording


def _planned(rows: Rows, event: Recorded, fact: events.RecordingPlanned) -> None:
    rows.add(
        plain(Recording)(
            **fact.model_dump(exclude={"parts", "stop"}),
            parts_json=json.dumps(fact.parts),
            stop_json=json.dumps(fact.stop),
            status=PLANNED,
            planned_at=event.occurred,
            updated_at=event.occurred,
        )
    )


def _stopped(rows: Rows, event: Recorded, fact: events.RecordingStopped) -> None:
    if recording := rows.get(Recording, subject(event)):
        recording.status = STOPPED
        recording.reason = fact.reason
        recording.answers = fact.answers
        recording.refused = fact.refused
        recording.cost = fact.cost
        recording.updated_at = event.occurred


def _completed(rows: Rows, event: Recorded, fact: events.RecordingCompleted) -> None:
    if recording := rows.get(Recording, subject(event)):
        recording.status = COMPLETED
        recording.reason = None
        recording.content = fact.content
        recording.bytes = fact.bytes
        recording.answers = fact.answers
        recording.refused = fact.refused
        recording.agreement = fact.agreement
        recording.cost = fact.cost
        recording.updated_at = event.occurred


def _answered(rows: Rows, event: Recorded, fact: events.AnswerRecorded) -> None:
    given = fact.model_dump(exclude={"settings", "tool_calls", "left_out"})
    rows.merge(
        plain(Answer)(
            **given,
            model=subject(event),
            tool_calls_json=json.dumps(fact.tool_calls),
            left_out_json=json.dumps(fact.left_out),
            answered_at=event.occurred,
        )
    )


def _refused(rows: Rows, event: Recorded, fact: events.AnswerRefused) -> None:
    known = rows.get(Answer, (subject(event), fact.request, fact.sample))
    if known is not None and known.reply is not None:
        return
    rows.merge(
        plain(Answer)(
            model=subject(event),
            request=fact.request,
            sample=fact.sample,
            prompt=fact.prompt,
            recording=fact.recording,
            error=fact.error,
            answered_at=event.occurred,
        )
    )


FOLDS: dict[type[Fact], Fold] = {
    events.RecordingPlanned: _planned,
    events.RecordingStopped: _stopped,
    events.RecordingCompleted: _completed,
    events.AnswerRecorded: _answered,
    events.AnswerRefused: _refused,
}
