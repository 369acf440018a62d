"""Which metrics are drawn together, and in which order charts are offered."""

from __future__ import annotations

from collections.abc import Iterable

_COMPANIONS = {
    "loss": ("eval_loss",),
    "train_loss": ("valid_loss", "full_valid_loss"),
    "train_accuracy": ("valid_accuracy", "full_valid_accuracy"),
    "train_mean_token_accuracy": ("valid_mean_token_accuracy", "full_valid_mean_token_accuracy"),
    "train_mean_reward": ("valid_mean_reward", "full_valid_mean_reward"),
}
_FIRST = ("loss", "train_loss")
_LAST = ("epoch", "tokens")
"""What only counts how far a job is."""


def charts(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Group metrics into charts: training with its evaluation, the losses first, then by name.

    An evaluation metric without its training counterpart has a chart of its own.
    """
    present = set(names)
    chosen = [_together(name, present) for name in sorted(present)]
    beside = {name for chart in chosen for name in chart[1:]}
    return sorted(
        (chart for chart in chosen if chart[0] not in beside),
        key=lambda chart: (chart[0] in _LAST, chart[0] not in _FIRST, chart[0]),
    )


def _together(name: str, present: set[str]) -> tuple[str, ...]:
    companions = (*_COMPANIONS.get(name, ()), f"eval_{name}")
    return (name, *dict.fromkeys(other for other in companions if other in present))
