from __future__ import annotations

from tui.alignment import pads


def test_the_same_question_begins_in_the_same_row() -> None:
    older = [(None, 6), (None, 2), (1, 4), (2, 9)]
    newer = [(1, 7), (2, 3)]
    assert pads([older, newer]) == [{3: 3}, {0: 8}]


def test_a_model_that_came_later_is_lined_up_from_its_first_question() -> None:
    assert pads([[(1, 3), (2, 3)], [(2, 5)]]) == [{}, {0: 3}]


def test_what_only_one_model_heard_moves_nothing() -> None:
    assert pads([[(None, 3), (1, 2)], [(None, 3), (None, 4)]]) == [{}, {}]
    assert pads([]) == []
