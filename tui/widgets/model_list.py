"""The tree of models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from store.queries.models import ModelRow
from tui.ink import Line
from tui.model_book import ModelBook, ModelItem
from tui.model_columns import telling
from tui.model_line import heading, model_line
from tui.model_tree import NEWEST_FIRST, Branch, ModelOrder, base_key, branches
from tui.partners import LOCAL, Partner, base_partner
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.row_list import RowList


class ModelRows(RowList):
    """A row a model version, below what it was made of; the cursor stays with its own.

    Args:
        now: tells the time.

    Attributes:
        book: what is known of the models.
        order: how they are put in order.
        marked: the keys of the marked lines: ids of model versions, and base models.
    """

    class Told(Message):
        """The list shows other models than before, or something else of them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(id="model-rows")
        self._now = now
        self._ages_of = now()
        self.book = ModelBook()
        self.order = NEWEST_FIRST
        self.marked: frozenset[str] = frozenset()
        self._folded: frozenset[str] = frozenset()
        self._lines: Sequence[Branch] = ()
        self.told: tuple[str, ...] = ()
        self._wanted: str | None = None

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of a model, or of a base model."""
        branch = self._lines[place]
        mark = "*" if branch.key in self.marked else " "
        return model_line(branch, mark, width, self.told, self._ages_of)

    @property
    def branch(self) -> Branch | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    @property
    def selected(self) -> ModelItem | None:
        """The model under the cursor; None on the line of a base model."""
        branch = self.branch
        return None if branch is None else branch.item

    @property
    def chosen(self) -> list[ModelRow]:
        """The marked models, in the order of the list; the one under the cursor if none is."""
        if self.marked:
            return [item.row for item in self.book.items if item.row.id in self.marked]
        return [] if self.selected is None else [self.selected.row]

    @property
    def chosen_bases(self) -> list[Partner]:
        """The marked base models; the one under the cursor if nothing is marked."""
        if self.marked:
            known = dict.fromkeys(self.book.base_of(item) for item in self.book.items)
            bases = [base for base in known if base_key(base) in self.marked]
        else:
            branch = self.branch
            bases = [branch.base] if branch is not None and branch.item is None else []
        return [self._partner(base) for base in bases]

    def _partner(self, base: str) -> Partner:
        made = self.book.made_of(base)
        there = next((item.row.provider for item in made if item.row.remote_id is not None), LOCAL)
        return base_partner(base, there)

    @property
    def found(self) -> int:
        """How many models are searched for."""
        return len(self.book.items) if self.book.found is None else len(self.book.found)

    def show(self, book: ModelBook) -> None:
        """Show these models."""
        self.book = book
        self.marked &= {*book.by_id, *map(base_key, {book.base_of(item) for item in book.items})}
        self.list_anew()

    def list_anew(self, order: ModelOrder | None = None) -> None:
        """Put the lines together anew; what is looked at stays where it is."""
        before, top, held = self.in_sight(), self.scroll_offset.y, self.branch
        first = not self._lines
        self.order = order or self.order
        self._ages_of = self._now()
        self.told = telling(self.book, self.order)
        self._lines = branches(self.book, self.order, self._folded)
        places = {branch.key: place for place, branch in enumerate(self._lines)}
        line = places.get(self._wanted or "") if self._wanted else None
        if line is not None:
            self._wanted = None
        else:
            line = self._place_of(held, places)
        if first and line == 0 and len(self._lines) > 1 and self._lines[0].item is None:
            line = 1
        at_top = top == 0 and line < self.size.height
        self.rows_changed(before, line, None if at_top else max(0, top + line - self.cursor))
        self.post_message(self.Told())

    def _place_of(self, held: Branch | None, places: dict[str, int]) -> int:
        """Return where a line stands now, or the nearest above it that is still there."""
        if held is None:
            return 0
        if held.key in places:
            return places[held.key]
        above = [] if held.item is None else self.book.ancestors(held.key)
        for item in above:
            if item.row.id in places:
                return places[item.row.id]
        root = above[-1].row.base_model if above else held.base
        if (base := places.get(base_key(root))) is not None and held.key in self.book.by_id:
            return base
        return min(self.cursor, max(0, len(places) - 1))

    def go_to(self, model: str) -> bool:
        """Put the cursor on a model, opening what hides it; tell whether the list has it."""
        if model not in self.book.by_id:
            return False
        root = self.book.base_of(self.book.by_id[model])
        self._folded -= {base_key(root), *(item.row.id for item in self.book.ancestors(model))}
        self.want(model)
        self.list_anew()
        hidden, self._wanted = self._wanted is not None, None
        return not hidden

    def want(self, model: str) -> None:
        """Put the cursor on a model as soon as the list has it."""
        self._wanted = model

    def toggle_mark(self) -> None:
        """Mark the model under the cursor, or take its mark away."""
        if (branch := self.branch) is not None:
            self.marked ^= {branch.key}
            self.repaint_rows([self.cursor])

    def unmark(self) -> None:
        """Take all marks away."""
        before = self.in_sight()
        self.marked = frozenset()
        self.rows_changed(before)

    @property
    def can_fold(self) -> bool:
        """Whether something is shown below the cursor that can be hidden."""
        branch = self.branch
        return branch is not None and branch.below > 0 and branch.opened and self.book.found is None

    @property
    def can_unfold(self) -> bool:
        """Whether something below the cursor is hidden."""
        return (branch := self.branch) is not None and branch.below > 0 and not branch.opened

    def fold(self) -> None:
        """Hide what is below the line under the cursor; if nothing is, go to what it is below."""
        branch = self.branch
        if branch is None:
            return
        if self.can_fold:
            self._folded |= {branch.key}
            self.list_anew()
        elif branch.item is not None and not self.order.flat:
            self._go_above(branch)

    def _go_above(self, branch: Branch) -> None:
        parent = self.book.parents.get(branch.key) or base_key(branch.base)
        keys = [line.key for line in self._lines]
        if parent in keys:
            self.cursor = keys.index(parent)

    def unfold(self) -> None:
        """Show what is below the line under the cursor; if it is shown, go to the first of it."""
        branch = self.branch
        if branch is None or not branch.below:
            return
        if branch.opened:
            self.cursor += 1
        else:
            self._folded -= {branch.key}
            self.list_anew()

    def turn_round(self) -> None:
        """Sort the other way round."""
        self.list_anew(replace(self.order, backwards=not self.order.backwards))

    def grow_older(self) -> None:
        """Bring the ages up to date."""
        before = self.in_sight()
        self._ages_of = self._now()
        self.rows_changed(before)


class ModelList(Vertical):
    """The tree under the titles of its columns."""

    def __init__(self, rows: ModelRows) -> None:
        super().__init__(id="model-list")
        self.rows = rows

    def compose(self) -> ComposeResult:
        """Put the titles over the rows."""
        yield FixedLines(id="model-titles")
        yield self.rows

    def on_row_list_room_changed(self) -> None:
        """Fit the titles to the columns."""
        self.show_titles()

    def show_titles(self) -> None:
        """Show what the columns are, and by which of them the list is sorted."""
        rows = self.rows
        titles = self.query_one("#model-titles", FixedLines)
        titles.show([[(" ", "plain"), *heading(rows.room, rows.told, rows.order, rows.book.suite)]])
