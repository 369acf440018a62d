"""What is said beside the fields of a form of a job: what is wrong, and what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.base_models import FROM_SCRATCH
from engine.planning import LOCAL
from engine.stages import FROM
from tui.command_line import NO, YES
from tui.formats import count
from tui.screens.new_job_fields import by_name, is_here
from tui.screens.new_job_form import JobForm, Word

if TYPE_CHECKING:
    from engine.outlook.outlook import Outlook
    from engine.planning import TrainingRequest
    from store.queries.datasets import DatasetRow

_FIELDS = {"base_model": "model", "from": "earlier", "integration": "wandb", "n_epochs": "epochs"}
"""What parts of a request are called in the form, where they go by other names."""


def told_of(
    form: JobForm, outlook: Outlook, faults: Mapping[str, str]
) -> tuple[dict[str, Word], tuple[str, ...]]:
    """Return what is said beside the fields in sight, and what stands against the job besides.

    Args:
        form: the fields.
        outlook: what is known.
        faults: what cannot be read, by the names of the fields.
    """
    draft = form.draft
    told: dict[str, Word] = {name: (words, "bad", "✗") for name, words in faults.items()}
    loose = []
    for fault in outlook.faults:
        name = _FIELDS.get(fault.part or "", fault.part)
        if name is None or not form.is_shown(name):
            loose.append(fault.words)
        elif name not in told:
            # What nobody has come to yet is asked for, not complained of.
            missing = not draft.get(name) and name in ("dataset", "model")
            told[name] = (fault.words, "dim", "·") if missing else (fault.words, "bad", "✗")
    if draft.get("earlier") and is_here(draft):
        told.setdefault("model", ("not used: it goes on from the model below", "dim", "·"))
    if outlook.dataset is not None:
        told.setdefault("dataset", (_said_of(outlook.dataset), "dim", " "))
    return told, tuple(loose)


def _said_of(row: DatasetRow) -> str:
    return f"@{row.version} · {count(row.examples)} examples"


def first_fault(outlook: Outlook, faults: Mapping[str, str]) -> tuple[str | None, str] | None:
    """Return the field that something stands against and what, the first in the form's order."""
    found: dict[str | None, str] = {}
    for fault in outlook.faults:
        found[_FIELDS.get(fault.part or "", fault.part)] = fault.words
    found.update(faults)
    if not found:
        return None
    order: list[str | None] = [name for name in by_name() if name in found]
    name = (order or [None])[0]
    return name, found.get(name) or next(iter(found.values()))


def method_of(outlook: Outlook) -> str | None:
    """Return the method that a plan has; None without one."""
    return outlook.plan.method if outlook.plan is not None else None


def usual_of(outlook: Outlook, request: TrainingRequest) -> dict[str, str]:
    """Return what counts in fields that say nothing, by their names.

    Of a field that says something a plan tells only that.

    Args:
        outlook: what is known.
        request: what the form asks for.
    """
    usual = _planned_of(outlook)
    said = {_FIELDS.get(name, name) for name in request.hyperparameters}
    if request.method is not None:
        said.add("method")
    usual = {name: words for name, words in usual.items() if name not in said}
    if request.provider == LOCAL and FROM not in request.options:
        usual["method"] = "full" if request.base_model in FROM_SCRATCH else "lora"
    return usual


def _planned_of(outlook: Outlook) -> dict[str, str]:
    plan = outlook.plan
    if plan is None:
        return {name: _written(value) for name, value in outlook.usual.items()}
    usual = {name: _written(value) for name, value in plan.hyperparameters.items()}
    usual |= {"suffix": plan.name, "seed": str(plan.request.seed), "method": plan.method}
    given = plan.validation
    usual["validation"] = "none" if given is None else f"{given.name}@{given.version}"
    if outlook.terms is not None:
        there = ("epochs", "batch_size", "learning_rate_multiplier", "beta")
        usual |= dict.fromkeys(there, "left to the service")
    if plan.estimate is not None and plan.estimate.default_epochs:
        usual["epochs"] = f"{plan.estimate.epochs}, by the service's rule"
    return usual


def _written(value: Any) -> str:  # noqa: ANN401 - whatever a hyperparameter may be
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)
