"""The order in which examples are trained on, where it is not simply a shuffled one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler
from transformers.trainer_pt_utils import get_length_grouped_indices


class LengthGrouped(Sampler[int]):
    """Puts examples of about the same length beside each other, in another order each epoch.

    The order hangs on seed and epoch alone. transformers' own sampler draws it from the random
    numbers of the moment, so that training that goes on in the middle of an epoch would see others.

    Args:
        lengths: of the examples, in tokens.
        together: how many make a step.
        seed: of the order.
    """

    def __init__(self, lengths: Sequence[int], together: int, seed: int) -> None:
        self._lengths = list(lengths)
        self._together = together
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch comes next; the loader of the examples does."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        drawn = torch.Generator().manual_seed(self._seed + self._epoch)
        order: list[int] = get_length_grouped_indices(
            self._lengths, self._together, generator=drawn
        )
        return iter(order)

    def __len__(self) -> int:
        return len(self._lengths)
