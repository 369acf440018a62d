"""The training loop: transformers' Trainer, telling every step and stopping when asked to."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import torch
from accelerate.data_loader import SeedableRandomSampler, prepare_data_loader
from torch.utils.data import DataLoader
from transformers import Trainer

from engine.training import layout, metal, room
from engine.training.batches import tokens_in
from engine.training.sampling import LengthGrouped
from engine.training.saving import Saving
from engine.training.shares import Filled, Share
from engine.training.usage import GpuUse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.training.evaluation import Evaluator
    from engine.training.group import Group
    from engine.training.plan import Hyperparameters
    from engine.training.progress import ProgressWriter
    from engine.training.stopping import StopSignal

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a training loop speaks to.

    Attributes:
        run_dir: the run folder.
        group: the processes that train together.
        writer: whom to tell what happens; only rank 0 tells.
        stop: what ends training early.
        evaluator: what measures the model, None without validation examples and on further ranks.
        chosen: the hyperparameters that say when to save and how much to keep.
    """

    run_dir: Path
    group: Group
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
        self._saving = Saving(
            surroundings.run_dir, surroundings.writer, surroundings.chosen.keep_checkpoints
        )
        self._has_diverged = False
        super().__init__(**settings)
        self._gpu_use = GpuUse(self.args.device.type, surroundings.group.size)

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
        measured = {"tokens": self._step_tokens, **self._memory()}
        stop = self._surroundings.stop.requested
        summed = self._surroundings.group.sums(measured | {"stop": stop})
        stop = summed.pop("stop") > 0
        # Kept in every checkpoint, so that the count goes on with a resumed run.
        self.state.num_input_tokens_seen += int(summed["tokens"])
        if self._surroundings.group.is_first:
            self._tell(logs, summed)
        self._step_tokens = 0
        # Trainer resets its sum by subtracting it from itself, after which NaN would stay NaN.
        self._tr_loss.zero_()
        if self._ends_epoch():
            self.control.should_save = True
        if stop:
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
        ends, is_best = self._surroundings.group.as_first_says(self._evaluated())
        if ends:
            self._end_here()
        if is_best:
            self.control.should_save = True
        return {}

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Write the trained weights, and no pickled arguments beside them."""
        if not self._surroundings.group.is_first:
            return
        save_weights(self.model, Path(output_dir or self.args.output_dir))

    def get_train_dataloader(self) -> Any:  # noqa: ANN401 (a DataLoader of dictionaries)
        """Return the batches of this rank; see `Trainer.get_train_dataloader`.

        accelerate's own way to share them out would train on the first examples of a pass once more
        to fill its last round, and forget the epoch when training goes on in the middle of one.
        """
        group = self._surroundings.group
        if group.size == 1:
            return super().get_train_dataloader()
        order = self._get_train_sampler()
        if not isinstance(order, LengthGrouped):
            order = SeedableRandomSampler(self.train_dataset, data_seed=self.args.data_seed)
        size = self.args.per_device_train_batch_size
        loader = DataLoader(
            Filled(self.train_dataset),
            batch_size=size,
            sampler=Share(order, size, group),
            collate_fn=self.data_collator,
            pin_memory=self.args.dataloader_pin_memory,
        )
        return prepare_data_loader(
            loader, self.args.device, num_processes=1, process_index=0, put_on_device=True
        )

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:  # noqa: ANN401 (Trainer's)
        chosen = self._surroundings.chosen
        examples = self.train_dataset if train_dataset is None else train_dataset
        if not chosen.group_by_length:
            return super()._get_train_sampler(examples)
        lengths = [len(ids) for ids in examples["input_ids"]]
        together = chosen.devices * chosen.batch_size * chosen.gradient_accumulation
        return LengthGrouped(lengths, together, self.args.seed)

    def _save_checkpoint(self, model: torch.nn.Module, trial: object) -> None:
        """Save a checkpoint if there is room for it; see `Saving`."""
        group, saving, step = self._surroundings.group, self._saving, self.state.global_step
        if not group.as_first_says(group.is_first and saving.begin(step, self.model)):
            return
        is_full = False
        try:
            super()._save_checkpoint(model, trial)
        except Exception as error:
            is_full = room.is_lack_of_room(error)
            if not is_full:
                if group.is_first:
                    saving.discard(step)
                raise
        # Every rank adds the state of its random numbers: not before all have, it can be whole.
        is_full = group.sums({"full": is_full})["full"] > 0
        if group.is_first:
            saving.finish(step, self._best(), is_full=is_full)

    def _save_rng_state(self, output_dir: str) -> None:
        super()._save_rng_state(output_dir)
        if self.args.device.type == "mps":
            metal.save_random_state(Path(output_dir))

    def _load_rng_state(self, checkpoint: str | None) -> None:
        super()._load_rng_state(checkpoint)
        if checkpoint is not None and self.args.device.type == "mps":
            metal.restore_random_state(Path(checkpoint))

    def _best(self) -> int | None:
        """Return the step of the model that would be the result if training ended now."""
        evaluator = self._surroundings.evaluator
        if evaluator is None or not self._surroundings.chosen.keep_best:
            return None
        return evaluator.evaluations.best()

    def _evaluated(self) -> tuple[bool, bool]:
        """Evaluate if that is due.

        Returns:
            Whether training ends with it, and whether the model is the best one so far.
        """
        evaluator, step = self._surroundings.evaluator, self.state.global_step
        if evaluator is None or not evaluator.is_due(step):
            return False, False
        ends = not evaluator.evaluate(self.model, step) or evaluator.is_exhausted()
        return ends, step == self._best()

    def _ends_epoch(self) -> bool:
        chosen = self._surroundings.chosen
        steps = chosen.steps_per_epoch(len(self.train_dataset))
        return chosen.save_epochs and self.state.global_step % steps == 0

    def _tell(self, logs: Mapping[str, float], summed: Mapping[str, float]) -> None:
        """Tell a step's metrics, some of which are added up over all ranks."""
        seconds = time.perf_counter() - self._step_began
        speed = summed["tokens"] / seconds
        values = {
            "loss": logs["loss"],
            "learning_rate": logs["learning_rate"],
            "grad_norm": logs["grad_norm"],
            "tokens_per_second": speed,
            "step_seconds": seconds,
            **{name: value for name, value in summed.items() if name != "tokens"},
            **self._gpu_use.measure(),
            "tokens": self.state.num_input_tokens_seen,
            "epoch": self.state.epoch,
        }
        step = self.state.global_step
        self._surroundings.writer.metrics(step, values)
        self._tell_divergence(logs["loss"])
        _log.info(
            "step %d of %d: loss %.4f, %.0f tokens/s",
            step,
            self.state.max_steps,
            logs["loss"],
            speed,
        )

    def _tell_divergence(self, loss: float) -> None:
        """Tell, once in an attempt, that the loss is no number: it will never be one again."""
        if self._has_diverged or math.isfinite(loss):
            return
        self._has_diverged = True
        self._surroundings.writer.message(
            f"the loss of step {self.state.global_step} is no number: the weights have grown out "
            "of bounds, or were so from the start. Cancel the job, and try a smaller learning_rate "
            "or max_grad_norm",
            "warning",
        )

    def _memory(self) -> dict[str, float]:
        """Return the bytes of memory that the process has, and the most that the GPU had so far."""
        found = {"memory_bytes": float(self._process.memory_info().rss)}
        if self.args.device.type == "cuda":
            found["gpu_memory_bytes"] = float(torch.cuda.max_memory_allocated())
        elif self.args.device.type == "mps":
            found["gpu_memory_bytes"] = float(metal.memory())
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
