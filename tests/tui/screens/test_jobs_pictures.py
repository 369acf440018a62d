"""Pictures of the jobs in made states: one, very many, and names of all kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.events import JobFailed, JobPlanned, JobSubmitted, JobSucceeded
from store.log import Write
from tests.tui.conftest import Driven, StillLab, Story, losses, running
from tests.tui.screens.pictures import NARROW, SIZES, WIDE, Compare, same

_MANY = 10_000
_ODD = (
    "a-name-that-does-not-end-" * 6,
    "微调模型-客户支持-第二版",
    "نموذج-الدعم-الثاني",
    "e\u0301te\u0301 👩‍👩‍👧 zero\u200bwidth",
    "escape \x1b[31mred\x1b[0m \x07bell",
    "two\nlines\tand a tab",
)


@pytest.fixture
def made(home: Path, empty_lab: StillLab) -> Iterator[Story]:
    """Somebody who records into an empty lab."""
    del empty_lab
    story = Story(home / "ftlab.db")
    yield story
    story.log.database.close()


@pytest.mark.parametrize("size", SIZES)
def test_one_job(
    snap_compare: Compare, empty_lab: StillLab, made: Story, size: tuple[int, int]
) -> None:
    made.at(5).job("1", *running(), *losses(1, 20), name="the-only-one")

    async def steps(ui: Driven) -> None:
        await ui.until_shown("the-only-one", "━ loss")

    assert same(snap_compare, empty_lab, size, steps)


@pytest.mark.parametrize("size", [WIDE])
def test_ten_thousand_jobs(
    snap_compare: Compare, empty_lab: StillLab, made: Story, size: tuple[int, int]
) -> None:
    made.at(60).log.append_all(_job(number) for number in range(1, _MANY + 1))

    async def steps(ui: Driven) -> None:
        await ui.until(lambda: len(ui.rows.book.ids) == _MANY)
        await ui.press("G")
        await ui.until_shown("job-00001")
        await ui.until(lambda: ui.panel.job is not None and ui.panel.job.name == "job-00001")
        await ui.press("1")
        await ui.until_shown("learning rate")

    assert same(snap_compare, empty_lab, size, steps)


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_names_of_all_kinds(
    snap_compare: Compare, empty_lab: StillLab, made: Story, size: tuple[int, int]
) -> None:
    for number, name in enumerate(_ODD):
        failed = JobFailed(error=f"it could not read {name}")
        made.at(60 - number).job(str(number), *running(), failed, name=name)

    async def steps(ui: Driven) -> None:
        await ui.press("1")
        await ui.until(lambda: ui.panel.job is not None or size[0] < 60)

    assert same(snap_compare, empty_lab, size, steps)


def _job(number: int) -> Write:
    planned = JobPlanned(
        name=f"job-{number:05}",
        provider="local",
        base_model="smollm2-135m-instruct",
        method="lora",
        hyperparameters={"epochs": 1, "learning_rate": 5e-4},
        dataset="ds_1",
        total_steps=100,
    )
    facts = [planned, JobSubmitted(remote_id="1"), JobSucceeded(step=100)]
    return Write(f"job/job_{number:05}", facts)
