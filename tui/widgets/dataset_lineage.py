"""What a version comes of, what came of it, and what it went into."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from store.queries.dataset_tree import (
    DatasetUser,
    VersionRow,
    family,
    users_of,
    version_rows,
)
from store.queries.datasets import DatasetRow, LeftOutRow, dataset, left_out_of
from tui.cli.data.origins import dropped_rows
from tui.formats import age, count, fit, fit_right, short_model
from tui.harmless import harmless
from tui.ink import Line, Span, look
from tui.widgets.dataset_line import fit_name, made_in_words
from tui.widgets.dataset_tree import Branch, branches
from tui.widgets.job_view import JobView

_SHOWN = 200
_NAME, _EXAMPLES, _AGE = 34, 12, 5


class DatasetLineage(JobView):
    """The family of a version, the jobs and models that it went into, and what was left out."""

    def read(self, job: str) -> Sequence[Line]:
        """Return the lines of all of these."""
        reader, width, now = self.lab.database.reader, self.room, self.now()
        version = dataset(reader, job)
        return [
            *_family(reader, job, width),
            [],
            *user_lines(users_of(reader, job), width, now),
            *_left_out(version, left_out(reader, version), width),
        ]


def _family(reader: sqlite3.Connection, version: str, width: int) -> list[Line]:
    tree = branches(family(reader, version))
    place = next(number for number, each in enumerate(tree) if each.node.id == version)
    first = max(0, place - _SHOWN // 2)
    shown = tree[first : first + _SHOWN]
    rows = {row.id: row for row in version_rows(reader, [each.node.id for each in shown])}
    lines: list[Line] = [[("LINEAGE", "faint")]]
    lines += [_relative(each, rows.get(each.node.id), version, width) for each in shown]
    if len(tree) > len(shown):
        lines.append([(f"and {count(len(tree) - len(shown))} more", "faint")])
    return lines


def _relative(branch: Branch, row: VersionRow | None, shown: str, width: int) -> Line:
    is_it = branch.node.id == shown
    name = min(_NAME, max(12, width - _EXAMPLES))
    called = f"{harmless(branch.node.name)}@{branch.node.version}"
    line: list[Span] = [
        ("▸ " if is_it else "  ", "accent"),
        (branch.guide, "faint"),
        (fit_name(called, max(6, name - len(branch.guide))), "strong" if is_it else "plain"),
    ]
    if row is None:
        return line
    rest = max(0, width - name - 2 - _EXAMPLES)
    made = made_in_words(row.recipe_json)
    return [*line, (fit_right(count(row.examples), _EXAMPLES - 2) + "  ", "plain"),
            (fit(made, rest).rstrip(), "dim")]  # fmt: skip


def user_lines(users: Sequence[DatasetUser], width: int, now: datetime) -> list[Line]:
    """Return the jobs, then the models that a version went into, a line each."""
    jobs = [user for user in users if user.is_job]
    models = [user for user in users if not user.is_job]
    return [
        [("JOBS", "faint")],
        *([_job(user, width, now) for user in jobs] or [[("none: t trains on it", "dim")]]),
        [],
        [("MODELS", "faint")],
        *([_model(user, width, now) for user in models] or [[("none", "dim")]]),
    ]


def _job(user: DatasetUser, width: int, now: datetime) -> Line:
    shown = look(user.status)
    rest = max(8, width - 2 - _AGE)
    role = "" if user.role == "training" else "  (to watch over it)"
    told = f"{harmless(user.name)}  {short_model(user.base_model)}  {shown.word}{role}"
    return [(f"{shown.glyph} ", shown.ink), (fit(told, rest), "plain"), _age(user, now)]


def _model(user: DatasetUser, width: int, now: datetime) -> Line:
    rest = max(8, width - 2 - _AGE)
    told = f"{harmless(user.name)}  {short_model(user.base_model)}  {user.status}"
    return [("◆ ", "second"), (fit(told, rest), "plain"), _age(user, now)]


def _age(user: DatasetUser, now: datetime) -> Span:
    return fit_right(age(user.at, now), _AGE), "dim"


def left_out(reader: sqlite3.Connection, version: DatasetRow) -> list[LeftOutRow]:
    """Return the rows that could not become examples and those that cleaning left out."""
    dropped = dropped_rows(json.loads(version.recipe_json))
    found = [*left_out_of(reader, version), *(LeftOutRow(*row) for row in dropped)]
    return sorted(found, key=lambda row: row.line)


def _left_out(version: DatasetRow, rows: Sequence[LeftOutRow], width: int) -> list[Line]:
    if not version.left_out:
        return []
    counted = "line" if version.source else "row"
    lines: list[Line] = [[], [(f"LEFT OUT: {count(version.left_out)}", "faint")]]
    for row in rows:
        place = f"{counted} {count(row.line)}"
        lines.append([(fit(place, 14), "dim"), (fit(row.reason, max(8, width - 14)), "plain")])
    if version.left_out > len(rows):
        lines.append([("where the others stood is not recorded", "faint")])
    return lines
