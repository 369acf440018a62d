"""What cleaning would do to examples, as lines: how much in all, and the first changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.data.changes import changed_words, lines_of
from tui.formats import count, fit, fit_right
from tui.harmless import harmless
from tui.ink import Ink, Line
from tui.widgets.dataset_changes import marked_words, visible, wrapped

if TYPE_CHECKING:
    from engine.data.cleaning.preview import Change
    from engine.data.versions.tally import Tally

_STEP, _NUMBER = 22, 12
_MOST_LINES = 6


def tally_lines(tally: Tally, width: int) -> list[Line]:
    """Return what each step did, or would do: a line a step."""
    step = min(_STEP, max(10, width - 2 * _NUMBER))
    titles = fit("step", step) + fit_right("changed", _NUMBER) + fit_right("left out", _NUMBER)
    lines: list[Line] = [[(titles, "faint")]]
    for name, did in tally.steps.items():
        cells = fit_right(count(did.changed), _NUMBER) + fit_right(count(did.dropped), _NUMBER)
        lines.append([(fit(name, step), "plain"), (cells, "plain")])
    return lines


def change_lines(change: Change, width: int) -> list[Line]:
    """Return what would become of an example: its texts before and after, or who leaves it out."""
    place = f"row {count(change.line)}"
    if change.dropped_by is not None:
        repeats = f" of row {count(change.repeats)}" if change.repeats is not None else ""
        words = f"  left out by {change.dropped_by}{repeats}"
        lines: list[Line] = [[(place, "accent"), (words, "warn")]]
        shown = list(lines_of(change.record))[:_MOST_LINES]
        lines += [[("- ", "bad"), (fit(harmless(line), width - 2), "dim")] for line in shown]
        return lines
    lines = [[(place, "accent"), (f"  {', '.join(change.steps)}", "dim")]]
    for text in change.texts:
        lines.append([(text.place, "faint")])
        lines += _text_lines(text.before, text.after, width)
    return lines


def _text_lines(before: str, after: str, width: int) -> list[Line]:
    """Return a text before and after on a line each, what nobody sees by its escapes."""
    old, new = changed_words(visible(before), visible(after))
    lines: list[Line] = []
    sides: tuple[tuple[str, Ink], tuple[str, Ink]] = (("- ", "bad"), ("+ ", "good"))
    for (sign, ink), spans in zip(sides, (old, new), strict=True):
        parts = wrapped(marked_words(spans), max(12, width - 2))
        shown = parts[:_MOST_LINES]
        lines += [[(sign if n == 0 else "  ", ink), *part] for n, part in enumerate(shown)]
        if len(parts) > len(shown):
            lines.append([("  …", "faint")])
    return lines
