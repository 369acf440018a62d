"""What models come of, and what several of them have in common in that."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from engine.stages import earlier

if TYPE_CHECKING:
    from store.queries.jobs import JobDetail
    from store.queries.models import ModelRow


def lineage(
    connection: sqlite3.Connection, job: JobDetail | None, made: ModelRow | None
) -> tuple[str, ...]:
    """Return what something was made of: a base model, then the model versions of earlier stages.

    Args:
        connection: where to read.
        job: the job that made it, if one is known.
        made: the model version, if there is one.
    """
    stages = earlier(connection, None if job is None else job.id)
    first = stages[-1] if stages else made if made is not None else job
    base = () if first is None else (first.base_model,)
    return (*base, *(stage.name for stage in reversed(stages)))


def shared(lineages: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return what all of these begin with."""
    if not lineages:
        return ()
    together = zip(*lineages, strict=False)
    return tuple(stage[0] for stage in takewhile(lambda each: len(set(each)) == 1, together))
