from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.columns import (
    Extremes,
    extremes,
    pack_steps,
    pack_values,
    stride_of,
    unpack_steps,
    unpack_values,
)

DOUBLES = st.lists(st.floats(), min_size=1, max_size=20)
SINGLES = st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=20)
STEPS = st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=20)


@given(DOUBLES)
def test_packing_loses_no_bit_of_a_double(values: list[float]) -> None:
    assert unpack_values(pack_values(values)).tobytes() == array("d", values).tobytes()


@given(SINGLES)
def test_single_precision_takes_four_bytes_a_value_and_loses_nothing(values: list[float]) -> None:
    packed = pack_values(values)

    assert len(packed) == 1 + 4 * len(values)
    assert unpack_values(packed).tobytes() == array("d", values).tobytes()


def test_one_double_among_singles_makes_all_of_them_double() -> None:
    assert pack_values([0.5, 1.0, 1.5, 2.0, 0.1])[:1] == b"d"


def test_packed_values_are_little_endian_after_their_letter() -> None:
    assert pack_values([1.0]) == b"f\x00\x00\x80\x3f"
    assert pack_values([0.1]) == b"d\x9a\x99\x99\x99\x99\x99\xb9\x3f"


@given(STEPS)
def test_steps_are_read_back_whether_they_follow_a_stride_or_not(steps: list[int]) -> None:
    stride = stride_of(steps)
    packed = pack_steps(steps) if stride is None else None

    assert list(unpack_steps(packed, steps[0], stride, len(steps))) == steps


@pytest.mark.parametrize(
    ("steps", "stride"),
    [
        ([7], 1),
        ([1, 2, 3], 1),
        ([0, 10, 20], 10),
        ([5, 4, 3], -1),
        ([1, 1], None),
        ([1, 2, 4], None),
        ([0, 5, 1, 15], None),
        ([0, 2, 1, 6, 8], None),
    ],
)
def test_a_stride_is_found_only_where_it_is_the_same_everywhere(
    steps: list[int], stride: int | None
) -> None:
    assert stride_of(steps) == stride


@given(st.lists(st.tuples(st.integers(0, 50), st.floats()), min_size=1, max_size=20))
def test_extremes_are_the_first_lowest_and_highest_finite_values(
    points: list[tuple[int, float]],
) -> None:
    steps, values = zip(*points, strict=True)
    finite = [(value, step) for step, value in points if math.isfinite(value)]

    found = extremes(steps, values)

    if not finite:
        assert found == Extremes(None, None, None, None)
    else:
        low = min(finite, key=lambda point: point[0])
        high = max(finite, key=lambda point: point[0])
        assert found == Extremes(*low, *high)


def test_extremes_survive_a_sum_that_overflows() -> None:
    assert extremes([1, 2], [1.7e308, 1.6e308]) == Extremes(1.6e308, 2, 1.7e308, 1)
