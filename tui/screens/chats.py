"""The past conversations, to find one again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from engine.money import dollars
from store.queries.chat_search import CHATS, ChatSummary, chat_count, chat_summaries
from tui.actions import Place, bindings
from tui.background import Background
from tui.formats import age, fit, fit_right
from tui.ink import Ink, Line
from tui.partners import Partner
from tui.screens.past_chat import PastChat
from tui.watch import LogGrew
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.row_list import RowList
from tui.widgets.search_line import SearchLine
from tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

_AGE, _TURNS, _COST, _RATED = 5, 6, 9, 7
_HINT = "model:gsm8k provider:openai rated:down turns>2 age<2d, or a word that was said"
_NO_CHATS = " No conversations yet: t on a job or a model begins one."
_NONE_FITS = " No conversation fits: esc shows all again."


class ChatRows(RowList):
    """A row a conversation, the newest first.

    Args:
        now: tells the time.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(id="chat-rows")
        self._now = now
        self.chats: list[ChatSummary] = []

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self.chats)

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of a conversation."""
        return chat_line(self.chats[place], width, self._now())

    def show(self, chats: list[ChatSummary]) -> None:
        """Show these; the cursor stays with its own."""
        before = self.in_sight()
        selected = self.chats[self.cursor].id if self.chats else None
        self.chats = chats
        ids = [one.id for one in chats]
        self.rows_changed(before, ids.index(selected) if selected in ids else 0)

    @property
    def selected(self) -> ChatSummary | None:
        """The one under the cursor."""
        return self.chats[self.cursor] if self.chats else None


def _widths(width: int) -> tuple[int, int, int, int, int, int]:
    """Share a row's cells out: when, model, turns, rated, cost, first question; 0 leaves it out."""
    rest = width - _AGE - 1
    cost = _COST if rest >= 90 else 0
    rated = _RATED if rest >= 60 else 0
    turns = _TURNS if rest >= 44 else 0
    rest -= sum(cells + 1 for cells in (cost, rated, turns) if cells)
    model = max(10, min(32, rest * 2 // 5))
    return _AGE, model, turns, rated, cost, max(0, rest - model - 1)


def chat_heading(width: int) -> Line:
    """Return the titles of the columns."""
    return [("".join(_cells(("AGE", "MODEL", "TURNS", "RATED", "COST", "ABOUT"), width)), "faint")]


def chat_line(chat: ChatSummary, width: int, now: datetime) -> Line:
    """Return a conversation in one line: when, with which model, how long, what it was about."""
    rated = " ".join(
        f"{glyph}{number}" for glyph, number in (("▲", chat.up), ("▼", chat.down)) if number
    )
    texts = (
        age(chat.opened_at, now),
        chat.name,
        str(chat.turns),
        rated,
        "" if chat.cost is None else dollars(chat.cost),
        " ".join((chat.first or "").split()),
    )
    inks: tuple[Ink, ...] = ("dim", "strong", "plain", "second", "dim", "plain")
    return list(zip(_cells(texts, width), inks, strict=True))


def _cells(texts: Sequence[str], width: int) -> list[str]:
    when, model, turns, rated, cost, about = texts
    widths = _widths(width)
    return [
        fit_right(when, widths[0]),
        "  " + fit(model, widths[1] - 1),
        " " + fit_right(turns, widths[2]) if widths[2] else "",
        " " + fit_right(rated, widths[3]) if widths[3] else "",
        " " + fit_right(cost, widths[4]) if widths[4] else "",
        "  " + fit(about, max(0, widths[5] - 1)),
    ]


class Chats(Screen[None], Background):
    """Lists the conversations; one can be read, and gone on with.

    Args:
        lab: where to read.
        now: tells the time.
        search: what is searched for at first.
    """

    BINDINGS = bindings("chats")
    PLACES: tuple[Place, ...] = ("chats", "rows", "everywhere")
    CSS_PATH = "../styles/chat.tcss"

    @dataclass
    class WereRead(Message):
        """The conversations that fit were read."""

        chats: list[ChatSummary]
        of: int

    def __init__(self, lab: Lab, now: Callable[[], datetime], search: str = "") -> None:
        super().__init__()
        self._lab, self._now = lab, now
        self._rows = ChatRows(now)
        self._line = SearchLine(CHATS, _HINT)
        self._wanted = search

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the list between the title and the keys."""
        yield TitleLine("past chats")
        yield FixedLines(id="chat-titles")
        yield self._rows
        yield self._line
        yield KeyLine("chats", "everywhere")

    def on_mount(self) -> None:
        """Read the conversations, now and when the log grows."""
        self._ftlab.log_grew.subscribe(self, self._look_again)
        self._line.show(self._wanted)
        self._rows.focus()
        self._look_again()

    def search_for(self, search: str) -> None:
        """Search for something else."""
        self._wanted = search
        if self.is_mounted:
            self._line.show(search)
            self._look_again()

    def _look_again(self, _growth: LogGrew | None = None) -> None:
        wanted = CHATS.search(self._wanted)
        database = self._lab.database
        self.in_background(
            "read",
            lambda: self.WereRead(
                chat_summaries(database.reader, wanted), chat_count(database.reader)
            ),
        )

    def on_chats_were_read(self, message: WereRead) -> None:
        """Show the conversations, or that there are none."""
        if message.chats != self._rows.chats:
            self._rows.show(message.chats)
        self._line.tell(len(message.chats), message.of)
        self.on_row_list_room_changed()

    def on_row_list_room_changed(self) -> None:
        """Fit the titles to the columns, or say that there are no conversations."""
        titles: Line = [(" ", "plain"), *chat_heading(self._rows.room)]
        if not self._rows.chats:
            titles = [(_NONE_FITS if self._wanted else _NO_CHATS, "dim")]
        self.query_one("#chat-titles", FixedLines).show([titles])

    def action_search(self) -> None:
        """Let somebody search."""
        self._line.open()

    def on_search_line_searched(self, message: SearchLine.Searched) -> None:
        """Show what is searched for."""
        self._wanted = message.text
        self._look_again()

    def on_search_line_left(self) -> None:
        """Go back to the list."""
        self._rows.focus()

    def action_open(self) -> None:
        """Read the conversation under the cursor."""
        if (chat := self._rows.selected) is not None:
            self.app.push_screen(PastChat(self._lab, self._now, partner_in(chat), chat.id))

    def action_go_on(self) -> None:
        """Go on with the conversation under the cursor, if anything can be done here."""
        if (chat := self._rows.selected) is None:
            return
        if self._lab.why_not is not None:
            self.app.notify(self._lab.why_not, severity="warning", markup=False)
            return
        self._ftlab.go_on_with_chat(partner_in(chat), chat.id)

    def action_back(self) -> None:
        """Show all conversations again; then leave."""
        if self._line.text:
            self._line.action_drop()
        else:
            self.dismiss()


def partner_in(chat: ChatSummary) -> Partner:
    """Return the model of a conversation."""
    return Partner(chat.model, chat.name, chat.base, chat.provider)
