"""Packing: several short examples to a row of tokens, where padding would have been.

An example's positions begin at 0 wherever it stands in its row, by which attention tells it from
its neighbours (`separation` makes sure of that); its first token is predicted from none.
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.training import layout
from engine.training.durable import sync_tree
from engine.training.examples import IGNORED, ExampleEncoder
from engine.training.models import ModelError

if TYPE_CHECKING:
    from datasets import Dataset

    from engine.training.examples import Encoder

_FILE = "packed.arrow"
OF_PAIRS = (
    "an encoder-decoder model cannot be trained with packing, for it reads one text and writes "
    "another: take group_by_length (--group-by-length) instead"
)
"""Why such a model is refused."""


class Packed(NamedTuple):
    """The training examples in rows.

    Attributes:
        rows: of `input_ids`, `labels` and `position_ids`.
        remark: in words, how full they are; None if an earlier attempt packed them.
    """

    rows: Dataset
    remark: str | None


def pack_file(examples: Dataset, encoder: Encoder, seed: int, run_dir: Path) -> Packed:
    """Put tokenized examples into rows, the same ones in every attempt.

    The rows are written to the run folder's cache, and taken from there if an earlier attempt made
    them.

    Args:
        examples: rows of `input_ids` and `labels`.
        encoder: what made them, which knows how many tokens the model takes.
        seed: of which examples share a row.
        run_dir: the run folder.

    Raises:
        ModelError: if they are for an encoder-decoder model.
    """
    from datasets import Dataset, Features, List, Value

    if not isinstance(encoder, ExampleEncoder):
        raise ModelError(OF_PAIRS)
    capacity = encoder.max_length
    cached = run_dir / layout.CACHE / _FILE
    if cached.exists():
        return Packed(Dataset.from_file(str(cached)), None)
    lengths = [len(ids) for ids in examples["input_ids"]]
    members = fill(lengths, capacity, seed)
    ids = List(Value("int32"))
    rows = Dataset.from_dict({"members": members}).map(
        lambda row: joined(examples.select(row["members"])),
        remove_columns="members",
        features=Features({"input_ids": ids, "labels": ids, "position_ids": ids}),
        cache_file_name=str(cached),
        new_fingerprint=cached.stem,
    )
    sync_tree(cached.parent)
    full = sum(lengths) / (len(members) * capacity)
    return Packed(
        rows,
        f"{len(lengths)} training examples are packed into {len(members)} rows of up to {capacity} "
        f"tokens, {full:.0%} full",
    )


def fill(lengths: Sequence[int], capacity: int, seed: int) -> list[list[int]]:
    """Return which examples share a row: best-fit decreasing, into as few rows as that finds.

    From the longest to the shortest, each example goes into the row that it leaves the least room
    in, as in Ding et al. 2024, "Fewer Truncations Improve Language Modeling" (arXiv:2404.10830),
    and TRL's packing strategy `bfd`.

    Args:
        lengths: of the examples, in tokens.
        capacity: the most that a row holds; no example is longer.
        seed: which of several examples of one length comes first.
    """
    order = list(range(len(lengths)))
    random.Random(seed).shuffle(order)  # noqa: S311 (no secret)
    order.sort(key=lengths.__getitem__, reverse=True)
    rows: list[list[int]] = []
    spaces: list[int] = []  # What rows have left, each number once, the smallest first.
    rows_with: defaultdict[int, list[int]] = defaultdict(list)
    for example in order:
        place = bisect_left(spaces, lengths[example])
        if place == len(spaces):
            row, space = len(rows), capacity
            rows.append([])
        else:
            space = spaces[place]
            row = rows_with[space].pop()
            if not rows_with[space]:
                del spaces[place]
        rows[row].append(example)
        left = space - lengths[example]
        if not rows_with[left]:
            insort(spaces, left)
        rows_with[left].append(row)
    return rows


def joined(examples: Iterable[dict[str, Any]]) -> dict[str, list[int]]:
    """Return a row of some examples, one after the other."""
    row: dict[str, list[int]] = {"input_ids": [], "labels": [], "position_ids": []}
    for example in examples:
        ids, labels = example["input_ids"], example["labels"]
        row["input_ids"] += ids
        row["labels"] += [IGNORED, *labels[1:]]
        row["position_ids"] += range(len(ids))
    return row
