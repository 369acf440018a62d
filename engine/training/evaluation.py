"""Measuring a model on held-out examples while it is being trained."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.training.durable import write_whole
from engine.training.examples import IGNORED
from engine.training.progress import Evaluation, ProgressWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasets import Dataset
    from transformers import PreTrainedModel

    from engine.training.devices import Device
    from engine.training.stopping import StopSignal


class Evaluations:
    """The evaluations of a run by step, in a file, so that every attempt knows them.

    Args:
        path: the file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._by_step: dict[int, Evaluation] = {}
        if path.exists():
            entries = json.loads(path.read_text("utf-8")).items()
            self._by_step = {int(step): Evaluation(**values) for step, values in entries}

    def at(self, step: int) -> Evaluation | None:
        """Return what was measured at a step, None if nothing was."""
        return self._by_step.get(step)

    def put(self, step: int, evaluation: Evaluation) -> None:
        """Keep what was measured at a step."""
        self._by_step[step] = evaluation
        self._write()

    def best(self) -> int | None:
        """Return the step, past the base model, of the lowest loss; the first of several."""
        steps = sorted(step for step in self._by_step if step)
        return min(steps, key=lambda step: _rank(self._by_step[step].loss), default=None)

    def without_gain(self) -> int:
        """Return how many evaluations there were since the one with the lowest loss."""
        best = self.best()
        return 0 if best is None else sum(step > best for step in self._by_step)

    def forget_after(self, step: int) -> None:
        """Drop what was measured past a step, for training goes on from there."""
        if any(later > step for later in self._by_step):
            self._by_step = {at: value for at, value in self._by_step.items() if at <= step}
            self._write()

    def _write(self) -> None:
        entries = {str(step): value._asdict() for step, value in self._by_step.items()}
        write_whole(self._path, json.dumps(entries))


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Evaluates a model on validation examples at the steps at which that is due.

    Attributes:
        examples: the validation examples, tokenized.
        collate: what makes a padded batch of some of them.
        batch_size: how many.
        every: the steps between evaluations.
        total_steps: the step after which training is through.
        device: where the model is.
        evaluations: where results are kept.
        writer: whom to tell them.
        stop: what breaks an evaluation off.
        patience: after how many evaluations without a lower loss training ends; None never does.
    """

    examples: Dataset
    collate: Callable[[list[dict[str, Any]]], dict[str, Any]]
    batch_size: int
    every: int
    total_steps: int
    device: Device
    evaluations: Evaluations
    writer: ProgressWriter
    stop: StopSignal
    patience: int | None = None

    def is_exhausted(self) -> bool:
        """Tell whether the loss has not fallen for so long that training should end."""
        return self.patience is not None and self.evaluations.without_gain() >= self.patience

    def is_due(self, step: int) -> bool:
        """Tell whether the model shall be evaluated after a step, and has not been yet."""
        chosen = step % self.every == 0 or step == self.total_steps
        return chosen and self.evaluations.at(step) is None

    def evaluate(self, model: PreTrainedModel, step: int) -> bool:
        """Evaluate the model; return False if that was broken off."""
        measured = self._measured(model)
        if measured is None:
            return False
        loss, accuracy = measured
        evaluation = Evaluation(loss, _exp(loss), len(self.examples), accuracy)
        self.evaluations.put(step, evaluation)
        values = {
            "eval_loss": evaluation.loss,
            "eval_perplexity": evaluation.perplexity,
            "eval_accuracy": accuracy,
        }
        self.writer.metrics(step, values)
        return True

    def _measured(self, model: PreTrainedModel) -> tuple[float, float] | None:
        """Return the mean loss and accuracy of a labelled token, whichever batch it falls into."""
        import torch

        was_training = model.training
        model.eval()
        total, right, tokens = 0.0, 0, 0
        # A causal model predicts a label from the tokens before it, so the first is never one.
        ahead = 0 if getattr(model.config, "is_encoder_decoder", False) else 1
        with torch.no_grad(), self.device.autocast():
            for batch in self._batches():
                if self.stop.requested:
                    return None
                moved = self._moved(batch)
                labels = moved["labels"][:, ahead:]
                found = model(**moved)
                logits = found.logits[:, : labels.shape[1]]
                count = int((labels != IGNORED).sum())
                total += found.loss.item() * count
                # What is ignored is no token's number.
                right += int((logits.argmax(dim=-1) == labels).sum())
                tokens += count
        model.train(was_training)
        return (total / tokens, right / tokens) if tokens else (math.nan, math.nan)

    def _moved(self, batch: dict[str, Any]) -> dict[str, Any]:
        import torch

        return {
            name: value.to(self.device.kind) if torch.is_tensor(value) else value
            for name, value in batch.items()
        }

    def _batches(self) -> Any:  # noqa: ANN401 (a DataLoader of dictionaries)
        import torch
        from torch.utils.data import DataLoader

        return DataLoader(
            self.examples,
            batch_size=self.batch_size,
            collate_fn=self.collate,
            # Its own generator: training draws the same random numbers, evaluated or not.
            generator=torch.Generator(),
        )


def _rank(loss: float) -> float:
    """Put what is no number behind every loss."""
    return math.inf if math.isnan(loss) else loss


def _exp(loss: float) -> float:
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf
