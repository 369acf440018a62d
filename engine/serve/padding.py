"""Rows of tokens as one tensor, filled up to the longest.

Loads torch; imported with what computes.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch


def padded(
    rows: Sequence[Sequence[int]], device: torch.device, *, to_left: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return token ids and attention mask, both of shape (rows, tokens of the longest).

    Args:
        rows: the tokens of each row.
        device: where to put them.
        to_left: whether rows are filled up before their tokens, so that all end together.
    """
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        filled = slice(longest - len(row), longest) if to_left else slice(0, len(row))
        ids[place, filled] = torch.tensor(row, dtype=torch.long)
        mask[place, filled] = 1
    return ids.to(device), mask.to(device)
