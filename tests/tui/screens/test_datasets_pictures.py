"""Pictures of the main states of the datasets and of their forms."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Driven, StillLab, Story
from tests.tui.screens.datasets_shelf import Shelf, fill
from tests.tui.screens.pictures import HUGE, NARROW, SIZES, SMALL, WIDE, Compare, same
from tests.tui.screens.test_datasets import select


@pytest.fixture
def shelf(lab: StillLab, story: Story) -> Shelf:
    return fill(lab, story)


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_versions_and_the_statistics_of_one(
    snap_compare: Compare, lab: StillLab, shelf: Shelf, size: tuple[int, int]
) -> None:
    del shelf

    async def steps(ui: Driven) -> None:
        await select(ui, "ds_a2")
        if size[0] >= 60:
            await ui.until_shown("cleaned from support@1")
        await ui.until(lambda: size[0] < 60 or "DATASET" in ui.screen_text())

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", [SMALL, HUGE])
def test_a_check_with_errors(
    snap_compare: Compare, lab: StillLab, shelf: Shelf, size: tuple[int, int]
) -> None:
    del shelf

    async def steps(ui: Driven) -> None:
        await select(ui, "ds_a1", "2", "enter")
        await ui.until_shown("✗ blank-answer")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_rows(
    snap_compare: Compare, lab: StillLab, shelf: Shelf, size: tuple[int, int]
) -> None:
    del shelf

    async def steps(ui: Driven) -> None:
        await select(ui, "ds_a1", "3", "enter")
        await ui.until_shown("Where is my parcel?")

    assert same(snap_compare, lab, size, steps)


def test_a_row_in_full(snap_compare: Compare, lab: StillLab, shelf: Shelf) -> None:
    del shelf

    async def steps(ui: Driven) -> None:
        await select(ui, "ds_a1", "3", "enter")
        await ui.until_shown("Where is my parcel?")
        await ui.press("j", "j", "enter")
        await ui.until_shown("row 3", "customer")

    assert same(snap_compare, lab, (80, 24), steps)


@pytest.mark.parametrize("size", SIZES)
def test_two_versions_compared(
    snap_compare: Compare, lab: StillLab, shelf: Shelf, size: tuple[int, int]
) -> None:
    del shelf

    async def steps(ui: Driven) -> None:
        await select(ui, "ds_a2", "d")
        await ui.until_shown("~ 2 changed", "changed  row 2", "~ row 2                I want")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_what_cleaning_would_change(
    snap_compare: Compare, lab: StillLab, shelf: Shelf, size: tuple[int, int]
) -> None:
    del shelf

    async def steps(ui: Driven) -> None:
        await select(ui, "ds_a1", "c")
        await ui.until_shown("40 examples before, 40 after")

    assert same(snap_compare, lab, size, steps)


def test_what_a_split_would_make(snap_compare: Compare, lab: StillLab, shelf: Shelf) -> None:
    del shelf

    async def steps(ui: Driven) -> None:
        await select(ui, "ds_a1", "s")
        await ui.until_shown("support/train", "no validation")

    assert same(snap_compare, lab, (80, 24), steps)


@pytest.mark.parametrize("size", [SMALL, NARROW])
def test_no_datasets(snap_compare: Compare, empty_lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("D")
        await ui.until_shown("There are no datasets yet.")

    assert same(snap_compare, empty_lab, size, steps)
