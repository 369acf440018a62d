from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tests.tui.conftest import NOW
from tui.ink import text_of
from tui.model_lines import _Writer

if TYPE_CHECKING:
    from tui.model_facts import ModelFacts


def _field(label: str, value: str, width: int) -> list[str]:
    writer = _Writer(cast("ModelFacts", None), width, NOW)
    return [text_of(each.line).rstrip() for each in writer._field(label, value)]


def test_a_long_label_takes_two_lines_rather_than_be_cut() -> None:
    assert _field("learning rate multiplier", "2", 49) == [
        "  learning rate      2",
        "  multiplier",
    ]


def test_a_label_of_two_lines_stands_beside_a_value_of_two() -> None:
    first, second, *_ = _field("learning rate multiplier", "a value " * 6, 49)
    assert first.startswith("  learning rate      a value")
    assert second.startswith("  multiplier         value")


def test_a_short_label_stands_before_its_value() -> None:
    assert _field("epochs", "3", 49) == ["  epochs             3"]
    assert _field("", "3", 49) == ["                     3"]
