"""Jobs and models beside each other: what differs, their curves, scores and answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer

from store.queries.searching import EVERY, Condition, Language
from tui.actions import Place, bindings
from tui.background import Background, Failure
from tui.screens.compare_keys import LEAST, CompareKeys
from tui.screens.compare_known import Known
from tui.screens.compare_order import Order
from tui.screens.compare_reading import (
    AnswersRead,
    DataRead,
    SubjectsRead,
    SuitesRead,
    Told,
    read_answers,
    read_data,
    read_news,
    read_subjects,
    read_suites,
)
from tui.watch import LogGrew
from tui.widgets.comparison_answer_lines import AnswerColumn
from tui.widgets.comparison_curves import CurveOf
from tui.widgets.comparison_differences import heading
from tui.widgets.comparison_panel import ANSWERS, CURVES, DIFFERENCES, SCORES, ComparisonPanel
from tui.widgets.comparison_table import Section, head_lines, layout, longest_name, table_lines
from tui.widgets.search_line import SearchLine
from tui.widgets.tab_strip import TabStrip
from tui.widgets.title_line import TitleLine
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from engine.lab import Lab
    from tui.app import FtlabApp

MOST = 6
"""How many have room, and inks of their own, beside each other."""

_APART_SECONDS = 1.0
_AGAIN_SECONDS = 2.0
_HINT = "words of a prompt or an answer"
_TWO = "Two are needed to compare: mark jobs in their list with space, then press C."


class AnyWords(Language):
    """Takes words as they are: what they are looked for in is no table."""

    def search(self, text: str) -> Condition:
        """Take any text."""
        del text
        return EVERY


_WORDS = AnyWords(thing="an answer", texts={}, numbers={}, times={}, anywhere=())


class Compare(CompareKeys, Background):
    """Shows jobs and models beside each other, and follows those that run.

    Args:
        lab: where to read.
        ids: the ids of two to six jobs or model versions; a model stands for itself and the job
            that made it.
    """

    CSS_PATH = "../styles/compare.tcss"
    BINDINGS = bindings("compare")
    PLACES: tuple[Place, ...] = ("compare", "lines", "everywhere")

    def __init__(self, lab: Lab, ids: Sequence[str]) -> None:
        super().__init__()
        self._lab = lab
        self.show_in(ComparisonPanel(lab))
        self.order = Order(tuple(ids[:MOST]))
        self.search = SearchLine(_WORDS, _HINT)
        self._left_over = len(ids) - MOST
        self._known = Known()
        self._answered: frozenset[str] | None = None
        self._reading_answers = False
        self._reading_suites: tuple[str, ...] | None = None
        self._head: int | None = None
        self._news: frozenset[str] = frozenset()
        self._waiting: Timer | None = None
        self._first = 0

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the sides between the title and the keys."""
        yield TitleLine(f"{len(self.order.ids)} compared")
        yield self.sides
        yield self.search
        yield self.keys

    def on_mount(self) -> None:
        """Read what is compared, now and when the log tells more of it."""
        self._ftlab.log_grew.subscribe(self, self._log_grew)
        self.offer_keys()
        self.sides.view.show([[("reading…", "dim")]])
        self.sides.view.focus()
        if self._left_over > 0:
            self.say(f"{MOST} can be compared at once: the others are left out", refused=True)
        self._read(self.order.ids)

    def _read(self, ids: Sequence[str]) -> None:
        self.in_background("read", lambda: read_subjects(self._lab, ids))

    def on_subjects_read(self, message: SubjectsRead) -> None:
        """Show what is compared."""
        for words in [*message.missing, *self._known.take(message.subjects)]:
            self.say(words, refused=True)
        first = self._head is None
        self._head = message.head
        if first:
            self.order = Order(tuple(message.subjects))
        self.show()

    @property
    def compared(self) -> list[Subject]:
        """What is compared, in its order."""
        return self._known.compared(self.order.ids)

    def _log_grew(self, _growth: LogGrew) -> None:
        """Look whether the log tells of what is compared."""
        if (head := self._head) is not None:
            streams = self._known.streams
            self.in_background("news", lambda: read_news(self._lab, head, streams))

    def on_told(self, message: Told) -> None:
        """Read anew what was told of, at most twice a second."""
        self._head = message.head
        self._news |= message.streams
        if self._waiting is None:
            self._waiting = self.set_timer(_APART_SECONDS, self._catch_up)

    def _catch_up(self) -> None:
        self._waiting = None
        news, self._news = self._news, frozenset()
        if any(stream.startswith("answers/") for stream in news):
            self._answered = None
        if any(stream.startswith("scores/") for stream in news):
            self._reading_suites = None
        if any(not stream.startswith(("answers/", "scores/")) for stream in news):
            self._read(list(self._known.subjects))
        else:
            self.show()

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the side in sight to the screen."""
        self.call_after_refresh(self.show)

    def read_anew(self) -> None:
        """Read everything anew."""
        self._answered = self._reading_suites = None
        self._known.data.clear()
        self._read(list(self._known.subjects) or self.order.ids)

    def show(self) -> None:
        """Show the side in sight as it is now."""
        if self._head is None:
            return
        compared = self.compared
        out = f" · {len(self.order.out)} taken out, u puts back" if self.order.out else ""
        self.query_one(TitleLine).name_place(f"{len(compared)} compared{out}")
        if len(compared) < LEAST:
            self.sides.head.show_over([], None)
            self.sides.view.show([[(text, "warn")] for text in wrap(_TWO, self.sides.view.room)])
            return
        self._read_what_lacks(compared)
        if self.sides.side == CURVES:
            self._show_curves(compared)
        elif self.sides.side == ANSWERS:
            columns = [AnswerColumn(each.name, each.recorded_as) for each in compared]
            self.sides.answers.show_columns(columns, self.order.selected)
        else:
            self._show_table(compared)
        self._tell_found()

    def work_failed(self, failure: Failure) -> None:
        """Say why something could not be read; what could be is still shown."""
        if failure.group == "answers":
            self._answered, self._reading_answers = None, False
        if failure.group == "suites" and self._reading_suites is not None:
            self._known.suites = SuitesRead(self._reading_suites, (), failure.words)
            self._reading_suites = None
        if failure.group == "read" and self._head is None:
            view = self.sides.view
            words = f"Could not be read: {failure.words}"
            view.show([[(text, "bad")] for text in wrap(words, view.room)])
            self.set_timer(_AGAIN_SECONDS, lambda: self._read(self.order.ids))
        else:
            super().work_failed(failure)

    def _show_curves(self, compared: Sequence[Subject]) -> None:
        self.sides.curves.show_curves(
            [
                CurveOf(each.job.id if each.job else None, each.name, place == self.order.selected)
                for place, each in enumerate(compared)
            ]
        )

    def _show_table(self, compared: Sequence[Subject]) -> None:
        view = self.sides.view
        sections = self.sections()
        longest = longest_name(sections)
        shared = layout(view.room, len(compared), self.order.selected, self._first, longest)
        self._first = shared.places.start
        headings = [heading(each) for each in compared]
        names = head_lines(headings, shared, self.order.selected)
        self.sides.head.show_over(names, shared)
        view.show(table_lines(sections, shared, view.room))

    def sections(self) -> list[Section]:
        """Return the table in sight, or the one of differences."""
        compared = self.compared
        if self.sides.side == SCORES:
            return self._known.scores(compared, self.sides.answers.asked)
        return self._known.differences(compared, everything=self.everything)

    def _read_what_lacks(self, compared: Sequence[Subject]) -> None:
        """Read what the side in sight needs and is not there yet."""
        if self.sides.side == DIFFERENCES:
            if lacking := self._known.unread_data(compared):
                self.in_background("data", lambda: read_data(self._lab, lacking))
        elif self.sides.side in (SCORES, ANSWERS):
            models = self._known.models
            # One after the other: while a model is being recorded there is news all the time.
            if models != self._answered and not self._reading_answers:
                self._answered, self._reading_answers = models, True
                self.in_background("answers", lambda: read_answers(self._lab, models))

        if self.sides.side == SCORES:
            ids = tuple(each.id for each in compared)
            if ids != self._reading_suites:
                self._reading_suites = ids
                self.in_background("suites", lambda: read_suites(self._lab, compared))

    def on_suites_read(self, message: SuitesRead) -> None:
        """Show how models did in suites."""
        self._known.suites = message
        self.show()

    def on_data_read(self, message: DataRead) -> None:
        """Show how dataset versions differ."""
        self._known.data |= message.found
        self.show()

    def on_answers_read(self, message: AnswersRead) -> None:
        """Show what models answered."""
        self._reading_answers = False
        self.sides.answers.take(message.asked)
        self.show()

    def _tell_found(self) -> None:
        answers = self.sides.answers
        self.search.tell(len(answers.found), len(answers.shared))

    def on_search_line_searched(self, message: SearchLine.Searched) -> None:
        """Show only prompts that have these words."""
        self.search_for(message.text)
        self._tell_found()

    def on_search_line_left(self) -> None:
        """Go back to the answers."""
        self.sides.view.focus()

    def on_tab_strip_picked(self, message: TabStrip.Picked) -> None:
        """Show the side whose tab was clicked."""
        self.action_side(message.tab)
