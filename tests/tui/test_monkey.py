"""Whatever keys are pressed while much goes on, the dashboard neither falls nor stands still.

`FTLAB_MONKEY_KEYS=20000 FTLAB_MONKEY_SEED=7 pytest -s tests/tui/test_monkey.py` plays longer, or
plays again what went wrong: the same seed presses the same keys.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.data.versions.importing import Source
from tests.tui.busy_lab import going_on
from tests.tui.conftest import Drive, Driven, StillLab
from tests.tui.fence import fenced
from tests.tui.heartbeat import Heartbeat
from tests.tui.monkey import Monkey
from tui.resting import Resting, tidy_up
from tui.screens.help import Help
from tui.screens.jobs import Jobs
from tui.sparing import SparingApp

_KEYS = int(os.environ.get("FTLAB_MONKEY_KEYS", "300"))
_SEED = int(os.environ.get("FTLAB_MONKEY_SEED", "1"))
_LONGEST_SECONDS = 20.0


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Collect garbage as a dashboard by itself does, leaving out what the other tests hold."""
    thresholds = gc.get_threshold()
    monkeypatch.setattr(Resting, "rests", property(lambda _: True, lambda *_: None), raising=False)
    gc.collect()
    yield
    gc.set_threshold(*thresholds)
    tidy_up()


@pytest.fixture
def played(lab: StillLab, home: Path, monkeypatch: pytest.MonkeyPatch) -> StillLab:
    """A lab with a dataset whose rows are there; what is sent to a terminal is reckoned, too."""
    rows = ({"role": "user", "content": f"{n}?"} for n in range(20))
    answer = {"role": "assistant", "content": "Yes."}
    file = home / "rows.jsonl"
    file.write_text("".join(json.dumps({"messages": [row, answer]}) + "\n" for row in rows))
    lab.datasets.add(Source(file), "rows")
    monkeypatch.chdir(home)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setattr(SparingApp, "_is_sent", property(lambda app: not app._batch_count))
    return lab


@pytest.mark.usefixtures("light")
async def test_it_bears_a_monkey(
    played: StillLab, home: Path, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    heart = Heartbeat()
    async with drive(played) as ui:
        left = _stays(ui, monkeypatch)
        monkey = Monkey(ui, _SEED)
        with going_on(played.database.path, _SEED) as life, fenced(home):
            beating = asyncio.create_task(heart.beat())
            try:
                await monkey.play(_KEYS)
                assert ui.app._exception is None
                await _answers(ui)
            except BaseException:
                sys.stdout.write(f"\nthe last of seed {_SEED}: {' '.join(monkey.done)}\n")
                traceback.print_exc()
                raise
            finally:
                beating.cancel()
    told = f"{_KEYS} keys of seed {_SEED}, {life.recorded} things recorded meanwhile"
    sys.stdout.write(f"\n{told}: the longest gap was {heart.longest * 1000:.0f} ms\n")
    assert not left, f"it left after {' '.join(monkey.done)}"
    assert heart.longest < _LONGEST_SECONDS


def _stays(ui: Driven, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep the app from being left; return a list of what would end it all the same."""
    left: list[str] = []

    async def not_now() -> None:
        return None

    monkeypatch.setattr(ui.app, "action_quit", not_now)
    monkeypatch.setattr(ui.app, "exit", lambda *_, **__: left.append("exit"))
    return left


async def _answers(ui: Driven) -> None:
    """Check that it can be led back to the jobs, and that a key there does what it says."""
    await ui.pilot.pause()
    for _ in range(40):
        if len(ui.app.screen_stack) == 1:
            break
        await ui.press("escape")
    await ui.press("escape", "escape", "J")
    await ui.until(lambda: isinstance(ui.app.screen, Jobs))
    await ui.press("f1")
    await ui.until(lambda: isinstance(ui.app.screen, Help))
    await ui.press("escape")
    await ui.until(lambda: isinstance(ui.app.screen, Jobs))
