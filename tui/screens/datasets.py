"""The datasets: their versions as a tree of what was made of what, and all about the selected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from store.queries.dataset_tree import DATASETS
from tui.actions import Place, actions_of, bindings
from tui.formats import count
from tui.ink import Line, text_of
from tui.screens.dataset_deeds import DatasetDeeds
from tui.screens.dataset_example import ExampleView
from tui.screens.dataset_work import running
from tui.session import Elsewhere
from tui.styled_once import StyledOnce
from tui.watch import LogGrew
from tui.widgets.dataset_findings import FindingRows
from tui.widgets.dataset_list import DatasetList, VersionRows
from tui.widgets.dataset_panel import DatasetPanel
from tui.widgets.dataset_rows import ExampleRows
from tui.widgets.dataset_work_line import WorkLine
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.row_list import RowList
from tui.widgets.search_line import SearchLine
from tui.widgets.title_line import TitleLine
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.lab import Lab

_HINT = "name:support errors>0 examples>1000 made:cleaned age<2d, or a word"
_REST_SECONDS = 0.08
_OLDER_SECONDS = 20.0
_LOOK_SECONDS = 0.2
_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (120, "-wide")]
_OF_VERSIONS = [action.id for action in actions_of("datasets") if action.id != "dataset.add"]
_EMPTY: tuple[Line, ...] = (
    [("There are no datasets yet.", "strong")],
    [],
    [("  a", "accent"), ("  takes a file of yours in", "plain")],
    [("     JSONL, CSV, Excel, Parquet, Markdown …", "dim")],
    [("     shown before anything is recorded", "dim")],
    [],
    [("  ftlab demo", "accent")],
    [("     tunes a small model on sample data", "dim")],
)


class Datasets(StyledOnce[None], DatasetDeeds):
    """Lists the versions; shows the selected one beside the tree, or below it where it is narrow.

    Args:
        lab: what is shown and acted on.
        now: tells the time.
        begun: where somebody was who looked last.
    """

    BINDINGS = bindings("datasets")
    CSS_PATH = "../styles/datasets.tcss"
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    PLACES: tuple[Place, ...] = ("datasets", "rows", "everywhere")

    def __init__(
        self, lab: Lab, now: Callable[[], datetime], begun: Elsewhere | None = None
    ) -> None:
        super().__init__()
        self._begun = begun or Elsewhere("datasets")
        self.lab = lab
        self.rows = VersionRows(lab.database, now)
        self.panel = DatasetPanel(lab, now)
        self._search = SearchLine(DATASETS, _HINT)
        self._keys = KeyLine("datasets", "everywhere")
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the tree and the version between the title and the keys."""
        yield TitleLine("datasets")
        with Container(id="dataset-body"):
            yield DatasetList(self.rows)
            yield self.panel
        yield FixedLines(id="dataset-empty")
        yield self._search
        yield FixedLines(id="dataset-marked")
        yield WorkLine()
        yield self._keys

    def on_mount(self) -> None:
        """Read the versions, now and when the log grows."""
        # Textual sets it after a first layout, which would be painted for nothing.
        self.add_class([name for least, name in _BREAKPOINTS if self.app.size.width >= least][-1])
        self._ftlab.log_grew.subscribe(self, self._grew)
        self.set_interval(_OLDER_SECONDS, self.rows.grow_older)
        self.set_interval(_LOOK_SECONDS, self._look_at_work)
        self.query_one("#dataset-empty", FixedLines).show(_EMPTY)
        self.query_one("#dataset-marked").display = False
        self._search.begin(self._begun.search)
        self.rows.focus()
        self.rows.search = self._search.text
        if self._begun.selected is not None:
            self.rows.go_to(self._begun.selected)
        else:
            self.rows.look()

    @property
    def elsewhere(self) -> Elsewhere:
        """Where somebody is, for the next start."""
        selected = self.rows.selected_id or self._begun.selected
        return Elsewhere("datasets", self._search.text, selected)

    def read_anew(self) -> None:
        """Read everything on the screen anew."""
        self.rows.look()

    def _grew(self, _growth: LogGrew) -> None:
        self.rows.look()

    def _look_at_work(self) -> None:
        if running(self._ftlab) is not None or self.query_one(WorkLine).display:
            self.show_work()

    def on_version_rows_told(self) -> None:
        """Tell the rest of the screen what the list knows by now."""
        rows = self.rows
        listed = len(rows.versions)
        self.query_one(TitleLine).name_place(f"datasets · {number_of(rows.of, 'version')}")
        self._search.tell(listed, rows.of)
        self.set_class(rows.is_read and not rows.of, "no-datasets")
        self._offer_keys()
        self.marks_changed()
        if rows.selected != self.panel.version:
            self._show_selected()

    def _offer_keys(self) -> None:
        """Offer the keys that make sense now."""
        if self.has_class("no-datasets"):
            self._keys.leave_out(*_OF_VERSIONS)
            return
        opens_rows = isinstance(self.panel.view, ExampleRows | FindingRows)
        is_whole = self.has_class("zoomed") and not opens_rows
        self._keys.leave_out(*(("dataset.open",) if is_whole else ()))

    def on_row_list_cursor_moved(self) -> None:
        """Show the selected version as soon as the cursor rests."""
        if self.rows.selected_id == (self.panel.version and self.panel.version.id):
            return
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._show_selected)

    def _show_selected(self) -> None:
        self.panel.show_version(self.rows.selected)

    def marks_changed(self) -> None:
        """Say what is marked."""
        marked, line = self.rows.marked, self.query_one("#dataset-marked", FixedLines)
        line.display = bool(marked)
        named = [row.reference for row in map(self.rows.get, marked) if row is not None]
        does = "d compares them" if len(marked) == 2 else "mark another, or d compares with this"
        line.show([[(" i ", "warn"), (f"{' and '.join(named)} marked · {does}", "dim")]])

    @property
    def _is_in_panel(self) -> bool:
        return self.panel.has_focus_within

    def action_search(self) -> None:
        """Search the versions, or, in the panel of rows, the rows."""
        if self._is_in_panel and isinstance(self.panel.view, ExampleRows):
            self.panel.find.open()
        else:
            self._search.open()

    def on_search_line_searched(self, message: SearchLine.Searched) -> None:
        """Show the versions that are searched for."""
        self.rows.look(message.text)

    def on_search_line_left(self) -> None:
        """Go back to the tree."""
        self.rows.focus()

    def action_open(self) -> None:
        """Give the version the whole screen; there, show the row under the cursor."""
        if not self._is_in_panel:
            if self.has_version():
                self.add_class("zoomed")
                self._offer_keys()
                self.panel.view.focus()
            return
        view = self.panel.view
        if isinstance(view, ExampleRows):
            self._open_row(view.selected, view)
        elif isinstance(view, FindingRows):
            self._open_finding(view)
        else:
            self._unzoom()

    def _open_finding(self, view: FindingRows) -> None:
        found = view.selected
        if found is None:
            self.notify("a rule: what it found stands below it", timeout=3)
        elif found.row is None:
            self.notify("this is about the dataset as a whole, not about a row", timeout=3)
        else:
            self.panel.examples.look(self.rows.selected_id)
            self._open_row(found.row - 1, self.panel.examples)

    def _open_row(self, row: int | None, rows: ExampleRows) -> None:
        if row is None or self.panel.version is None:
            return
        if rows.file is None:
            self.set_timer(_REST_SECONDS, lambda: self._open_row(row, rows))
            return
        listed = rows.listed if row in rows.listed else range(rows.examples)
        view = ExampleView(
            self.panel.version.reference,
            rows.file,
            listed,
            listed.index(row),
            self.panel.findings.findings,
        )
        self.app.push_screen(view, self._go_to_row)

    def _go_to_row(self, row: int | None) -> None:
        rows = self.panel.examples
        if row is not None and self.panel.opened == "examples" and row in rows.listed:
            rows.cursor = rows.listed.index(row)

    def on_tab_strip_picked(self) -> None:
        """Offer the keys of the panel whose tab was clicked."""
        self._offer_keys()

    def action_panel(self, panel: str) -> None:
        """Show a panel of the version."""
        if not self.has_version():
            return
        self.panel.open(panel)
        self._offer_keys()

    def action_turn(self, by: int) -> None:
        """Show the next panel of the version, or the one before."""
        if not self.has_version():
            return
        self.panel.turn(by)
        self._offer_keys()

    def action_next_check(self) -> None:
        """Show what the next check found."""
        if not self.has_version():
            return
        if self.panel.opened != "findings":
            self.panel.open("findings")
        elif not self.panel.findings.next_check():
            self.notify("there is no other check of this version", timeout=3)

    def action_copy(self) -> None:
        """Copy what the panel in sight says, or the version's name from the tree."""
        version, view = self.panel.version, self.panel.view
        if not self.has_version() or version is None:
            return
        if not self._is_in_panel:
            self.app.copy_to_clipboard(version.reference)
            self.notify(f"copied {version.reference}", markup=False)
            return
        lines: list[Line] = []
        if isinstance(view, LineView):
            lines = list(view.lines)
        else:
            lines = [view.row(place, view.room) for place in range(*view_range(view))]
        self.app.copy_to_clipboard("\n".join(text_of(line).rstrip() for line in lines))
        told = f"copied {count(len(lines))} lines of {version.reference}"
        self.notify(told, markup=False)

    def action_back(self) -> None:
        """Return to the tree; stop work; take marks and the search away; leave."""
        if self.has_class("zoomed") or self._is_in_panel:
            if self.panel.opened == "examples" and self.panel.find.text:
                self.panel.find.action_drop()
            else:
                self._unzoom()
        elif (work := running(self._ftlab)) is not None:
            work.stop()
            self.show_work()
        elif self.rows.marked:
            self.rows.marked = ()
            self.marks_changed()
        elif self._search.text:
            self._search.action_drop()
        else:
            self.dismiss()

    def _unzoom(self) -> None:
        self.remove_class("zoomed")
        self._offer_keys()
        self.rows.focus()


def view_range(view: RowList) -> tuple[int, int]:
    """Return the first row in sight and the one past the last."""
    top = view.scroll_offset.y
    return top, min(view.row_count, top + view.size.height)
