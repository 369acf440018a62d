"""The bars of `ftlab eval`: how far each model is, and how it does so far."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from engine.money import dollars
from tui.harmless import harmless

if TYPE_CHECKING:
    from engine.evaluation.outcome import Progress, Standing
    from engine.evaluation.plan import EvaluationPlan

_SHOWN = 2
"""Scorers told of beside a bar."""

_APART_SECONDS = 0.5
"""From one look at the scores to the next: each goes through all that there are."""


@contextmanager
def running_scores() -> Iterator[Callable[[EvaluationPlan], Progress] | None]:
    """Show a bar for each model; yields what gives its progress, None if nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

    from tui.cli.progress import bar, text_column

    columns = (
        text_column("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        text_column("{task.fields[words]}"),
    )
    with bar(*columns) as shown:

        def watching(plan: EvaluationPlan) -> Progress:
            name = harmless(plan.recording.target.name)
            task = shown.add_task(name, total=None, words="waits")
            looked = -inf

            def update(standing: Standing) -> None:
                nonlocal looked
                shown.update(task, completed=standing.done, total=standing.total)
                if standing.done >= standing.total or monotonic() - looked >= _APART_SECONDS:
                    shown.update(task, words=words(standing))
                    looked = monotonic()

            return update

        yield watching


def words(standing: Standing) -> str:
    """Return what is being done, and the scores so far."""
    from engine.scoring.specs import label

    if standing.does == "reading":
        return "reading references"
    known = ((label(column.scorer), column.mean) for column in standing.columns)
    scores = [f"{name} {mean:.3g}" for name, mean in known if mean is not None][:_SHOWN]
    spent = [dollars(standing.spent)] if standing.spent else []
    return harmless("  ".join([standing.does, *scores, *spent]))
