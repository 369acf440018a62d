"""What is wrong with the hosted model that a dataset is checked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from engine.data.checking.rules import Method, Problem
from engine.pricing.figures import Catalogue, ModelFigures

LONGEST_TRAINING = timedelta(days=2)
"""Hosted trainings take minutes to hours; waiting in the queue may add a day."""


def model_problems(
    model: str, prices: Catalogue, method: Method | None, day: date
) -> Iterator[Problem]:
    """Yield what speaks against training a hosted model.

    Args:
        model: its name, an alias, or that of a model that was made of it.
        prices: what is known of models.
        method: what the examples are for; None if there are none.
        day: when the training would begin.
    """
    known = prices.get(model)
    missing = prices.missing(model)
    if missing is not None:
        yield Problem("model-unknown", "", missing, model)
    if known is None:
        return
    yield from _shut_down(known, day)
    if method is not None and method not in known.trained_by:
        yield Problem("model-method", "", _other_method(known, method), model)


def _shut_down(known: ModelFigures, day: date) -> Iterator[Problem]:
    if known.retires is None or not known.retired(day + LONGEST_TRAINING):
        return
    source = f"{known.retires.source.title}, {known.retires.source.date}"
    last = known.retires.value.isoformat()
    said = f"was shut down on {last}" if known.retired(day) else f"shuts down on {last}, too soon"
    yield Problem("model-shut-down", "", f"{known.name} {said} ({source})", known.name)


def _other_method(known: ModelFigures, method: Method) -> str:
    said = (
        f"{known.name} is trained by {' or '.join(known.trained_by) or 'no method'}, not {method}"
    )
    if known.trains_on == "completion":
        return (
            f"{said}: check with --method completion, and train with what `ftlab data export` "
            "writes with --to prompt-completion"
        )
    return said
