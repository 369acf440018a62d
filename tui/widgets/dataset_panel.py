"""Everything about the selected dataset version: its headline, and one of its panels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher

from store.queries.dataset_tree import VersionRow
from tui.formats import ago, count
from tui.ink import Line, Span, joined
from tui.widgets.dataset_find import FindLine
from tui.widgets.dataset_findings import FindingRows
from tui.widgets.dataset_line import checked, made_in_words
from tui.widgets.dataset_lineage import DatasetLineage
from tui.widgets.dataset_overview import DatasetOverview
from tui.widgets.dataset_rows import ExampleRows
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.search_line import SearchLine
from tui.widgets.tab_strip import TabStrip
from tui.wording import number_of, size

if TYPE_CHECKING:
    from engine.lab import Lab

PANELS = {
    "overview": "Overview",
    "findings": "Findings",
    "examples": "Rows",
    "lineage": "Lineage",
}
"""Id and title of each panel, in the order of their tabs."""

View = DatasetOverview | FindingRows | ExampleRows | DatasetLineage


class DatasetPanel(Vertical):
    """Shows one version; only the panel in sight is read.

    Args:
        lab: where to read.
        now: tells the time.
    """

    def __init__(self, lab: Lab, now: Callable[[], datetime]) -> None:
        super().__init__(id="dataset-panel")
        self._now = now
        self._headline = FixedLines(id="dataset-headline")
        self._tabs = TabStrip(PANELS, "overview")
        self.examples = ExampleRows(lab, "examples")
        self.findings = FindingRows(lab, now, "findings")
        self._views: dict[str, View] = {
            "overview": DatasetOverview(lab, now, "overview"),
            "findings": self.findings,
            "examples": self.examples,
            "lineage": DatasetLineage(lab, now, "lineage"),
        }
        self.find = FindLine()
        self.version: VersionRow | None = None

    def compose(self) -> ComposeResult:
        """Put the headline over the tabs over the panels."""
        yield self._headline
        yield self._tabs
        with ContentSwitcher(initial=self.opened):
            yield from self._views.values()
        yield self.find

    @property
    def opened(self) -> str:
        """Which panel is open."""
        return self._tabs.active

    @property
    def view(self) -> View:
        """The panel in sight."""
        return self._views[self.opened]

    def show_version(self, version: VersionRow | None) -> None:
        """Show this version, or read again what is shown of it."""
        if version is None or self.version is None or version.id != self.version.id:
            self.find.show("")
        self.version = version
        self.on_resize()
        self.view.look(None if version is None else version.id)

    def on_resize(self) -> None:
        """Fit the headline to the panel."""
        version = self.version
        lines = [] if version is None else headline(version, self._now(), self.size.width - 2)
        self._headline.show(lines)

    def open(self, panel: str) -> None:
        """Show a panel by its id."""
        focused = self.view.has_focus
        self._tabs.active = panel
        self.query_one(ContentSwitcher).current = panel
        self.find.display = panel == "examples" and bool(self.find.text)
        self.view.come_up(None if self.version is None else self.version.id)
        if focused:
            self.view.focus(scroll_visible=False)

    def turn(self, by: int) -> None:
        """Show the panel after the one in sight, or before it."""
        names = list(PANELS)
        self.open(names[(names.index(self.opened) + by) % len(names)])

    def on_tab_strip_picked(self, message: TabStrip.Picked) -> None:
        """Show the panel whose tab was clicked."""
        self.open(message.tab)

    def on_search_line_searched(self, message: SearchLine.Searched) -> None:
        """Show the examples that are searched for."""
        message.stop()
        self.examples.find(message.text)

    def on_search_line_left(self, message: SearchLine.Left) -> None:
        """Go back to the examples."""
        message.stop()
        self.examples.focus()

    def on_example_rows_told(self) -> None:
        """Say how many examples were found."""
        rows = self.examples
        if rows.text:
            self.find.tell_found(rows.found, rows.looked, rows.examples)


def headline(version: VersionRow, now: datetime, width: int) -> list[Line]:
    """Return what stands over a version's panels: its name and check, then its extent."""
    found, ink = checked(version.errors, version.warnings)
    words = "not checked" if version.errors is None else _found(version)
    first: list[Span] = [
        (f"{found[0]} ", ink),
        (version.reference, "strong"),
        (f"  {words}", ink if version.errors is not None else "dim"),
    ]
    made = made_in_words(version.recipe_json)
    tokens = "" if version.tokens is None else f"{count(version.tokens)} tokens"
    uses = [
        number_of(number, thing)
        for number, thing in ((version.jobs, "job"), (version.models, "model"))
        if number
    ]
    pieces: list[Line] = [
        [(number_of_examples(version.examples), "plain")],
        [(tokens, "plain")],
        [(size(version.bytes), "dim")],
        [(", ".join(uses), "accent")],
        [(ago(version.recorded_at, now), "dim")],
        [(made, "dim")],
    ]
    return [first, joined(pieces, width)]


def _found(version: VersionRow) -> str:
    if not version.errors and not version.warnings:
        return "checked, nothing found"
    errors = number_of(version.errors or 0, "error")
    return f"{errors}, {number_of(version.warnings or 0, 'warning')}"


def number_of_examples(examples: int) -> str:
    """Say how many examples there are, their thousands apart."""
    return f"{count(examples)} example{'' if examples == 1 else 's'}"
