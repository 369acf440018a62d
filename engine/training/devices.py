"""What a training process runs on."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

_PACKAGES = (
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "datasets",
    "tokenizers",
    "safetensors",
    "numpy",
)


class Device(NamedTuple):
    """Where the model is and in which numbers it computes.

    Attributes:
        kind: `cuda`, `mps` or `cpu`.
        bf16: whether to compute in bfloat16 where its range is enough (autocast).
    """

    kind: str
    bf16: bool


def find_device() -> Device:
    """Return the best device of this machine.

    bfloat16 is taken where the hardware multiplies it faster than float32: on NVIDIA's from Ampere
    on, and on processors with AMX. Elsewhere it is emulated and slower.
    """
    import torch

    if torch.cuda.is_available():
        return Device("cuda", torch.cuda.is_bf16_supported(including_emulation=False))
    if torch.backends.mps.is_available():
        return Device("mps", bf16=False)
    # Older versions of torch do not tell.
    capabilities: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return Device("cpu", bool(capabilities.get("amx_bf16", False)))


def environment(device: Device) -> dict[str, Any]:
    """Return what a run depends on beside its plan: packages, interpreter, machine."""
    import torch

    found: dict[str, Any] = {name: _version(name) for name in _PACKAGES}
    found |= {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "threads": torch.get_num_threads(),
        "bf16": device.bf16,
    }
    if device.kind == "cuda":
        found["gpu"] = torch.cuda.get_device_name()
    return found


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
