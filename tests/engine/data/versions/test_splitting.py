from __future__ import annotations

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.data.errors import DataError, WishError
from engine.data.versions.splitting import Part, assign, parse_size

SIZES = st.integers(0, 60) | st.floats(0, 1, exclude_max=True)


@given(st.integers(0, 120), SIZES, SIZES, st.integers())
def test_every_row_gets_one_part_and_the_parts_have_their_sizes(
    count: int, test: float, validation: float, seed: int
) -> None:
    try:
        parts = assign(count, test=test, validation=validation, seed=seed)
    except DataError:
        return
    sizes = {part: parts.count(part) for part in Part}
    assert len(parts) == sum(sizes.values()) == count
    assert sizes[Part.TRAIN] > 0
    for part, size in ((Part.TEST, test), (Part.VALIDATION, validation)):
        wanted = size if isinstance(size, int) else size * count
        assert abs(sizes[part] - wanted) <= 0.5 + 1e-9
        assert (sizes[part] > 0) == (size > 0)


@given(st.integers(2, 100), st.integers(1, 30), st.integers(0, 30), st.integers())
def test_which_rows_test_does_not_depend_on_the_validation_part(
    count: int, test: int, validation: int, seed: int
) -> None:
    assume(test + validation < count)
    without = assign(count, test=test, validation=0, seed=seed)
    beside = assign(count, test=test, validation=validation, seed=seed)
    assert [part == Part.TEST for part in beside] == [part == Part.TEST for part in without]


def test_a_seed_draws_the_same_rows_for_good() -> None:
    parts = assign(10_000, test=0.1, validation=0.05, seed=42)
    assert hashlib.sha256(parts).hexdigest() == (
        "05bd285cb939c2af2e01dceccc073a074260ca19e0ecd70e1102a361a150706f"
    )


def test_another_seed_draws_other_rows() -> None:
    drawn = {bytes(assign(100, test=10, validation=10, seed=seed)) for seed in (-1, 0, 1, 2**80)}
    assert len(drawn) == 4


def test_every_row_is_drawn_equally_often() -> None:
    drawn = [0] * 20
    for seed in range(2000):
        for row, part in enumerate(assign(20, test=5, validation=0, seed=seed)):
            drawn[row] += part == Part.TEST
    # 500 expected with a standard deviation of 19.4: five of them away is one in a million.
    assert max(abs(times - 500) for times in drawn) < 97


@pytest.mark.parametrize(
    ("count", "fraction", "rows"), [(5, 0.1, 1), (50, 0.29, 15), (14, 0.1, 1), (200, 0.1, 20)]
)
def test_a_fraction_is_rounded_to_the_nearest_row_halves_up(
    count: int, fraction: float, rows: int
) -> None:
    parts = assign(count, test=fraction, validation=0, seed=0)
    assert parts.count(Part.TEST) == rows


@pytest.mark.parametrize(
    ("test", "validation", "message"),
    [
        (5, 5, "nothing is left for training"),
        (0.9, 0.1, "nothing is left for training"),
        (0.01, 0, "the test part would be empty"),
        (0, 0.04, "the validation part would be empty"),
        (1.0, 0, "not 1.0 for the test part"),
        (0, -0.1, "not -0.1 for the validation part"),
        (-1, 0, "not -1 for the test part"),
        (float("nan"), 0, "not nan for the test part"),
    ],
)
def test_sizes_that_cannot_be_are_refused(test: float, validation: float, message: str) -> None:
    with pytest.raises(DataError, match=message):
        assign(10, test=test, validation=validation, seed=0)


@pytest.mark.parametrize(("text", "size"), [("0.1", 0.1), ("100", 100), ("0", 0), ("1e-2", 0.01)])
def test_a_written_size_is_a_fraction_or_a_number_of_rows(text: str, size: float) -> None:
    assert parse_size(text) == size
    assert type(parse_size(text)) is type(size)


@pytest.mark.parametrize("text", ["a tenth", "nan", "inf", "1.0", "-3", "-0.1", "1e999"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(WishError, match=f"fraction below 1 .* not '?{text}"):
        parse_size(text)
