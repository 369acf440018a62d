"""Pictures of the jobs in states that are made for them, and of panels no other picture shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from store.events import JobFailed, JobPlanned, JobSubmitted, JobSucceeded
from store.log import Write
from tests.tui.conftest import Drive, StillLab, Story, losses, running
from tests.tui.screens.resized import same_in_each_size

_MANY = 10_000


@pytest.fixture
def made(home: Path, empty_lab: StillLab) -> Iterator[Story]:
    """Somebody who records into an empty lab."""
    del empty_lab
    story = Story(home / "ftlab.db")
    yield story
    story.log.database.close()


async def test_all_jobs_fail(
    snapshot: SnapshotAssertion, empty_lab: StillLab, made: Story, drive: Drive
) -> None:
    for number in range(1, 31):
        error = "a very long reason that somebody has to read in full " * 5 + f"({number})"
        details = "\n".join(f'  File "train.py", line {line}, in step' for line in range(40))
        failed = JobFailed(error=error, details=details)
        made.at(60 - number).job(f"{number}", *running(), *losses(1, number), failed)
    async with drive(empty_lab) as ui:
        await ui.until_shown("failed: a very long reason")
        await ui.press("1")
        await same_in_each_size(snapshot, ui, "✗ 30", "failed: a very long reason")


async def test_ten_thousand_jobs(
    snapshot: SnapshotAssertion, empty_lab: StillLab, made: Story, drive: Drive
) -> None:
    made.at(60).log.append_all(_job(number) for number in range(1, _MANY + 1))
    async with drive(empty_lab) as ui:
        await ui.until(lambda: len(ui.rows.book.ids) == _MANY)
        await ui.press("pagedown", "pagedown", "1")
        await ui.until(lambda: ui.panel.job is not None and ui.panel.job.name == ui.selected)
        await same_in_each_size(snapshot, ui, ui.selected, "learning rate")


async def test_a_search_that_finds_nothing(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("slash", *"status:running loss<0.1", "enter")
        await same_in_each_size(snapshot, ui, "0 of 5")


async def test_jobs_put_together_by_their_dataset(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("b", "down", "enter")
        await same_in_each_size(snapshot, ui, "gsm8k-5")


async def test_the_table_of_metrics(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("3")
        await same_in_each_size(snapshot, ui, "grad_norm", "LAST")


async def test_the_end_of_a_log(snapshot: SnapshotAssertion, lab: StillLab, drive: Drive) -> None:
    run = lab.places.run("job_5")
    run.mkdir(parents=True)
    lines = [f"step {step}: loss {1 / step:.4f}  {'verbose ' * 20}" for step in range(1, 200)]
    (run / "log.txt").write_text("\n".join([*lines, "المعالجة جارية", "学習が進行中です"]))
    async with drive(lab) as ui:
        await ui.press("5")
        await same_in_each_size(snapshot, ui, "学習が進行中です")


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
