"""Which GPUs there are to share among jobs, asked without loading torch."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Sequence

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The variable that tells a program which GPUs it may see."""

_SECONDS = 10.0
_GPU = re.compile(r"^GPU \d+: .*\(UUID: (GPU-[0-9a-fA-F-]+)\)", re.MULTILINE)
_PARTED = "UUID: MIG-"


def gpus() -> tuple[str, ...]:
    """Return the NVIDIA GPUs that programs started from here may use, as the variable names them.

    Returns:
        None of them where there are none, or where they are cut into parts (MIG): those are the
        machine's owner's to give out.
    """
    if (visible := os.environ.get(VISIBLE)) is not None:
        return tuple(name for part in visible.split(",") if (name := part.strip()))
    try:
        listed = subprocess.run(
            ["nvidia-smi", "-L"],  # noqa: S607
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    # By their UUIDs: CUDA counts the fastest first, nvidia-smi goes by the bus.
    return () if _PARTED in listed else tuple(_GPU.findall(listed))


def freest(there: Sequence[str], held: Counter[str], count: int) -> tuple[str, ...]:
    """Return so many GPUs, those that the fewest jobs hold, in the order in which they are."""
    by_use = sorted(there, key=lambda gpu: held[gpu])[:count]
    return tuple(gpu for gpu in there if gpu in by_use)
