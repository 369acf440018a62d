"""What a training process is to do: base model, data, method and hyperparameters, checked."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, model_validator

from engine.errors import RequestError

Method = Literal["lora", "full"]
Scheduler = Literal["linear", "cosine", "constant", "polynomial", "inverse_sqrt"]
Precision = Literal["auto", "float32", "bfloat16", "float16"]
_Count = Annotated[int, Field(ge=1, le=2**31)]
_MAX_SEED = 2**32 - 1


class PlanError(RequestError):
    """A plan or one of its hyperparameters cannot be followed."""


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Hyperparameters(_Checked):
    """How to train; these are the settings of every method.

    Attributes:
        epochs: passes over the training examples; a part of one is fine.
        max_steps: stop after so many steps, even if the epochs are not through.
        devices: how many GPUs, or processes on a processor, train together, each on its own
            batches.
        batch_size: examples that are run through the model at once, on each device.
        gradient_accumulation: batches that make one step; a step learns from
            `devices * batch_size * gradient_accumulation` examples.
        learning_rate: its highest value, after the warm-up.
        warmup_ratio: the part of all steps in which the learning rate rises linearly from 0.
        scheduler: how it falls afterwards: `linear`, `cosine` or `polynomial` (squared) to 0, with
            `inverse_sqrt` of the step, or `constant`.
        weight_decay: of AdamW.
        max_grad_norm: gradients are scaled down to this norm; 0 leaves them as they are.
        max_length: tokens of an example; what goes beyond is cut off.
        precision: what is computed in; weights that are trained stay float32. `auto` takes bfloat16
            where the device multiplies it faster than float32.
        gradient_checkpointing: compute activations again in the backward pass instead of keeping
            them: less memory for a third more work.
        group_by_length: put examples of about the same length into a batch, which leaves less
            padding; the order is still drawn anew for each epoch.
        packing: put several examples, which do not see each other, into a row of `max_length`
            tokens at most, which leaves next to no padding; `batch_size` counts such rows then.
        save_every: steps between checkpoints.
        save_epochs: save one after every epoch as well.
        keep_checkpoints: how many of the newest are kept.
        evaluate_every: steps between evaluations; None evaluates before and after training only,
            after every epoch where early stopping or the best model hangs on it.
        validation_examples: how many validation examples to evaluate on at most; None takes all.
        early_stopping: end training after so many evaluations in a row without a lower loss.
        keep_best: the result is the model of the evaluation with the lowest loss, not the last.
    """

    epochs: float = Field(3.0, gt=0, le=10_000)
    max_steps: _Count | None = None
    devices: int = Field(1, ge=1, le=1024)
    batch_size: int = Field(4, ge=1, le=4096)
    gradient_accumulation: int = Field(1, ge=1, le=65_536)
    learning_rate: float = Field(2e-5, gt=0, le=1)
    warmup_ratio: float = Field(0.05, ge=0, le=1)
    scheduler: Scheduler = "linear"
    weight_decay: float = Field(0.0, ge=0, le=10)
    max_grad_norm: float = Field(1.0, ge=0)
    max_length: int = Field(1024, ge=8, le=2**20)
    precision: Precision = "auto"
    gradient_checkpointing: bool = False
    group_by_length: bool = False
    packing: bool = False
    save_every: _Count = 200
    save_epochs: bool = True
    keep_checkpoints: int = Field(2, ge=1, le=10_000)
    evaluate_every: _Count | None = None
    validation_examples: _Count | None = 50
    early_stopping: _Count | None = None
    keep_best: bool = False

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.packing and self.group_by_length:
            raise ValueError(
                "packing and group_by_length cannot both be: packed rows are all about as long as "
                "each other; leave one out"
            )
        return self

    def steps_per_epoch(self, examples: int) -> int:
        """Return how many steps one pass over so many examples, or packed rows, takes."""
        batches = math.ceil(examples / (self.devices * self.batch_size))
        return math.ceil(batches / self.gradient_accumulation)

    def total_steps(self, examples: int) -> int:
        """Return how many steps training on so many examples takes."""
        planned = math.ceil(self.epochs * self.steps_per_epoch(examples))
        return planned if self.max_steps is None else min(planned, self.max_steps)

    def planned_steps(self, examples: int) -> int | None:
        """Return how many steps training takes; None if only tokenizing tells, as with packing."""
        return None if self.packing else self.total_steps(examples)

    def warmup_steps(self, total_steps: int) -> int:
        """Return in how many of the steps the learning rate rises."""
        return math.ceil(self.warmup_ratio * total_steps)

    def evaluation_steps(self, examples: int) -> int:
        """Return how many steps lie between evaluations of training on so many examples."""
        if self.evaluate_every is not None:
            return self.evaluate_every
        chooses = self.keep_best or self.early_stopping is not None
        return self.steps_per_epoch(examples) if chooses else self.total_steps(examples)

    def check_validation(self, *, given: bool) -> None:
        """See that there are validation examples if something hangs on them.

        Raises:
            PlanError: if there are none.
        """
        wanting = [name for name in ("early_stopping", "keep_best") if getattr(self, name)]
        if wanting and not given:
            raise PlanError(
                f"{' and '.join(wanting)} {'need' if wanting[1:] else 'needs'} validation "
                "examples to go by: name a dataset of them (--validation), or train on a part of "
                "a split that set some apart"
            )


ALL_LINEAR = "all-linear"
"""Every linear layer but the output's, as peft calls it."""


