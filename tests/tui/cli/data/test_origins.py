from __future__ import annotations

from typing import Any

import pytest

from tui.cli.data.origins import cleaning_rows, dropped_rows, origin


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ({"made": "imported", "source": "-", "left_out": 0}, "imported from the standard input"),
        (
            {"made": "imported", "source": "/a.csv", "prompt": "{q}", "system_mode": "add"},
            "imported from /a.csv with prompt '{q}', system mode 'add'",
        ),
        (
            {"made": "split", "part": "test", "of": "a@1", "test": 9, "group": ["user", "prompt"]},
            "the test part of a@1: test 9, grouped by user and prompt",
        ),
        (
            {"made": "sampled", "of": "a@1", "size": 9, "take": "random", "seed": 0}
            | {"stratify": "answer"},
            "a random sample of 9 of a@1, seed 0, stratified by answer",
        ),
        ({"made": "sampled", "of": "a@1", "size": 9, "take": "longest"}, "the longest 9 of a@1"),
        ({"made": "merged", "of": ["a@1", "b@2"]}, "merged from a@1, b@2"),
        (
            {"made": "merged", "of": ["a@1", "b@2"], "dedupe": True, "left_out": 3},
            "merged from a@1, b@2 without duplicates",
        ),
        ({"made": "cleaned", "of": "a@1", "left_out": 3, "clean": {}}, "cleaned from a@1"),
        ({"made": "dreamt", "depth": 2}, "depth 2"),
        ({}, None),
    ],
)
def test_how_a_version_was_made_is_said_in_words(recipe: dict[str, Any], said: str | None) -> None:
    assert origin(recipe) == said


CLEANED = {
    "made": "cleaned",
    "clean": {
        "steps": [{"step": "strip"}, {"step": "drop-empty"}, {"step": "dedupe"}],
        "before": 9,
        "after": 6,
        "did": {
            "dedupe": {"changed": 0, "texts": 0, "dropped": 2, "dropped_rows": [3, 5]},
            "drop-empty": {"changed": 0, "texts": 0, "dropped": 1, "dropped_rows": [4]},
        },
    },
}


def test_cleaning_is_told_step_by_step_in_the_recipes_order() -> None:
    assert cleaning_rows(CLEANED) == [
        ["strip", "0", "0", "9"],
        ["drop-empty", "0", "1", "8"],
        ["dedupe", "0", "2", "6"],
    ]
    assert cleaning_rows({"made": "imported"}) == []


def test_rows_that_cleaning_left_out_are_named_with_the_step() -> None:
    assert sorted(dropped_rows(CLEANED)) == [
        (3, "left out by dedupe"),
        (4, "left out by drop-empty"),
        (5, "left out by dedupe"),
    ]
    assert dropped_rows({}) == []
