"""The overview of a job: where it stands, what it trains on, how, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from sqlite3 import Connection
from typing import Any, TypeVar

from rich.cells import cell_len

from store.errors import NotFoundError
from store.job_status import QUEUED
from store.queries.datasets import DatasetRow, dataset
from store.queries.jobs import JobDetail, job_detail
from store.queries.models import ModelRow, model
from store.queries.queue import place
from tui.environment_lines import environment_fields
from tui.formats import ago, count, duration, fit, number
from tui.ink import Line, Span, look, text_of
from tui.job_time import Run, elapsed, newest_run, time_left
from tui.widgets.job_view import JobView
from tui.wrapping import wrap

_LABEL = 18
_TWO_COLUMNS_FROM = 76

Field = tuple[str, str]
Section = tuple[str, list[Field]]
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for an overview; what a job has none of, or nothing is recorded of, is None."""

    detail: JobDetail
    run: Run | None = None
    validation: DatasetRow | None = None
    model: ModelRow | None = None
    place: tuple[int, int] | None = None


class Overview(JobView):
    """Everything that is known of a job, in sections."""

    def read(self, job: str) -> Sequence[Line]:
        """Return the overview's lines, in two columns where there is room."""
        reader = self.lab.database.reader
        detail = job_detail(reader, job)
        known = Known(
            detail,
            newest_run(reader, detail),
            _found(dataset, reader, detail.validation),
            _found(model, reader, detail.model),
            place(reader, detail.id) if detail.status == QUEUED else None,
        )
        return overview(known, self.now(), self.room)


def _found(
    question: Callable[[Connection, str], _Row], reader: Connection, reference: str | None
) -> _Row | None:
    """Look up what a job refers to: it may name what was never recorded here, or not yet."""
    try:
        return None if reference is None else question(reader, reference)
    except NotFoundError:
        return None


def overview(known: Known, now: datetime, width: int) -> list[Line]:
    """Return the lines of the overview for so many cells."""
    detail = known.detail
    left = [_state(known, now), _data(detail, known.validation), _model(known.model)]
    right = [_hyperparameters(detail), ("Environment", environment_fields(detail))]
    if width < _TWO_COLUMNS_FROM:
        return [*_reason(detail, width), *_lines([*left, *right], width)]
    half = (width - 2) // 2
    return [*_reason(detail, width), *_beside(_lines(left, half), _lines(right, half), half)]


def _reason(detail: JobDetail, width: int) -> list[Line]:
    """Say first, and whole, why a job ended without its result."""
    if not detail.reason:
        return []
    shown = look(detail.status)
    text = f"{shown.glyph} {shown.word}: {detail.reason}"
    if detail.details:
        text += f"\n{detail.details}"
    lines: list[Line] = [[(line, shown.ink)] for line in wrap(text, width)]
    return [*lines, []]


def _state(known: Known, now: datetime) -> Section:
    detail = known.detail
    spent, left = elapsed(detail, now), time_left(detail, known.run)
    steps = count(detail.step)
    if detail.total_steps:
        steps += f" of {count(detail.total_steps)}"
    fields = [
        ("status", look(detail.status).word),
        *([("queue", f"place {known.place[0]} of {known.place[1]}")] if known.place else []),
        ("steps", steps),
        ("planned", ago(detail.planned_at, now)),
        ("time", duration(spent) if spent is not None else "not begun"),
    ]
    if left is not None:
        fields.append(("time left", f"about {duration(left)}"))
    if detail.attempt > 1:
        fields.append(("attempt", str(detail.attempt)))
    if detail.checkpoint is not None:
        fields.append(("checkpoint", f"step {count(detail.checkpoint)}"))
    fields += [("provider", detail.provider), ("id", detail.id)]
    return "Job", fields


def _data(detail: JobDetail, validation: DatasetRow | None) -> Section:
    named = detail.dataset
    if detail.dataset_name is not None:
        named = f"{detail.dataset_name}@{detail.dataset_version}"
    fields = [("dataset", named or "not known")]
    if detail.examples is not None:
        fields.append(("examples", count(detail.examples)))
    if validation is not None:
        fields.append(("validation", f"{validation.name}@{validation.version}"))
    elif detail.validation is not None:
        fields.append(("validation", detail.validation))
    return "Data", fields


def _model(made: ModelRow | None) -> Section:
    if made is None:
        return "", []
    fields = [("model", made.name), ("kind", made.kind)]
    if made.loss_before is not None and made.loss_after is not None:
        fields.append(("held-out loss", f"{number(made.loss_before)} → {number(made.loss_after)}"))
    if made.perplexity_before is not None and made.perplexity_after is not None:
        shown = f"{number(made.perplexity_before)} → {number(made.perplexity_after)}"
        fields.append(("perplexity", shown))
    return "Result", fields


def _hyperparameters(detail: JobDetail) -> Section:
    values: dict[str, Any] = json.loads(detail.hyperparameters_json)
    fields = [("base model", detail.base_model), ("method", detail.method)]
    fields += [(name.replace("_", " "), _value(value)) for name, value in values.items()]
    fields.append(("seed", _value(detail.seed)))
    return "Training", fields


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _lines(sections: Sequence[Section], width: int) -> list[Line]:
    lines: list[Line] = []
    label = _label_of(sections, width)
    for title, fields in sections:
        if not fields:
            continue
        if lines:
            lines.append([])
        lines.append([(title.upper(), "faint")])
        lines += [_field(name, value, label, width) for name, value in fields]
    return lines


def _label_of(sections: Sequence[Section], width: int) -> int:
    """Return the cells of the labels: those of the longest one, if that cuts no value off."""
    fields = [field for _, several in sections for field in several]
    share = width * 2 // 5
    longest = max((cell_len(name) for name, _ in fields), default=0) + 1
    beside = width - max((cell_len(value) for _, value in fields), default=0)
    return max(min(_LABEL, max(10, share)), min(longest, max(beside, share)))


def _field(name: str, value: str, label: int, width: int) -> Line:
    return [(fit(name, label - 1) + " ", "dim"), (fit(value, width - label).rstrip(), "plain")]


def _beside(left: Sequence[Line], right: Sequence[Line], width: int) -> list[Line]:
    joined: list[Line] = []
    for one, other in zip_longest(left, right, fillvalue=()):
        gap: Span = (" " * max(2, width + 2 - len(text_of(one))), "plain")
        joined.append([*one, gap, *other] if other else one)
    return joined
