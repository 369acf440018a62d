"""What the models screen says of a base model, and where there are no models at all."""

from __future__ import annotations

from tui.formats import count
from tui.ink import Line
from tui.model_book import ModelBook
from tui.model_tree import Branch
from tui.score_words import all_figures
from tui.wording import number_of
from tui.wrapping import wrap

_DAYS = 8
"""How many days of shutdown are named."""


def base_lines(branch: Branch, book: ModelBook, width: int) -> list[Line]:
    """Return what is known of a base model: what was made of it, and when that shuts down."""
    made = book.made_of(branch.base)
    lines: list[Line] = [[(line, "strong")] for line in wrap(branch.base or "not known", width)]
    lines += [[], [("MADE OF IT", "faint")]]
    looks = {item.state: item.look for item in made}
    for state, shown in looks.items():
        number = sum(item.state == state for item in made)
        word = f"with {'its' if number == 1 else 'their'} files gone"
        said = f"{count(number)} {word if state == 'missing' else shown.word}"
        lines.append([(f"{shown.glyph} ", shown.ink), (said, "plain")])
    lines += _scores(book, branch.base, width)
    days = sorted({(item.shutdown, item.source) for item in made if item.shutdown is not None})
    if days:
        lines += [[], [("SHUTS DOWN", "faint")]]
    for day, source in days[:_DAYS]:
        number = sum(item.shutdown == day for item in made)
        words = f"{day}: {number_of(number, 'model')} ({source})"
        lines += [[(line, "plain")] for line in wrap(words, width)]
    return lines


def _scores(book: ModelBook, base: str, width: int) -> list[Line]:
    """Say how the base model itself did in suites."""
    lines: list[Line] = []
    for score in book.scores_of_base(base):
        lines += [[], [(f"{score.name}@{score.version}", "faint")]]
        lines += [[(line, "plain")] for words in all_figures(score) for line in wrap(words, width)]
    return lines


def nothing_lines(*, is_past: bool = False) -> list[Line]:
    """Return what the screen says while there are no models, or where there were none."""
    if is_past:
        return [
            [("There were no models at that time.", "strong")],
            [],
            [("A job that succeeds makes one: J shows the jobs of that time.", "plain")],
            [("B goes to another time; J, then esc, returns to the present.", "plain")],
        ]
    return [
        [("There are no models yet.", "strong")],
        [],
        [("A job that succeeds makes one: J shows the jobs, N starts one.", "plain")],
        [],
        [("  ftlab import openai", "accent")],
        [("  takes in what a hosted service made, before it is shut down", "dim")],
        [],
        [("  ftlab demo", "accent")],
        [("  fine-tunes a small model on sample data, from beginning to end", "dim")],
    ]
