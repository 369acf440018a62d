"""The prompts of a suite where models differ most, as `ftlab compare` prints them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.cli.compare_figures import figure_words
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.suites import RowApart, ScorerKey, SuiteComparison
    from engine.data.differences import Span

_WIDE = 100
"""Columns of a terminal from which two answers have room beside each other."""

_ASKED_CHARACTERS = 300


def print_rows(found: SuiteComparison, names: Sequence[str], most: int) -> None:
    """Print what models answered where they differ most, with the words that differ marked.

    Args:
        found: how they did in the suite.
        names: what the models are called.
        most: how many prompts.
    """
    from tui.cli.output import say, say_heading

    differing = [row for row in found.rows if _differs(row)]
    if not found.rows or not most:
        return
    if not differing:
        say(f"They answered the same to all of {number_of(len(found.rows), 'prompt')}.")
        say()
        return
    shown = min(most, len(differing))
    which = "The one" if shown == 1 else f"The {shown}"
    say_heading(
        f"{which} furthest apart of {number_of(len(differing), 'prompt')} with different answers"
    )
    units = {each.key: each.unit for each in found.scorers}
    for row in differing[:most]:
        _print_row(row, names, units)
        say()


def _differs(row: RowApart) -> bool:
    # How likely models held what was hoped for differs everywhere, and nobody sees it in answers.
    return len({None if each is None else each.strip() for each in row.answers}) > 1


def _print_row(row: RowApart, names: Sequence[str], units: Mapping[ScorerKey, str]) -> None:
    from tui.cli.output import say_wrapped

    say_wrapped(f"▸ {_cut(row.prompt.question)}")
    if row.reference:
        say_wrapped(f"  hoped for: {_cut(row.reference)}")
    answered = [
        (name, said, _scores(row, place, units))
        for place, (name, said) in enumerate(zip(names, row.answers, strict=True))
    ]
    if len(answered) == 2 and _columns() >= _WIDE and None not in row.answers:
        _print_beside(answered)
        return
    first = next(said for _, said, _ in answered if said is not None)
    second = next((said for _, said, _ in answered[1:] if said is not None), first)
    for place, (name, said, scores) in enumerate(answered):
        _print_one(name, said, scores, second if said == first and not place else first, place)


def _columns() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns if sys.stdout.isatty() else 0


def _print_one(name: str, said: str | None, scores: str, other: str, place: int) -> None:
    """Print an answer, marked against another one: what it alone has, or what it lacks."""
    from tui.cli.data.changes import changed_words
    from tui.cli.output import say, say_wrapped

    say_wrapped(f"  {name}{f' ({scores})' if scores else ''}:")
    if said is None:
        say("    (no answer)")
        return
    sides = changed_words(other, said) if place else changed_words(said, other)
    _print_marked(sides[1 if place else 0])


def _print_marked(spans: Sequence[Span]) -> None:
    """Print what differs in colour, or where there is none in brackets; indented on a terminal."""
    from tui.cli.data.changes import bracketed

    if not sys.stdout.isatty():
        sys.stdout.write(f"    {''.join(map(bracketed, spans)) or '(nothing)'}\n")
        return
    from rich.console import Console
    from rich.padding import Padding

    from tui.cli.data.beside import has_colours, marked

    text = marked(list(spans), coloured=has_colours())
    Console(file=sys.stdout, width=_columns(), highlight=False).print(Padding(text, (0, 0, 0, 4)))


def _print_beside(answered: Sequence[tuple[str, str | None, str]]) -> None:
    from tui.cli.data.beside import print_lines_beside
    from tui.cli.output import say
    from tui.formats import fit

    width = _columns()
    heads = [f"{name}{f' ({scores})' if scores else ''}" for name, _, scores in answered]
    half = (width - 3) // 2
    say(f"{fit(heads[0], half)}   {fit(heads[1], half)}".rstrip())
    left, right = ((said or "").strip().splitlines() or ["(nothing)"] for _, said, _ in answered)
    print_lines_beside(left, right, width)


def _scores(row: RowApart, place: int, units: Mapping[ScorerKey, str]) -> str:
    """Return the scores of an answer, as far as they are known."""
    scores = row.scores[place] if row.scores else ()
    told = (f"{each.title} {figure_words(each.value, units.get(each.key, ''))}" for each in scores)
    return ", ".join(told)


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _ASKED_CHARACTERS else flat[: _ASKED_CHARACTERS - 1] + "…"
