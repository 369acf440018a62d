"""Watching a sweep until its end: a table that moves for people, lines for logs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from click.exceptions import Exit

from store import job_status
from store.queries import sweeps
from tui.cli.output import note
from tui.harmless import harmless

if TYPE_CHECKING:
    from rich.table import Table

    from engine.lab import Lab
    from engine.sweeping.standing import Standing, Trial

_LOOK_SECONDS = 0.5


def follow_sweep(lab: Lab, sweep: str) -> Standing:
    """Have what waits started, and show how all trials go, until the last has ended.

    Returns:
        How it stands at the end, which is recorded.

    Raises:
        Exit: with status 130 if the watching was cut short; what runs goes on.
    """
    from engine.sweeping.starting import complete

    sys.stdout.flush()
    try:
        if sys.stderr.isatty():
            _table(lab, sweep)
        else:
            _lines(lab, sweep)
    except KeyboardInterrupt:
        name = sweeps.sweep(lab.database.reader, sweep).name
        note("")
        note(
            f"What runs goes on, and what waits stays in its place: `ftlab sweep resume {name}` "
            "goes on with all of it, `ftlab daemon` does so unwatched."
        )
        raise Exit(130) from None
    return complete(lab, sweep)


def _states(lab: Lab, sweep: str) -> Iterator[Standing]:
    """Yield how a sweep stands, again and again, the last time when all trials have ended."""
    from engine.sweeping.standing import standing

    told: str | None = None
    lab.start_polling()
    try:
        while True:
            row = sweeps.sweep(lab.database.reader, sweep)
            yield standing(lab.database.reader, row)
            if row.ended == row.trials:
                return
            if lab.polling_notice is not None and lab.polling_notice != told:
                told = lab.polling_notice
                note(f"note: {told}")
            time.sleep(_LOOK_SECONDS)
    finally:
        lab.stop_polling()


def _lines(lab: Lab, sweep: str) -> None:
    """Write a line whenever a trial's status changes."""
    said: dict[str, str] = {}
    for found in _states(lab, sweep):
        for trial in found.trials:
            if said.get(trial.job.id) != trial.job.status:
                said[trial.job.id] = trial.job.status
                told = (f"{trial.job.name} {trial.job.status}", _settings(trial), _losses(trial))
                note("  ".join(filter(None, told)))


def _table(lab: Lab, sweep: str) -> None:
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as shown:
        for found in _states(lab, sweep):
            shown.update(_drawn(found), refresh=True)


def _drawn(found: Standing) -> Table:
    from rich.table import Table
    from rich.text import Text

    from tui.formats import bar

    done, trials = found.sweep.ended, found.sweep.trials
    table = Table(title=f"{harmless(found.sweep.name)}  {done} of {trials} trials", box=None)
    for name in ("trial", "settings", "status", "", "losses"):
        table.add_column(name, justify="left", no_wrap=True)
    for trial in _in_sight(found.trials):
        way = "".join(text for text, _ in bar(trial.job.progress, 12))
        cells = (trial.job.name, _settings(trial), trial.job.status, way, _losses(trial))
        table.add_row(*(Text(harmless(cell)) for cell in cells))
    return table


def _in_sight(trials: list[Trial]) -> list[Trial]:
    """Return as many trials as the terminal has room for, those that run among them."""
    from shutil import get_terminal_size

    room = max(1, get_terminal_size().lines - 4)
    ended = sum(trial.job.status in job_status.ENDED for trial in trials)
    first = max(0, min(ended - room // 2, len(trials) - room))
    return trials[first : first + room]


def _settings(trial: Trial) -> str:
    from engine.sweeping.effects import label

    return " ".join(f"{name}={label(value)}" for name, value in trial.settings.items())


def _losses(trial: Trial) -> str:
    from tui.formats import number

    result = trial.result
    held = result.evaluation.loss if result else trial.job.eval_loss
    parts = [("loss", trial.job.loss), ("eval", held)]
    return "  ".join(f"{name} {number(value)}" for name, value in parts if value is not None)
