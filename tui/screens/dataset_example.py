"""An example in full, and from it to those before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from tui.actions import Place, bindings
from tui.background import Background
from tui.formats import count
from tui.ink import Line, text_of
from tui.widgets.dataset_example import example_lines, raw_lines
from tui.widgets.dataset_findings import Finding
from tui.widgets.dataset_index import ExampleFile, record_of
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine
from tui.wording import number_of
from tui.wrapping import wrap


class ExampleView(Screen[int], Background):
    """Shows one example; gives the number of the one that was shown last.

    Args:
        called: the version's name.
        file: where its examples are.
        rows: the numbers of those that can be gone to, from 0, in order.
        place: which of these is shown first.
        findings: what a check of the version found.
    """

    BINDINGS = bindings("dataset")
    CSS_PATH = "../styles/datasets.tcss"
    PLACES: tuple[Place, ...] = ("dataset", "lines", "everywhere")

    @dataclass
    class WasRead(Message):
        """An example was read and set."""

        row: int
        lines: list[Line]

    def __init__(
        self,
        called: str,
        file: ExampleFile,
        rows: Sequence[int],
        place: int,
        findings: Sequence[Finding] = (),
    ) -> None:
        super().__init__()
        self._called, self._file, self._rows, self._place = called, file, rows, place
        self._findings = findings
        self._raw = False
        self._shown = -1

    def compose(self) -> ComposeResult:
        """Put the text between the title and the keys."""
        yield TitleLine(self._called)
        yield LineView(id="dataset-example")
        yield KeyLine("dataset", "everywhere")

    def on_mount(self) -> None:
        """Read the example."""
        self.query_one(LineView).focus()

    def on_resize(self, _event: events.Resize) -> None:
        """Set it anew for another width."""
        self.call_after_refresh(self._look)

    @property
    def _row(self) -> int:
        return self._rows[self._place]

    def _look(self) -> None:
        row, raw, width = self._row, self._raw, self.query_one(LineView).room
        findings = [found for found in self._findings if found.row == row + 1]

        def read() -> Message | None:
            line = self._file.read([row]).get(row)
            if line is None:
                return self.WasRead(row, [[("this row is not read yet", "dim")]])
            told = finding_lines(findings, width)
            if raw:
                return self.WasRead(row, [*told, *raw_lines(line, width)])
            return self.WasRead(row, [*told, *example_lines(record_of(line), width)])

        self.in_background("read", read)

    def on_example_view_was_read(self, message: WasRead) -> None:
        """Show it."""
        if message.row != self._row:
            return
        of = f"{count(self._place + 1)} of {count(len(self._rows))}"
        place = f"{self._called}  row {count(message.row + 1)}"
        filtered = len(self._rows) != self._file.rows
        self.query_one(TitleLine).name_place(f"{place}  ({of} found)" if filtered else place)
        view = self.query_one(LineView)
        view.show(message.lines)
        if message.row != self._shown:
            view.scroll_home(animate=False)
        self._shown = message.row

    def action_turn(self, by: int) -> None:
        """Show the example after this one, or before it."""
        place = min(max(0, self._place + by), len(self._rows) - 1)
        if place == self._place:
            self.notify("this is the last one" if by > 0 else "this is the first one", timeout=2)
            return
        self._place = place
        self._look()

    def action_raw(self) -> None:
        """Show the example as it is stored, or no longer."""
        self._raw = not self._raw
        self._look()

    def action_copy(self) -> None:
        """Copy what is shown, through the terminal."""
        lines = [text_of(line).rstrip() for line in self.query_one(LineView).lines]
        self.app.copy_to_clipboard("\n".join(lines))
        told = f"copied {number_of(len(lines), 'line')} of row {count(self._row + 1)}"
        self.notify(told, markup=False)

    def action_back(self) -> None:
        """Return to the list."""
        self.dismiss(self._row)


def finding_lines(findings: Sequence[Finding], width: int) -> list[Line]:
    """Return what a check found in an example, to stand above it."""
    lines: list[Line] = []
    for found in findings:
        glyph = {"error": "✗", "warning": "!"}.get(found.severity, "·")
        words = wrap(f"{glyph} {found.words} [{found.rule}]", width)
        lines += [[(part, "bad" if found.severity == "error" else "warn")] for part in words]
    return [*lines, []] if lines else []
