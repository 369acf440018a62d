"""Two dataset versions beside each other: what was added, removed and changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from tui.actions import Place, bindings
from tui.background import Background, Failure
from tui.ink import Line
from tui.styled_once import StyledOnce
from tui.widgets.dataset_change_rows import Change, ChangeRows, Differences, Kind, counts_line
from tui.widgets.dataset_changes import beside_lines, unified_lines
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.lab import Lab

_REST_SECONDS = 0.08
_BESIDE_FROM = 100
_KINDS: tuple[Kind | None, ...] = (None, "changed", "removed", "added")
_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (120, "-wide")]


class DatasetDiff(StyledOnce[None], Background):
    """Lists what differs between two versions, and shows the selected change.

    Args:
        lab: where to read.
        before: the id of the first version.
        after: the id of the second.
    """

    BINDINGS = bindings("dataset_diff")
    CSS_PATH = "../styles/datasets.tcss"
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    PLACES: tuple[Place, ...] = ("dataset_diff", "rows", "everywhere")

    @dataclass
    class Compared(Message):
        """The versions were compared."""

        before: str
        title: str
        found: Differences

    @dataclass
    class WasRead(Message):
        """A change was read and set."""

        change: Change
        lines: list[Line]

    def __init__(self, lab: Lab, before: str, after: str) -> None:
        super().__init__()
        self._lab, self._before, self._after = lab, before, after
        self._rows = ChangeRows()
        self._view = LineView(id="dataset-change")
        self._found: Differences | None = None
        self._kind: Kind | None = None
        self._side_by_side: bool | None = None
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the list and the change between the title and the keys."""
        yield TitleLine("two versions compared")
        yield FixedLines(id="dataset-counts")
        with Container(id="dataset-diff-body"):
            yield self._rows
            yield self._view
        yield KeyLine("dataset_diff", "everywhere")

    def on_mount(self) -> None:
        """Compare them."""
        self._rows.focus()
        self._compare()

    def _compare(self) -> None:
        self._say([("comparing…", "dim")])
        lab, before, after = self._lab, self._before, self._after

        def work() -> Message | None:
            diff = lab.datasets.diff(before, after)
            if get_current_worker().is_cancelled:
                diff.close()
                return None
            names = [f"{side.name}@{side.version}" for side in (diff.before, diff.after)]
            return self.Compared(before, " → ".join(names), Differences(diff))

        self.in_background("compare", work)

    def _say(self, line: Line) -> None:
        self.query_one("#dataset-counts", FixedLines).show([[(" ", "plain"), *line]])

    def on_dataset_diff_compared(self, message: Compared) -> None:
        """Show what differs."""
        if message.before != self._before or not self.is_attached:
            message.found.close()
            return
        self._close()
        self._found = message.found
        self.query_one(TitleLine).name_place(message.title)
        self._show()

    def _show(self) -> None:
        if self._found is None:
            return
        self._say(counts_line(self._found))
        self._rows.show(self._found, self._found.of_kind(self._kind))
        if not self._rows.changes:
            kind = "Both have the very same examples." if not self._kind else f"None {self._kind}."
            self._view.show([[(kind, "dim")]])

    def on_row_list_cursor_moved(self) -> None:
        """Show the selected change as soon as the cursor rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._look)

    def on_resize(self, _event: events.Resize) -> None:
        """Set the change anew for another width."""
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        found, change, width = self._found, self._rows.selected, self._view.room
        if found is None or change is None or not width:
            return
        beside = width >= _BESIDE_FROM if self._side_by_side is None else self._side_by_side

        def read() -> Message:
            before, after = found.examples(change)
            setting = beside_lines if beside else unified_lines
            head: Line = [(f"{change.kind}  {change.place}", "faint")]
            return self.WasRead(change, [head, [], *setting(before, after, width)])

        self.in_background("read", read)

    def on_dataset_diff_was_read(self, message: WasRead) -> None:
        """Show it."""
        if message.change == self._rows.selected:
            self._view.show(message.lines)
            self._view.scroll_home(animate=False)

    def work_failed(self, failure: Failure) -> None:
        """Say on the screen itself why they cannot be compared."""
        if failure.group == "compare":
            self._say([("cannot be compared", "bad")])
        lines = wrap(failure.words, max(20, self._view.room))
        self._view.show([[(line, "bad")] for line in lines])

    def action_open(self) -> None:
        """Give the change the whole screen, or give it back."""
        if self.has_class("zoomed"):
            self.action_back()
        elif self._rows.selected is not None:
            self.add_class("zoomed")
            self._view.focus()

    def action_turn(self, by: int) -> None:
        """Show the change after this one, or before it."""
        self._rows.action_move(by)

    def action_beside(self) -> None:
        """Put old and new beside or below each other."""
        beside = self._side_by_side
        now = self._view.room >= _BESIDE_FROM if beside is None else beside
        self._side_by_side = not now
        self._look()

    def action_only(self) -> None:
        """Show the changes of the next kind."""
        self._kind = _KINDS[(_KINDS.index(self._kind) + 1) % len(_KINDS)]
        self.notify(f"shown: {self._kind or 'all changes'}", timeout=2)
        self._show()

    def action_exchange(self) -> None:
        """Compare the other way round."""
        self._before, self._after = self._after, self._before
        self._compare()

    def action_back(self) -> None:
        """Return to the list of changes; then leave."""
        if self.has_class("zoomed"):
            self.remove_class("zoomed")
            self._rows.focus()
        else:
            self.dismiss()

    def on_unmount(self) -> None:
        """Close the files."""
        self._close()

    def _close(self) -> None:
        if self._found is not None:
            self._found.close()
            self._found = None
