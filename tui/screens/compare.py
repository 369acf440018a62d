"""Jobs beside each other: what differs, and how they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from tui.actions import Place, bindings
from tui.background import Background
from tui.formats import fit, fit_right, number
from tui.ink import Ink, Line, Span, look
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from engine.comparing.jobs import Comparison
    from engine.lab import Lab

MOST = 6
"""How many jobs fit beside each other."""

_NAME, _LEAST, _MOST_CELLS = 26, 10, 28


class Compare(Screen[None], Background):
    """Shows jobs beside each other.

    Args:
        lab: where to read.
        jobs: the ids of two to six jobs.
    """

    BINDINGS = bindings("compare")
    PLACES: tuple[Place, ...] = ("compare", "lines", "everywhere")

    @dataclass
    class WasRead(Message):
        """The jobs were compared."""

        found: Comparison

    def __init__(self, lab: Lab, jobs: Sequence[str]) -> None:
        super().__init__()
        self._lab, self._jobs = lab, jobs
        self._found: Comparison | None = None
        self._everything = False

    def compose(self) -> ComposeResult:
        """Put the table between the title and the keys."""
        yield TitleLine(f"{len(self._jobs)} jobs compared")
        yield LineView(id="compare-lines")
        yield KeyLine("compare", "everywhere")

    def on_mount(self) -> None:
        """Compare them."""
        self.query_one(LineView).focus()
        self.in_background("read", self._read)

    def _read(self) -> Message:
        from engine.comparing.jobs import compare_jobs

        return self.WasRead(compare_jobs(self._lab.database.reader, self._jobs))

    def on_compare_was_read(self, message: WasRead) -> None:
        """Show the comparison."""
        self._found = message.found
        self._show()

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the table to the screen."""
        self._show()

    def _show(self) -> None:
        if self._found is not None:
            view = self.query_one(LineView)
            view.show(comparison_lines(self._found, view.room, everything=self._everything))

    def action_everything(self) -> None:
        """Show what is the same for all, too; or no longer."""
        self._everything = not self._everything
        self._show()

    def action_back(self) -> None:
        """Return to the jobs."""
        self.dismiss()


def comparison_lines(found: Comparison, width: int, *, everything: bool) -> list[Line]:
    """Return a comparison as a table.

    Args:
        found: what was compared.
        width: the cells of a line.
        everything: whether what is the same for all is shown, too.
    """
    jobs = len(found.jobs)
    name = min(_NAME, max(_LEAST, width // (jobs + 1)))
    cells = max(_LEAST, min(_MOST_CELLS, (width - name) // jobs - 2))
    head: list[Span] = [(" " * name, "plain")]
    for job in found.jobs:
        shown = look(job.status)
        head += [
            ("  ", "plain"),
            (shown.glyph, shown.ink),
            (f" {fit(job.name, cells - 2)}", "strong"),
        ]
    lines: list[Line] = [head, [], [("WHAT DIFFERS", "faint")]]
    settings = found.settings if everything else found.differences
    if not settings:
        lines.append([("nothing that is recorded", "dim")])
    for setting in settings:
        ink: Ink = "plain" if setting.differs else "dim"
        texts = ["-" if value is None else value for value in setting.values]
        lines.append(_row(setting.name.replace("_", " "), texts, [ink] * jobs, (name, cells)))
    lines += [[], [("METRICS, the best in green", "faint")]]
    for metric in found.metrics:
        inks: list[Ink] = ["good" if place in metric.best else "plain" for place in range(jobs)]
        marked = [
            f"{number(value)} {'*' if place in metric.best else ' '}"
            for place, value in enumerate(metric.values)
        ]
        lines.append(_row(metric.name, marked, inks, (name, cells)))
    if not found.metrics:
        lines.append([("none yet", "dim")])
    return lines


def _row(name: str, texts: Sequence[str], inks: Sequence[Ink], widths: tuple[int, int]) -> Line:
    line: list[Span] = [(fit(name, widths[0]), "dim")]
    for text, ink in zip(texts, inks, strict=True):
        line += [("  ", "plain"), (fit_right(fit(text, widths[1]).rstrip(), widths[1]), ink)]
    return line
