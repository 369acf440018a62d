"""What this machine has left for a training: slots, disk and memory."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine import base_models, queue
from store.leases import POLLER, holder_of
from store.queries import queue as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.places import Places
    from engine.planning import Plan

_STATES = 3
"""A checkpoint has each weight and the two averages that AdamW keeps of its gradient."""
_IN_MEMORY = 4
"""Training all weights keeps their gradients as well."""
_HALVES = ("float16", "bfloat16")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine has left.

    Attributes:
        slots: how many jobs may run here before others have to wait.
        free: how many of these slots are free.
        running: the names of the jobs that take the others.
        waiting: how many jobs wait in the queue.
        starter: who starts those that wait; None if nobody does.
        disk: bytes that can still be written to the data directory.
        memory: bytes of memory that are free.
    """

    slots: int
    free: int
    running: tuple[str, ...]
    waiting: int
    starter: str | None
    disk: int
    memory: int


@dataclass(frozen=True, slots=True)
class Need:
    """What training all weights of a model takes, roughly.

    Attributes:
        disk: bytes of its checkpoints and the result.
        memory: bytes of weights, gradients and the optimizer's averages, activations apart.
    """

    disk: int
    memory: int


def machine_now(lab: Lab) -> Machine:
    """Return what this machine has left now."""
    reader = lab.database.reader
    taken = queries.slots_taken(reader)
    slots = queue.slots(lab)
    return Machine(
        slots=slots,
        free=queue.free_slots(lab, slots),
        running=tuple(row.name for row in taken),
        waiting=len(queries.waiting(reader)),
        starter=holder_of(reader, POLLER),
        disk=_free_disk(lab.places.home),
        memory=_free_memory(),
    )


def need_of(places: Places, plan: Plan) -> Need | None:
    """Return what a job on this machine takes; None if that is little, or not known."""
    folder = ready_folder(places, plan.request.base_model)
    if plan.method != "full" or folder is None:
        return None
    weights = _float32_bytes(folder)
    if not weights:
        return None
    kept = int(plan.hyperparameters.get("keep_checkpoints") or 1) + 1
    return Need(weights * (_STATES * kept + 1), weights * _IN_MEMORY)


def _free_disk(folder: Path) -> int:
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free


def _free_memory() -> int:
    import psutil

    return psutil.virtual_memory().available


def ready_folder(places: Places, base_model: str) -> Path | None:
    """Return where a base model's weights lie, if they are on this machine and ready."""
    if not base_model or base_model in base_models.FROM_SCRATCH:
        return None
    candidates = (
        places.model(base_model),
        places.models / "base" / base_model.lower(),
        Path(base_model).expanduser(),
    )
    return next((each for each in candidates if (each / "config.json").is_file()), None)


def _float32_bytes(folder: Path) -> int:
    """Return what the weights of a model folder come to as 32-bit numbers."""
    found = sum(file.stat().st_size for kind in _WEIGHTS for file in folder.glob(kind))
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return found
    kept_as = config.get("dtype", config.get("torch_dtype")) if isinstance(config, dict) else None
    return found * 2 if kept_as in _HALVES else found
