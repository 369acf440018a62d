"""Pictures of the forms about datasets, and of a row in full, in every size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.tui.conftest import Drive, StillLab, Story
from tests.tui.screens.datasets_shelf import Shelf, chat, fill
from tests.tui.screens.resized import EACH, NARROW, same_in_each_size
from tests.tui.screens.test_datasets import open_datasets, select

_TALKS = [chat(f"Where is parcel {number}?", f"Parcel {number} was sent.") for number in range(5)]


@pytest.fixture
def shelf(lab: StillLab, story: Story) -> Shelf:
    return fill(lab, story)


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files are named from here, so that pictures name no folder of this machine."""
    monkeypatch.chdir(home)
    return home


def _write(folder: Path, *rows: object) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "talks.jsonl").write_text(text, "utf-8")


async def test_a_file_is_added(
    snapshot: SnapshotAssertion, lab: StillLab, at_home: Path, drive: Drive
) -> None:
    _write(at_home, *_TALKS)
    async with drive(lab) as ui:
        await open_datasets(ui, "a", *"talks.jsonl")
        await same_in_each_size(
            snapshot, ui, "Where is parcel 0?", "enter records", sizes=(*EACH, NARROW)
        )


async def test_a_file_with_a_bad_row_is_refused(
    snapshot: SnapshotAssertion, lab: StillLab, at_home: Path, drive: Drive
) -> None:
    _write(at_home, *_TALKS, {"question": "only"})
    async with drive(lab) as ui:
        await open_datasets(ui, "a", *"talks.jsonl")
        await ui.until_shown("1 bad row: the file would be refused")
        await ui.press("enter")
        await same_in_each_size(snapshot, ui, "1 bad row, nothing was recorded")


async def test_a_version_is_checked(
    snapshot: SnapshotAssertion, lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab) as ui:
        await select(ui, "ds_a1", "v")
        await same_in_each_size(snapshot, ui, "check support@1", "MODELS")


async def test_whose_tokens_are_counted_is_asked(
    snapshot: SnapshotAssertion, lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab) as ui:
        await select(ui, "ds_a1", "T")
        await same_in_each_size(snapshot, ui, "count the tokens of support@1", "enter begins")


async def test_a_version_is_divided(
    snapshot: SnapshotAssertion, lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab) as ui:
        await select(ui, "ds_a1", "s")
        await same_in_each_size(snapshot, ui, "support/train", "enter divides them so")


async def test_a_row_in_full(
    snapshot: SnapshotAssertion, lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab) as ui:
        await select(ui, "ds_a1", "3", "enter")
        await ui.until_shown("Where is my parcel?")
        await ui.press("j", "j", "j", "j", "enter")
        await same_in_each_size(snapshot, ui, "row 5", "customer", sizes=(*EACH, NARROW))


async def test_no_datasets(snapshot: SnapshotAssertion, empty_lab: StillLab, drive: Drive) -> None:
    async with drive(empty_lab) as ui:
        await ui.press("D")
        await same_in_each_size(snapshot, ui, "There are no datasets yet.")
