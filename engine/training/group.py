"""The processes that train one model together, seen from one of them.

Each is a rank: it has a device of its own, reads its share of every batch, and all of them add up
their gradients (`torch.nn.parallel.DistributedDataParallel`). Rank 0 is the job's process: it alone
writes, evaluates and decides. A process that trains by itself is a group of one, for which nothing
here costs anything.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from engine.training.devices import Device

_T = TypeVar("_T")
_STORE = "store"

PATIENCE = timedelta(days=7)
"""How long a rank waits for the others: as long as any evaluation takes.

That one has died is not found out by waiting; see `engine.training.launch`.
"""


@dataclass(frozen=True, slots=True)
class Group:
    """The ranks of a job.

    Attributes:
        rank: which one this process is, from 0.
        size: how many there are.
        backend: what carries their messages: `nccl` between GPUs, `gloo` between processors.
    """

    rank: int = 0
    size: int = 1
    backend: str | None = None

    @property
    def is_first(self) -> bool:
        """Whether this process is the job's own, which writes and decides."""
        return self.rank == 0

    def described(self) -> dict[str, Any]:
        """Return what is recorded of the group."""
        carried = {} if self.backend is None else {"backend": self.backend}
        return {"devices": self.size, **carried}

    def sums(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return each value added up over all ranks; every rank gives the same names."""
        if self.size == 1:
            return dict(values)
        import torch
        import torch.distributed

        kind = "cuda" if self.backend == "nccl" else "cpu"
        added = torch.tensor(list(values.values()), dtype=torch.float64, device=kind)
        torch.distributed.all_reduce(added)
        return dict(zip(values, added.tolist(), strict=True))

    def as_first_says(self, value: _T) -> _T:
        """Return rank 0's value on every rank; the others wait for it."""
        if self.size == 1:
            return value
        import torch.distributed

        told = [value]
        torch.distributed.broadcast_object_list(told, src=0)
        return told[0]


def join(rank: int, size: int, device: Device, meeting: Path) -> Group:
    """Meet the other ranks and return the group of all; it waits until every one has come.

    They find each other by a file in a folder that nobody else may enter, and speak over the
    loopback interface: nothing listens to the network. What `torchrun` sets in the environment is
    set here, for accelerate goes by it.

    Args:
        rank: which one this process is, from 0.
        size: how many there are.
        device: where it computes.
        meeting: the folder.
    """
    import torch.distributed

    _share_processor(size)
    loopback = _loopback()
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(size),
        "LOCAL_WORLD_SIZE": str(size),
        "GLOO_SOCKET_IFNAME": loopback,
        "NCCL_SOCKET_IFNAME": loopback,
    }
    backend = "nccl" if device.kind == "cuda" else "gloo"
    torch.distributed.init_process_group(
        backend,
        init_method=(meeting / _STORE).as_uri(),
        rank=rank,
        world_size=size,
        timeout=PATIENCE,
    )
    return Group(rank, size, backend)


def _share_processor(size: int) -> None:
    """Divide the threads that torch would take among the ranks, unless the user has said."""
    import torch

    if "OMP_NUM_THREADS" in os.environ:
        return
    threads = max(1, torch.get_num_threads() // size)
    torch.set_num_threads(threads)
    # accelerate would choose a number of its own.
    os.environ["OMP_NUM_THREADS"] = str(threads)


def _loopback() -> str:
    """Return the name of the interface on which a machine speaks to itself."""
    import psutil

    found = psutil.net_if_addrs().items()
    own = (name for name, addresses in found if any(a.address == "127.0.0.1" for a in addresses))
    return next(own, "lo")
