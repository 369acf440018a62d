"""What is done with datasets: added, cleaned, checked, counted, split, compared, trained on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from store.queries.datasets import checks_of, counts_of, dataset, dataset_list
from tests.tui.conftest import Drive, Driven, StillLab, Story
from tests.tui.screens.datasets_shelf import Shelf, chat, fill
from tests.tui.screens.test_datasets import open_datasets, rows, select
from tui.screens.dataset_diff import DatasetDiff
from tui.screens.dataset_form import DatasetForm
from tui.screens.dataset_work import Progress, begin, running
from tui.screens.datasets import Datasets


@pytest.fixture
def shelf(lab: StillLab, story: Story) -> Shelf:
    return fill(lab, story)


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named from here: a path of many letters is typed slowly."""
    monkeypatch.chdir(home)


def _write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def _versions(lab: StillLab) -> set[str]:
    return {f"{row.name}@{row.version}" for row in dataset_list(lab.database.reader)}


async def _settled(ui: Driven, then: Callable[[], bool] = lambda: True) -> None:
    """Wait until the datasets are shown and nothing is being done."""
    await ui.until(lambda: isinstance(ui.app.screen, Datasets))
    await ui.until(lambda: running(ui.app) is None and then())


async def test_a_file_is_shown_before_it_is_added(lab: StillLab, home: Path, drive: Drive) -> None:
    file = _write(home / "talks.jsonl", *(chat(f"Q {n}", f"A {n}") for n in range(3)))
    async with drive(lab, (80, 24)) as ui:
        await open_datasets(ui, "a")
        await ui.until_shown("Write the path of a file")
        await ui.press(*file.name)
        await ui.until_shown("jsonl", "rows of the shape chat", "3 rows looked at", "Q 0", "A 2")
        await ui.until_shown("name           talks", "enter records it as talks")
        assert "talks@1" not in _versions(lab)
        await ui.press("enter")
        await _settled(ui, lambda: rows(ui).selected is not None)
        await ui.until_shown("▌ talks@1")
        assert "talks@1 recorded: 3 examples" in ui.told
        assert "talks@1" in _versions(lab)


async def test_a_path_is_completed_with_tab(lab: StillLab, home: Path, drive: Drive) -> None:
    (home / "data").mkdir()
    _write(home / "data" / "talks-1.jsonl", chat("Q", "A"))
    _write(home / "data" / "talks-2.jsonl", chat("Other", "A"))
    async with drive(lab, (80, 24)) as ui:
        await open_datasets(ui, "a", *"da", "tab")
        await ui.until_shown("data/")
        await ui.press("t", "tab")
        await ui.until_shown("2 begin so", "data/talks-1.jsonl")
        await ui.press("2", "tab")
        await ui.until_shown("Other")
        await ui.press("tab")
        await ui.until(lambda: "name" in str(getattr(ui.app.focused, "placeholder", "")))


async def test_bad_rows_are_named_and_left_out_only_if_somebody_wants_it(
    lab: StillLab, home: Path, drive: Drive
) -> None:
    file = _write(home / "talks.jsonl", chat("Q", "A"), {"question": "only"}, chat("R", "B"))
    async with drive(lab, (80, 24)) as ui:
        await open_datasets(ui, "a", *file.name)
        await ui.until_shown("1 bad row: the file would be refused", "line 2 has question but no")
        await ui.press("enter")
        await ui.until_shown("1 bad row, nothing was recorded")
        assert "talks@1" not in _versions(lab)
        await ui.press(*["tab"] * 6)
        await ui.until_shown("◂ refuse the file ▸")
        await ui.press("space")
        await ui.until_shown("◂ leave them out", "1 row would be left out")
        await ui.press("enter")
        await _settled(ui)
        assert any("1 row left out: 4 shows which" in told for told in ui.told)


