from __future__ import annotations

import pytest

from engine.money import dollars


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "$0.00"),
        (12.345, "$12.35"),
        (1234.5, "$1,234.50"),
        (0.1, "$0.10"),
        (0.0999, "$0.10"),
        (0.04321, "$0.043"),
        (0.0000057, "$0.0000057"),
    ],
)
def test_small_amounts_keep_two_digits(amount: float, said: str) -> None:
    assert dollars(amount) == said
