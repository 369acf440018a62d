"""Numbers, times and texts in the few cells that a terminal has."""

from __future__ import annotations

import math
from datetime import datetime

from rich.cells import cell_len, set_cell_size

from store.times import from_text
from tui.harmless import harmless
from tui.ink import Ink, Line, Span

_AGES = ((365 * 86400, "y"), (7 * 86400, "w"), (86400, "d"), (3600, "h"), (60, "m"))
_PLAIN_LEAST, _PLAIN_MOST = 1e-3, 1e6
_MINUTE = 60


def age(moment: str, now: datetime) -> str:
    """Return how long ago a recorded moment was, in four cells: `now`, `5m`, `3h`, `12d`."""
    seconds = (now - from_text(moment)).total_seconds()
    for unit, letter in _AGES:
        if seconds >= unit:
            return f"{int(seconds // unit)}{letter}"
    return "now"


def ago(moment: str, now: datetime) -> str:
    """Return an age as it stands in a sentence: `just now`, `5m ago`."""
    short = age(moment, now)
    return "just now" if short == "now" else f"{short} ago"


def duration(seconds: float) -> str:
    """Return a length of time by its two largest units: `42s`, `3m 20s`, `2h 05m`, `3d 04h`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02}m"
    return f"{whole // 86400}d {whole % 86400 // 3600:02}h"


def number(value: float | None) -> str:
    """Return a metric's value with four significant digits, at most nine cells; `-` for None."""
    if value is None:
        return "-"
    if not math.isfinite(value):
        return str(value)
    if value == 0 or _PLAIN_LEAST <= abs(value) < _PLAIN_MOST:
        digits = 3 - math.floor(math.log10(abs(value))) if value else 0
        return f"{value:.{min(6, max(0, digits))}f}"
    return f"{value:.2e}"


def measure(name: str, value: float | None) -> str:
    """Return a metric's value in the unit that its name tells, at most nine cells."""
    if value is None or not math.isfinite(value):
        return number(value)
    if name.endswith("_bytes"):
        return _size(value)
    if name.endswith("_seconds"):
        return duration(value) if value >= _MINUTE else f"{value:.3g} s"
    return number(value)


def _size(value: float) -> str:
    units = ("B", "kB", "MB", "GB", "TB")
    power = min(len(units) - 1, max(0, math.floor(math.log10(abs(value) or 1) / 3)))
    amount = value / 1000**power
    return f"{amount:.0f} {units[power]}" if amount >= 100 else f"{amount:.3g} {units[power]}"


def count(value: int | None) -> str:
    """Return a count with its thousands apart; `-` for None."""
    return "-" if value is None else f"{value:,}"


def percent(fraction: float | None) -> str:
    """Return a fraction as a whole percentage in four cells; a job is at 100% only when it is."""
    return "   -" if fraction is None else f"{math.floor(fraction * 100):3}%"


def bar(fraction: float | None, width: int, ink: Ink = "accent") -> list[Span]:
    """Return a progress bar; the part to come is drawn with another character, not only paler."""
    done = round((fraction or 0.0) * width)
    return [("━" * done, ink), ("─" * (width - done), "faint")]


def fit(text: str, width: int) -> str:
    """Return the text in exactly so many cells, cut with an ellipsis or padded with spaces."""
    if width <= 0:
        return ""
    text = harmless(text)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def fit_middle(text: str, width: int) -> str:
    """Return the text in exactly so many cells; of a longer one the middle is left out.

    What names of one experiment have in common is mostly their beginning.
    """
    text = harmless(text)
    if cell_len(text) <= width:
        return fit(text, width)
    begin = set_cell_size(text, width // 2).rstrip()
    end = ""
    for character in reversed(text):
        if cell_len(begin) + 1 + cell_len(character + end) > width:
            break
        end = character + end
    return fit(f"{begin}…{end}", width)


def cut(line: Line, width: int) -> Line:
    """Return a line in at most so many cells, what does not fit cut with an ellipsis."""
    rest, kept = width, list[Span]()
    for place, (text, ink) in enumerate(line):
        cells = cell_len(harmless(text))
        if cells > rest or (cells == rest and any(more for more, _ in line[place + 1 :])):
            return [*kept, (fit(f"{text}…", rest), ink)]
        kept.append((text, ink))
        rest -= cells
    return kept


def fit_right(text: str, width: int) -> str:
    """Return the text at the right end of exactly so many cells."""
    text = harmless(text)
    missing = width - cell_len(text)
    return " " * missing + text if missing >= 0 else fit(text, width)


def short_model(name: str) -> str:
    """Return a model's name without the folder or the organization before it."""
    return name.rstrip("/").rpartition("/")[2] or name
