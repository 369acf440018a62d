"""What a training process is told: the plan in its run folder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import LabError

PLAN = "plan.json"
Method = Literal["lora", "full"]
_LEARNING_RATES: dict[str, float] = {"lora": 5e-4, "full": 2e-5}

_Positive = Annotated[int, Field(ge=1)]
_Part = Annotated[float, Field(ge=0, lt=1)]


class Hyperparameters(BaseModel):
    """The settings of a training run.

    Attributes:
        epochs: passes over the training examples.
        max_steps: optimizer steps after which to stop, whatever the epochs.
        batch_size: examples in one forward pass.
        gradient_accumulation: forward passes in one optimizer step.
        learning_rate: the highest one, reached after the warm-up.
        warmup_ratio: the part of the steps over which the learning rate rises from 0, linearly.
        scheduler: how it falls afterwards.
        weight_decay: of AdamW.
        max_grad_norm: gradients are scaled down to this norm.
        max_length: tokens kept of an example.
        lora_rank: rank of the adapter's matrices (LoRA only).
        lora_alpha: the adapter's output is scaled by alpha / rank.
        lora_dropout: dropout on the adapter's input.
        save_every: steps between checkpoints.
        evaluate_every: steps between evaluations; None evaluates before and after only.
        validation_examples: at most so many examples are evaluated on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: Annotated[float, Field(gt=0, le=1000)] = 3.0
    max_steps: _Positive | None = None
    batch_size: _Positive = 4
    gradient_accumulation: _Positive = 1
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    warmup_ratio: _Part = 0.05
    scheduler: Literal["linear", "cosine", "constant_with_warmup"] = "linear"
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.0
    max_grad_norm: Annotated[float, Field(gt=0)] = 1.0
    max_length: Annotated[int, Field(ge=8)] = 1024
    lora_rank: _Positive = 16
    lora_alpha: Annotated[float, Field(gt=0)] = 32.0
    lora_dropout: _Part = 0.05
    save_every: _Positive = 50
    evaluate_every: _Positive | None = None
    validation_examples: _Positive = 50

    def total_steps(self, examples: int) -> int:
        """Return how many optimizer steps so many training examples give."""
        batches = math.ceil(examples / self.batch_size)
        a_pass = max(1, math.ceil(batches / self.gradient_accumulation))
        return self.max_steps or max(1, math.ceil(a_pass * self.epochs))


def hyperparameters(method: str, chosen: Mapping[str, Any]) -> Hyperparameters:
    """Settle the hyperparameters: what was chosen, and the method's defaults for the rest.

    Raises:
        LabError: if the method is unknown, or a value is out of bounds or of no such name.
    """
    if method not in _LEARNING_RATES:
        raise LabError(f"there is no method '{method}': it can be {' or '.join(_LEARNING_RATES)}")
    try:
        return Hyperparameters(**{"learning_rate": _LEARNING_RATES[method], **chosen})
    except ValidationError as error:
        raise LabError(_in_words(error)) from None


def _in_words(error: ValidationError) -> str:
    faults = (
        f"{fault['loc'][0]} is {fault['input']!r}: {fault['msg']}" for fault in error.errors()
    )
    return "; ".join(faults).replace("Input should", "it should")


class TrainingPlan(BaseModel):
    """Everything a training process needs to know, with nothing left to look up.

    Attributes:
        job: the job's id.
        base_model: a model folder, or a hub id.
        method: LoRA or full fine-tuning.
        train: the training examples, canonical JSONL.
        validation: the examples to evaluate on, or None.
        output: the folder that the finished model will be.
        hyperparameters: the settings.
        seed: of the data order and all that is drawn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    job: str
    base_model: str
    method: Method
    train: Path
    validation: Path | None
    output: Path
    hyperparameters: Hyperparameters
    seed: int

    def write(self, run: Path) -> None:
        """Put the plan into a run folder, whole or not at all."""
        partial = run / f"{PLAN}.partial"
        partial.write_text(self.model_dump_json(indent=2) + "\n")
        partial.replace(run / PLAN)

    @classmethod
    def read(cls, run: Path) -> Self:
        """Read the plan of a run folder."""
        return cls.model_validate_json((run / PLAN).read_text())
