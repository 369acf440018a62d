"""Lists of jobs in any order: first which ones and in which order, then the rows that are seen.

A list of a hundred thousand jobs is their ids; a row is read when it comes into sight.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from store.queries.model_tags import tags_of
from store.queries.searching import EVERY, Condition

Sort = Literal[
    "planned",
    "name",
    "status",
    "provider",
    "model",
    "dataset",
    "progress",
    "loss",
    "eval_loss",
    "cost",
    "updated",
]
Group = Literal["dataset", "model", "provider", "tag", "status"]

_SORTS: dict[str, str] = {
    "planned": "job.planned_at",
    "name": "job.name COLLATE NOCASE",
    "status": "job.status",
    "provider": "job.provider",
    "model": "job.base_model COLLATE NOCASE",
    "dataset": "dataset_version.name COLLATE NOCASE",
    "progress": "1.0 * job.step / NULLIF(job.total_steps, 0)",
    "loss": "job.loss",
    "eval_loss": "job.eval_loss",
    "cost": "COALESCE(job.cost, job.estimate)",
    "updated": "job.updated_at",
}
_GROUPS: dict[str, str] = {
    "dataset": "COALESCE(dataset_version.name || '@' || dataset_version.version, job.dataset, '')",
    "model": "job.base_model",
    "provider": "job.provider",
    "status": "job.status",
    "tag": tags_of("job.model"),
}
SORTS: tuple[Sort, ...] = get_args(Sort)
GROUPS: tuple[Group, ...] = get_args(Group)
_FALLING = frozenset({"planned", "updated", "progress", "cost"})
_MAY_BE_EMPTY = frozenset({"dataset", "progress", "loss", "eval_loss", "cost"})
_DATASETS = "dataset_version"
_WITH_DATASETS = "LEFT JOIN dataset_version ON dataset_version.id = job.dataset"
PINNED = "pinned"
"""What the group of the jobs that stand first is called."""


@dataclass(frozen=True, slots=True)
class Order:
    """How jobs are sorted.

    Attributes:
        by: what by; those without a value come last either way.
        backwards: the other way round than usual, which is newest, farthest and dearest first, and
            everything else from the lowest up.
        group: what by they are put together first; `tag` by all tags of the model that a job made.
    """

    by: Sort = "planned"
    backwards: bool = False
    group: Group | None = None


NEWEST_FIRST = Order()


@dataclass(frozen=True, slots=True)
class JobIndex:
    """Jobs in an order.

    Attributes:
        ids: the jobs.
        groups: where each group begins and what it is called; empty if they are not grouped.
    """

    ids: list[str]
    groups: list[tuple[int, str]]


def job_index(
    connection: sqlite3.Connection,
    wanted: Condition = EVERY,
    order: Order = NEWEST_FIRST,
    limit: int = -1,
    *,
    first: Sequence[str] = (),
) -> JobIndex:
    """Return which jobs fit, in the order that is wanted.

    Args:
        connection: where to read.
        wanted: what a search asks for; see `job_search.search`.
        order: how they are sorted.
        limit: at most this many; -1 for all.
        first: ids of jobs that stand before all others, if they fit.
    """
    group = "''" if order.group is None else _GROUPS[order.group]
    pinned, pins = _pinned(first)
    terms = [f"{pinned} DESC"] if first else []
    if order.group is not None:
        terms += [f"{group} = ''", f"{group} COLLATE NOCASE", group]
    terms += _sorted(order)
    asked = f"{wanted.sql} {group} {terms}"
    rows = connection.execute(
        f"SELECT job.id, {group}, {pinned} FROM job {_WITH_DATASETS if _DATASETS in asked else ''} "
        f"WHERE {wanted.sql} ORDER BY {', '.join(terms)} LIMIT ?",
        (*pins, *wanted.values, *pins, limit),
    )
    return _grouped(rows, order)


def _pinned(first: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return what is true of the jobs that stand first, in SQL with its value."""
    if not first:
        return "0", ()
    import json

    return "job.id IN (SELECT value FROM json_each(?))", (json.dumps(list(first)),)


def _sorted(order: Order) -> list[str]:
    by = _SORTS[order.by]
    falling = (order.by in _FALLING) != order.backwards
    # A term that is the same for all rows would keep SQLite from using its index.
    empty_last = [f"({by}) IS NULL"] if order.by in _MAY_BE_EMPTY else []
    newest = ["job.planned_at DESC"] if order.by != "planned" else []
    direction = "DESC" if falling else "ASC"
    return [
        *empty_last,
        f"{by} {direction}",
        *newest,
        f"job.id {direction if not newest else 'DESC'}",
    ]


def _grouped(rows: Iterable[tuple[str, str, int]], order: Order) -> JobIndex:
    ids: list[str] = []
    groups: list[tuple[int, str]] = []
    for job, group, pinned in rows:
        called = PINNED if pinned else group
        if order.group is not None and (not groups or groups[-1][1] != called):
            groups.append((len(ids), called))
        ids.append(job)
    return JobIndex(ids, groups)
