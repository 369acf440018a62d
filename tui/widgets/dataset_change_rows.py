"""What changed between two versions, as a list: a row an example that is other, gone or new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal

from textual import events
from textual.message import Message

from tui.background import Background, Failure
from tui.formats import count, fit
from tui.harmless import harmless
from tui.ink import Ink, Line
from tui.widgets.dataset_index import gist
from tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from engine.data.shapes.example import Record
    from engine.data.versions.diffing import Diff

Kind = Literal["changed", "removed", "added"]

_LOOKS: dict[Kind, tuple[str, Ink]] = {
    "changed": ("~", "accent"),
    "removed": ("-", "bad"),
    "added": ("+", "good"),
}
_PLACE = 21
_PAGES_AROUND = 1
_GIST_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Change:
    """An example that is not the same in both versions; rows count from 0.

    Attributes:
        old: its row in the first version; None if it was added.
        new: its row in the second; None if it was removed.
    """

    old: int | None
    new: int | None

    @property
    def kind(self) -> Kind:
        """What became of it."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        rows = [f"{row + 1:,}" for row in (self.old, self.new) if row is not None]
        return f"row {' → '.join(dict.fromkeys(rows))}"


class Differences:
    """The changes between two versions, and their examples; read from any thread.

    Args:
        diff: the two versions.
    """

    def __init__(self, diff: Diff) -> None:
        self._diff, self._lock = diff, Lock()
        pairing = diff.pairing
        self.same = pairing.same
        self.changes: list[Change] = [
            *(Change(old, new) for old, new in pairing.changed),
            *(Change(row, None) for row in pairing.removed),
            *(Change(None, row) for row in pairing.added),
        ]

    def of_kind(self, kind: Kind | None) -> list[Change]:
        """Return the changes of a kind, all of them if it is None."""
        return [change for change in self.changes if kind in (None, change.kind)]

    def count(self, kind: Kind) -> int:
        """Return how many changes of a kind there are."""
        return len(self.of_kind(kind))

    def examples(self, change: Change) -> tuple[Record | None, Record | None]:
        """Return an example as it was and as it is."""
        # Reading moves the place in a file that all threads share.
        with self._lock:
            old = None if change.old is None else self._diff.old(change.old)
            new = None if change.new is None else self._diff.new(change.new)
        return old, new

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            self._diff.close()


class ChangeRows(RowList, Background):
    """A row a change, with the beginning of what is asked in it."""

    @dataclass
    class WereRead(Message):
        """Changes in sight were read."""

        gists: dict[Change, str]

    def __init__(self) -> None:
        super().__init__(id="dataset-changes")
        self.changes: Sequence[Change] = ()
        self._found: Differences | None = None
        self._gists: dict[Change, str] = {}
        self._reading = False

    @property
    def row_count(self) -> int:
        """How many changes there are."""
        return len(self.changes)

    @property
    def selected(self) -> Change | None:
        """The change under the cursor."""
        return self.changes[self.cursor] if self.cursor < len(self.changes) else None

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of a change."""
        change = self.changes[place]
        glyph, ink = _LOOKS[change.kind]
        words = self._gists.get(change, "…")
        return [
            (f"{glyph} ", ink),
            (fit(change.place, _PLACE), "dim"),
            (fit(words, max(0, width - _PLACE - 2)), "plain"),
        ]

    def show(self, found: Differences, changes: Sequence[Change]) -> None:
        """Show these changes."""
        before = self.in_sight()
        self._found, self.changes = found, changes
        self.rows_changed(before, 0, 0)
        self._read_sight()
        self.post_message(self.CursorMoved())

    def _read_sight(self) -> None:
        found, top, height = self._found, self.scroll_offset.y, max(1, self.size.height)
        if found is None or self._reading:
            return
        if all(change in self._gists for change in self.changes[top : top + height]):
            return
        around = _PAGES_AROUND * height
        near = self.changes[max(0, top - around) : top + height + around]
        self._reading = True
        self.in_background("rows", lambda: self.WereRead(_gists(near, found.examples)))

    def on_change_rows_were_read(self, message: WereRead) -> None:
        """Show what was read."""
        message.stop()
        self._reading = False
        before = self.in_sight()
        self._gists |= message.gists
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
        """Let it be read again."""
        self._reading = False
        super().work_failed(failure)


def _gists(
    changes: Sequence[Change],
    examples: Callable[[Change], tuple[Record | None, Record | None]],
) -> dict[Change, str]:
    gists = {}
    for change in changes:
        old, new = examples(change)
        asked, answered, _ = gist(new or old or {"messages": []})
        gists[change] = harmless(f"{asked} → {answered}"[:_GIST_CHARACTERS])
    return gists


def counts_line(found: Differences) -> Line:
    """Return how many examples are the same, changed, removed and added."""
    line: list[tuple[str, Ink]] = [(f"= {count(found.same)} the same", "dim")]
    for kind, (glyph, ink) in _LOOKS.items():
        number = found.count(kind)
        line += [("   ", "plain"), (f"{glyph} {count(number)} {kind}", ink if number else "faint")]
    return line
