"""A model version in full: lines of text, some of which lead to something else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len

from engine.money import dollars
from store.queries.model_search import SOON_DAYS
from tui.formats import age, ago, count, fit, fit_right, short_model
from tui.hyperparameter_lines import hyperparameter_fields
from tui.ink import Ink, Line, Span, look
from tui.model_book import ModelItem
from tui.model_columns import retirement, score
from tui.model_facts import ModelFacts
from tui.model_line import shortened
from tui.result_lines import COLUMNS, table_cells, table_heading
from tui.score_words import all_figures
from tui.tag_lines import ground_lines, move_words
from tui.wording import local_time, number_of, size
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.results import Table
    from store.queries.recordings import RecordingRow

_LABEL = 22
_LEAST_LABEL = 11
_RELATIVES = 8
"""How many relatives of a kind are named; the tree has them all."""

_RECORDINGS = 5
_MOVES = 5
"""How many changes of tags are told."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a line leads."""

    kind: Literal["model", "job"]
    id: str


@dataclass(frozen=True, slots=True)
class LinkedLine:
    """A line, and where it leads; None if nowhere."""

    line: Line
    link: Link | None = None


def model_lines(facts: ModelFacts, width: int, now: datetime) -> list[LinkedLine]:
    """Return all that is known of a model version in lines of so many cells."""
    return list(_Writer(facts, width, now).lines())


