"""The result of training: a model folder that appears as a whole, with a note of what made it."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.training.durable import sync_folder, sync_tree
from engine.training.progress import Evaluation

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from engine.training.plan import TrainingPlan

NOTE = "training.json"
"""Which job made the model, from what, how, and how it did before and after."""


class OutputError(Exception):
    """The result cannot be put where it belongs."""


class Result(NamedTuple):
    """How training ended.

    Attributes:
        step: the last step.
        before: the base model's evaluation, None without validation examples.
        after: the fine-tuned model's.
    """

    step: int
    before: Evaluation | None
    after: Evaluation | None


def find_result(plan: TrainingPlan) -> Result | None:
    """Return the result that an earlier attempt at a plan has put into its place, if one has.

    Raises:
        OutputError: if something else is there.
    """
    if not plan.output.exists():
        return None
    try:
        note = json.loads((plan.output / NOTE).read_text("utf-8"))
        job, step = note["job"], note["step"]
        before, after = (_evaluation(note["evaluation"][name]) for name in ("before", "after"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{plan.output} exists already and is no model of this job's") from error
    if job != plan.job:
        raise OutputError(f"{plan.output} exists already: it is the model of the job {job}")
    return Result(step, before, after)


def save_result(
    plan: TrainingPlan,
    model: Any,  # noqa: ANN401 (a model with or without an adapter)
    tokenizer: PreTrainedTokenizerBase,
    result: Result,
) -> None:
    """Write model, tokenizer and note to a temporary folder and rename it to the plan's output."""
    from engine.training.trainer import save_weights

    parent = plan.output.parent
    parent.mkdir(parents=True, exist_ok=True)
    for left_behind in parent.glob(f".{plan.output.name}.*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    partial = parent / f".{plan.output.name}.{os.getpid()}"
    # Training switches it off; whoever generates with the model wants it.
    model.config.use_cache = True
    save_weights(model, partial)
    tokenizer.save_pretrained(partial)
    (partial / NOTE).write_text(json.dumps(_note(plan, result), indent=2) + "\n", "utf-8")
    sync_tree(partial)
    partial.rename(plan.output)
    sync_folder(parent)


def _note(plan: TrainingPlan, result: Result) -> dict[str, Any]:
    chosen = plan.model_dump(mode="json", include={"base_model", "method", "seed"})
    return {
        "job": plan.job,
        **chosen,
        "hyperparameters": plan.hyperparameters.model_dump(mode="json"),
        "step": result.step,
        "evaluation": {
            "before": result.before and result.before._asdict(),
            "after": result.after and result.after._asdict(),
        },
    }


def _evaluation(values: dict[str, Any] | None) -> Evaluation | None:
    return None if values is None else Evaluation(**values)
