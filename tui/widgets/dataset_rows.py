"""The examples of a version as a list: read where one looks, searched from beginning to end."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.worker import get_current_worker

from store.queries.datasets import DatasetRow, dataset
from tui.background import Background, Failure
from tui.formats import count, fit, fit_right
from tui.harmless import harmless
from tui.ink import Line, Span
from tui.widgets.dataset_index import ExampleFile, gist, record_of
from tui.widgets.row_list import RowList
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.lab import Lab

_KEPT = 500
_FILES = 4
_PAGES_AROUND = 1
_GIST_CHARACTERS = 400
_NUMBER, _MESSAGES = 9, 4

Gist = tuple[str, str, int]


class ExampleRows(RowList, Background):
    """A row an example: its number, what is asked, what is answered.

    Args:
        lab: where to read.
        name: its id on the screen.
    """

    @dataclass
    class Opened(Message):
        """A version was found."""

        version: DatasetRow
        file: ExampleFile

    @dataclass
    class Grew(Message):
        """More of a version's examples can be read."""

        file: ExampleFile

    @dataclass
    class WereRead(Message):
        """Examples were read."""

        content: str
        gists: dict[int, Gist]

    @dataclass
    class Found(Message):
        """Examples that have what is searched for were found."""

        content: str
        text: str
        looked: int
        rows: list[int]

    class Told(Message):
        """The search has come farther."""

    def __init__(self, lab: Lab, name: str) -> None:
        super().__init__(id=name)
        self._lab = lab
        self.wanted: str | None = None
        self.version: DatasetRow | None = None
        self.file: ExampleFile | None = None
        self.text = ""
        self.looked = 0
        self._found = array("Q")
        self._gists: OrderedDict[int, Gist] = OrderedDict()
        self._files: OrderedDict[str, ExampleFile] = OrderedDict()
        self._words: list[Line] = []
        self._reading = False

    @property
    def examples(self) -> int:
        """How many examples the version has."""
        return 0 if self.version is None else self.version.examples

    @property
    def found(self) -> int:
        """How many of them have what is searched for."""
        return len(self._found)

    @property
    def row_count(self) -> int:
        """How many examples are listed."""
        if self._words:
            return len(self._words)
        return len(self._found) if self.text else self.examples

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of an example."""
        if self._words:
            return self._words[place]
        number = self._number(place)
        label = fit_right(count(number + 1), min(_NUMBER, width))
        if (found := self._gists.get(number)) is None:
            return [(label, "dim"), ("  …", "faint")]
        asked, answered, messages = found
        rest = width - _NUMBER - 2
        more = _MESSAGES if rest >= 60 else 0
        rest -= more
        half = rest * 2 // 5 if rest >= 40 else rest
        line: list[Span] = [(label, "dim"), ("  " + fit(asked, half), "plain")]
        if half < rest:
            line.append(("  " + fit(answered, max(0, rest - half - 2)), "fourth"))
        if more:
            line.append((fit_right(str(messages), more), "faint"))
        return line

    def _number(self, place: int) -> int:
        return self._found[place] if self.text else place

    @property
    def selected(self) -> int | None:
        """The number, from 0, of the example under the cursor."""
        if self._words or not 0 <= self.cursor < self.row_count:
            return None
        return self._number(self.cursor)

    @property
    def listed(self) -> Sequence[int]:
        """The numbers of the examples that are listed, in order."""
        return self._found if self.text else range(self.examples)

    def look(self, version: str | None) -> None:
        """Show the examples of this version; of the one that is shown, nothing is read again."""
        if version == self.wanted and (version is None or self.version is not None):
            return
        self.wanted = version
        self._forget()
        if version is not None:
            self.in_background("open", lambda: self._open(version))

    def come_up(self, version: str | None) -> None:
        """Be shown after another panel."""
        self.look(version)
        self._read_sight()

    def _forget(self) -> None:
        before = self.in_sight()
        self.version, self.file, self.text, self.looked = None, None, "", 0
        self._found, self._words, self._reading = array("Q"), [], False
        self._gists.clear()
        self.rows_changed(before, 0, 0)

    def _open(self, version: str) -> Message:
        found = dataset(self._lab.database.reader, version)
        known = self._files.get(found.content)
        file = known if known and known.is_whole else ExampleFile(self._lab.blobs, found.content)
        self.post_message(self.Opened(found, file))
        if not file.is_whole:
            worker = get_current_worker()
            file.find(lambda: self._tell(file, worker.is_cancelled), lambda: worker.is_cancelled)
        return self.Grew(file)

    def _tell(self, file: ExampleFile, is_cancelled: bool) -> None:
        if not is_cancelled:
            self.post_message(self.Grew(file))

    def on_example_rows_opened(self, message: Opened) -> None:
        """Show as many rows as the version has, even before they can be read."""
        message.stop()
        if message.version.id != self.wanted:
            return
        before = self.in_sight()
        self.version, self.file = message.version, message.file
        self._files[message.file.content] = message.file
        self._files.move_to_end(message.file.content)
        while len(self._files) > _FILES:
            self._files.popitem(last=False)
        self.rows_changed(before, 0, 0)
        self._read_sight()
        self.post_message(self.CursorMoved())

    def on_example_rows_grew(self, message: Grew) -> None:
        """Read the rows in sight, if they can be read by now."""
        message.stop()
        if message.file is self.file:
            self._read_sight()

    def find(self, text: str) -> None:
        """List only the examples that have a text; `#120` goes to the row of that number."""
        if self.version is None:
            return
        before = self.in_sight()
        self._words = []
        if text.startswith("#") and text[1:].isdecimal():
            self._end_search(before, int(text[1:]) - 1)
            return
        if not text:
            self._end_search(before, self.selected or 0)
            return
        self.text, self.looked, self._found = text, 0, array("Q")
        self.rows_changed(before, 0, 0)
        if (file := self.file) is not None:
            self.in_background("find", lambda: self._search(file, text))

    def _end_search(self, before: list[Strip], row: int) -> None:
        self.text, self.looked = "", 0
        self._found = array("Q")
        self.rows_changed(before, row)
        self._read_sight()
        self.post_message(self.Told())
        self.post_message(self.CursorMoved())

    def _search(self, file: ExampleFile, text: str) -> None:
        worker = get_current_worker()
        for looked, rows in file.search(text, lambda: worker.is_cancelled):
            if not worker.is_cancelled:
                self.post_message(self.Found(file.content, text, looked, rows))

    def on_example_rows_found(self, message: Found) -> None:
        """Add what was found."""
        message.stop()
        if self.file is None or (message.content, message.text) != (self.file.content, self.text):
            return
        before, was_none = self.in_sight(), not self._found
        self._found.extend(message.rows)
        self.looked = message.looked
        if self.looked >= self.examples and not self._found:
            self._words = [[(f" No row has {harmless(self.text)}.", "dim")]]
        self.rows_changed(before)
        self._read_sight()
        self.post_message(self.Told())
        if was_none and self._found:
            self.post_message(self.CursorMoved())

    def _read_sight(self) -> None:
        file, top, height = self.file, self.scroll_offset.y, self.size.height
        if file is None or self._reading or not height:
            return
        listed, around = self.listed, _PAGES_AROUND * height
        sight = listed[top : top + height]
        if not any(row not in self._gists and row < file.rows for row in sight):
            return
        near = listed[max(0, top - around) : top + height + around]
        missing = [row for row in near if row not in self._gists and row < file.rows]
        self._reading = True
        self.in_background("rows", lambda: self._read(file, missing))

    def _read(self, file: ExampleFile, rows: Sequence[int]) -> Message:
        lines = file.read(rows)
        return self.WereRead(file.content, {row: _gist(line) for row, line in lines.items()})

    def on_example_rows_were_read(self, message: WereRead) -> None:
        """Show what was read."""
        message.stop()
        self._reading = False
        if self.file is None or message.content != self.file.content:
            return
        before = self.in_sight()
        self._gists.update(message.gists)
        while len(self._gists) > max(_KEPT, 8 * self.size.height):
            self._gists.popitem(last=False)
        self.rows_changed(before)
        self._read_sight()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._read_sight()

    def on_resize(self, _event: events.Resize) -> None:
        """Read what came into sight."""
        self._read_sight()

    def work_failed(self, failure: Failure) -> None:
        """Say in the list itself that it could not be read."""
        before = self.in_sight()
        self._reading = False
        words = wrap(f"Could not be read: {failure.words}", self.room)
        self._words = [[(line, "bad")] for line in words]
        self.rows_changed(before, 0, 0)


def _gist(line: bytes) -> Gist:
    asked, answered, messages = gist(record_of(line))
    return harmless(asked[:_GIST_CHARACTERS]), harmless(answered[:_GIST_CHARACTERS]), messages
