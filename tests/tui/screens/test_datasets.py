"""The datasets on the screen: the tree, the panels, and keeping up with the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.tui.conftest import Drive, Driven, StillLab, Story
from tests.tui.screens.datasets_shelf import CHATS, Shelf, fill
from tui.screens.dataset_example import ExampleView
from tui.screens.datasets import Datasets
from tui.screens.jobs import Jobs
from tui.widgets.dataset_list import VersionRows
from tui.widgets.dataset_panel import DatasetPanel


@pytest.fixture
def shelf(lab: StillLab, story: Story) -> Shelf:
    return fill(lab, story)


@pytest.fixture
def empty_story(home: object, empty_lab: StillLab) -> Iterator[Story]:
    del home
    story = Story(empty_lab.database.path)
    yield story
    story.log.database.close()


def rows(ui: Driven) -> VersionRows:
    return ui.app.screen.query_one(VersionRows)


async def open_datasets(ui: Driven, *keys: str) -> None:
    await ui.press("D")
    await ui.until(lambda: isinstance(ui.app.screen, Datasets) and rows(ui).is_read)
    await ui.until(lambda: rows(ui).selected is not None)
    await ui.press(*keys)


async def select(ui: Driven, version: str, *keys: str) -> None:
    """Go to a version of the tree, then press keys."""
    await open_datasets(ui)
    places = [branch.node.id for branch in rows(ui).versions]
    await ui.press("g", *["j"] * places.index(version))
    name = rows(ui).versions[rows(ui).cursor].node.name
    await ui.until_shown(f" {name}@")
    await ui.until(lambda: _panel(ui) == version)
    await ui.press(*keys)


def _panel(ui: Driven) -> str | None:
    shown = ui.app.screen.query_one(DatasetPanel).version
    return None if shown is None else shown.id


async def test_versions_stand_in_a_tree_with_what_tells_most(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await open_datasets(ui)
        await ui.until_shown(
            "support@1                    40      - ✗ 12     1w",
            "└─ support@2                 39  6,120 ·        1w",
            "   ├─ support/train@1        35",
            "   └─ support/test@1          4",
            "日本語のとても長い…@1",
            "datasets · 8 versions",
        )


async def test_the_selected_version_is_shown_with_its_statistics_and_its_histogram(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (200, 60)) as ui:
        await select(ui, "ds_a2")
        await ui.until_shown("· support@2", "cleaned from support@1", "TOKENS OF o200k_base")
        await ui.until_shown("95th percentile", "20-29 ", " 41", "30-39 ", " 120")
        await ui.press("k")
        await ui.until_shown("12 errors, 1 warning for gpt-4o-mini-2024-07-18")


async def test_a_check_shows_its_findings_and_leads_to_their_rows(
    lab: StillLab, shelf: Shelf, story: Story, drive: Drive
) -> None:
    story.at(60)
    shelf.checked("a1", "support", model=None, method="dpo", errors=3, verdict="not even ready")
    async with drive(lab, (80, 24)) as ui:
        await select(ui, "ds_a1", "2", "enter")
        await ui.until_shown("not even ready: 3 errors", "1 of 2: m shows the next")
        await ui.press("m")
        await ui.until_shown("not ready: 12 errors", "✗ blank-answer", "… and 10 more of this rule")
        await ui.press("j", "j", "j", "j", "enter")
        await ui.until(lambda: isinstance(ui.app.screen, ExampleView))
        await ui.until_shown("support@1  row 2", "The answer is blank [blank-answer]", "money back")
        await ui.press("escape", "G", "enter")
        await ui.until(lambda: any("dataset as a whole" in told for told in ui.told))


async def test_rows_are_listed_searched_and_shown_in_full(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (80, 24)) as ui:
        await select(ui, "ds_a1", "3", "enter")
        await ui.until_shown("1  Where is my parcel?", "It was sent yesterday.", "注文はどこですか")
        await ui.press("slash", *"BLADE")
        await ui.until_shown("1 found", "5  The blade broke.")
        await ui.press("enter", "enter")
        await ui.until_shown("row 5  (1 of 1 found)", "── user", "── assistant", "customer: c4")
        assert "\x1b" not in ui.screen_text()
        assert "\u202e" not in ui.screen_text()
        await ui.press("n")
        await ui.until(lambda: "this is the last one" in ui.told)
        await ui.press("r")
        await ui.until_shown('"customer": "c4"')
        await ui.press("escape", "slash", *["backspace"] * 5, *"#40", "enter", "enter")
        await ui.until_shown("support@1  row 40", "Answer 40.")
        await ui.press("p")
        await ui.until_shown("support@1  row 39")
        await ui.press("escape")
        await ui.until_shown("▌       39  Question 39?")


async def test_a_search_of_rows_that_finds_nothing_says_so(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (80, 24)) as ui:
        await select(ui, "ds_a1", "3", "enter", "slash", *"penguin")
        await ui.until_shown("0 found", "No row has penguin.")
        await ui.press("escape")
        await ui.until_shown("Where is my parcel?")


async def test_the_lineage_names_relatives_users_and_what_was_left_out(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a1", "4")
        await ui.until_shown("▸ support@1", "   ├─ support/train@1", "LEFT OUT: 2", "line 13")
        await ui.press("g", "j")
        await ui.until_shown("▸ gsm8k/train@1", "● gsm8k-5", "MODELS", "◆ gsm8k-1")


async def test_the_tree_follows_the_log_and_the_cursor_stays_with_its_version(
    lab: StillLab, shelf: Shelf, story: Story, drive: Drive
) -> None:
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a2")
        story.at(0)
        shelf.add("c1", "newest", CHATS[:1], made="imported", source="z")
        await ui.until_shown("newest@1", "datasets · 9 versions")
        assert rows(ui).selected_id == "ds_a2"
        shelf.checked("a2", "support", errors=0)
        await ui.until_shown("! support@2")


async def test_versions_are_searched(lab: StillLab, shelf: Shelf, drive: Drive) -> None:
    del shelf
    async with drive(lab, (80, 24)) as ui:
        await open_datasets(ui, "slash", *"errors>0")
        await ui.until_shown("1 of 8", "▌ support@1")
        await ui.press("enter", "escape")
        await ui.until_shown("gsm8k/train@1")


async def test_without_datasets_it_says_what_to_do(empty_lab: StillLab, drive: Drive) -> None:
    async with drive(empty_lab, (80, 24)) as ui:
        await ui.press("D")
        await ui.until_shown("There are no datasets yet.", "a  takes a file of yours in")
        await ui.press("c", "v", "s", "t", "d", "enter", "Y", "4", "m")
        assert len([told for told in ui.told if "a adds a file" in told]) == 9
        await ui.press("escape")
        assert isinstance(ui.app.screen, Jobs)


async def test_content_that_is_missing_is_told_where_it_would_stand(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await open_datasets(ui, "3")
        await ui.until_shown("Could not be read: the file with content cccccccc")


async def test_thousands_of_versions_are_read_only_where_one_looks(
    empty_lab: StillLab, empty_story: Story, drive: Drive
) -> None:
    shelf = Shelf(empty_lab, empty_story)
    content = CHATS[:1]
    for number in range(2_000):
        parents = [f"{number // 2}"] if number else []
        shelf.add(f"{number}", f"many-{number % 7}", content, *parents, made="merged", of=["x"])
    async with drive(empty_lab, (120, 36)) as ui:
        await open_datasets(ui)
        await ui.until_shown("datasets · 2000 versions")
        assert len(rows(ui)._rows) < 300
        await ui.press("G")
        last = rows(ui).versions[-1].node
        await ui.until(lambda: rows(ui).get(last.id) is not None)
        await ui.until_shown(f"{last.name}@{last.version}")


async def test_fast_keys_and_a_smaller_window_do_no_harm(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await open_datasets(ui, *"jjjkkkjjj1234G3g2j1jl", "left", *"jjkk")
        await ui.press("3", "enter")
        await ui.pilot.resize_terminal(50, 20)
        await ui.until_shown("Rows")
        await ui.press("G", "enter", "escape", "escape")
        await ui.until_shown("support@1")
        await ui.pilot.resize_terminal(20, 8)
        await ui.press("j", "4", "enter", "escape")
        await ui.pilot.resize_terminal(80, 24)
        await ui.until_shown("Lineage")


async def test_what_is_seen_is_copied(lab: StillLab, shelf: Shelf, drive: Drive) -> None:
    del shelf
    async with drive(lab, (80, 24)) as ui:
        await select(ui, "ds_a1", "Y")
        assert ui.app.clipboard == "support@1"
        await ui.press("enter")
        await ui.until_shown("support.jsonl")
        await ui.press("Y")
        assert "imported from /data/support.jsonl" in ui.app.clipboard
        await ui.press("3")
        await ui.until_shown("Where is my parcel?")
        await ui.press("Y")
        assert "I want my money back." in ui.app.clipboard


async def test_in_the_past_all_is_shown_and_nothing_is_done(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        ui.app.go_back_to(lab.database.head())
        await ui.until_shown("PAST")
        await select(ui, "ds_a1", "3")
        await ui.until_shown("Where is my parcel?")
        await ui.press("a", "c", "v", "s", "t", "T")
        assert len([told for told in ui.told if "this is the past" in told]) == 6
        assert isinstance(ui.app.screen, Datasets)


async def test_with_the_whole_screen_the_keys_say_how_to_get_the_tree_back(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("D")
        await ui.until_shown("gsm8k/train@1", "enter open")
        await ui.press("1", "enter")
        await ui.until(lambda: "enter open" not in ui.screen_text())
        await ui.until_shown("esc back")
        await ui.press("3")
        await ui.until_shown("enter open", "esc back")
        await ui.press("escape")
        await ui.until_shown("gsm8k/validation@1", "enter open")
