from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.training.examples import IGNORED, ExampleEncoder
from engine.training.models import ModelError
from engine.training.packing import Packed, fill, joined, pack_file
from engine.training.pairs import PairEncoder

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LENGTHS = random.Random(3).choices(range(2, 65), k=500)  # noqa: S311 - made-up lengths


def test_each_example_is_in_one_row_and_no_row_holds_more_than_it_can() -> None:
    rows = fill(LENGTHS, 64, seed=1)
    assert sorted(example for row in rows for example in row) == list(range(500))
    assert all(sum(LENGTHS[example] for example in row) <= 64 for row in rows)


def test_rows_are_nearly_full() -> None:
    rows = fill(LENGTHS, 64, seed=1)
    assert len(rows) <= 1.03 * sum(LENGTHS) / 64


def test_an_example_goes_where_it_leaves_the_least_room() -> None:
    # 4 would fit beside 5 as well, but fills the row of 6.
    rows = fill([6, 5, 4], 10, seed=0)
    assert sorted(map(sorted, rows)) == [[0, 2], [1]]


def test_neighbours_hang_on_the_seed_alone() -> None:
    assert fill(LENGTHS, 64, seed=1) == fill(LENGTHS, 64, seed=1)
    assert fill(LENGTHS, 64, seed=1) != fill(LENGTHS, 64, seed=2)


def test_no_example_is_foretold_from_the_one_before_it() -> None:
    one = {"input_ids": [5, 6, 7], "labels": [IGNORED, 6, 7]}
    other = {"input_ids": [8, 9], "labels": [8, 9]}
    assert joined([one, other]) == {
        "input_ids": [5, 6, 7, 8, 9],
        "labels": [IGNORED, 6, 7, IGNORED, 9],
        "position_ids": [0, 1, 2, 0, 1],
    }


@pytest.fixture(scope="module")
def packed(
    tokenizer: PreTrainedTokenizerBase, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Packed, Packed]:
    """Three examples in rows of eight, as made by one attempt and found by the next."""
    from datasets import Dataset

    run_dir = tmp_path_factory.mktemp("run")
    (run_dir / "cache").mkdir()
    examples = Dataset.from_dict(
        {"input_ids": [[1, 2, 3], [4, 5, 6, 7, 8], [9, 9]], "labels": [[1, 2, 3], [4] * 5, [9, 9]]}
    )
    encoder = ExampleEncoder(tokenizer, 8)
    made = pack_file(examples, encoder, 4, run_dir)
    return made, pack_file(examples.select([0]), encoder, 5, run_dir)


def test_the_next_attempt_finds_the_same_rows(packed: tuple[Packed, Packed]) -> None:
    made, found = packed
    assert made.rows["input_ids"][:] == [[4, 5, 6, 7, 8, 1, 2, 3], [9, 9]]
    assert found.rows[:] == made.rows[:]


def test_how_full_the_rows_are_is_told_once(packed: tuple[Packed, Packed]) -> None:
    made, found = packed
    assert made.remark == ("3 training examples are packed into 2 rows of up to 8 tokens, 62% full")
    assert found.remark is None


def test_pairs_of_texts_are_not_packed(tokenizer: PreTrainedTokenizerBase, tmp_path: Path) -> None:
    from datasets import Dataset

    with pytest.raises(ModelError, match="encoder-decoder model cannot be trained with packing"):
        pack_file(Dataset.from_dict({}), PairEncoder(tokenizer, 8), 0, tmp_path)
