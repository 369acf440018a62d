"""What a hosted job's hyperparameters come to in training on one's own machine."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

from engine.base_models import EMBEDDED
from engine.pricing.epochs import default_epochs

if TYPE_CHECKING:
    from store.queries.jobs import JobDetail

_USUAL_LEARNING_RATE: Final = 2e-4
"""For adapters, what a multiplier of 1 stands for here: a common choice, which nobody measured."""

_LARGEST_BATCH: Final = 16
"""Hosted services choose batches for many GPUs."""


def local_hyperparameters(hosted: dict[str, Any], examples: int) -> dict[str, Any]:
    """Return hyperparameters for training here that come near those of a hosted job.

    Epochs are the same, those that the service would choose where it was left to it. A batch is no
    larger than fits a usual machine. A learning rate multiplier, of a rate that no service
    publishes, multiplies the usual one of adapters.

    Args:
        hosted: as the service says them (`n_epochs`, `batch_size`, `learning_rate_multiplier`).
        examples: how many there are to train on.
    """
    epochs, batch = hosted.get("n_epochs"), hosted.get("batch_size")
    multiplier = hosted.get("learning_rate_multiplier")
    found: dict[str, Any] = {"epochs": epochs if _counts(epochs) else default_epochs(examples)}
    if isinstance(batch, int) and _counts(batch):
        found["batch_size"] = min(batch, _LARGEST_BATCH)
    if isinstance(multiplier, int | float) and not isinstance(multiplier, bool) and multiplier > 0:
        found["learning_rate"] = float(f"{multiplier * _USUAL_LEARNING_RATE:.3g}")
    return found


def _counts(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def local_command(job: JobDetail, base_model: str = EMBEDDED) -> str:
    """Return the command that trains a hosted job's data on this machine."""
    hosted = json.loads(job.hyperparameters_json)
    named = f"{job.dataset_name}@{job.dataset_version}" if job.dataset_name else str(job.dataset)
    words = ["ftlab", "train", named, "--provider", "local", "--model", base_model]
    for name, value in local_hyperparameters(hosted, job.examples or 0).items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)
