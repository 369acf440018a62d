"""Jobs that are really started from the form: here, and at a stand-in of a hosted service."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.data.versions.importing import Source
from engine.places import Places
from engine.poller import Poller
from engine.providers.hosted.pace import Pace
from store.events import JobPlanned, JobQueued
from store.queries.jobs import job_detail, job_list
from tests.standin.fixtures import standin
from tests.tui.conftest import Drive
from tests.tui.screens.new_jobs import OwnLab, command, open_form, write
from tui.screens.jobs import Jobs
from tui.screens.new_job import NewJob
from tui.screens.new_job_form import JobForm
from tui.screens.question import Question

if TYPE_CHECKING:
    from tests.standin.standin import Standin

__all__ = ["standin"]

MODEL = "gpt-4o-mini-2024-07-18"
QUICK = 1e6


@pytest.fixture
def own(home: Path) -> Iterator[OwnLab]:
    """A lab with the dataset `sums`, as it would be at a user's."""
    place = home / "lab"
    place.mkdir()
    (place / "pricing.toml").write_text(f'[models."{MODEL}"]\nretires = 2099-01-01\n')
    file = home / "sums.jsonl"
    file.write_text("".join(map(_sum, range(20))))
    with OwnLab(Places(place, place / "ftlab.db")) as lab:
        lab.datasets.add(Source(file), "sums")
        yield lab


def _sum(number: int) -> str:
    asked = {"role": "user", "content": f"What is {number} + {number}?"}
    answered = {"role": "assistant", "content": f"It is {2 * number}."}
    return json.dumps({"messages": [asked, answered]}) + "\n"


@pytest.fixture
def served(own: OwnLab, standin: Standin, monkeypatch: pytest.MonkeyPatch) -> OwnLab:
    """The same, its profile `openai` being the stand-in."""
    monkeypatch.setenv("OPENAI_API_KEY", standin.key)
    monkeypatch.setenv("OPENAI_BASE_URL", standin.base_url)
    own._paces["openai"] = Pace(QUICK)
    return own


async def test_a_job_of_a_tiny_model_is_trained_from_the_form(
    own: OwnLab, tiny_base: Path, drive: Drive
) -> None:
    async with drive(own) as ui:
        await open_form(ui)
        await write(ui, "dataset", "sums")
        await write(ui, "model", str(tiny_base))
        await write(ui, "epochs", "1")
        await write(ui, "suffix", "tiny")
        await ui.until_shown("✓ tiny can be started", "5 · 4 examples a step")
        await ui.press("ctrl+g", "ctrl+g")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs), seconds=60)
        await ui.until(lambda: ui.selected == "tiny")
        assert "tiny is starting" in ui.told
    (job,) = job_list(own.database.reader)
    assert _ended(own, job.id) == "succeeded"


def _ended(lab: OwnLab, job: str) -> str:
    deadline = time.monotonic() + 120
    while job_detail(lab.database.reader, job).ended_at is None:
        assert time.monotonic() < deadline, "\n".join(lab.log_tail(job))
        Poller(lab).look_at(job)
        time.sleep(0.05)
    return job_detail(lab.database.reader, job).status


async def test_a_job_is_put_into_the_queue(own: OwnLab, tiny_base: Path, drive: Drive) -> None:
    async with drive(own) as ui:
        await open_form(ui)
        await write(ui, "dataset", "sums")
        await write(ui, "model", str(tiny_base))
        form = ui.app.screen.query_one(JobForm)
        form.visit("queued")
        await ui.until(lambda: form.visited is not None and form.visited.name == "queued")
        await ui.press("right")
        await write(ui, "priority", "5")
        assert command(ui).endswith("--queue --priority 5")
        await ui.until_shown("it waits in the queue", "sums-1 can be started")
        await ui.press("ctrl+g")
        await ui.until(lambda: "sums-1 is queued (place 1 of 1)" in ui.told)
    (job,) = job_list(own.database.reader)
    facts = list(own.log.facts(f"job/{job.id}"))
    assert isinstance(facts[0], JobPlanned)
    assert facts[1:] == [JobQueued(priority=5)]


async def test_a_paid_job_is_started_after_a_question_that_names_price_and_place(
    served: OwnLab, standin: Standin, drive: Drive
) -> None:
    async with drive(served) as ui:
        await open_form(ui)
        await write(ui, "dataset", "sums")
        await ui.until_shown("○ openai")
        form = ui.app.screen.query_one(JobForm)
        form.visit("provider")
        await ui.until(lambda: form.visited is not None and form.visited.name == "provider")
        await ui.press("right")
        await write(ui, "model", MODEL)
        await ui.until_shown("✓ no findings", "about $0.0", "sums-1 can be started", "2099-01-01")
        assert command(ui) == f"ftlab train sums --model {MODEL} --provider openai"
        await ui.press("ctrl+g")
        await ui.until(lambda: isinstance(ui.app.screen, Question))
        host = standin.base_url.split("/")[2]
        await ui.until_shown(
            "Start sums-1 at openai for about $0.0", f"is sent to {host}", "$3.00 a million"
        )
        await ui.press("n")
        await ui.until_shown("sums-1 can be started")
        assert job_list(served.database.reader) == []
        await ui.press("ctrl+g")
        await ui.until(lambda: isinstance(ui.app.screen, Question))
        await ui.press("y")
        await ui.until(lambda: "sums-1 is starting" in ui.told, seconds=60)
    (job,) = job_list(served.database.reader)
    assert job.provider == "openai"
    assert len(standin.state.jobs) == 1


async def test_a_limit_and_a_missing_key_are_told_in_the_form(
    own: OwnLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with drive(own) as ui:
        screen = NewJob(own, "sums")
        ui.app.push_screen(screen)
        await ui.until_shown("○ openai")
        screen.form.put({"dataset": "sums", "provider": "openai", "model": MODEL, "max_cost": "0"})
        await ui.until_shown("there is no key for the profile openai", "more than the limit")
        await ui.press("ctrl+g")
        await ui.until(lambda: any("more than the limit of $0.00" in words for words in ui.told))
        await write(ui, "max_cost", "5")
        await ui.until_shown("✗ there is no key")
        await ui.press("ctrl+g")
        await ui.until(lambda: "there is no key for the profile openai" in ui.told[-1])
        assert job_list(own.database.reader) == []
