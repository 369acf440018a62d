"""Draw the README's pictures out of `ftlab.db.example`: `python scripts/make_pictures.py`.

Each is the real dashboard after some keys, in a terminal of its own; `docs/tour.svg` is a short
film of such pictures, one after the other. Nothing is trained and nothing is sent.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from engine.lab import Lab
from engine.outlook import machine
from engine.places import Places
from tui.app import FtlabApp

ROOT = Path(__file__).resolve().parent.parent
DATABASE = ROOT / "ftlab.db.example"
DOCS = ROOT / "docs"
_FTLAB = str(Path(sys.executable).with_name("ftlab"))
_TITLE = "ftlab --db ftlab.db.example"
_QUIET = 0.4
_FRAME_SECONDS = 2.6
_FREE_ON_DISK, _FREE_IN_MEMORY = 420_000_000_000, 24_000_000_000
"""Bytes: so that pictures are the same on whichever machine they are drawn."""


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the keys that lead to it, the terminal's size."""

    name: str
    keys: Sequence[str]
    size: tuple[int, int] = (120, 36)


SHOTS = (
    Shot("dashboard", ["down"]),
    Shot("curves", ["down", "space", "down", "space", "enter", "2", "left_curly_bracket"]),
    Shot("compare", ["down", "space", "down", "space", "C"]),
    Shot("datasets", ["D", "down", "3"]),
    Shot("models", ["M"]),
    Shot("history", ["H"]),
    Shot("past", ["B", *["pagedown"] * 4]),
    Shot("new-job", ["N", *"gsm8k/train", "enter"]),
)

_FILM_SIZE = (100, 28)
FILM = (
    Shot("the jobs", [], _FILM_SIZE),
    Shot("another one", ["down"], _FILM_SIZE),
    Shot("its numbers", ["3"], _FILM_SIZE),
    Shot("two overlaid", ["2", "space", "down", "down", "space"], _FILM_SIZE),
    Shot("beside each other", ["C"], _FILM_SIZE),
    Shot("why it stopped", ["escape", "escape", "g", "1"], _FILM_SIZE),
    Shot("the log", ["H"], _FILM_SIZE),
    Shot("back in time", ["B", "pagedown", "pagedown", "pagedown", "pagedown"], _FILM_SIZE),
    Shot("the models", ["enter", "escape", "M"], _FILM_SIZE),
)


class QuietLab(Lab):
    """The lab of the example, in which nothing is polled."""

    def start_polling(self, *, described: str | None = None, slots: int | None = None) -> None:
        """Leave the example as it is."""
        del described, slots


def main() -> None:
    """Draw all pictures, and the film."""
    disk = patch.object(machine, "_free_disk", return_value=_FREE_ON_DISK)
    memory = patch.object(machine, "_free_memory", return_value=_FREE_IN_MEMORY)
    with tempfile.TemporaryDirectory() as home, disk, memory:
        asyncio.run(_draw_all(Path(home)))


async def _draw_all(home: Path) -> None:
    os.environ |= {"HOME": str(home), "FTLAB_THEME": "ftlab", "COLORTERM": "truecolor"}
    _keep_contents(home)
    for shot in SHOTS:
        [drawn] = await _draw(home, [shot])
        (DOCS / f"{shot.name}.svg").write_text(drawn)
        print(f"docs/{shot.name}.svg")
    (DOCS / "tour.svg").write_text(film(await _draw(home, FILM)))
    print("docs/tour.svg")


def _keep_contents(home: Path) -> None:
    """Put the sample's examples where the example database looks for them."""
    environment = os.environ | {"FTLAB_HOME": str(home), "FTLAB_DB": str(home / "scratch.db")}
    sample = home / "gsm8k.jsonl"
    shutil.copy(ROOT / "engine/sample/gsm8k.jsonl", sample)
    shape = ["--prompt", "{question}", "--completion", "{answer}"]
    for command in (
        ["data", "add", str(sample), "--name", "gsm8k", *shape],
        ["data", "split", "gsm8k", "--test", "20", "--validation", "20"],
    ):
        subprocess.run([_FTLAB, *command], env=environment, check=True, capture_output=True)


async def _draw(home: Path, shots: Sequence[Shot]) -> list[str]:
    """Return a picture after the keys of each shot, in one run of the dashboard.

    By the clock of the last event, so that pictures show the same ages whenever they are drawn.
    """
    copy = home / DATABASE.name
    shutil.copy(DATABASE, copy)
    (home / "session.json").unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as connection:
        (last,) = connection.execute("SELECT max(at) FROM event").fetchone()
    ended = datetime.fromisoformat(last)
    drawn = []
    with QuietLab(Places.find(home, copy), role="ui") as lab:
        app = FtlabApp(lab, lambda: ended)
        async with app.run_test(size=shots[0].size) as pilot:
            await _settle(pilot)
            for shot in shots:
                for key in shot.keys:
                    await pilot.press(key)
                    await _settle(pilot)
                await pilot.pause(2)
                drawn.append(app.export_screenshot(title=_TITLE))
    return drawn


async def _settle(pilot: Pilot[int]) -> None:
    for _ in range(2):
        await pilot.pause(_QUIET)
        busy = [one for one in pilot.app.workers if one.group != "watch" and not one.is_finished]
        if busy:
            with suppress(WorkerCancelled):  # newer work has taken its place
                await pilot.app.workers.wait_for_complete(busy)


def film(pictures: Sequence[str]) -> str:
    """Put pictures of one size into one that shows each for a while, again and again."""
    head = re.match(r"<svg[^>]*>", pictures[0])
    if head is None:
        raise ValueError("that is no picture")
    whole, part = _FRAME_SECONDS * len(pictures), 100 / len(pictures)
    style = (
        f".frame {{ visibility: hidden; animation: turn {whole:.2f}s step-end infinite; }}"
        f"@keyframes turn {{ 0% {{ visibility: visible; }} {part:.3f}% {{ visibility: hidden; }} }}"
        "@media (prefers-reduced-motion: reduce) {"
        " .frame { animation: none; } .frame:first-of-type { visibility: visible; } }"
    )
    frames = []
    for number, picture in enumerate(pictures):
        inside = picture[len(head[0]) : picture.rindex("</svg>")]
        delay = f"animation-delay: {number * _FRAME_SECONDS:.2f}s"
        frames.append(f'<g class="frame" style="{delay}">{inside}</g>')
    return f"{head[0]}<style>{style}</style>{''.join(frames)}</svg>\n"


if __name__ == "__main__":
    main()
