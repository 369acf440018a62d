"""Rebuilding a hosted model on this machine, in words: on what, and how."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from store.queries.models import ModelRow
from tui.formats import short_model
from tui.hyperparameter_lines import hyperparameter_fields
from tui.ink import Ink
from tui.screens.choose import Choice
from tui.screens.model_confirm import Deed
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.planning import Plan

_MOST_BASES = 8


def base_choices(known: Iterable[str]) -> list[Choice]:
    """Return what a model can be rebuilt on: the embedded model, and what was trained before.

    Args:
        known: base models that jobs of this machine had.
    """
    from engine.base_models import EMBEDDED, FROM_SCRATCH

    others = [base for base in dict.fromkeys(known) if base not in (EMBEDDED, *FROM_SCRATCH)]
    named = [Choice(base, short_model(base), base) for base in others[: _MOST_BASES - 1]]
    return [Choice(EMBEDDED, "embedded", EMBEDDED), *named]


def recreation_deed(model: ModelRow, plan: Plan) -> Deed:
    """Return what rebuilding a model would do, and why so."""
    data, validation = plan.dataset, plan.validation
    on = f"{data.name}@{data.version}, {number_of(data.examples, 'example')}"
    lines: list[tuple[str, Ink]] = [
        (f"{plan.method} of {plan.request.base_model}, as the job {plan.name}", "plain"),
        (f"on {on}", "plain"),
    ]
    if validation is not None:
        lines.append((f"evaluated on {validation.name}@{validation.version}", "plain"))
    if plan.total_steps is not None:
        lines.append((f"{number_of(plan.total_steps, 'step')}, on this machine", "plain"))
    lines += [("", "plain"), *((f"· {note}", "dim") for note in plan.notes), ("", "plain")]
    settled = {name: value for name, value in plan.hyperparameters.items() if value is not None}
    fields = hyperparameter_fields(json.dumps(settled))
    lines += [(f"{name}: {value}", "dim") for name, value in fields]
    return Deed(
        asked=f"Rebuild {model.name} on this machine?",
        lines=lines,
        yes="train it",
        no="leave it",
    )