async def test_rows_of_no_known_shape_are_told_and_templates_help(
    lab: StillLab, home: Path, drive: Drive
) -> None:
    file = _write(home / "odd.jsonl", {"subject": "Blade", "reply": "Sorry"})
    async with drive(lab, (120, 36)) as ui:
        await open_datasets(ui, "a", *file.name)
        await ui.until_shown("✗ that cannot be:", "has columns of no known", "subject, reply.")
        await ui.press("tab", "tab", *"{subject}", "tab", *"{reply}")
        await ui.until_shown("1 row looked at", "Blade", "Sorry")
        await ui.press("enter")
        await _settled(ui)
        assert "odd@1 recorded: 1 example" in ui.told


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["enter"], "Write the path of a file"),
        ([*"no.jsonl", "enter"], "no.jsonl"),
        ([*"."], "is a folder; name a file in it"),
    ],
)
async def test_what_cannot_be_added_is_said(
    lab: StillLab, drive: Drive, keys: list[str], words: str
) -> None:
    async with drive(lab, (120, 36)) as ui:
        await open_datasets(ui, "a", *keys)
        await ui.until_shown(words)
        await ui.press("escape")
        assert isinstance(ui.app.screen, Datasets)


async def test_cleaning_is_previewed_with_counts_and_recorded(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a1", "c")
        await ui.until_shown("40 examples before, 40 after: enter records them", "mask-secrets")
        await ui.until_shown("row 2  strip", "+ We are sorry.", "- We are sorry.␣␣", "[EMAIL]")
        await ui.press("g", *["j"] * 6, "space")
        await ui.until_shown("[ ] mask-secrets")
        await ui.until(lambda: "to [EMAIL]" not in ui.screen_text())
        await ui.press("tab", *"support-clean", "enter")
        await _settled(ui)
        await ui.until_shown("▌ └─ support-clean@1")
        recipe = json.loads(dataset(lab.database.reader, "support-clean").recipe_json)
        assert "mask-secrets" not in [step["step"] for step in recipe["clean"]["steps"]]


async def test_where_nothing_would_change_no_version_is_made(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    shelf.add("d1", "clean", [chat(f"Q {n}", "A") for n in range(3)])
    before = _versions(lab)
    async with drive(lab, (80, 24)) as ui:
        await select(ui, "ds_d1", "c")
        await ui.until_shown("Nothing would change.")
        await ui.press("enter")
        await ui.until_shown("there is no version to record")
        await ui.press("escape")
        assert _versions(lab) == before


async def test_a_split_shows_its_sizes_and_is_recorded(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a1", "s")
        await ui.until_shown("support/train", "36  90%", "no validation", "4  10%")
        await ui.press(*["backspace"] * 3, *"5", "tab", "backspace", *"0.25")
        await ui.until_shown("25  62%", "10  25%", "5  12%")
        await ui.press(*["tab"] * 2, *"nothing", "enter")
        await ui.until_shown("No example has a column 'nothing'", "customer")
        await ui.press(*["backspace"] * 7, "enter")
        await _settled(ui)
        await ui.until_shown("▌ ├─ support/train@2")
        assert any("support/train@2 (25)" in told for told in ui.told)


async def test_sizes_that_cannot_be_are_said_as_they_are_written(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a1", "s", *["backspace"] * 3, *"40")
        await ui.until_shown("nothing is left for training")
        await ui.press(*["backspace"] * 2, *"ten")
        await ui.until_shown("A size is a fraction below 1 (0.1) or a whole number")
        await ui.press("enter")
        assert isinstance(ui.app.screen, DatasetForm)


async def test_a_check_goes_on_in_the_background_and_its_findings_are_shown(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a2", "v")
        await ui.until_shown("check support@2", "MODELS", "gpt-4o-mini-2024-07-18")
        await ui.press("tab", "right", "tab", *"support/test", "enter")
        await _settled(ui)
        await ui.until_shown("ready with warnings", "(supervised)", "overlap", "support/test:1")
        assert any("support@2 is ready with warnings" in told for told in ui.told)
        assert checks_of(lab.database.reader, "ds_a2")[0].method == "supervised"


async def test_tokens_are_counted_as_a_model_does(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a1", "T", "enter")
        await ui.until_shown("Say which model")
        await ui.press(*"gpt-4o-mini-2024", "right", "enter")
        await _settled(ui)
        await ui.until_shown("TOKENS OF o200k_base")
        assert counts_of(lab.database.reader, "ds_a1")


async def test_work_is_shown_one_at_a_time_and_stopped_with_escape(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    go_on = Event()

    def slow(progress: Progress) -> object:
        progress(30, 100)
        go_on.wait(20)
        progress(60, 100)
        return None

    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a1")
        assert begin(ui.app, "counting support@1", slow, ui.app.screen) is not None
        await ui.until_shown("● counting support@1", "30%", "esc stops it")
        await ui.press("v")
        assert any("counting support@1 goes on" in told for told in ui.told)
        await ui.press("escape")
        await ui.until_shown("stopping…")
        go_on.set()
        await _settled(ui)
        await ui.until(lambda: any("stopped, nothing was recorded" in told for told in ui.told))
        assert isinstance(ui.app.screen, Datasets)


async def test_work_goes_on_when_the_screen_is_left(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    go_on = Event()
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a1")
        begin(ui.app, "counting support@1", lambda _: go_on.wait(20), ui.app.screen)
        await ui.press("J")
        go_on.set()
        await ui.until(lambda: "counting support@1: done" in ui.told)


async def test_a_version_is_compared_with_what_it_was_made_of(
    lab: StillLab, shelf: Shelf, drive: Drive
) -> None:
    del shelf
    async with drive(lab, (120, 36)) as ui:
        await select(ui, "ds_a2", "d")
        await ui.until_shown("support@1 → support@2", "= 36 the same", "~ 2 changed", "- 2 removed")
        await ui.until_shown("+ 1 added", "changed  row 2", "- assistant: We are sorry.␣␣")
        await ui.press("s")
        await ui.until_shown("| assistant: We are sorry.")
        await ui.press("n", "enter")
        await ui.until_shown("changed  row 5")
        await ui.press("o", "o")
        await ui.until_shown("removed  row 39")
        await ui.press("x")
        await ui.until_shown("support@2 → support@1", "- 1 removed", "+ 2 added")
        await ui.press("escape", "escape")
        assert isinstance(ui.app.screen, Datasets)


async def test_marked_versions_are_compared(lab: StillLab, shelf: Shelf, drive: Drive) -> None:
    del shelf
    async with drive(lab, (80, 24)) as ui:
        await select(ui, "ds_a1", "space")
        await ui.until_shown("support@1 marked · mark another")
        await ui.press("j", "space")
        await ui.until_shown("support@1 and support/train@1 marked · d compares them")
        await ui.press("d")
        await ui.until(lambda: isinstance(ui.app.screen, DatasetDiff))
        await ui.until_shown("support@1 → support/train@1")
        await ui.press("escape", "escape")
        assert rows(ui).marked == ()
        await select(ui, "ds_a1", "d")
        assert any("mark two versions with space" in told for told in ui.told)


async def test_versions_whose_content_is_missing_cannot_be_compared(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await open_datasets(ui, "space", "space", "d")
        await ui.until_shown("cannot be compared", "is missing")
        await ui.press("escape")
        assert isinstance(ui.app.screen, Datasets)


async def test_training_begins_with_the_form_of_a_new_job(
    lab: StillLab, shelf: Shelf, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    del shelf
    async with drive(lab, (80, 24)) as ui:
        asked: list[str | None] = []
        monkeypatch.setattr(ui.app, "open_new_job", asked.append)
        await select(ui, "ds_a3", "t")
        assert asked == ["support/train@1"]


async def test_without_a_version_every_key_that_wants_one_says_so(
    empty_lab: StillLab, drive: Drive
) -> None:
    said = "there is no version to do that with: a adds a file"
    async with drive(empty_lab, (80, 24)) as ui:
        await ui.press("D")
        await ui.until_shown("There are no datasets yet.")
        for place, key in enumerate("vcstdTmY1234lh", start=1):
            await ui.press(key)
            await ui.until(lambda place=place: ui.told.count(said) == place)  # type: ignore[misc]
        await ui.press("enter", "space")
        await ui.until(lambda: ui.told.count(said) == 16)
