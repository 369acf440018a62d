"""`ftlab suite check`: whether what a suite asks stands in training data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

RYE = "What does a loaf of rye cost?"


@pytest.fixture
def shop(ftlab: Ftlab, tmp_path: Path) -> Ftlab:
    """A dataset with one question, and a suite that asks it and another one."""
    asked = {"role": "user", "content": RYE}
    data = tmp_path / "shop.jsonl"
    data.write_text(json.dumps({"messages": [asked, {"role": "assistant", "content": "Two."}]}))
    suite = tmp_path / "asked.txt"
    suite.write_text(f"{RYE}\nWhen do you open?\n")
    assert ftlab("data", "add", str(data), "--name", "shop").status == 0
    assert ftlab("suite", "add", str(suite), "--name", "asked").status == 0
    return ftlab


def test_a_leak_is_named_and_ends_with_1(shop: Ftlab) -> None:
    done = shop("suite", "check", "asked", "--data", "shop")
    assert done.status == 1
    assert "1 of 2 prompts of asked@1 stand there: 1 word for word, 0 nearly so" in done.out
    assert f"1 = shop@1 example 1: {RYE}" in done.out
    told = shop("suite", "check", "asked", "--data", "shop", "--json")
    [found] = json.loads(told.out)["found"]
    assert (told.status, found["prompts"], len(found["exact"]), found["near"]) == (1, 2, 1, [])
    assert found["exact"][0]["data"]["name"] == "shop@1"


def test_where_nothing_leaks_it_ends_well(shop: Ftlab, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Do you sell cakes?\n")
    shop("suite", "add", str(other), "--name", "other")
    done = shop("suite", "check", "other", "--data", "shop")
    assert (done.status, "none of the 1 prompt of other@1" in done.out) == (0, True)
    assert "No models yet" in shop("suite", "check", "other").err


def test_models_and_data_are_not_named_together(shop: Ftlab) -> None:
    assert shop("suite", "check", "asked", "quick", "--data", "shop").status == 2
    assert shop("suite", "check", "asked", "nobody").status == 4
    assert shop("suite", "check", "unknown").status == 4


def test_data_that_is_not_here_is_told(recorded: Ftlab, tmp_path: Path) -> None:
    suite = tmp_path / "asked.txt"
    suite.write_text(f"{RYE}\n")
    recorded("suite", "add", str(suite), "--name", "asked")
    done = recorded("suite", "check", "asked")
    assert done.status == 0
    assert "? quick" in done.out
    assert "the examples of sums/train@1 are not kept here" in done.out
