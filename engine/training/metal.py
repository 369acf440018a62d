"""Apple's GPUs (MPS): what transformers' Trainer leaves to others."""

from __future__ import annotations

from pathlib import Path

_FILE = "rng_state_mps.pth"


def save_random_state(checkpoint: Path) -> None:
    """Write the state of the GPU's random numbers, from which dropout is drawn, to a checkpoint."""
    import torch

    torch.save(torch.mps.get_rng_state(), checkpoint / _FILE)


def restore_random_state(checkpoint: Path) -> None:
    """Go on with the random numbers of a checkpoint; one that has none was saved elsewhere."""
    import torch

    if (checkpoint / _FILE).is_file():
        torch.mps.set_rng_state(torch.load(checkpoint / _FILE, weights_only=True))


def memory() -> int:
    """Return how many bytes Metal has given to this process."""
    import torch

    return int(torch.mps.driver_allocated_memory())
