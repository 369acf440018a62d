"""The course of a training: made-up metrics that are the same in every run.

A loss falls from about 2.5 to about 0.3 with some noise; a reward rises. Not every step is
validated, and the whole validation file is gone through at the end of each epoch only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.standin.calls import Json
from tests.standin.catalogue import Method

_VALIDATED_EVERY = 10


@dataclass(frozen=True)
class Course:
    """The metrics of one job.

    Attributes:
        validated: whether there is a validation file.
    """

    seed: int
    method: Method
    total_steps: int
    epochs: int
    validated: bool

    def at(self, step: int) -> Json:
        """Return what a metrics event says of a step (from 1)."""
        if self.method == "reinforcement":
            return self._rewards(step)
        loss = self._loss(step)
        metrics = {
            "step": step,
            "train_loss": loss,
            "total_steps": self.total_steps,
            "train_mean_token_accuracy": _accuracy(loss),
        }
        if self.validated and step % _VALIDATED_EVERY == 0:
            metrics["valid_loss"] = round(loss * 1.1, 5)
            metrics["valid_mean_token_accuracy"] = _accuracy(loss * 1.1)
        if self.validated and self.ends_epoch(step):
            metrics["full_valid_loss"] = round(loss * 1.05, 5)
            metrics["full_valid_mean_token_accuracy"] = _accuracy(loss * 1.05)
        return metrics

    def ends_epoch(self, step: int) -> bool:
        """Whether the step is the last of an epoch."""
        steps = max(1, self.total_steps // self.epochs)
        return step == self.total_steps or (step % steps == 0 and step // steps < self.epochs)

    def message(self, metrics: Json) -> str:
        """Say the metrics in words, as the service does in its events."""
        values = [
            f"{words}={metrics[name]:.2f}" for name, words in _WORDS.items() if name in metrics
        ]
        return f"Step {metrics['step']}/{self.total_steps}: {', '.join(values)}"

    def results(self) -> bytes:
        """Return the result file: CSV with names of its own and many empty cells."""
        names = self._columns()
        lines = [",".join(names.values())]
        for step in range(1, self.total_steps + 1):
            metrics = self.at(step)
            lines.append(",".join(str(metrics.get(name, "")) for name in names))
        return ("\n".join(lines) + "\n").encode()

    def _columns(self) -> dict[str, str]:
        if self.method == "reinforcement":
            return _REWARD_COLUMNS
        return _LOSS_COLUMNS | (_FULL_COLUMNS if self.validated else {})

    def _loss(self, step: int) -> float:
        progress = step / self.total_steps
        return round(0.3 + 2.2 * math.exp(-4 * progress) + 0.15 * self._noise(step), 5)

    def _rewards(self, step: int) -> Json:
        reward = round(0.2 + 0.6 * step / self.total_steps + 0.1 * self._noise(step), 5)
        metrics: Json = {
            "step": step,
            "total_steps": self.total_steps,
            "train_mean_reward": reward,
        }
        if self.validated and self.ends_epoch(step):
            metrics["full_valid_mean_reward"] = round(reward * 0.95, 5)
        return metrics

    def _noise(self, step: int) -> float:
        return (self.seed * 7919 + step * 104_729) % 1000 / 1000


def _accuracy(loss: float) -> float:
    return round(max(0.0, 1 - loss / 4), 5)


_WORDS = {
    "train_loss": "training loss",
    "valid_loss": "validation loss",
    "full_valid_loss": "full validation loss",
    "train_mean_reward": "training reward",
    "full_valid_mean_reward": "full validation reward",
}
_LOSS_COLUMNS = {
    "step": "step",
    "train_loss": "train_loss",
    "train_mean_token_accuracy": "train_accuracy",
    "valid_loss": "valid_loss",
    "valid_mean_token_accuracy": "valid_mean_token_accuracy",
}
_FULL_COLUMNS = {
    "full_valid_loss": "full_valid_loss",
    "full_valid_mean_token_accuracy": "full_valid_mean_token_accuracy",
}
_REWARD_COLUMNS = {
    "step": "step",
    "train_mean_reward": "train_mean_reward",
    "full_valid_mean_reward": "full_valid_mean_reward",
}
