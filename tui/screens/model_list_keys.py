"""The keys that change which models a list shows, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from tui.model_tree import SORTS, Sort
from tui.screens.choose import Choice, Choose
from tui.screens.model_recording import ModelRecording
from tui.widgets.model_list import ModelRows
from tui.widgets.search_line import SearchLine

_TITLES: dict[Sort, str] = {
    "age": "age",
    "name": "name",
    "loss": "loss",
    "perplexity": "perplexity",
    "accuracy": "accuracy",
    "score": "score in a suite",
    "retires": "retirement",
    "state": "state",
    "base": "base model",
    "dataset": "dataset",
    "tags": "tags",
}


class ModelListKeys(ModelRecording):
    """A screen with a tree of models that is searched, sorted, folded and marked.

    Attributes:
        rows: the tree.
        search: where searches are written.
    """

    rows: ModelRows
    search: SearchLine

    def action_search(self) -> None:
        """Let somebody search."""
        self.search.open()

    def on_search_line_left(self) -> None:
        """Go back to the list."""
        self.rows.focus()

    def action_sort(self) -> None:
        """Choose what models are sorted by."""
        order = self.rows.order

        def chosen(by: str | None) -> None:
            if by is not None:
                self.rows.list_anew(replace(order, by=cast("Sort", by)))

        choices = [Choice(name, _TITLES[name]) for name in SORTS]
        self.app.push_screen(Choose("Sort by", choices, order.by), chosen)

    def action_reverse(self) -> None:
        """Sort the other way round."""
        if self._is_empty():
            return
        self.rows.turn_round()

    def action_flat(self) -> None:
        """Show a tree, or no longer."""
        if self._is_empty():
            return
        self.rows.list_anew(replace(self.rows.order, flat=not self.rows.order.flat))

    def action_fold(self) -> None:
        """Hide what is below the cursor."""
        self.rows.fold()

    def action_unfold(self) -> None:
        """Show what is below the cursor."""
        self.rows.unfold()

    def action_mark(self) -> None:
        """Mark the model under the cursor, a base model too, and go on to the next."""
        if self._is_empty():
            return
        self.rows.toggle_mark()
        self.rows.action_move(1)
        self._say_marked()

    def _is_empty(self) -> bool:
        """Tell whether there is nothing to act on, and say so then."""
        if not self.rows.row_count:
            self.refuse(self.why_no_version())
        return not self.rows.row_count

    def _say_marked(self) -> None:
        if not self.is_recording:
            marked = len(self.rows.marked)
            self.be_busy(f"{marked} marked · esc unmarks" if marked else None)
