"""Settling the hyperparameters of a job on this machine, before anything is recorded or started."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import base_models
from engine.child import python_module
from engine.errors import LabError, RequestError
from engine.training import automatic, scratch
from engine.training.automatic import AUTO, Known
from engine.training.plan import Hyperparameters, hyperparameters_for

if TYPE_CHECKING:
    from engine.stages import Start

_SECONDS = 120
_EVERYWHERE = ("auto", "float32")


class Settled(NamedTuple):
    """All hyperparameters of a job, and what the user should know of them."""

    hyperparameters: Hyperparameters
    notes: tuple[str, ...]


def settle(start: Start, examples: int, home: Path, *, validated: bool) -> Settled:
    """Put values in the place of each `auto`, add the defaults, and see that all can be followed.

    Args:
        start: what the job begins with.
        examples: how many there are to train on.
        home: the data directory, where models are.
        validated: whether there are validation examples.

    Raises:
        RequestError: if one is unknown or out of bounds, hangs on validation examples that there
            are none of, or asks for what this machine cannot do.
    """
    given = start.hyperparameters
    chosen = automatic.settle(given, _known(start, examples, home))
    settled = hyperparameters_for(start.method, chosen)
    settled.check_validation(given=validated)
    if settled.precision not in _EVERYWHERE:
        _check_precision(settled.precision)
    left = [name for name in automatic.NAMES if given.get(name) == AUTO]
    return Settled(settled, tuple(f"{name} {chosen[name]:g}: found by ftlab" for name in left))


def _known(start: Start, examples: int, home: Path) -> Known:
    wanted = start.hyperparameters.get("learning_rate") == AUTO
    return Known(start.method, examples, _config(start.base_model, home) if wanted else {})


def _config(base_model: str, home: Path) -> Mapping[str, Any]:
    """Return what a base model's `config.json` says; nothing if it is not on this machine."""
    if base_model in base_models.FROM_SCRATCH:
        raise RequestError(
            f"{base_model} has random weights, which no rule for the learning rate is made for: "
            f"leave --learning-rate out for {scratch.LEARNING_RATE:g}"
        )
    try:
        folder = Path(base_models.resolve(base_model, home))
        found = json.loads((folder / "config.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found if isinstance(found, dict) else {}


def _check_precision(precision: str) -> None:
    """Ask a process of its own, for torch is never loaded into this one.

    Raises:
        RequestError: if this machine's device does not compute so.
        LabError: if that could not be found out.
    """
    command, environment = python_module("engine.training.devices", precision)
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=environment,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LabError("the device of this machine could not be looked at in time") from None
    if done.returncode == 0:
        return
    if done.stdout.strip():
        raise RequestError(done.stdout.strip())
    last = done.stderr.strip().rpartition("\n")[2]
    raise LabError(f"the device of this machine could not be looked at: {last}")
