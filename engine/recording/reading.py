"""What a recording holds: the whole of it, or what there is of one that was broken off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.recording.contents import lines_of
from engine.recording.settings import Settings, questions_of
from engine.suites.prompts import kept
from store.queries.recordings import answers_of

if TYPE_CHECKING:
    import sqlite3

    from engine.lab import Lab
    from store.queries.recordings import RecordingRow


def lines(
    lab: Lab, recording: RecordingRow, connection: sqlite3.Connection | None = None
) -> Iterator[dict[str, Any]]:
    """Give the prompts of a recording with the answers to them; see `written`."""
    for line in written(lab, recording, connection):
        yield json.loads(line)


def written(
    lab: Lab, recording: RecordingRow, connection: sqlite3.Connection | None = None
) -> Iterator[bytes]:
    """Give the lines of JSON that a recording is; of one that is not whole, what is answered.

    A model may be shut down before its recording is whole: what it said till then is all there is.

    Args:
        lab: where it is.
        recording: which one.
        connection: to the read models, as they are or as they were; None for those of now.

    Raises:
        NotFoundError: if a content is missing.
        BlobCorruptError: if one has changed.
    """
    if recording.content is None:
        yield from _so_far(lab, recording, connection or lab.database.reader)
        return
    with lab.blobs.verified(recording.content).open("rb") as file:
        yield from file


def _so_far(lab: Lab, recording: RecordingRow, connection: sqlite3.Connection) -> Iterator[bytes]:
    prompts = list(kept(lab.blobs, recording.prompts))
    answers = answers_of(connection, recording.model)
    asked = questions_of(prompts, settings_of(recording))
    return lines_of(lab.blobs, (each for each in asked if each.place in answers), answers)


def settings_of(recording: RecordingRow) -> Settings:
    """Return how the answers of a recording are drawn."""
    return Settings(
        recording.samples,
        recording.temperature,
        recording.max_tokens,
        recording.top_logprobs,
        tuple(json.loads(recording.stop_json)),
    )
