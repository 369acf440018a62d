"""Labs in which a job can be planned, and a way to open the form in them."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from engine.lab import Lab
from engine.outlook import machine
from engine.places import Places
from store.events import DatasetChecked
from tests.tui.conftest import Driven, Story
from tui.screens.new_job import NewJob
from tui.screens.new_job_form import JobForm
from tui.widgets.form_command import FormCommand
from tui.widgets.form_text import FormText


class OwnLab(Lab):
    """A lab as it is, whose jobs nobody looks after."""

    def __init__(self, places: Places) -> None:
        super().__init__(places, "ui")
        self.polled = Event()

    def start_polling(self, *, described: str | None = None, slots: int | None = None) -> None:
        del described, slots
        self.polled.set()


def report(errors: int = 0, warnings: int = 0) -> dict[str, Any]:
    """What a check reports, as far as anybody reads it."""
    findings = [
        {"severity": "error", "rule": "missing-content", "line": 7, "message": "It says nothing"}
    ]
    rules = [
        {"severity": "error", "rule": "missing-content", "count": errors},
        {"severity": "warning", "rule": "near-duplicate", "count": warnings},
    ]
    return {
        "examples": 190,
        "findings": findings if errors else [],
        "rules": [rule for rule in rules if rule["count"]],
        "tokens": None,
    }


def checked(story: Story, *, errors: int = 0, warnings: int = 0) -> None:
    """Record a check of the dataset `gsm8k/train`, two hours ago."""
    fact = DatasetChecked(
        version="ds_1",
        method="each row's own",
        model=None,
        errors=errors,
        warnings=warnings,
        rules={},
        report=report(errors, warnings),
    )
    story.at(120).log.append("dataset/ds_1", fact)


def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this machine the same room everywhere."""
    monkeypatch.setattr(machine, "_free_disk", lambda _folder: 48_000_000_000)
    monkeypatch.setattr(machine, "_free_memory", lambda: 16_000_000_000)


async def open_form(ui: Driven, *, known: str = "missing or wrong") -> NewJob:
    """Open the form, and wait until something is known beforehand."""
    await ui.press("N")
    await ui.until_shown("base model", known)
    screen = ui.app.screen
    assert isinstance(screen, NewJob)
    return screen


async def write(ui: Driven, name: str, text: str) -> None:
    """Go to a field and write over what stands there."""
    form = ui.app.screen.query_one(JobForm)
    form.visit(name)
    await ui.until(lambda: form.visited is not None and form.visited.name == name)
    control = form.control
    assert isinstance(control, FormText)
    await ui.press("end", "ctrl+u", *text)
    await ui.until(lambda: control.value == text)
    control.close()


def command(ui: Driven) -> str:
    """The command line that the form shows."""
    return ui.app.screen.query_one(FormCommand).command
