"""The past of an organization that has fine-tuned for years: jobs of all kinds."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

from tests.standin.catalogue import BASE_MODELS, Method
from tests.standin.history import Past, add_past_job
from tests.standin.state import Job, State

_FIRST_DAY = datetime(2024, 9, 1, tzinfo=UTC)
_SAME_SECOND = 0.1
"""The share of jobs that were created in the very second of the one before."""
_SAME_FILE = 0.15
"""The share of jobs that use the training file of another one, where there is one."""

_TOPICS = ("today", "on Sunday", "for a party", "by post", "for two", "in bulk")
_SUFFIXES = (None, "bakery", "support", "v2", "tone-of-voice")
_GONE = {"training": 0.12, "validation": 0.1, "results": 0.03}
_STATUSES = {"succeeded": 84, "failed": 9, "cancelled": 7}
_MODELS: dict[tuple[str, Method], int] = {
    ("gpt-4o-mini-2024-07-18", "supervised"): 30,
    ("gpt-4o-2024-08-06", "supervised"): 14,
    ("gpt-3.5-turbo-0125", "supervised"): 12,
    ("gpt-4.1-mini-2025-04-14", "supervised"): 10,
    ("gpt-4.1-nano-2025-04-14", "supervised"): 6,
    ("gpt-4o-2024-08-06", "dpo"): 8,
    ("babbage-002", "supervised"): 6,
    ("o4-mini-2025-04-16", "reinforcement"): 6,
}


def add_past_jobs(state: State, count: int, *, events: int = 20, seed: int = 0) -> list[Job]:
    """Add jobs from 2024 until the stand-in's time, and return them, the oldest first.

    Args:
        state: what the service knows.
        count: how many.
        events: how many events each has.
        seed: the same ones for the same seed.
    """
    chance = random.Random(seed)  # noqa: S311 - the same past in every run
    now = state.clock.now()
    step = (now - _FIRST_DAY) / (count + 1)
    jobs: list[Job] = []
    for number in range(count):
        created = _FIRST_DAY + step * (number + 1)
        if jobs and chance.random() < _SAME_SECOND:
            created = datetime.fromtimestamp(jobs[-1].created_at, UTC)
        past = _draw(chance, number, events, created)
        if past.status == "succeeded" and chance.random() < _SAME_FILE:
            past = replace(past, training_file=_file_to_share(state, past, jobs))
        jobs.append(add_past_job(state, past))
    return jobs


def _draw(chance: random.Random, number: int, events: int, created: datetime) -> Past:
    offered = {kind: share for kind, share in _MODELS.items() if _was_offered(kind[0], created)}
    model, method = chance.choices(list(offered), list(offered.values()))[0]
    return Past(
        status=chance.choices(list(_STATUSES), list(_STATUSES.values()))[0],
        model=model,
        method=method,
        events=events,
        created=created,
        suffix=chance.choice(_SUFFIXES),
        metadata=None if number % 3 else {"team": "bakery", "run": str(number)},
        validated=chance.random() < 0.35,
        topic=chance.choice(_TOPICS),
        gone=frozenset(part for part, share in _GONE.items() if chance.random() < share),
        base64_results=number % 4 == 0,
    )


def _was_offered(model: str, moment: datetime) -> bool:
    base = BASE_MODELS[model]
    day = moment.date().isoformat()
    return base.created < moment.timestamp() and day < (base.shutdown_date or "9999")


def _file_to_share(state: State, past: Past, jobs: list[Job]) -> str | None:
    """Return the training file of a job like this one that is still there."""
    for job in reversed(jobs[-20:]):
        alike = (job.model, job.method, job.status) == (past.model, past.method, past.status)
        if alike and job.training_file in state.files:
            return job.training_file
    return None
