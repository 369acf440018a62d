"""Pictures of the form of a new job."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from syrupy.assertion import SnapshotAssertion

from engine.data.versions.checks import CheckWish
from engine.data.versions.importing import Source
from engine.places import Places
from tests.tui.conftest import Drive, Driven, StillLab, Story
from tests.tui.screens.new_jobs import OwnLab, checked, open_form, roomy, write
from tests.tui.screens.pictures import NARROW, SIZES, Compare, same
from tests.tui.screens.resized import same_in_each_size
from tui.screens.new_job_form import JobForm

MODEL = "gpt-4o-mini-2024-07-18"


@pytest.fixture(autouse=True)
def _same_room(monkeypatch: pytest.MonkeyPatch) -> None:
    roomy(monkeypatch)


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_a_job_that_can_be_started(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    checked(story, warnings=3)

    async def steps(ui: Driven) -> None:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "epochs", "2")
        await ui.until_shown("gsm8k-train-1 can be started", "openai")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_list_of_datasets(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    checked(story, errors=2)

    async def steps(ui: Driven) -> None:
        await open_form(ui)
        await ui.until_shown("gsm8k/train", "gsm8k/validation", "missing or wrong")
        await ui.press("down")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_faults_beside_their_fields(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    checked(story, errors=2)

    async def steps(ui: Driven) -> None:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "epochs", "three")
        await write(ui, "suffix", "gsm8k-1")
        await write(ui, "batch_size", "0")
        await ui.until_shown("3 things are missing or wrong", "openai")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_all_settings(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    checked(story)

    async def steps(ui: Driven) -> None:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await ui.press("f3")
        await write(ui, "gradient_accumulation", "2")
        await ui.until_shown("gsm8k-train-1 can be started", "accumulation")

    assert same(snap_compare, lab, size, steps)


@pytest.fixture
def there(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnLab]:
    """A lab with data that was checked today for a hosted model."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-nobody-at-all")
    place = home / "lab"
    place.mkdir()
    figures = '[sources.own]\ntitle = "our contract"\ndate = "2026-11"\n'
    figures += f'[models."{MODEL}"]\nretires = {{ value = 2099-01-01, source = "own" }}\n'
    (place / "pricing.toml").write_text(figures)
    file = home / "sums.jsonl"
    file.write_text("".join(map(_sum, range(40))))
    with OwnLab(Places(place, place / "ftlab.db")) as lab:
        lab.datasets.add(Source(file), "sums")
        lab.datasets.check("sums", CheckWish(model=MODEL, method="supervised"))
        yield lab
    shutil.rmtree(place)


def _sum(number: int) -> str:
    asked = {"role": "user", "content": f"What is {number} + {number}?"}
    answered = {"role": "assistant", "content": f"It is {2 * number}."}
    return json.dumps({"messages": [asked, answered]}) + "\n"


async def _at_a_service(ui: Driven) -> None:
    await open_form(ui)
    await ui.until_shown("openai")
    form = ui.app.screen.query_one(JobForm)
    form.put({"dataset": "sums", "provider": "openai", "model": MODEL, "suffix": "talk"})
    form.visit("epochs")
    await ui.until_shown("talk can be started", "about $", "▌epochs")


@pytest.mark.parametrize("size", SIZES)
def test_a_job_at_a_service(snap_compare: Compare, there: OwnLab, size: tuple[int, int]) -> None:
    assert same(snap_compare, cast("StillLab", there), size, _at_a_service)


async def test_the_question_before_a_job_that_costs_money(
    snapshot: SnapshotAssertion, there: OwnLab, drive: Drive
) -> None:
    async with drive(cast("StillLab", there)) as ui:
        await _at_a_service(ui)
        await ui.press("ctrl+g")
        await same_in_each_size(snapshot, ui, "Start talk at openai")
