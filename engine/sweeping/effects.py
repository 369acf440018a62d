"""How much each swept setting matters: the share of the variance that its values explain.

The share is eta squared of a one-way analysis of variance (Fisher, Statistical Methods for Research
Workers, 1925): the sum of squares between the groups of trials that have the same value of the
setting, divided by the sum of squares between all trials. Over a full grid that is the main effect
of functional ANOVA (Hutter, Hoos and Leyton-Brown, ICML 2014) on the grid's own means. Of a setting
that was drawn from a range, a group is a third of the trials, by their values.

Groups differ by chance too: k groups of n trials explain (k - 1) / (n - 1) of the variance on
average where the setting does nothing at all. That share is told beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Any

from engine.sweeping.standing import Trial

_PARTS = 3
_FEWEST_IN_A_GROUP = 2
_FEW_TRIALS = 8


@dataclass(frozen=True, slots=True)
class Group:
    """The trials that have a value of a setting, or values of a stretch of it.

    Attributes:
        label: the value, or the stretch from the lowest to the highest.
        values: the metric of each trial.
    """

    label: str
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean of the metric."""
        return fmean(self.values)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a setting does to the metric.

    Attributes:
        name: the setting.
        groups: the trials by its values, in the order of these.
        share: the part of the variance that it explains; None if there are too few trials to tell,
            or all of them came to the same.
        by_chance: the part that it would explain on average if it did nothing.
    """

    name: str
    groups: tuple[Group, ...]
    share: float | None
    by_chance: float | None


def effects(ranked: Sequence[Trial]) -> list[Effect]:
    """Return what each setting does that was swept, what explains most first.

    Args:
        ranked: the trials that have a value of the metric.
    """
    names = list(dict.fromkeys(name for trial in ranked for name in trial.settings))
    found = [_effect(name, ranked) for name in names]
    return sorted(found, key=lambda effect: -1.0 if effect.share is None else -effect.share)


def caution(found: Sequence[Effect], trials: int) -> str:
    """Say how far these shares can be trusted."""
    if all(effect.share is None for effect in found):
        these = "1 trial is" if trials == 1 else f"{trials} trials are"
        return (
            f"{these} too few to tell what mattered: each value needs {_FEWEST_IN_A_GROUP} trials "
            "or more, and they must differ."
        )
    if trials < _FEW_TRIALS:
        return (
            f"{trials} trials are few: shares near those of chance say nothing, and what settings "
            "do together counts for none of them."
        )
    return "What settings do together, and chance, is the part that none of them explains."


def _effect(name: str, ranked: Sequence[Trial]) -> Effect:
    known = [trial for trial in ranked if name in trial.settings]
    groups = _groups(name, known)
    values = [value for group in groups for value in group.values]
    grand = fmean(values)
    whole = sum((value - grand) ** 2 for value in values)
    enough = len(groups) > 1 and all(len(group.values) >= _FEWEST_IN_A_GROUP for group in groups)
    if not enough or whole == 0:
        return Effect(name, groups, None, None)
    between = sum(len(group.values) * (group.mean - grand) ** 2 for group in groups)
    by_chance = (len(groups) - 1) / (len(values) - 1)
    return Effect(name, groups, min(1.0, between / whole), by_chance)


def _groups(name: str, trials: Sequence[Trial]) -> tuple[Group, ...]:
    found: dict[Any, list[float]] = {}
    for trial in sorted(trials, key=lambda trial: _place(trial.settings, name)):
        found.setdefault(trial.settings[name], []).append(_value(trial))
    several = [values for values in found.values() if len(values) > 1]
    if several or len(found) < 2 * _PARTS or not all(map(_is_number, found)):
        return tuple(Group(label(value), tuple(values)) for value, values in found.items())
    return _stretches(found)


def _stretches(found: Mapping[Any, Sequence[float]]) -> tuple[Group, ...]:
    """Return three groups of about the same size of trials that all have values of their own."""
    ordered = list(found.items())
    bounds = [len(ordered) * part // _PARTS for part in range(_PARTS + 1)]
    groups = []
    for begin, end in pairwise(bounds):
        part = ordered[begin:end]
        values = tuple(value for _, measured in part for value in measured)
        groups.append(Group(f"{label(part[0][0])}..{label(part[-1][0])}", values))
    return tuple(groups)


def label(value: object) -> str:
    """Return a setting's value as a person writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _place(settings: Mapping[str, Any], name: str) -> tuple[bool, float, str]:
    value = settings[name]
    return (not _is_number(value), value if _is_number(value) else 0.0, str(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(trial: Trial) -> float:
    return 0.0 if trial.value is None else trial.value
