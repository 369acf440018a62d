"""A prompt and the answers to it, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.money import dollars
from tui.formats import fit
from tui.ink import Ink, Line, Span, text_of
from tui.widgets.comparison_words import MarkedLine, added, clean, marked_lines, words_in
from tui.wording import number_of
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.comparing.answers import Asked, Said

_LEAST_CELLS = 24
_GAP = 3
_HOPED_FOR_LINES = 3
_BESIDE, _DIFFERS = "│", "≠"


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """Whose answers stand in a column.

    Attributes:
        name: what it is called.
        model: the id of the model; None if there is none to ask.
    """

    name: str
    model: str | None


def prompt_lines(asked: Asked, width: int, most: int | None) -> list[Line]:
    """Return what was asked, and what was hoped for.

    Args:
        asked: the prompt.
        width: the cells of a line.
        most: how many lines of the question at most; None for all of it.
    """
    if asked.prompt is None:
        missing = f"The text of this prompt is not here any more: {asked.digest[:12]}"
        return [[(text, "warn")] for text in wrap(missing, width)]
    lines: list[Line] = []
    for place, message in enumerate(asked.prompt.messages):
        is_last = place == len(asked.prompt.messages) - 1
        lines += _message(message, width, "strong" if is_last else "plain")
    if most is not None and len(lines) > most:
        left = number_of(len(lines) - most + 1, "more line")
        # The question stands last: what is left out is what comes before its end.
        kept = lines[: most // 2], lines[len(lines) - (most - most // 2 - 1) :]
        lines = [*kept[0], [(f"  … {left}: e shows them", "dim")], *kept[1]]
    hoped_for = asked.hoped_for
    if hoped_for:
        lines += _hoped_for(hoped_for, width, whole=most is None)
    return lines


def _message(message: dict[str, object], width: int, ink: Ink) -> list[Line]:
    from engine.suites.prompts import text_of as said_in

    role = str(message.get("role") or "")
    said = wrap(said_in(message).strip(), width - 2)
    label = [] if role == "user" else [f"{role}:"]
    lines: list[Line] = []
    for number, text in enumerate([*label, *said]):
        mark: Span = ("▸ " if number == 0 else "  ", "accent")
        lines.append([mark, (text, "dim" if label and number == 0 else ink)])
    return lines


def _hoped_for(text: str, width: int, *, whole: bool) -> list[Line]:
    label = "hoped for: "
    lines = wrap(label + text.strip(), width - 2)
    if not whole and len(lines) > _HOPED_FOR_LINES:
        lines = [*lines[: _HOPED_FOR_LINES - 1], fit(lines[_HOPED_FOR_LINES - 1], width - 3) + "…"]
    return [[("  ", "plain"), (line, "dim")] for line in lines]


def answers_beside(
    asked: Asked, columns: Sequence[AnswerColumn], selected: int, width: int
) -> list[Line]:
    """Return the answers to a prompt, side by side or, where it is narrow, one below the other.

    Where not all have room the one that words are marked against stays in sight: the first that has
    an answer.
    """
    base = _base(asked, columns)
    first = None if base is None else asked.said[columns[base].model or ""]
    fitting = (width + _GAP) // (_LEAST_CELLS + _GAP)
    if fitting < 2 or len(columns) < 2:
        return _one_below_the_other(asked, columns, selected, first, width)
    places = _in_sight(len(columns), fitting, selected, base or 0)
    cells = (width + _GAP) // len(places) - _GAP
    blocks = [
        _column(asked, columns[place], cells, first, is_selected=place == selected)
        for place in places
    ]
    lines: list[Line] = []
    if len(places) < len(columns):
        shown = ", ".join(str(place + 1) for place in places)
        lines.append([(f"columns {shown} of {len(columns)}, l and h show the others", "dim")])
    rows = zip_longest(*blocks, fillvalue=MarkedLine(()))
    return [*lines, *(_joined(row, cells) for row in rows)]


def _in_sight(columns: int, fitting: int, selected: int, base: int) -> list[int]:
    """Return the base, and of the others as many as fit, the selected one among them."""
    others = [place for place in range(columns) if place != base]
    room = fitting - 1
    at = others.index(selected) if selected in others else 0
    begin = max(0, min(at - room + 1, len(others) - room))
    return sorted([base, *others[begin : begin + room]])


def _base(asked: Asked, columns: Sequence[AnswerColumn]) -> int | None:
    """Return the place that the others are held against: of the first that has an answer."""
    return next((at for at, each in enumerate(columns) if each.model in asked.said), None)


def _one_below_the_other(
    asked: Asked,
    columns: Sequence[AnswerColumn],
    selected: int,
    first: Said | None,
    width: int,
) -> list[Line]:
    lines: list[Line] = []
    for place, column in enumerate(columns):
        lines.append(_name(column, width, "▸ " if place == selected else "  "))
        block = _block(asked, column, width - 2, first)
        lines += [_signed(each) for each in block]
        lines.append([])
    return lines


def _signed(part: MarkedLine) -> Line:
    return [(f"{_DIFFERS} " if part.is_marked else "  ", "warn"), *part.line]


def _column(
    asked: Asked, column: AnswerColumn, width: int, first: Said | None, *, is_selected: bool
) -> list[MarkedLine]:
    name = MarkedLine(_name(column, width, "▸" if is_selected else " "))
    block = _block(asked, column, width - 1, first)
    return [name, *(MarkedLine([(" ", "plain"), *each.line], each.is_marked) for each in block)]


def _name(column: AnswerColumn, width: int, mark: str) -> Line:
    name = fit(column.name, width - len(mark)).rstrip()
    return [(mark, "accent"), (name, "strong" if mark.isspace() else "tab")]


def _block(asked: Asked, column: AnswerColumn, width: int, first: Said | None) -> list[MarkedLine]:
    """Return what a model said: how that differs, the answer, and what it took."""
    said = None if column.model is None else asked.said.get(column.model)
    if said is None or first is None:
        why = "no model to ask" if column.model is None else "was not asked this"
        return [MarkedLine([(why, "dim")])]
    spans = added(clean(first.text), clean(said.text))
    verdict, ink = _verdict(said, first, words_in(spans))
    lines = [MarkedLine([(fit(verdict, width).rstrip(), ink)])]
    if said.refusal:
        lines += [MarkedLine([(line, "bad")]) for line in wrap(said.refusal, width)]
    if said.text.strip():
        lines += marked_lines(spans, width)
    elif not said.refusal:
        lines.append(MarkedLine([("(nothing)", "dim")]))
    return [*lines, *(MarkedLine([(line, "dim")]) for line in wrap(_took(said), width))]


def _verdict(said: Said, first: Said, words: int) -> tuple[str, Ink]:
    if said is first:
        return "the base", "dim"
    if said.refusal and not said.text.strip():
        return "✗ no answer", "bad"
    if said.meaning == first.meaning:
        return "= the same", "good"
    if words:
        return f"≠ {number_of(words, 'other word')}", "warn"
    seen_alike = clean(said.text).split() == clean(first.text).split()
    return ("≠ in spaces alone" if seen_alike else "≠ words left out"), "warn"


def _took(said: Said) -> str:
    """Say what an answer took, and what has to be known of it."""
    told = ["✂ cut off"] if said.finish_reason == "length" else []
    if said.tokens is not None:
        told.append(number_of(said.tokens, "token"))
    if said.seconds is not None:
        told.append(f"{said.seconds:.1f} s")
    if said.cost is not None:
        told.append(dollars(said.cost))
    if said.asked_otherwise:
        told.append("asked with other settings")
    return " · ".join(told)


def _joined(row: Sequence[MarkedLine], cells: int) -> Line:
    """Put the lines of columns side by side; a sign between them tells where words differ."""
    line: list[Span] = []
    for place, part in enumerate(row):
        if place:
            sign: Span = (_DIFFERS, "warn") if part.is_marked else (_BESIDE, "faint")
            line += [(" ", "plain"), sign, (" ", "plain")]
        missing = cells - cell_len(text_of(part.line))
        line += [*part.line, (" " * max(0, missing), "plain")]
    return line


def how_to_record(
    asked: Sequence[Asked], columns: Sequence[AnswerColumn], width: int
) -> list[Line]:
    """Say why there is nothing to put side by side, and how that can be changed."""
    counts = [sum(column.model in each.said for each in asked) for column in columns]
    head = "No prompt was asked of two of them." if any(counts) else "No answers are recorded yet."
    lines = [*_inked(head, "strong", width), []]
    for column, count in zip(columns, counts, strict=True):
        told = number_of(count, "prompt") + " asked" if count else "nothing asked yet"
        if column.model is None:
            told = "no model to ask"
        lines += _inked(f"  {column.name}: {told}", "plain" if count else "dim", width)
    models = [column.name for column in columns if column.model is not None]
    if not models:
        return [*lines, [], *_inked("A job has a model to ask once it succeeds.", "dim", width)]
    lines.append([])
    for which in ("--suite NAME", "--from-data 20"):
        lines += _inked(f"  ftlab models record {' '.join(models)} {which}", "accent", width)
    rest = (
        "Each prompt is asked once at temperature 0, and what was answered stays on record, also "
        "when the model is gone. Models are compared in the prompts that all of them were asked: "
        "those of a suite, or of data that they have in common."
    )
    return [*lines, [], *_inked(rest, "dim", width)]


def _inked(text: str, ink: Ink, width: int) -> list[Line]:
    return [[(line, ink)] for line in wrap(text, width)]


def nothing_found(search: str, shared: int, width: int) -> list[Line]:
    """Say that no prompt fits, and how to see the others."""
    if search:
        told = f"None of {number_of(shared, 'prompt')} has all words of the search: esc shows them."
    else:
        told = f"All answered the same to {number_of(shared, 'prompt')}: a shows them, too."
    return _inked(told, "dim", width)
