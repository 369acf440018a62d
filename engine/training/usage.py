"""How busy the GPUs are that a job trains on."""

from __future__ import annotations

import logging
import time

_APART = 1.0
_log = logging.getLogger(__name__)


class GpuUse:
    """Asks NVIDIA's library how busy GPUs are, now and then: it takes its time, up to milliseconds.

    Without a GPU, or without the package nvidia-ml-py, nothing is measured.

    Args:
        kind: of the device that is trained on: `cuda`, `mps` or `cpu`.
        count: how many there are, of which this process sees all.
    """

    def __init__(self, kind: str, count: int = 1) -> None:
        self._devices = range(count) if kind == "cuda" else range(0)
        self._next = 0.0

    def measure(self) -> dict[str, float]:
        """Return `gpu_utilization` in percent, the mean over all GPUs, once a second at most.

        It is the part of NVIDIA's last sample period, up to a second, in which the GPU did
        something (`torch.cuda.utilization`). In between, nothing is returned.
        """
        now = time.monotonic()
        if not self._devices or now < self._next:
            return {}
        self._next = now + _APART
        try:
            return {"gpu_utilization": self._mean()}
        except Exception as error:  # noqa: BLE001 (whatever the library lacks, training goes on)
            self._devices = range(0)
            _log.info("how busy the GPU is cannot be measured: %s", error)
            return {}

    def _mean(self) -> float:
        import torch

        return sum(map(torch.cuda.utilization, self._devices)) / len(self._devices)