class _Writer:
    def __init__(self, facts: ModelFacts, width: int, now: datetime) -> None:
        self._facts, self._width, self._now = facts, max(20, width), now
        self._label = min(_LABEL, max(_LEAST_LABEL, width * 2 // 5))

    def lines(self) -> Iterator[LinkedLine]:
        yield from self._headline()
        yield from self._section("LINEAGE", self._lineage())
        yield from self._section("SCORES ON HELD-OUT EXAMPLES", self._scores())
        yield from self._section("SCORES IN SUITES", self._suites())
        yield from self._section("TAGS", self._tags())
        yield from self._section("DATA", self._data())
        yield from self._section("RECORDINGS OF ITS ANSWERS", self._recordings())
        yield from self._section("CHATS", self._chats())
        yield from self._section("HYPERPARAMETERS", self._hyperparameters())
        yield from self._section("WHERE IT IS", self._place())

    def _headline(self) -> Iterator[LinkedLine]:
        item = self._facts.item
        shown, row = item.look, item.row
        first, *rest = wrap(row.name, self._width - 2)
        yield LinkedLine([(f"{shown.glyph} ", shown.ink), (first, "strong")])
        for line in rest:
            yield LinkedLine([("  ", "plain"), (line, "strong")])
        kind = row.kind if item.is_here else f"hosted at {row.provider}"
        yield LinkedLine(
            [
                (f"  {kind}", "dim"),
                (f"  {shown.word}", shown.ink) if item.state != "hosted" else ("", "plain"),
                (f"  made {ago(row.registered_at, self._now)}", "dim"),
            ]
        )
        yield from self._end()
        if row.tags:
            words = " ".join(f"#{tag}" for tag in row.tags)
            yield from (
                LinkedLine([(f"  {line}", "third")]) for line in wrap(words, self._width - 2)
            )

    def _end(self) -> Iterator[LinkedLine]:
        """Say when the model shuts down, or why it is no more."""
        item = self._facts.item
        if item.row.gone_at is not None:
            said = f"  gone since {item.row.gone_at[:10]}: {item.row.gone_reason}"
            yield from self._wrapped(said, "warn")
        elif item.shutdown is not None and item.days_left is not None:
            days = item.days_left
            when = f"in {number_of(days, 'day')}" if days > 0 else f"{number_of(-days, 'day')} ago"
            said = f"  {'shuts' if days > 0 else 'shut'} down {item.shutdown}, {when}"
            yield from self._wrapped(f"{said} ({item.source})", retirement(item)[1])
            if 0 < days < SOON_DAYS and not self._facts.recordings:
                yield from self._wrapped("  its answers are not recorded: E does so", "warn")

    def _lineage(self) -> Iterator[LinkedLine]:
        facts, row = self._facts, self._facts.item.row
        above = facts.above
        if facts.rebuilds is not None:
            yield self._relative("rebuilds", facts.rebuilds)
        base = above[-1].row.base_model if above else row.base_model
        yield from self._field("base model", short_model(base) if "/" in base else base)
        for item in reversed(above):
            yield self._relative("goes on from", item)
        yield from self._relatives("rebuilt as", facts.rebuilt)
        yield from self._relatives("went on as", facts.below)
        if facts.job is not None:
            shown = look(facts.job.status)
            yield self._link(
                "job",
                [(f"{shown.glyph} ", shown.ink), (facts.job.name, "plain")],
                Link("job", facts.job.id),
            )
        elif row.job is not None:
            yield from self._field("job", f"{row.job}, not known here")

    def _relatives(self, label: str, items: Sequence[ModelItem]) -> Iterator[LinkedLine]:
        for item in items[:_RELATIVES]:
            yield self._relative(label, item)
        if (more := len(items) - _RELATIVES) > 0:
            yield from self._field("", f"and {number_of(more, 'other')}")

    def _relative(self, label: str, item: ModelItem) -> LinkedLine:
        room = max(4, self._width - self._label - 4)
        spans: list[Span] = [
            (f"{item.look.glyph} ", item.look.ink),
            (shortened(item.row.name, room), "plain"),
        ]
        return self._link(label, spans, Link("model", item.row.id))

    def _scores(self) -> Iterator[LinkedLine]:
        row = self._facts.item.row
        named = [
            ("loss", score(row.loss_before, self._facts.item.loss)),
            ("perplexity", score(row.perplexity_before, row.perplexity_after)),
            ("accuracy", score(row.accuracy_before, row.accuracy_after, percent=True)),
        ]
        for label, words in named:
            if words:
                yield from self._field(label, words)
        for table in self._facts.tables:
            if any(line.figures.loss is not None for line in table.lines):
                yield from self._table(table)

    def _table(self, table: Table) -> Iterator[LinkedLine]:
        """Show a table of this model and its relatives in the columns that have room."""
        yield from self._wrapped(table_heading(table), "dim")
        rows = [table_cells(line) for line in table.lines]
        name = self._facts.item.row.name
        # Training loss and what a model was made of tell least beside the tree.
        numbers = [place for place in (3, 4, 5, 2) if any(row[place] != "-" for row in rows)]
        widths = {
            place: max(len(_TITLES[place]), *(len(row[place]) for row in rows)) for place in numbers
        }
        while numbers and self._width - sum(widths[place] + 2 for place in numbers) < _LEAST_LABEL:
            numbers.pop()
        room = self._width - 2 - sum(widths[place] + 2 for place in numbers)
        room = min(room, max(cell_len(row[0]) for row in rows))
        for cells, ink in ((_TITLES, "faint"), *((row, "dim") for row in rows)):
            strong: Ink = "plain" if cells[0] == short_model(name) else ink  # type: ignore[assignment]
            shown = fit(shortened(cells[0], room), room)
            yield LinkedLine(
                [
                    (f"  {shown}", strong),
                    *((f"  {fit_right(cells[place], widths[place])}", strong) for place in numbers),
                ]
            )

    def _suites(self) -> Iterator[LinkedLine]:
        for each in self._facts.item.scores:
            label = f"{each.name}@{each.version}"
            for words in all_figures(each):
                yield from self._field(label, words)
                label = ""

    def _tags(self) -> Iterator[LinkedLine]:
        """Say why it got or lost its tags, where anybody said so."""
        facts = self._facts
        told = [move for move in facts.moves if move.reason or move.other or move.because]
        for move in told[:_MOVES]:
            words = move_words(move, lambda model: facts.names.get(model, model))
            yield from self._field(ago(move.at, self._now), words)
            for ground in move.because:
                for line in ground_lines(ground):
                    yield from self._field("", line.strip(), "dim")
        if (more := len(told) - _MOVES) > 0:
            yield from self._field("", f"and {number_of(more, 'older one')}: H has them all")

    def _data(self) -> Iterator[LinkedLine]:
        facts = self._facts
        if facts.data is not None:
            yield from self._field("learned from", _version(facts.data.name, facts.data.version))
            tokens = "" if facts.data.tokens is None else f", {count(facts.data.tokens)} tokens"
            yield from self._field("", f"{count(facts.data.examples)} examples{tokens}")
        elif facts.lost is not None:
            yield from self._field("learned from", facts.lost, "warn")
        elif facts.item.row.dataset is not None:
            yield from self._field("learned from", f"{facts.item.row.dataset}, not known here")
        if facts.validation is not None:
            version = facts.validation
            yield from self._field("evaluated on", _version(version.name, version.version))

    def _hyperparameters(self) -> Iterator[LinkedLine]:
        facts = self._facts
        if facts.job is not None:
            yield from self._field("method", facts.job.method)
        for name, value in hyperparameter_fields(facts.hyperparameters_json):
            yield from self._field(name, value)
        if facts.job is not None and facts.job.seed is not None:
            yield from self._field("seed", str(facts.job.seed))

    def _place(self) -> Iterator[LinkedLine]:
        facts, row = self._facts, self._facts.item.row
        if row.remote_id is not None:
            yield from self._field(f"at {row.provider}", row.remote_id)
        if facts.weights is not None:
            here = facts.weights_bytes
            missing = "deleted" if row.gone_at is not None else "its files are gone from there"
            yield from self._field("weights", facts.weights)
            if here is None:
                yield from self._field("", missing, "warn")
            else:
                yield from self._field("", size(here))
        yield from self._field("id", row.id)
        yield from self._field("registered", local_time(row.registered_at))

    def _recordings(self) -> Iterator[LinkedLine]:
        for found in self._facts.recordings[:_RECORDINGS]:
            yield from self._field(
                f"{found.id[-6:]}  {age(found.planned_at, self._now)}", _recorded(found)
            )
        if (more := len(self._facts.recordings) - _RECORDINGS) > 0:
            yield from self._field("", f"and {number_of(more, 'older one')}")

    def _chats(self) -> Iterator[LinkedLine]:
        chats = self._facts.chats
        if chats.newest is not None:
            words = f"{count(chats.count)} with {number_of(chats.turns, 'turn')}"
            yield from self._field("conversations", words)
            yield from self._field("the newest", ago(chats.newest, self._now))

    def _section(self, title: str, lines: Iterable[LinkedLine]) -> Iterator[LinkedLine]:
        for place, line in enumerate(lines):
            if place == 0:
                yield LinkedLine([])
                yield LinkedLine([(title, "faint")])
            yield line

    def _field(self, label: str, value: str, ink: Ink = "plain") -> Iterator[LinkedLine]:
        named = wrap(label, self._label - 1) if label else [""]
        values = wrap(value, self._width - self._label - 2)
        for name, line in zip_longest(named, values, fillvalue=""):
            shown = fit(name, self._label - 1) + " "
            yield LinkedLine([("  ", "plain"), (shown, "dim"), (line, ink)])

    def _link(self, label: str, spans: Sequence[Span], link: Link) -> LinkedLine:
        return LinkedLine(
            [("▸ ", "accent"), (fit(label, self._label - 1) + " ", "dim"), *spans], link
        )

    def _wrapped(self, text: str, ink: Ink) -> Iterator[LinkedLine]:
        for line in wrap(text.strip(), self._width - 2):
            yield LinkedLine([(f"  {line}", ink)])


_TITLES = [title.lstrip(">").replace("evaluation ", "").upper() for title in COLUMNS]


def _version(name: str, version: int) -> str:
    return f"{name}@{version}"


def _recorded(found: RecordingRow) -> str:
    """Say in one line what a recording holds."""
    parts = ", ".join(f"{number} {part}" for part, number in json.loads(found.parts_json).items())
    agrees = "" if found.agreement is None else f", agrees with itself {found.agreement:.0%}"
    cost = "" if found.cost is None else f", {dollars(found.cost)}"
    state = "" if found.status == "completed" else f", {found.status}"
    of = f" of {count(found.questions)}" if found.answers < found.questions else ""
    return f"{count(found.answers)}{of} answers to {parts} prompts{agrees}{cost}{state}"
