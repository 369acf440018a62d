"""What a training process runs on."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from engine.training.plan import PlanError

if TYPE_CHECKING:
    import torch

    from engine.training.plan import Precision

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
        fp16: whether to compute in float16 likewise; gradients are scaled then.
    """

    kind: str
    bf16: bool
    fp16: bool = False

    @property
    def computes_in(self) -> str:
        """The numbers that it computes in."""
        return "bfloat16" if self.bf16 else "float16" if self.fp16 else "float32"

    def autocast(self) -> torch.autocast:
        """Return a context in which a model computes in these numbers."""
        import torch

        dtype = torch.float16 if self.fp16 else torch.bfloat16
        return torch.autocast(self.kind, dtype, enabled=self.bf16 or self.fp16)


def find_device(precision: Precision = "auto") -> Device:
    """Return the best device of this machine.

    Left to ftlab, bfloat16 is taken where the hardware multiplies it faster than float32: on
    NVIDIA's from Ampere on, and on processors with AMX. Elsewhere it is emulated and slower.

    Args:
        precision: in which numbers it shall compute.

    Raises:
        PlanError: if it has no such numbers.
    """
    best = _best()
    if precision == "auto":
        return best
    if precision not in _precisions(best):
        raise PlanError(
            f"this machine's {_IN_WORDS[best.kind]} does not compute in {precision}: take "
            f"{' or '.join(['auto', *_precisions(best)])}"
        )
    return Device(best.kind, bf16=precision == "bfloat16", fp16=precision == "float16")


def check_count(device: Device, wanted: int) -> None:
    """See that a machine has as many devices as a job shall train on.

    Raises:
        PlanError: if it has fewer.
    """
    had = _count(device.kind)
    if wanted <= had:
        return
    if device.kind == "mps":
        raise PlanError(
            f"devices is {wanted}, but of Apple's GPUs training takes one: leave it out"
        )
    what = "GPU" if device.kind == "cuda" else "processor core"
    several = "s" if had > 1 else ""
    raise PlanError(
        f"devices is {wanted}, but this machine has {had} {what}{several} to train on: take "
        f"{had} or fewer"
    )


def _count(kind: str) -> int:
    """Return how many processes can train, each on a device of its own."""
    import torch

    if kind == "cuda":
        return torch.cuda.device_count()
    if kind == "mps":
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def take(rank: int) -> None:
    """Let this process compute on the GPU of its rank, and leave nothing on the others'."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.set_device(rank)


_IN_WORDS = {"cuda": "GPU", "mps": "GPU", "cpu": "processor"}


def _best() -> Device:
    import torch

    if torch.cuda.is_available():
        return Device("cuda", torch.cuda.is_bf16_supported(including_emulation=False))
    if torch.backends.mps.is_available():
        return Device("mps", bf16=False)
    return Device("cpu", bool(_capabilities().get("amx_bf16", False)))


def _precisions(device: Device) -> list[str]:
    """Return the numbers that a device multiplies in hardware."""
    import torch

    # Gradients of float16 are scaled on Apple's GPUs from torch 2.8 on.
    scales = device.kind == "cuda" or (device.kind == "mps" and torch.__version__ >= "2.8")
    halves = ["float16"] if scales else []
    if device.bf16 or (device.kind == "cpu" and _capabilities().get("avx512_bf16", False)):
        halves = ["bfloat16", *halves]
    return ["float32", *halves]


def _capabilities() -> Mapping[str, Any]:
    """Return what the processor can do; older versions of torch do not tell."""
    import torch

    found: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return found


def environment(device: Device) -> dict[str, Any]:
    """Return what a run depends on beside its plan: packages, interpreter, machine."""
    import torch

    found: dict[str, Any] = {name: _version(name) for name in _PACKAGES}
    found |= {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "threads": torch.get_num_threads(),
        "bf16": device.bf16,
        "precision": device.computes_in,
    }
    if device.kind == "cuda":
        found["gpu"] = torch.cuda.get_device_name()
        found["cuda"] = torch.version.cuda
    return found


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _main() -> int:
    """Say whether this machine computes in the numbers that are named, on so many devices."""
    import sys

    precision, devices = sys.argv[1:]
    try:
        check_count(find_device(cast("Precision", precision)), int(devices))
    except PlanError as error:
        print(error)  # noqa: T201 (the process that asks reads it)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
