"""The training loop: transformers' Trainer, telling every step and stopping when asked to."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import Trainer, TrainingArguments

from engine.training import checkpoints, layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from engine.training.devices import Device
    from engine.training.evaluation import Evaluator
    from engine.training.plan import TrainingPlan
    from engine.training.progress import ProgressWriter
    from engine.training.stopping import StopSignal

_KEPT_CHECKPOINTS = 2
_SCHEDULERS = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}
_log = logging.getLogger(__name__)


def training_arguments(
    plan: TrainingPlan, run_dir: Path, device: Device, total_steps: int, *, evaluate: bool
) -> TrainingArguments:
    """Return a plan in the Trainer's words."""
    chosen = plan.hyperparameters
    return TrainingArguments(
        output_dir=str(run_dir / layout.CHECKPOINTS),
        max_steps=total_steps,
        per_device_train_batch_size=chosen.batch_size,
        gradient_accumulation_steps=chosen.gradient_accumulation,
        learning_rate=chosen.learning_rate,
        warmup_steps=chosen.warmup_steps(total_steps),
        lr_scheduler_type=_SCHEDULERS[chosen.scheduler],
        weight_decay=chosen.weight_decay,
        max_grad_norm=chosen.max_grad_norm,
        seed=plan.seed,
        data_seed=plan.seed,
        bf16=device.bf16,
        use_cpu=device.kind == "cpu",
        logging_steps=1,
        # A loss that is no number is told as it is, not replaced by the mean of those before it.
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=chosen.save_every,
        eval_strategy="steps" if evaluate else "no",
        eval_steps=chosen.evaluate_every or total_steps,
        dataloader_pin_memory=device.kind == "cuda",
        remove_unused_columns=False,
        report_to="none",
        disable_tqdm=True,
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a training loop speaks to.

    Attributes:
        run_dir: the run folder.
        writer: whom to tell what happens.
        stop: what ends training early.
        evaluator: what measures the model, None without validation examples.
    """

    run_dir: Path
    writer: ProgressWriter
    stop: StopSignal
    evaluator: Evaluator | None


class ProgressTrainer(Trainer):  # type: ignore[misc]  # transformers' types are not followed
    """A Trainer that tells each step's metrics, and whose checkpoints are whole or not at all.

    Args:
        surroundings: what it speaks to.
        **settings: Trainer's own.
    """

    def __init__(self, surroundings: Surroundings, **settings: Any) -> None:  # noqa: ANN401 (Trainer's)
        self._surroundings = surroundings
        self._step_tokens = 0
        self._step_began = 0.0
        super().__init__(**settings)

    def restore(self, step: int) -> None:
        """Put the weights of a checkpoint into the model."""
        self._load_from_checkpoint(str(layout.checkpoint(self._surroundings.run_dir, step)))

    def training_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Any],
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        """Run a batch forward and backward; see `Trainer.training_step`."""
        if not self._step_tokens:
            self._step_began = time.perf_counter()
        self._step_tokens += int(inputs["attention_mask"].sum())
        loss: torch.Tensor = super().training_step(model, inputs, num_items_in_batch)
        return loss

    def log(self, logs: Mapping[str, float], start_time: float | None = None) -> None:
        """Tell a step's metrics, and heed a request to stop; see `Trainer.log`.

        Nothing goes into the trainer's own history, which every checkpoint would carry along.
        """
        del start_time
        if "loss" not in logs:
            return
        self.control.should_log = False
        self._tell(logs)
        # Trainer resets its sum by subtracting it from itself, after which NaN would stay NaN.
        self._tr_loss.zero_()
        if self._surroundings.stop.requested:
            self._end_here()

    def evaluate(
        self,
        eval_dataset: object = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Evaluate the model after the step that was just made; see `Trainer.evaluate`."""
        del eval_dataset, ignore_keys, metric_key_prefix
        self.control.should_evaluate = False
        evaluator = self._surroundings.evaluator
        step = self.state.global_step
        if evaluator is None or not evaluator.is_due(step):
            return {}
        if not evaluator.evaluate(self.model, step):
            self._end_here()
        return {}

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Write the trained weights, and no pickled arguments beside them."""
        save_weights(self.model, Path(output_dir or self.args.output_dir))

    def _save_checkpoint(self, model: torch.nn.Module, trial: object) -> None:
        run_dir, step = self._surroundings.run_dir, self.state.global_step
        checkpoints.discard(run_dir, step)
        super()._save_checkpoint(model, trial)
        checkpoints.seal(run_dir, step)
        path = layout.checkpoint(run_dir, step).relative_to(run_dir)
        self._surroundings.writer.checkpoint(step, path.as_posix())
        checkpoints.keep_newest(run_dir, _KEPT_CHECKPOINTS)

    def _tell(self, logs: Mapping[str, float]) -> None:
        seconds = time.perf_counter() - self._step_began
        speed, self._step_tokens = self._step_tokens / seconds, 0
        values = {
            "loss": logs["loss"],
            "learning_rate": logs["learning_rate"],
            "grad_norm": logs["grad_norm"],
            "tokens_per_second": speed,
            "epoch": self.state.epoch,
        }
        step = self.state.global_step
        self._surroundings.writer.metrics(step, values)
        _log.info(
            "step %d of %d: loss %.4f, %.0f tokens/s",
            step,
            self.state.max_steps,
            logs["loss"],
            speed,
        )

    def _end_here(self) -> None:
        """Let this step be the last, with a checkpoint; an evaluation that is due waits."""
        self.control.should_evaluate = False
        self.control.should_save = True
        self.control.should_training_stop = True


def save_weights(model: Any, folder: Path) -> None:  # noqa: ANN401 (a model with or without adapter)
    """Write a model's trained weights: the adapter's if it has one, else all."""
    if hasattr(model, "peft_config"):
        # No adapter of ours touches embeddings; finding that out would ask the hub.
        model.save_pretrained(folder, save_embedding_layers=False)
        (folder / "README.md").unlink(missing_ok=True)
    else:
        model.save_pretrained(folder)
