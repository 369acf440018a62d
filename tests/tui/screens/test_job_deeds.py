"""What is asked before jobs are cancelled or resumed: the thing, and what is known of its price."""

from __future__ import annotations

import pytest

from engine.errors import LabError
from store.events import CostRecorded, JobPlanned, JobStatusChanged, JobSubmitted
from tests.tui.conftest import Drive, StillLab, Story, losses
from tui.screens.question import Question


def hosted(story: Story, name: str, *, status: str, estimate: float | None = 4.0) -> str:
    planned = JobPlanned(
        name=name,
        provider="openai",
        base_model="gpt-4o-mini",
        method="supervised",
        hyperparameters={},
        dataset="ds_1",
        model=f"mdl_{name}",
        total_steps=60,
        estimate=estimate,
    )
    there = JobSubmitted(remote_id=f"ftjob-{name}"), JobStatusChanged(status=status)
    story.at(0.5).log.append(f"job/job_{name}", planned, *there)
    return f"job_{name}"


async def asked(lab: StillLab, drive: Drive, key: str, *texts: str) -> None:
    async with drive(lab) as ui:
        await ui.press(key)
        await ui.until(lambda: isinstance(ui.app.screen, Question))
        await ui.until_shown(*texts)
        await ui.press("n")


@pytest.mark.parametrize("estimate", [4.0, None])
async def test_cancelling_a_hosted_job_tells_what_it_has_cost_so_far(
    lab: StillLab, story: Story, drive: Drive, estimate: float | None
) -> None:
    job = hosted(story, "there", status="running", estimate=estimate)
    story.tell(job, *losses(1, 15))
    about = "About $1.00 of the estimated" if estimate else "What it has cost so far"
    await asked(lab, drive, "c", "Cancel there?", "stop it, for good", about)


async def test_a_cost_that_is_recorded_is_told(lab: StillLab, story: Story, drive: Drive) -> None:
    job = hosted(story, "there", status="running")
    story.tell(job, CostRecorded(dollars=1.25, tokens=1000, price=3.0, source="prices"))
    await asked(lab, drive, "c", "It has cost $1.25 so far.")


async def test_resuming_a_paused_job_tells_what_is_left_to_pay(
    lab: StillLab, story: Story, drive: Drive
) -> None:
    job = hosted(story, "there", status="running")
    story.tell(job, *losses(1, 15), JobStatusChanged(status="paused"))
    await asked(
        lab,
        drive,
        "r",
        "Resume there?",
        "bills what it trains. About",
        "$3.00 of the estimated $4.00 is left",
    )


async def test_several_jobs_are_asked_about_with_what_hangs_on_them(
    lab: StillLab, story: Story, drive: Drive
) -> None:
    one = hosted(story, "one", status="running")
    two = hosted(story, "two", status="running", estimate=None)
    async with drive(lab) as ui:
        ui.rows.marked = frozenset((one, two))
        await ui.press("c")
        await ui.until_shown(
            "Cancel 2 jobs?", "2 jobs at openai,", "estimated at $4.00 in all, 1 of unknown"
        )
        await ui.press("n")


async def test_a_hosted_job_that_has_ended_is_not_resumed(
    lab: StillLab, story: Story, drive: Drive
) -> None:
    hosted(story, "there", status="cancelled")
    async with drive(lab) as ui:
        await ui.press("r")
        await ui.until(lambda: bool(ui.told))
        assert "R starts a new one from its plan" in ui.told[0]


async def test_a_job_of_this_machine_costs_nothing(lab: StillLab, drive: Drive) -> None:
    await asked(lab, drive, "c", "Cancel gsm8k-5?", "It saves a checkpoint and stops")


async def test_a_job_whose_checkpoints_are_gone_is_sent_to_a_key(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_job: str) -> None:
        raise LabError("gsm8k-3 cannot go on. `ftlab jobs retry gsm8k-3` trains it again")

    monkeypatch.setattr(lab, "resume_job", refuse)
    async with drive(lab) as ui:
        await ui.press("j", "j", "r", "y")
        await ui.until(lambda: ui.told == ["gsm8k-3 cannot go on. R trains it again"])
