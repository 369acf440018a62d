"""The tree of dataset versions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive

from store.queries.dataset_tree import (
    DATASETS,
    VersionRow,
    dataset_signature,
    version_count,
    version_nodes,
    version_rows,
)
from tui.background import Background, Failure
from tui.ink import Line
from tui.widgets.dataset_line import dataset_line, heading
from tui.widgets.dataset_tree import Branch, branches
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from store.database import Database

_KEPT = 2_000
_PAGES_AROUND = 2


class VersionRows(RowList, Background):
    """A row a version, below that of which it was made; the cursor stays with its version.

    Args:
        database: where to read.
        now: tells the time.
    """

    marked: reactive[tuple[str, ...]] = reactive((), repaint=False)

    @dataclass
    class Listed(Message):
        """It was read which versions there are; `tree` is None if nothing is another by now."""

        search: str
        signature: tuple[object, ...]
        tree: Sequence[Branch] | None
        of: int
        rows: list[VersionRow]

    @dataclass
    class RowsRead(Message):
        """Versions in sight were read."""

        rows: list[VersionRow]

    class Told(Message):
        """The list shows other versions than before, or something else of them."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        super().__init__(id="dataset-rows")
        self._database, self._now = database, now
        self._ages_of = now()
        self.search = ""
        self.versions: Sequence[Branch] = ()
        self.of = 0
        self.is_read = False
        self._rows: OrderedDict[str, VersionRow] = OrderedDict()
        self._signature: tuple[object, ...] = ()
        self._listing = self._stale = self._reading = False
        self._wanted: str | None = None

    @property
    def row_count(self) -> int:
        """How many versions are listed."""
        return len(self.versions)

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of a version."""
        branch = self.versions[place]
        found = branch.node.id
        mark = str(self.marked.index(found) + 1) if found in self.marked else " "
        return dataset_line(branch, self._rows.get(found), mark, width, self._ages_of)

    @property
    def selected_id(self) -> str | None:
        """The id of the version under the cursor."""
        return self.versions[self.cursor].node.id if self.cursor < len(self.versions) else None

    @property
    def selected(self) -> VersionRow | None:
        """The version under the cursor, once it is read."""
        return self.get(self.selected_id)

    def get(self, version: str | None) -> VersionRow | None:
        """Return what is known of a version."""
        return None if version is None else self._rows.get(version)

    def toggle_mark(self, most: int = 2) -> None:
        """Mark the version under the cursor, or take its mark away; the oldest mark gives way."""
        found = self.selected_id
        if found is None:
            return
        others = tuple(marked for marked in self.marked if marked != found)
        self.marked = others if len(others) < len(self.marked) else (*others, found)[-most:]

    def watch_marked(self) -> None:
        """Show which versions are marked."""
        self.refresh()

    def go_to(self, version: str) -> None:
        """Put the cursor on a version, as soon as the list has it."""
        self._wanted = version
        self.look()

    def look(self, search: str | None = None) -> None:
        """Read which versions there are, of another search or of the same once more."""
        if search is not None:
            self.search = search
        if self._listing:
            self._stale = True
            return
        self._listing, self._stale = True, False
        wanted, known = self.search, self._signature
        if search is not None or self._wanted is not None:
            known = ()
        sight = [branch.node.id for branch in self._around()]
        self.in_background("list", lambda: self._list(wanted, known, sight))

    def _list(self, wanted: str, known: tuple[object, ...], sight: list[str]) -> Message:
        reader = self._database.reader
        signature = (wanted, *dataset_signature(reader))
        if signature == known:
            return self.Listed(wanted, signature, None, 0, [])
        tree = branches(version_nodes(reader, DATASETS.search(wanted)))
        first = [branch.node.id for branch in tree[: len(sight) or 60]]
        rows = version_rows(reader, [*first, *sight])
        return self.Listed(wanted, signature, tree, version_count(reader), rows)

    def on_version_rows_listed(self, message: Listed) -> None:
        """Show the versions; what is looked at stays where it is, unless the top of the list is."""
        message.stop()
        self._listing = False
        if message.tree is not None:
            self._take(message, message.tree)
        if self._stale or message.search != self.search:
            self.look()

    def _take(self, listed: Listed, tree: Sequence[Branch]) -> None:
        before, top = self.in_sight(), self.scroll_offset.y
        held = self.selected_id
        self._signature, self.versions, self.of = listed.signature, tree, listed.of
        self.is_read = True
        self._ages_of = self._now()
        # Checks, jobs and models of all may be others: what is out of sight is read again there.
        self._rows.clear()
        self._remember(listed.rows)
        places = {branch.node.id: place for place, branch in enumerate(self.versions)}
        if self._wanted in places:
            held, self._wanted = self._wanted, None
        elif not self._stale:
            # It was there to be listed, and is not: nobody waits for it any longer.
            self._wanted = None
        line = places.get(held or "", 0)
        at_top = top == 0 or held not in places
        self.rows_changed(before, line, None if at_top else max(0, top + line - self.cursor))
        self.marked = tuple(version for version in self.marked if version in places)
        self._read_sight()
        self.post_message(self.Told())

    def on_version_rows_rows_read(self, message: RowsRead) -> None:
        """Show what was read."""
        message.stop()
        self._reading = False
        before = self.in_sight()
        self._remember(message.rows)
        self.rows_changed(before)
        self._read_sight()
        self.post_message(self.Told())

    def _remember(self, rows: Sequence[VersionRow]) -> None:
        for row in rows:
            self._rows[row.id] = row
            self._rows.move_to_end(row.id)
        while len(self._rows) > _KEPT:
            self._rows.popitem(last=False)

    def _around(self) -> Sequence[Branch]:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        around = _PAGES_AROUND * height
        return self.versions[max(0, top - around) : top + height + around]

    def _read_sight(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        sight = self.versions[top : top + height]
        if self._reading or all(branch.node.id in self._rows for branch in sight):
            return
        near = (branch.node.id for branch in self._around())
        missing = [version for version in near if version not in self._rows]
        self._reading = True
        database = self._database
        self.in_background("rows", lambda: self.RowsRead(version_rows(database.reader, missing)))

    def on_resize(self, _event: events.Resize) -> None:
        """Read what comes into sight, beside what every list does then."""
        self._read_sight()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._read_sight()

    def work_failed(self, failure: Failure) -> None:
        """Let it be read again."""
        self._listing = self._reading = False
        super().work_failed(failure)

    def grow_older(self) -> None:
        """Bring the ages up to date."""
        before = self.in_sight()
        self._ages_of = self._now()
        self.rows_changed(before)


class DatasetList(Vertical):
    """The tree under the titles of its columns."""

    def __init__(self, rows: VersionRows) -> None:
        super().__init__(id="dataset-list")
        self.rows = rows

    def compose(self) -> ComposeResult:
        """Put the titles over the rows."""
        yield FixedLines(id="dataset-titles")
        yield self.rows

    def on_row_list_room_changed(self) -> None:
        """Fit the titles to the columns."""
        titles = self.query_one("#dataset-titles", FixedLines)
        titles.show([[(" ", "plain"), *heading(self.rows.room)]])
