"""Hyperparameters for people: a name and a value each."""

from __future__ import annotations

import json
from collections.abc import Mapping


def hyperparameter_fields(text: str) -> list[tuple[str, str]]:
    """Return what a JSON object of hyperparameters says, in its order.

    What stands in an object of its own, as a method's own settings at hosted services do, is named
    after it: `dpo beta`.
    """
    return _fields(json.loads(text), "")


def _fields(values: Mapping[str, object], before: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        called = f"{before}{name.replace('_', ' ')}"
        if isinstance(value, dict):
            found += _fields(value, f"{called} ")
        elif value is not None:
            found.append((called, _value(value)))
    return found


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
