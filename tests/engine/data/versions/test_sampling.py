from __future__ import annotations

import pytest

from engine.data.errors import DataError, WishError
from engine.data.versions.contents import records_of
from engine.data.versions.criteria import answer_of
from engine.data.versions.sampling import Sample, bands, sample_version
from engine.lab import Lab
from store.queries.datasets import DatasetRow
from tests.engine.data.versions.conftest import Add, row


@pytest.fixture
def whole(add: Add) -> DatasetRow:
    """A hundred examples, longer and longer, every fourth answered with 'no'."""
    return add("whole", *(row("?" * n, "no" if n % 4 == 0 else "yes") for n in range(1, 101)))


def _lengths(lab: Lab, sample: DatasetRow) -> list[int]:
    return [len(record["messages"][0]["content"]) for record in records_of(lab, sample)]


@pytest.mark.parametrize(("size", "examples"), [(10, 10), (0.25, 25), (100, 100)])
def test_a_sample_has_the_size_that_was_asked_for(
    lab: Lab, whole: DatasetRow, size: float, examples: int
) -> None:
    sample = sample_version(lab, whole.id, "part", Sample(size))
    lengths = _lengths(lab, sample)
    assert len(set(lengths)) == examples == sample.examples
    assert lengths == sorted(lengths)


def test_a_seed_draws_the_same_again_and_another_one_others(lab: Lab, whole: DatasetRow) -> None:
    drawn = [sample_version(lab, whole.id, "part", Sample(9, seed=seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_the_shortest_and_the_longest(lab: Lab, whole: DatasetRow) -> None:
    short = sample_version(lab, whole.id, "short", Sample(3, take="shortest"))
    long = sample_version(lab, whole.id, "long", Sample(3, take="longest"))
    assert _lengths(lab, short) == [1, 2, 3]
    assert _lengths(lab, long) == [98, 99, 100]


def test_answers_keep_their_shares(lab: Lab, whole: DatasetRow) -> None:
    sample = sample_version(lab, whole.id, "part", Sample(20, stratify="answer"))
    assert [answer_of(record) for record in records_of(lab, sample)].count("no") == 5


def test_lengths_keep_their_shares(lab: Lab, whole: DatasetRow) -> None:
    sample = sample_version(lab, whole.id, "part", Sample(20, stratify="length"))
    tenths = [(length - 1) // 10 for length in _lengths(lab, sample)]
    assert [tenths.count(band) for band in range(10)] == [2] * 10


def test_bands_count_from_the_shortest() -> None:
    assert bands(range(20, 0, -1)) == [9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0]
    assert bands([]) == []


def test_more_than_there_is_cannot_be_taken(lab: Lab, whole: DatasetRow) -> None:
    with pytest.raises(DataError, match="101 cannot be taken of 100 examples"):
        sample_version(lab, whole.id, "part", Sample(101))
    with pytest.raises(DataError, match="the sample would be empty"):
        sample_version(lab, whole.id, "part", Sample(0.001))


@pytest.mark.parametrize("size", [0, 0.0, 1.0, -3, float("nan"), float("inf")])
def test_what_is_no_size_is_refused(lab: Lab, whole: DatasetRow, size: float) -> None:
    with pytest.raises(WishError):
        sample_version(lab, whole.id, "part", Sample(size))
