"""The keys that change which models a list shows, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from store.queries.models import ModelRow
from tui.model_permissions import why_no_base
from tui.model_tree import SORTS, Sort
from tui.partners import Partner
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

    def action_talk(self) -> None:
        """Chat with the chosen models, base models among them."""
        bases = self.rows.chosen_bases
        if not bases:
            super().action_talk()
            return
        if self.lab.why_not is not None:
            self.refuse(self.lab.why_not)
            return
        refusals = [why_no_base(base) for base in bases]
        there: list[ModelRow | Partner] = [
            *(row for row in self.rows.chosen if self.why_not_asked(row) is None),
            *(base for base, refusal in zip(bases, refusals, strict=True) if refusal is None),
        ]
        if there:
            self._ftlab.open_chats(there)
        else:
            self.refuse(refusals[0] or "")

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
        self.rows.turn_round()

    def action_flat(self) -> None:
        """Show a tree, or no longer."""
        self.rows.list_anew(replace(self.rows.order, flat=not self.rows.order.flat))

    def action_fold(self) -> None:
        """Hide what is below the cursor."""
        self.rows.fold()

    def action_unfold(self) -> None:
        """Show what is below the cursor."""
        self.rows.unfold()

    def action_mark(self) -> None:
        """Mark the model under the cursor, a base model too, and go on to the next."""
        self.rows.toggle_mark()
        self.rows.action_move(1)
        self._say_marked()

    def _say_marked(self) -> None:
        if not self.is_recording:
            marked = len(self.rows.marked)
            self.be_busy(f"{marked} marked · esc unmarks" if marked else None)
