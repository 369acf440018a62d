"""Deleting models, in words: what would go, what is lost with it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.background import in_words
from tui.ink import Ink
from tui.screens.model_confirm import Deed
from tui.widgets.title_line import homely
from tui.wording import number_of, size

if TYPE_CHECKING:
    from engine.deleting.models import ModelPlan, ModelToGo
    from engine.deleting.report import Deleted

_OUTCOMES = {
    "deleted": "deleted",
    "gone": "was gone: it is recorded so",
    "gone before": "was gone before",
}


def deletion_deed(plan: ModelPlan) -> Deed:
    """Return what deleting models would do.

    What is at a service nobody can bring back: its name has to be typed, or the number of several.
    """
    models = plan.models
    hosted = any(model.folder is None for model in models)
    one = len(models) == 1
    where = ", ".join(sorted({"this machine" if each.folder else each.provider for each in models}))
    lines = [line for model in models for line in _model(model, named=not one)]
    if plan.gone:
        lines.append((f"gone already: {', '.join(plan.gone)}", "dim"))
    lines.append(("Its lineage, scores, chats and history stay recorded.", "dim"))
    return Deed(
        asked=f"Delete {models[0].name if one else number_of(len(models), 'model')} for good?",
        lines=[(f"from {where}", "warn"), *lines],
        yes="delete it" if one else "delete them",
        no="keep it" if one else "keep them",
        typed=(models[0].name if one else str(len(models))) if hosted else None,
        typed_as="the model's name" if one else "how many they are",
    )


def _model(model: ModelToGo, *, named: bool) -> Iterator[tuple[str, Ink]]:
    if named:
        yield model.name, "strong"
    if model.folder:
        yield f"{homely(Path(model.folder))}, {size(model.bytes or 0)} of weights", "plain"
    else:
        yield f"at {model.provider}, made of {model.base_model}", "plain"
    if model.retires_on:
        yield f"it is shut down on {model.retires_on} anyway", "dim"
    if model.dataset is None:
        yield "what it learned from is not known here: it cannot be rebuilt", "bad"
    elif not model.data_kept:
        yield f"{model.dataset} is not kept here: it cannot be rebuilt", "bad"
    else:
        yield f"{model.dataset} is kept here: it can be trained anew", "good"
    if model.unfinished:
        yield "its deletion was asked for before, and broken off", "warn"


def deletion_words(done: Deleted) -> str:
    """Say what became of each model."""
    lines = [f"{ended.name} {_OUTCOMES[ended.outcome]}" for ended in done.ended]
    lines += [f"{name}: {in_words(error)}" for name, error in done.troubles.items()]
    return "\n".join(lines) or "nothing was deleted"
