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
from engine.training.packing import OF_PAIRS
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
    if settled.packing:
        _check_packing(start, home)
    if settled.precision not in _EVERYWHERE or settled.devices > 1:
        _check_device(settled.precision, settled.devices)
    left = [name for name in automatic.NAMES if given.get(name) == AUTO]
    notes = [f"{name} {chosen[name]:g}: found by ftlab" for name in left]
    if settled.evaluate_every is not None and not validated:
        notes.append("nothing is evaluated: there are no validation examples (--validation)")
    return Settled(settled, tuple(notes))


def _check_packing(start: Start, home: Path) -> None:
    """See that nothing known so far stands against packing; the rest is seen when training starts.

    Raises:
        RequestError: if something does.
    """
    if start.hyperparameters.get("batch_size") == AUTO:
        raise RequestError(
            "batch_size auto goes by the number of examples, but with packing it counts rows of "
            "max_length tokens: give a number"
        )
    made = start.base_model in base_models.FROM_SCRATCH
    pairs = start.base_model == scratch.TINY_T5 if made else _reads_pairs(start.base_model, home)
    if pairs:
        raise RequestError(OF_PAIRS)


def _reads_pairs(base_model: str, home: Path) -> bool:
    return bool(_config(base_model, home).get("is_encoder_decoder"))


def _known(start: Start, examples: int, home: Path) -> Known:
    wanted = start.hyperparameters.get("learning_rate") == AUTO
    config = _config(start.base_model, home) if wanted else {}
    return Known(start.method, examples, config, start.base_model in base_models.FROM_SCRATCH)


def _config(base_model: str, home: Path) -> Mapping[str, Any]:
    """Return what a base model's `config.json` says; nothing if it is not on this machine.

    Raises:
        LabError: if it is damaged.
    """
    if base_model in base_models.FROM_SCRATCH:
        return {}
    try:
        file = Path(base_models.resolve(base_model, home)) / "config.json"
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise LabError(f"{file} is damaged, it is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise LabError(f"{file} is damaged: it holds no JSON object")
    return found


def _check_device(precision: str, devices: int) -> None:
    """Ask a process of its own, for torch is never loaded into this one.

    Raises:
        RequestError: if this machine's devices do not compute so, or are fewer.
        LabError: if that could not be found out.
    """
    command, environment = python_module("engine.training.devices", precision, str(devices))
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
