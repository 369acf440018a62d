"""The training loop: transformers' Trainer, telling every step and stopping when asked to."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import torch
from transformers import Trainer, TrainingArguments

from engine.training import checkpoints, layout, room
from engine.training.batches import tokens_in
from engine.training.sampling import LengthGrouped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.training.devices import Device
    from engine.training.evaluation import Evaluator
    from engine.training.plan import Hyperparameters, TrainingPlan
    from engine.training.progress import ProgressWriter
    from engine.training.stopping import StopSignal

_SCHEDULERS: dict[str, tuple[str, dict[str, float]]] = {
    "linear": ("linear", {}),
    "cosine": ("cosine", {}),
    "constant": ("constant_with_warmup", {}),
    "polynomial": ("polynomial", {"power": 2.0, "lr_end": 0.0}),
    "inverse_sqrt": ("inverse_sqrt", {}),
}
_log = logging.getLogger(__name__)


def training_arguments(
    plan: TrainingPlan,
    run_dir: Path,
    device: Device,
    total_steps: int,
    *,
    evaluate_every: int | None,
) -> TrainingArguments:
    """Return a plan in the Trainer's words; without `evaluate_every` nothing is evaluated."""
    chosen = plan.hyperparameters
    scheduler, of_scheduler = _SCHEDULERS[chosen.scheduler]
    return TrainingArguments(
        output_dir=str(run_dir / layout.CHECKPOINTS),
        max_steps=total_steps,
        per_device_train_batch_size=chosen.batch_size,
        gradient_accumulation_steps=chosen.gradient_accumulation,
        learning_rate=chosen.learning_rate,
        warmup_steps=chosen.warmup_steps(total_steps),
        lr_scheduler_type=scheduler,
        lr_scheduler_kwargs=of_scheduler,
        weight_decay=chosen.weight_decay,
        max_grad_norm=chosen.max_grad_norm,
        seed=plan.seed,
        data_seed=plan.seed,
        bf16=device.bf16,
        fp16=device.fp16,
        gradient_checkpointing=chosen.gradient_checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False},
        use_cpu=device.kind == "cpu",
        logging_steps=1,
        # A loss that is no number is told as it is, not replaced by the mean of those before it.
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=chosen.save_every,
        eval_strategy="steps" if evaluate_every else "no",
        eval_steps=evaluate_every or total_steps,
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
        chosen: the hyperparameters that say when to save and how much to keep.
    """

    run_dir: Path
    writer: ProgressWriter
    stop: StopSignal
    evaluator: Evaluator | None
    chosen: Hyperparameters


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
        self._process = psutil.Process()
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
        self._step_tokens += tokens_in(inputs)
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
        if self._ends_epoch():
            self.control.should_save = True
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
        if not evaluator.evaluate(self.model, step) or evaluator.is_exhausted():
            self._end_here()
        if step == self._best():
            self.control.should_save = True
        return {}

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Write the trained weights, and no pickled arguments beside them."""
        save_weights(self.model, Path(output_dir or self.args.output_dir))

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:  # noqa: ANN401 (Trainer's)
        chosen = self._surroundings.chosen
        examples = self.train_dataset if train_dataset is None else train_dataset
        if not chosen.group_by_length:
            return super()._get_train_sampler(examples)
        lengths = [len(ids) for ids in examples["input_ids"]]
        together = chosen.batch_size * chosen.gradient_accumulation
        return LengthGrouped(lengths, together, self.args.seed)

    def _save_checkpoint(self, model: torch.nn.Module, trial: object) -> None:
        """Save a checkpoint if there is room for it; older ones go once it is whole.

        A full disk costs the checkpoint, not the training: what was saved before is still there,
        and there may be room again by the next one.
        """
        run_dir, step = self._surroundings.run_dir, self.state.global_step
        checkpoints.discard(run_dir, step)
        if not self._has_room():
            return
        try:
            super()._save_checkpoint(model, trial)
            checkpoints.seal(run_dir, step)
        except Exception as error:
            checkpoints.discard(run_dir, step)
            if not room.is_lack_of_room(error):
                raise
            self._tell_unsaved("the disk is full")
            return
        path = layout.checkpoint(run_dir, step).relative_to(run_dir)
        self._surroundings.writer.checkpoint(step, path.as_posix())
        if checkpoints.is_whole(run_dir, step):
            kept = self._surroundings.chosen.keep_checkpoints
            checkpoints.keep_newest(run_dir, kept, self._best())

    def _has_room(self) -> bool:
        run_dir = self._surroundings.run_dir
        needed, free = room.needed(run_dir, self.model), room.free(run_dir)
        if free >= needed:
            return True
        self._tell_unsaved(
            f"the disk has {room.in_words(free)} left, of which it needs {room.in_words(needed)}"
        )
        return False

    def _tell_unsaved(self, reason: str) -> None:
        words = (
            f"the checkpoint of step {self.state.global_step} was not saved: {reason}. Training "
            f"goes on; make room in {self._surroundings.run_dir}"
        )
        self._surroundings.writer.message(words, "warning")
        _log.warning("%s", words)

    def _best(self) -> int | None:
        """Return the step of the model that would be the result if training ended now."""
        evaluator = self._surroundings.evaluator
        if evaluator is None or not self._surroundings.chosen.keep_best:
            return None
        return evaluator.evaluations.best()

    def _ends_epoch(self) -> bool:
        chosen = self._surroundings.chosen
        steps = chosen.steps_per_epoch(len(self.train_dataset))
        return chosen.save_epochs and self.state.global_step % steps == 0

    def _tell(self, logs: Mapping[str, float]) -> None:
        seconds = time.perf_counter() - self._step_began
        speed, self._step_tokens = self._step_tokens / seconds, 0
        values = {
            "loss": logs["loss"],
            "learning_rate": logs["learning_rate"],
            "grad_norm": logs["grad_norm"],
            "tokens_per_second": speed,
            "step_seconds": seconds,
            **self._memory(),
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

    def _memory(self) -> dict[str, float]:
        """Return the bytes of memory that the process has, and the most that the GPU had so far."""
        found = {"memory_bytes": float(self._process.memory_info().rss)}
        if self.args.device.type == "cuda":
            found["gpu_memory_bytes"] = float(torch.cuda.max_memory_allocated())
        return found

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
