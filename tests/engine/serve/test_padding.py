from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("to_left", "ids", "mask"),
    [
        (True, [[0, 0, 5], [7, 8, 9]], [[0, 0, 1], [1, 1, 1]]),
        (False, [[5, 0, 0], [7, 8, 9]], [[1, 0, 0], [1, 1, 1]]),
    ],
)
def test_rows_are_filled_up_to_the_longest(
    to_left: bool, ids: list[list[int]], mask: list[list[int]]
) -> None:
    import torch

    from engine.serve.padding import padded

    found = padded([[5], [7, 8, 9]], torch.device("cpu"), to_left=to_left)
    assert [each.tolist() for each in found] == [ids, mask]
