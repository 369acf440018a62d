"""The form in which a file is taken in: what it holds is shown before anything is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from engine.data.errors import DataError
from tui.background import Failure
from tui.formats import count
from tui.ink import Line
from tui.screens.dataset_form import DatasetForm
from tui.widgets.dataset_fields import Field, Pick
from tui.widgets.dataset_file import (
    Ahead,
    ahead_lines,
    bad_lines,
    common_beginning,
    completions,
    read_ahead,
)
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.data.versions.importing import Source
    from engine.lab import Lab

_LEAVE_OUT = {"": "refuse the file", "yes": "leave them out, recorded with their reasons"}
_COMPLETED_SHOWN = 100
_NO_FILE = "Write the path of a file: JSONL, JSON, CSV, Excel, Parquet, text or Markdown."


class AddForm(DatasetForm):
    """Asks for a file and what to make of it; gives what was recorded.

    Args:
        lab: what is acted on.
        name: the name of the dataset that is offered, as another version of it.
    """

    @dataclass
    class LookedAt(Message):
        """The beginning of the file was read."""

        path: str
        ahead: Ahead

    @dataclass
    class Completed(Message):
        """It was found which paths begin so."""

        written: str
        paths: list[str]

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab, "add a file")
        self._offered_name = ""
        self._values: list[str] = []
        self._whole = ""

    def fields(self) -> Iterator[Widget]:
        """Yield the file, its name, and what to make of its rows."""
        yield Field("file", "file", "path; tab completes it")
        yield Field("name", "name", "the dataset's name")
        yield Field("prompt", "prompt", "template of the user's words: {question}")
        yield Field("completion", "completion", "template of the answer: {answer}")
        yield Field("system", "system", "template of a system message")
        yield Field("clean", "clean", "cleaning steps: all, or strip,dedupe", offered=["all"])
        yield Pick("bad", "bad rows", _LEAVE_OUT)

    def _source(self) -> Source:
        """Return what is written, as what is read.

        Raises:
            DataError: if a cleaning step is unknown.
        """
        from engine.data.cleaning.recipe import Recipe
        from engine.data.versions.importing import Source

        steps = self.value("clean")
        return Source(
            Path(self.value("file")).expanduser(),
            prompt=self.value("prompt") or None,
            completion=self.value("completion") or None,
            system=self.value("system") or None,
            recipe=Recipe.parse(steps) if steps else None,
        )

    def changed(self) -> None:
        """Read the beginning of the file."""
        written = self.value("file")
        if written:
            self._offer_name(written)
        values = [field.value for field in (*self.query(Field), *self.query(Pick))]
        if values == self._values:
            # Whatever was said since of the very same still holds.
            return
        self._values = values
        if not written:
            self.tell([])
            self.say(_NO_FILE)
            return
        try:
            source = self._source()
        except DataError as error:
            self.refuse(str(error))
            return
        self.in_background("look", lambda: self.LookedAt(written, read_ahead(source)))

    def _offer_name(self, written: str) -> None:
        """Offer a name, as long as nobody wrote one."""
        name = self.field("name").input
        if name.value in ("", self._offered_name):
            self._offered_name = name_of(Path(written))
            name.value = self._offered_name

    def on_add_form_looked_at(self, message: LookedAt) -> None:
        """Show it."""
        if message.path != self.value("file") or self._work is not None:
            return
        self._whole = message.path
        bad = len(message.ahead.bad)
        if not bad:
            self.say(f"enter records it as {self.value('name') or 'a dataset'}")
        elif self.value("bad"):
            self.say(f"{number_of(bad, 'row')} would be left out; enter records the rest", "warn")
        else:
            self.say(f"{number_of(bad, 'bad row')}: the file would be refused", "warn")
        self.tell_fitting(lambda width: ahead_lines(message.ahead, width))

    def work_failed(self, failure: Failure) -> None:
        """Say what is wrong with the file."""
        self.tell([])
        super().work_failed(failure)

    def action_next_field(self) -> None:
        """Complete the path, or go to the next field."""
        written = self.field("file").input
        text = written.value
        if self.focused is not written or not text or text.strip() == self._whole:
            self.focus_next()
            return
        self.in_background("complete", lambda: self.Completed(text, completions(text)))

    def on_add_form_completed(self, message: Completed) -> None:
        """Write as much as is certain, and show what there is; a whole path is left."""
        written = self.field("file").input
        if written.value != message.written:
            return
        common = common_beginning(message.paths)
        if len(common) > len(message.written):
            written.value = common
            written.cursor_position = len(common)
        elif message.paths in ([], [message.written]):
            self.focus_next()
        if len(message.paths) > 1:
            self.say(f"{count(len(message.paths))} begin so")
            lines: list[Line] = [[(path, "plain")] for path in message.paths[:_COMPLETED_SHOWN]]
            self.tell(lines)

    def go(self) -> None:
        """Record the file."""
        name, lab, skip_bad = self.value("name"), self._lab, bool(self.value("bad"))
        if not self.value("file") or not name:
            self.refuse(_NO_FILE if not self.value("file") else "Give the dataset a name.")
            return
        try:
            source = self._source()
        except DataError as error:
            self.refuse(str(error))
            return
        self.begin(
            f"reading {source.path.name}",
            lambda progress: lab.datasets.add(source, name, skip_bad=skip_bad, progress=progress),
        )

    def failed(self, error: Exception, words: str) -> None:
        """Name the bad rows, or say what else is wrong."""
        from engine.data.versions.importing import BadRowsError

        if isinstance(error, BadRowsError):
            found = number_of(error.rows.count, "bad row")
            self.say(f"{found}, nothing was recorded: mend them, or leave them out", "bad")
            rows = error.rows
            self.tell_fitting(lambda width: bad_lines(rows.first, rows.count, width))
        else:
            self.refuse(words)


def name_of(path: Path) -> str:
    """Return the name that a file offers for its dataset: what of it can be one."""
    stem = path.name.split(".")[0]
    name = "".join(each if each.isalnum() or each in "-_" else "-" for each in stem)
    return name.strip("-")
