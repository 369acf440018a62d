"""Which recorded things cannot be understood without which others, by the names of their streams.

A job needs its data and the model that it made or went on from; a model needs the job and the data
that it came of, and the conversations with it are a part of it, as are recordings of its answers
and evaluations of them; data needs what it was made of. A job comes with the sweep that it is a
trial of, but without the other trials.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

_OF_JOB = """
SELECT 'dataset/' || version.name FROM job JOIN dataset_version AS version
    ON version.id IN (job.dataset, job.validation) WHERE job.id = ?1
UNION SELECT 'model/' || id FROM model WHERE job = ?1
UNION SELECT 'model/' || model.id FROM job JOIN model
    ON model.id IN (job.model, job.base_model, json_extract(job.options_json, '$.from'))
    OR model.remote_id = job.base_model WHERE job.id = ?1
UNION SELECT 'job/' || retry_of FROM job WHERE id = ?1 AND retry_of IS NOT NULL
UNION SELECT 'file/' || file.provider || '/' || file.file FROM job JOIN remote_file AS file
    ON file.provider = job.provider AND file.file IN (job.training_file, job.validation_file)
    WHERE job.id = ?1
UNION SELECT 'sweep/' || sweep FROM sweep_trial WHERE job = ?1
"""

_OF_MODEL = """
SELECT 'job/' || job FROM model WHERE id = ?1 AND job IS NOT NULL
UNION SELECT 'dataset/' || version.name FROM model JOIN dataset_version AS version
    ON version.id = model.dataset WHERE model.id = ?1
UNION SELECT 'model/' || base.id FROM model JOIN model AS base
    ON base.id = model.base_model OR base.remote_id = model.base_model WHERE model.id = ?1
UNION SELECT 'chat/' || id FROM chat WHERE model = ?1
UNION SELECT 'recording/' || id FROM recording WHERE model = ?1
UNION SELECT 'answers/' || model FROM recording WHERE model = ?1
UNION SELECT 'evaluation/' || id FROM evaluation WHERE model = ?1
UNION SELECT 'scores/' || model FROM evaluation WHERE model = ?1
"""

_OF_DATASET = """
SELECT 'dataset/' || parent.name FROM dataset_version AS version
    JOIN dataset_parent AS link ON link.child = version.id
    JOIN dataset_version AS parent ON parent.id = link.parent WHERE version.name = ?1
UNION SELECT 'file/' || file.provider || '/' || file.file FROM dataset_version AS version
    JOIN remote_file AS file ON file.dataset = version.id WHERE version.name = ?1
"""

_OF_FILE = """
SELECT 'dataset/' || version.name FROM remote_file AS file
    JOIN dataset_version AS version ON version.id = file.dataset
    WHERE file.provider || '/' || file.file = ?1
"""

_OF_CHAT = (
    "SELECT 'model/' || model.id FROM chat JOIN model ON model.id = chat.model WHERE chat.id = ?1"
)

_OF_RECORDING = """
SELECT 'answers/' || model FROM recording WHERE id = ?1
UNION SELECT 'model/' || model.id FROM recording
    JOIN model ON model.id = recording.model WHERE recording.id = ?1
UNION SELECT 'suite/' || suite.name FROM recording
    JOIN suite ON suite.id = recording.suite WHERE recording.id = ?1
"""

_OF_EVALUATION = """
SELECT 'scores/' || model FROM evaluation WHERE id = ?1
UNION SELECT 'answers/' || model FROM evaluation WHERE id = ?1
UNION SELECT 'model/' || model.id FROM evaluation
    JOIN model ON model.id = evaluation.model WHERE evaluation.id = ?1
UNION SELECT 'answers/' || against FROM evaluation WHERE id = ?1 AND against IS NOT NULL
UNION SELECT 'suite/' || suite.name FROM evaluation
    JOIN suite ON suite.id = evaluation.suite WHERE evaluation.id = ?1
"""

_OF_SCORES = "SELECT 'evaluation/' || id FROM evaluation WHERE model = ?1"

_OF_ANSWERS = "SELECT 'recording/' || id FROM recording WHERE model = ?1"

_OF_SUITE = (
    "SELECT 'dataset/' || version.name FROM suite "
    "JOIN dataset_version AS version ON version.id = suite.dataset WHERE suite.name = ?1"
)

_NEEDS = {
    "job": _OF_JOB,
    "model": _OF_MODEL,
    "dataset": _OF_DATASET,
    "file": _OF_FILE,
    "chat": _OF_CHAT,
    "recording": _OF_RECORDING,
    "answers": _OF_ANSWERS,
    "evaluation": _OF_EVALUATION,
    "scores": _OF_SCORES,
    "suite": _OF_SUITE,
}


def with_needs(connection: sqlite3.Connection, streams: Iterable[str]) -> set[str]:
    """Return streams together with all that they need, directly and over others."""
    waiting = list(streams)
    found = set(waiting)
    while waiting:
        kind, _, subject = waiting.pop().partition("/")
        if query := _NEEDS.get(kind):
            needed = {row[0] for row in connection.execute(query, (subject,))}
            waiting += sorted(needed - found)
            found |= needed
    return found


def at_provider(connection: sqlite3.Connection, provider: str) -> set[str]:
    """Return the streams of the jobs, models, files, recordings and evaluations of a provider."""
    rows = connection.execute(
        "SELECT 'job/' || id FROM job WHERE provider = ?1 "
        "UNION SELECT 'model/' || id FROM model WHERE provider = ?1 "
        "UNION SELECT 'file/' || provider || '/' || file FROM remote_file WHERE provider = ?1 "
        "UNION SELECT 'recording/' || id FROM recording WHERE provider = ?1 "
        "UNION SELECT 'evaluation/' || id FROM evaluation WHERE provider = ?1",
        (provider,),
    )
    return {row[0] for row in rows}
