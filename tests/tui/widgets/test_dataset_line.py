"""A dataset version in one line, at every width."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

from store.queries.dataset_tree import VersionNode, VersionRow
from store.times import to_text
from tests.tui.conftest import NOW
from tui.ink import text_of
from tui.widgets.dataset_line import checked, dataset_line, fit_name, heading, short
from tui.widgets.dataset_tree import Branch

WIDTHS = [12, 20, 30, 38, 51, 60, 78, 90, 118, 198]
NAMES = ["support", "日本語のとても長い名前のデータセット", "بيانات/تدريب", "e\u0301\u202etxt"]


def _row(name: str, **values: object) -> VersionRow:
    usual: dict[str, object] = {
        "id": "ds_1",
        "name": name,
        "version": 12,
        "kind": "chat",
        "examples": 1_234_567,
        "bytes": 90_000,
        "tokens": 310_000,
        "left_out": 0,
        "recipe_json": json.dumps({"made": "cleaned", "of": f"{name}@11"}),
        "recorded_at": to_text(NOW),
        "errors": 3,
        "warnings": 40,
        "jobs": 3,
        "models": 2,
    }
    return VersionRow(**(usual | values))  # type: ignore[arg-type]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_a_line_and_its_titles_fill_exactly_their_room(name: str, width: int) -> None:
    branch = Branch(VersionNode("ds_1", name, 12, None), "│  ├─ ")
    line = dataset_line(branch, _row(name), " ", width, NOW)
    assert cell_len(text_of(line)) == cell_len(text_of(heading(width))) == width


def test_the_version_of_a_long_name_stays_in_sight() -> None:
    assert fit_name("a-name-that-is-rather-long@12", 16) == "a-name-that-…@12"
    assert fit_name("short@1", 10) == "short@1   "


def test_what_a_check_found_has_a_glyph_and_not_only_a_colour() -> None:
    looks = [checked(None, None), checked(0, 0), checked(0, 9), checked(2, 9)]
    assert looks == [("·", "faint"), ("✓", "good"), ("! 9", "warn"), ("✗ 2", "bad")]


def test_counts_are_short() -> None:
    numbers = (0, 980, 9_999, 31_400, 1_234_567, 15_000_000)
    assert [short(number) for number in numbers] == ["0", "980", "9,999", "31k", "1.2M", "15M"]


def test_a_recipe_of_another_program_does_no_harm() -> None:
    branch = Branch(VersionNode("ds_1", "talks", 12, None), "")
    for recipe in ("[]", "{}", '{"made": "split"}', "not JSON", '{"made": "sampled", "of": 3}'):
        line = dataset_line(branch, _row("talks", recipe_json=recipe), " ", 118, NOW)
        assert "talks@12" in text_of(line)
