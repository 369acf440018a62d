"""What each scorer says of all answers of an evaluation together, and how certain that is."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from engine.comparing.intervals import wilson
from engine.evaluation.answers import row_key
from engine.scoring.measures import Latency, TokensPerSecond
from engine.scoring.scorer import Pooled
from engine.scoring.specs import label

if TYPE_CHECKING:
    from engine.evaluation.column import Column
    from engine.scoring.scorer import Scorer
    from engine.statistics.paired import Estimate
    from store.queries.evaluations import ScoreRow

BATCHED = (
    "models of this machine answer many questions at a time: an answer that is asked for alone "
    "comes sooner"
)
"""What has to be known of the time that answers of this machine took."""


def figures_of(columns: Sequence[Column], *, batched: bool = False) -> list[dict[str, Any]]:
    """Return each scorer's figure as plain JSON; without its interval where numpy is missing.

    Args:
        columns: what the scorers said.
        batched: whether several answers were made at a time, so that each took as long as all.
    """
    found = []
    for column in columns:
        value, rows = column.mean, len(rows_of(column.scores.values()))
        if value is None or not math.isfinite(value):
            continue
        low, high = _interval(column)
        found.append(
            {
                "identity": column.identity,
                "label": label(column.scorer),
                "value": value,
                "low": low,
                "high": high,
                "rows": rows,
                **_remark(column, batched=batched),
            }
        )
    return found


def rows_of(scores: Iterable[ScoreRow]) -> dict[str, float]:
    """Return the score of each row by its key: the mean, where it was answered several times."""
    by_row: dict[str, list[float]] = defaultdict(list)
    for score in _in_order(scores):
        if score.value is not None:
            by_row[row_key(score.prompt, score.reference)].append(score.value)
    return {row: math.fsum(values) / len(values) for row, values in by_row.items()}


def parts_of(scores: Iterable[ScoreRow]) -> dict[str, tuple[float, ...]]:
    """Return what each row's answers add to a figure of all together, by the row's key."""
    by_row: dict[str, tuple[float, ...]] = {}
    for score in _in_order(scores):
        if score.parts_json is not None:
            parts = tuple(json.loads(score.parts_json))
            row = row_key(score.prompt, score.reference)
            before = by_row.get(row)
            added = parts if before is None else tuple(map(sum, zip(before, parts, strict=True)))
            by_row[row] = added
    return by_row


def _remark(column: Column, *, batched: bool) -> dict[str, str]:
    """Return what has to be known to read a figure, if there is anything."""
    if batched and isinstance(column.scorer, Latency | TokensPerSecond):
        return {"remark": BATCHED}
    if not isinstance(column.scorer, Pooled):
        return {}
    parts = parts_of(column.scores.values()).values()
    said = column.scorer.remark([sum(each) for each in zip(*parts, strict=True)])
    return {} if said is None else {"remark": said}


def _in_order(scores: Iterable[ScoreRow]) -> list[ScoreRow]:
    """Return scores in an order of their own: samples are drawn alike, whichever came first."""
    return sorted(scores, key=lambda score: (score.request, score.sample, score.reference))


def estimate_of(scorer: Scorer, scores: Sequence[ScoreRow]) -> Estimate | None:
    """Return a scorer's figure of all answers with its 95% interval; None if there is no score.

    Raises:
        MissingPackageError: if numpy is not installed.
    """
    from engine.statistics.paired import Estimate, figure_of, mean

    if isinstance(scorer, Pooled):
        parts = list(parts_of(scores).values())
        return figure_of(parts, scorer.figure) if parts else None
    values = list(rows_of(scores).values())
    if not values:
        return None
    found = mean(values)
    if found.alike and scorer.unit == "share" and found.value in (0.0, 1.0):
        # Of answers that are all right, or all wrong, samples tell nothing: Wilson's score does.
        low, high = wilson(round(found.value * len(values)), len(values))
        return Estimate(found.value, low, high, len(values))
    return found


def _interval(column: Column) -> tuple[float | None, float | None]:
    try:
        found = estimate_of(column.scorer, list(column.scores.values()))
    except Exception:  # noqa: BLE001 - numpy may be missing, and a user's figure raise anything
        return None, None
    return (None, None) if found is None else (found.low, found.high)