class LoraHyperparameters(Hyperparameters):
    """How to train a low-rank adapter (Hu et al. 2021), on every linear layer unless told else.

    Attributes:
        lora_rank: the rank of the two factors of each layer's change.
        lora_alpha: the change is scaled by `lora_alpha / lora_rank`.
        lora_dropout: the part of a layer's inputs that its change does not see in a step.
        lora_target_modules: the layers that have one, by the ends of their names, separated by
            commas (`q_proj,v_proj`); `all-linear` for every linear layer but the output's.
    """

    learning_rate: float = Field(5e-4, gt=0, le=1)
    save_every: _Count = 25
    lora_rank: int = Field(16, ge=1, le=1024)
    lora_alpha: float = Field(32.0, gt=0, le=4096)
    lora_dropout: float = Field(0.0, ge=0, lt=1)
    lora_target_modules: str = Field(ALL_LINEAR, pattern=r"^[\w.-]+(,[\w.-]+)*$", max_length=20_000)


_BY_METHOD: dict[str, type[Hyperparameters]] = {
    "lora": LoraHyperparameters,
    "full": Hyperparameters,
}


class TrainingPlan(_Checked):
    """A training process's order.

    Attributes:
        job: the job's id.
        base_model: a model folder, a hub id, or one that is made for the job.
        adapter: the folder of an adapter on it to go on from, or None.
        method: `lora` trains an adapter, `full` every weight.
        train: the examples, a line of canonical JSON each.
        validation: examples to evaluate on, or None.
        output: the folder that the result will be.
        hyperparameters: those of the method.
        seed: of the adapter's first weights, the order of the examples and dropout.
    """

    job: Annotated[str, Field(min_length=1)]
    base_model: Annotated[str, Field(min_length=1)]
    adapter: Path | None = None
    method: Method
    train: Path
    validation: Path | None = None
    output: Path
    hyperparameters: SerializeAsAny[Hyperparameters]
    seed: int = Field(0, ge=0, le=_MAX_SEED)

    @model_validator(mode="before")
    @classmethod
    def _hyperparameters_of_method(cls, data: Any) -> Any:  # noqa: ANN401 (pydantic passes anything)
        if not isinstance(data, dict) or not isinstance(data.get("hyperparameters"), dict):
            return data
        kind = _BY_METHOD.get(data.get("method", ""), Hyperparameters)
        return data | {"hyperparameters": kind.model_validate(data["hyperparameters"])}

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a plan file.

        Raises:
            PlanError: if it is missing, no plan, or asks for what cannot be.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise PlanError(f"there is no plan at {path}") from error
        except ValidationError as error:
            raise PlanError(f"the plan {path} cannot be followed: {_in_words(error)}") from error


def check_seed(seed: int) -> None:
    """See that a seed is one that all libraries take.

    Raises:
        PlanError: if it is not.
    """
    if not 0 <= seed <= _MAX_SEED:
        raise PlanError(f"seed is {seed}: it should be from 0 to {_MAX_SEED}")


def hyperparameters_for(method: str, given: dict[str, Any]) -> Hyperparameters:
    """Return a method's hyperparameters: those that are given, and its defaults for the others.

    Raises:
        PlanError: naming each one that is unknown or out of bounds.
    """
    kind = _BY_METHOD.get(method)
    if kind is None:
        raise PlanError(f"there is no method '{method}': it can be {' or '.join(_BY_METHOD)}")
    unknown = [name for name in given if name not in kind.model_fields]
    if unknown:
        known = ", ".join(kind.model_fields)
        raise PlanError(f"the method {method} has no {', '.join(unknown)}; it has {known}")
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise PlanError(_in_words(error)) from error


def _in_words(error: ValidationError) -> str:
    """Say what is wrong with each value, without pydantic's links."""
    return "; ".join(_problem(detail) for detail in error.errors(include_url=False))


def _problem(detail: Any) -> str:  # noqa: ANN401 (pydantic_core.ErrorDetails is a TypedDict of Any)
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    place = ".".join(str(part) for part in detail["loc"]) or "it"
    if detail["type"] == "missing":
        return f"{place} is missing"
    if detail["type"] == "extra_forbidden":
        return f"{place} is unknown"
    expected = detail["msg"].replace("Input should be", "it should be")
    return f"{place} is {detail['input']!r}: {expected}"
