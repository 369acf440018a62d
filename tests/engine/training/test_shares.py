from __future__ import annotations

from itertools import chain

import pytest

from engine.training.examples import IGNORED
from engine.training.group import Group
from engine.training.sampling import LengthGrouped
from engine.training.shares import Filled, Share

_EXAMPLES = 41


@pytest.mark.parametrize(("size", "batch_size"), [(2, 1), (2, 4), (3, 2), (5, 3)])
def test_ranks_make_the_batches_together_that_one_process_would(size: int, batch_size: int) -> None:
    order = LengthGrouped(range(_EXAMPLES), together=4, seed=3)
    shares = [Share(order, batch_size, Group(rank, size)) for rank in range(size)]
    dealt = [_batches(list(share), batch_size) for share in shares]
    assert [len(share) for share in shares] == [sum(map(len, batches)) for batches in dealt]
    rounds = [list(chain(*parts)) for parts in zip(*dealt, strict=True)]
    without = [[place for place in places if place < _EXAMPLES] for places in rounds]
    assert without == _batches(list(order), size * batch_size)


def _batches(places: list[int], size: int) -> list[list[int]]:
    return [places[start : start + size] for start in range(0, len(places), size)]


def test_a_share_follows_the_epochs() -> None:
    share = Share(LengthGrouped(range(_EXAMPLES), together=4, seed=3), 2, Group(1, 2))
    first = list(share)
    share.set_epoch(1)
    assert list(share) != first


def test_of_a_filler_nothing_is_learned() -> None:
    from datasets import Dataset

    rows = {"input_ids": [[5, 6], [7, 8, 9]], "labels": [[5, 6], [IGNORED, 8, 9]]}
    filled = Filled(Dataset.from_dict(rows))
    assert len(filled) == 2
    assert filled[1] == {"input_ids": [7, 8, 9], "labels": [IGNORED, 8, 9]}
    assert filled.__getitems__([0, 2])[1] == {"input_ids": [7], "labels": [IGNORED]}
