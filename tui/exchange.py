"""A question and what came of it, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.formats import count
from tui.ink import Ink, Line, Span
from tui.markdown.growing import text_lines
from tui.markdown.spans import wrapped
from tui.wrapping import wrap

INDENT = 2
WIDEST = 100
"""Cells of a line; longer ones are hard to follow."""

_QUESTION_LINES = 12
_QUESTION_CHARACTERS = 4_000
"""More of a question is not read again, once it was asked."""

RATINGS: dict[str, Span] = {"up": ("▲ good", "good"), "down": ("▼ bad", "bad")}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    Attributes:
        question: what the person wrote; empty for trouble that no question led to.
        answer: what the model wrote, so far.
        trouble: why the answer broke off, if it did.
        heading: a line to set before it, such as when it was.
        earlier: whether it was in a conversation before this one.
        took: what the answer took, in words.
        rating: whether it was said to be good (`up`) or bad (`down`).
        chat: the conversation that it was recorded in; None as long as it was not.
        turn: its place in there, counted from 1.
        beside: which question of this screen it is, by which models that were asked together are
            lined up; None for what was said earlier.
    """

    question: str
    answer: str = ""
    trouble: str | None = None
    heading: str | None = None
    earlier: bool = False
    took: str = ""
    rating: str | None = None
    chat: str | None = None
    turn: int | None = None
    beside: int | None = None


def exchange_lines(exchange: Exchange, width: int, *, raw: bool = False) -> list[Line]:
    """Return the lines of an exchange in so many cells, a blank one last.

    Args:
        exchange: what to show.
        width: the cells of a line.
        raw: whether the answer is shown as it was written, not as Markdown.
    """
    told = text_lines(exchange.answer.strip(), text_room(width), raw=raw)
    answer = answer_lines(told, earlier=exchange.earlier) if exchange.answer.strip() else []
    return [*question_lines(exchange, width), *answer, *foot_lines(exchange, width)]


def text_room(width: int) -> int:
    """Return how many cells of a line an answer has."""
    return min(width, WIDEST) - INDENT


def question_lines(exchange: Exchange, width: int) -> list[Line]:
    """Return what stands before an answer."""
    lines: list[Line] = []
    if exchange.heading:
        heading = wrapped([(exchange.heading, "faint")], width - 3)
        lines += [[("── ", "faint"), *heading[0]], *heading[1:], []]
    if not exchange.question:
        return lines
    ink: Ink = "dim" if exchange.earlier else "strong"
    for number, line in enumerate(_shortened(exchange.question, text_room(width))):
        mark = "▸ " if number == 0 else "  "
        lines.append([(mark, "accent"), (line, ink)])
    return lines


def _shortened(question: str, width: int) -> list[str]:
    lines = wrap(question[:_QUESTION_CHARACTERS], width)
    shown = lines[:_QUESTION_LINES]
    if len(lines) <= _QUESTION_LINES and len(question) <= _QUESTION_CHARACTERS:
        return shown
    return [*shown, f"… {count(len(question))} characters in all"]


def answer_lines(told: Sequence[Line], *, earlier: bool = False) -> list[Line]:
    """Return lines of an answer, set below its question."""
    return [
        [(" " * INDENT, "plain"), *(_quieter(line) if earlier else line)] if line else []
        for line in told
    ]


def _quieter(line: Line) -> Line:
    return [(text, "dim" if ink in ("plain", "strong") else ink) for text, ink in line]


def foot_lines(exchange: Exchange, width: int) -> list[Line]:
    """Return what stands after an answer: why it broke off, what it took, what is thought of it."""
    room = text_room(width)
    lines: list[Line] = []
    if exchange.trouble:
        lines += [[("! ", "bad"), (line, "bad")] for line in wrap(exchange.trouble, room)]
    spans: list[Span] = [(exchange.took, "faint")] if exchange.took else []
    if exchange.rating in RATINGS:
        spans += [(" · ", "faint")] if spans else []
        spans.append(RATINGS[exchange.rating])
    if spans:
        lines += [[(" " * INDENT, "plain"), *line] for line in wrapped(spans, room)]
    return [*lines, []]
