"""The models: a tree of what was made of what, and everything about the selected one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer

from store.queries.model_search import MODELS, SOON_DAYS
from store.queries.models import ModelRow, models_may_differ
from tui.actions import Place, actions_of, bindings
from tui.background import Failure
from tui.base_model_lines import base_lines, nothing_lines
from tui.model_book import ModelBook, read_models
from tui.model_permissions import out_of_place, why_gone, why_no_files
from tui.partners import Partner
from tui.screens.model_list_keys import ModelListKeys
from tui.session import Elsewhere
from tui.styled_once import StyledOnce
from tui.watch import LogGrew
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.model_list import ModelList, ModelRows
from tui.widgets.model_panel import ModelPanel
from tui.widgets.search_line import SearchLine
from tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from engine.lab import Lab

HINT = "retires<30d tag:prod perplexity<5 state:hosted base:gpt-4o -kind:full, or a word"
"""An example of a search."""

_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (120, "-wide")]
_REST_SECONDS = 0.08
_PATIENCE_SECONDS = 0.15
_APART_SECONDS = 0.7
_AFTER_FAILURE_SECONDS = 2.0
_OLDER_SECONDS = 20.0
_COUNTED = {
    "retiring": f" within {SOON_DAYS}d",
    "retired": "",
    "gone": "",
    "missing": " without files",
}
"""Which states the title counts, and in which words."""
_OF_MODELS = [action.id for action in actions_of("models") if action.id != "model.back"]


class Models(StyledOnce[None], ModelListKeys):
    """Lists the models; shows the selected one beside the list, or below it where it is narrow.

    Args:
        lab: what is shown and acted on.
        now: tells the time.
        begun: where somebody was who looked last.
    """

    BINDINGS = bindings("models")
    CSS_PATH = "../styles/models.tcss"
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    PLACES: tuple[Place, ...] = ("models", "model", "rows", "everywhere")

    @dataclass
    class WereRead(Message):
        """The models were read: those that a search finds, as of the event of this seq."""

        search: str
        head: int
        book: ModelBook | None

    def __init__(
        self, lab: Lab, now: Callable[[], datetime], begun: Elsewhere | None = None
    ) -> None:
        super().__init__()
        self._begun = begun or Elsewhere("models")
        self.lab, self.now = lab, now
        self.rows = ModelRows(now)
        self.panel = ModelPanel(lab, now)
        self.search = SearchLine(MODELS, HINT)
        self._keys = KeyLine("models", "everywhere")
        self._head = -1
        self._searched = ""
        self._reading = self._stale = self._is_read = False
        self._complaint = ""
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the list and the model between the title and the keys."""
        yield TitleLine("models")
        with Container(id="models-body"):
            yield ModelList(self.rows)
            yield self.panel
        yield FixedLines(id="no-models")
        yield FixedLines(id="model-doing")
        yield self.search
        yield self._keys

    def on_mount(self) -> None:
        """Read the models, now and when the log grows."""
        self._ftlab.log_grew.subscribe(self, self._grew)
        self.set_interval(_OLDER_SECONDS, self.rows.grow_older)
        self.be_busy(None)
        self.set_timer(_PATIENCE_SECONDS, self._say_reading)
        self.search.begin(self._begun.search)
        if self._begun.selected is not None:
            self.rows.want(self._begun.selected)
        self.rows.focus()
        self._read()

    @property
    def elsewhere(self) -> Elsewhere:
        """Where somebody is, for the next start."""
        branch = self.rows.branch
        selected = self._begun.selected if branch is None else branch.key
        return Elsewhere("models", self.search.text, selected)

    def _say_reading(self) -> None:
        if not self._is_read:
            self.be_busy("reading the models…")

    def read_anew(self) -> None:
        """Read everything on the screen anew, files too, of which the log tells nothing."""
        self._head = -1
        self._read()

    def _grew(self, _growth: LogGrew) -> None:
        self._read()

    def _read(self) -> None:
        """Read the models, unless nothing can have changed."""
        if self._reading:
            self._stale = True
            return
        self._reading, self._stale = True, False
        search, known = self.search.text, self._head if self._searched == self.search.text else -1
        today = self.now().date()

        def work() -> Message:
            head = self.lab.database.head()
            if known >= 0 and not models_may_differ(self.lab.database.reader, known):
                return self.WereRead(search, head, None)
            return self.WereRead(search, head, read_models(self.lab, search, today))

        self.in_background("read", work)

    def on_models_were_read(self, message: WereRead) -> None:
        """Show the models, or that there are none."""
        self._head, self._searched, self._complaint = message.head, message.search, ""
        if message.book is not None:
            self._show(message.book)
        # Whoever tells much is listened to now and then.
        self.set_timer(_APART_SECONDS, self._read_again)
        if message.search != self.search.text:
            self._read_again()

    def _read_again(self) -> None:
        if self._reading:
            self._reading = False
            if self._stale or self._searched != self.search.text:
                self._read()

    def _show(self, book: ModelBook) -> None:
        if not self._is_read:
            self._is_read = True
            self.be_busy(None)
        notice = self.rows.book.notice
        if book != self.rows.book or not self.rows.row_count:
            self.rows.show(book)
        if book.notice is not None and book.notice != notice:
            self.refuse(book.notice)
        empty = not book.items
        self.set_class(empty, "no-models")
        self._offer_keys()
        if empty:
            words = nothing_lines(is_past=self._ftlab.as_of is not None)
            self.query_one("#no-models", FixedLines).show(words)
        self.search.tell(self.rows.found, len(book.items))
        self.query_one(TitleLine).name_place(_title(book))
        self._show_selected()

    def on_model_rows_told(self) -> None:
        """Fit the titles to what the list has to tell; the cursor may stand elsewhere now."""
        self.query_one(ModelList).show_titles()
        self.on_row_list_cursor_moved()

    def on_row_list_cursor_moved(self) -> None:
        """Show the selected model as soon as the cursor rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._show_selected)

    def _say_marked(self) -> None:
        super()._say_marked()
        self._offer_keys()

    def _offer_keys(self) -> None:
        """Offer the keys that make sense now; the others answer in words why they do not."""
        if self.has_class("no-models"):
            self._keys.leave_out(*_OF_MODELS, "ftlab.models")
            return
        rows = self.rows
        chosen = ([], []) if self.lab.why_not is not None else (rows.chosen, rows.chosen_bases)
        folds = {"model.fold": rows.can_fold, "model.unfold": rows.can_unfold}
        self._keys.leave_out(
            "ftlab.models",
            *out_of_place(*chosen, self.why_not_asked),
            *(key for key, can in folds.items() if not can),
        )

    def _show_selected(self) -> None:
        self._offer_keys()
        branch, book = self.rows.branch, self.rows.book
        if branch is not None and branch.item is not None:
            self.panel.look(book, branch.key)
        elif branch is not None:
            self.panel.say(base_lines(branch, book, self.panel.room))
        elif self._is_read:
            self.panel.say([[(" no model fits the search", "dim")]])

    def chosen_models(self) -> list[ModelRow]:
        """Return the marked models; the one under the cursor if none is."""
        return self.rows.chosen

    def chosen_bases(self) -> list[Partner]:
        """Return the marked base models; the one under the cursor if nothing is marked."""
        return self.rows.chosen_bases

    def why_not_asked(self, row: ModelRow) -> str | None:
        """Return why a model cannot be asked; None if it may answer."""
        item = self.rows.book.by_id.get(row.id)
        return why_gone(row) or (None if item is None else why_no_files(item))

    def known_bases(self) -> list[str]:
        """Return the base models of what was trained on this machine, the newest first."""
        book = self.rows.book
        here = (item.row.base_model for item in book.items if item.is_here)
        return [base for base in here if base not in book.by_id]

    def be_busy(self, doing: str | None) -> None:
        """Say what takes a while; None when it is over."""
        line = self.query_one("#model-doing", FixedLines)
        line.display = doing is not None
        if doing is not None:
            line.show([[(" ● ", "accent"), (doing, "plain")]])

    def work_failed(self, failure: Failure) -> None:
        """Let it be read again."""
        if failure.group != "read":
            super().work_failed(failure)
            return
        self._head, self._stale = -1, True
        self.set_timer(_AFTER_FAILURE_SECONDS, self._read_again)
        if failure.words != self._complaint:
            self._complaint = failure.words
            super().work_failed(failure)

    def on_search_line_searched(self) -> None:
        """Show what is searched for."""
        self._reading = False
        self._read()

    def action_view(self) -> None:
        """Give the selected model the whole screen, or give it back."""
        if not self._is_empty():
            self._zoom()

    def _zoom(self) -> None:
        self.toggle_class("zoomed")
        (self.panel if self.has_class("zoomed") else self.rows).focus()

    def on_model_panel_opened(self, message: ModelPanel.Opened) -> None:
        """Go to where a line of the model leads."""
        link = message.link
        if link is None:
            self.refuse("this line leads nowhere; those with ▸ lead to a job or a model")
        elif link.kind == "job":
            self._ftlab.show_job(link.id)
        elif not self.rows.go_to(link.id):
            self.refuse("the search hides that model: esc shows all models again")

    def action_back(self) -> None:
        """Undo one thing after the other, then return to the jobs."""
        if self.is_recording:
            self.stop_recording()
        elif self.has_class("zoomed"):
            self._zoom()
        elif self.rows.marked:
            self.rows.unmark()
            self._say_marked()
        elif self.search.text:
            self.search.action_drop()
        else:
            self.dismiss()


def _title(book: ModelBook) -> str:
    """Return how many models there are, and how many of them will not be for long, or are not."""
    told = [f"models {len(book.items):,}"] if book.items else ["models"]
    for state, words in _COUNTED.items():
        found = [item for item in book.items if item.state == state]
        if found:
            told.append(f"{found[0].look.glyph} {len(found):,}{words}")
    return " · ".join(told)
