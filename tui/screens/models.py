"""The finished models, to choose one to talk to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from store.queries.models import ModelRow, model_list
from tui.actions import Place, bindings
from tui.background import Background
from tui.formats import age, fit, fit_right, number, short_model
from tui.ink import Ink, Line
from tui.watch import LogGrew
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.row_list import RowList
from tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

_KIND, _LOSS, _AGE = 8, 15, 5
_NO_MODELS = " No models yet: a job that succeeds makes one."


class ModelRows(RowList):
    """A row a model version, newest first.

    Args:
        now: tells the time.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(id="model-rows")
        self._now = now
        self.models: list[ModelRow] = []

    @property
    def row_count(self) -> int:
        """How many models there are."""
        return len(self.models)

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of a model."""
        return row_of(self.models[place], width, self._now())

    def show(self, models: list[ModelRow]) -> None:
        """Show these models; the cursor stays with its own."""
        before = self.in_sight()
        selected = self.models[self.cursor].id if self.models else None
        self.models = models
        ids = [model.id for model in models]
        self.rows_changed(before, ids.index(selected) if selected in ids else 0)


@dataclass(frozen=True, slots=True)
class Columns:
    """How many cells each column has; 0 leaves it out."""

    name: int
    base: int
    kind: int
    loss: int


def columns(width: int) -> Columns:
    """Share a row's cells out."""
    rest = width - 1 - _AGE
    loss = _LOSS if rest >= 40 else 0
    kind = _KIND if rest >= 60 else 0
    rest -= sum(cells + 1 for cells in (loss, kind) if cells)
    base = rest * 2 // 5 - 1 if rest >= 30 else 0
    return Columns(rest - base - 1 if base else rest, base, kind, loss)


def _cells(texts: Sequence[str], width: int) -> list[str]:
    """Return the texts of a row's columns, each in its cells."""
    cells = columns(width)
    name, base, kind, loss, old = texts
    return [
        " " + fit(name, cells.name),
        " " + fit(base, cells.base) if cells.base else "",
        " " + fit(kind, cells.kind) if cells.kind else "",
        " " + fit_right(loss, cells.loss) if cells.loss else "",
        fit_right(old, _AGE),
    ]


def heading(width: int) -> Line:
    """Return the titles of the columns; the loss is on held-out examples, before and after."""
    texts = ("NAME", "BASE MODEL", "KIND", "HELD-OUT LOSS", "AGE")
    return [("".join(_cells(texts, width)), "faint")]


def row_of(model: ModelRow, width: int, now: datetime) -> Line:
    """Return a row of the list of models."""
    base, old = short_model(model.base_model), age(model.registered_at, now)
    cells = _cells((model.name, base, model.kind, _fall(model), old), width)
    inks: tuple[Ink, ...] = ("plain", "dim", "dim", "plain", "dim")
    return list(zip(cells, inks, strict=True))


def _fall(model: ModelRow) -> str:
    if model.loss_before is None or model.loss_after is None:
        return "-"
    return f"{number(model.loss_before)} → {number(model.loss_after)}"


class Models(Screen[None], Background):
    """Lists the models; one of them can be talked to.

    Args:
        lab: where to read.
        now: tells the time.
    """

    BINDINGS = bindings("models")
    PLACES: tuple[Place, ...] = ("models", "rows", "everywhere")

    @dataclass
    class WereRead(Message):
        """The list of models was read."""

        models: list[ModelRow]

    def __init__(self, lab: Lab, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.lab = lab
        self._rows = ModelRows(now)

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the list between the title and the keys."""
        yield TitleLine("models")
        yield FixedLines(id="model-titles")
        yield self._rows
        yield KeyLine("models", "everywhere")

    def on_mount(self) -> None:
        """Read the models, now and when the log grows."""
        self._ftlab.log_grew.subscribe(self, self._look_again)
        self._look_again()

    def _look_again(self, _growth: LogGrew | None = None) -> None:
        reader = self.lab.database
        self.in_background("read", lambda: self.WereRead(model_list(reader.reader)))

    def on_models_were_read(self, message: WereRead) -> None:
        """Show the models, or that there are none."""
        if message.models != self._rows.models:
            self._rows.show(message.models)
        self.on_row_list_room_changed()

    def on_row_list_room_changed(self) -> None:
        """Fit the titles to the columns, or say that there are no models."""
        titles: Line = [(" ", "plain"), *heading(self._rows.room)]
        if not self._rows.models:
            titles = [(_NO_MODELS, "dim")]
        self.query_one("#model-titles", FixedLines).show([titles])

    def action_talk(self) -> None:
        """Chat with the model under the cursor."""
        if self._rows.models:
            self._ftlab.open_chat(self._rows.models[self._rows.cursor])
