"""A dialog in which a model to talk to is found: any that is known, or one by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from store.queries.chat_search import bases_met
from store.queries.models import model_list
from tui.actions import bindings
from tui.background import Background
from tui.formats import fit, short_model
from tui.ink import Line
from tui.partners import LOCAL, Partner, base_partner, partner_of
from tui.widgets.key_line import KeyLine
from tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from engine.lab import Lab

_NAME_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that can be taken, and what it is."""

    partner: Partner
    what: str


class Candidates(RowList):
    """The models to choose from."""

    def __init__(self) -> None:
        super().__init__(id="chat-candidates")
        self.shown: list[Candidate] = []

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self.shown)

    def row(self, place: int, width: int) -> Line:
        """Return what a model is called and what it is."""
        candidate = self.shown[place]
        name = int(width * _NAME_SHARE)
        return [
            (fit(candidate.partner.name, name), "plain"),
            (" " + fit(candidate.what, max(0, width - name - 1)), "dim"),
        ]

    def show(self, candidates: list[Candidate]) -> None:
        """Show these."""
        before = self.in_sight()
        self.shown = candidates
        self.rows_changed(before, 0)


class ChatPicker(ModalScreen[Partner | None], Background):
    """Lets somebody find a model; gives it, or nothing if the dialog was left.

    Args:
        lab: knows the models and the profiles.
        present: models that are asked already.
    """

    BINDINGS = bindings("chat_pick")
    PLACES = ("chat_pick",)
    CSS_PATH = "../styles/chat.tcss"

    @dataclass
    class WereRead(Message):
        """The models that are known were read, and the profiles."""

        candidates: list[Candidate]
        profiles: Sequence[str]

    def __init__(self, lab: Lab, present: Sequence[Partner] = ()) -> None:
        super().__init__()
        self._lab, self._present = lab, present
        self._known: list[Candidate] = []
        self._profiles: Sequence[str] = ()
        self._rows = Candidates()

    def compose(self) -> ComposeResult:
        """Put the line to write in over the models."""
        with Vertical(classes="chat-form"):
            yield Static(Content("Which model?"), id="asked")
            yield Input(placeholder="a part of a name, or a base model's whole name", compact=True)
            yield self._rows
            yield KeyLine("chat_pick")

    def on_mount(self) -> None:
        """Read what there is."""
        written = self.query_one(Input)
        written.cursor_blink = False
        written.focus()
        self.in_background("read", self._read)

    def _read(self) -> Message:
        from engine.config.settings import Settings

        reader = self._lab.database.reader
        found = [
            Candidate(partner_of(row), _what(row.kind, row.base_model, row.provider))
            for row in model_list(reader)
            if row.gone_at is None
        ]
        found += base_candidates(bases_met(reader))
        others = [one for one in found if one.partner not in self._present]
        return self.WereRead(others, Settings.read(self._lab.places).names())

    def on_chat_picker_were_read(self, message: WereRead) -> None:
        """Show the models."""
        self._known, self._profiles = message.candidates, message.profiles
        self._find()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        event.stop()
        self._find()

    def _find(self) -> None:
        text = self.query_one(Input).value.strip()
        self._rows.show(fitting(text, self._known, self._profiles))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the model under the cursor."""
        event.stop()
        self.action_take()

    def on_click(self) -> None:
        """Take what was clicked."""
        if self._rows.mouse_hover:
            self.action_take()

    def action_move(self, rows: int) -> None:
        """Go down by rows, up if negative."""
        self._rows.action_move(rows)

    def action_take(self) -> None:
        """Give the model under the cursor."""
        if self._rows.shown:
            self.dismiss(self._rows.shown[self._rows.cursor].partner)

    def action_leave(self) -> None:
        """Give none."""
        self.dismiss(None)


def _what(kind: str, base: str, provider: str) -> str:
    if provider != LOCAL:
        return f"{kind} at {provider}"
    return f"{kind} of {short_model(base)}"


def base_candidates(met: Sequence[tuple[str, str]]) -> list[Candidate]:
    """Return the base models that can be asked: those that were met, and the embedded ones."""
    from engine import base_models

    embedded = [(model.name, LOCAL) for model in base_models.EMBEDDED_MODELS]
    local = [
        (name, LOCAL)
        for name, provider in met
        if provider == LOCAL and name not in base_models.FROM_SCRATCH and base_models.exists(name)
    ]
    hosted = [(name, provider) for name, provider in met if provider not in (LOCAL, "script")]
    return [
        Candidate(base_partner(name, provider), _base_words(provider))
        for name, provider in dict.fromkeys([*embedded, *local, *hosted])
    ]


def _base_words(provider: str) -> str:
    return "base model of this machine" if provider == LOCAL else f"base model at {provider}"


def fitting(text: str, known: Sequence[Candidate], profiles: Sequence[str]) -> list[Candidate]:
    """Return the models with a text in their name, then what else the text could name."""
    small = text.lower()
    named = [one for one in known if small in one.partner.name.lower()]
    found = [*named, *(one for one in known if one not in named and small in one.what.lower())]
    taken = {(one.partner.model, one.partner.provider) for one in known}
    if not text:
        return found
    by_name = [
        Candidate(base_partner(text, provider), f"by this name, {words}")
        for provider, words in [(LOCAL, "on this machine"), *((p, f"at {p}") for p in profiles)]
        if (text, provider) not in taken
    ]
    return [*found, *by_name]
