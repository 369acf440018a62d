"""What describes the examples of a version: a table of numbers, and a histogram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tui.formats import count, fit, fit_right
from tui.ink import Line, Span

Described = Mapping[str, Any]
"""What `engine.data.tokens.distribution.Distribution.to_json` gives."""

_ROWS = (
    ("least", "min"),
    ("5th percentile", "p5"),
    ("median", "median"),
    ("mean", "mean"),
    ("95th percentile", "p95"),
    ("most", "max"),
    ("in total", "total"),
)
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SMALL = 100
_LABEL, _NUMBER = 15, 12


def statistics_lines(columns: Sequence[tuple[str, Described]], width: int) -> list[Line]:
    """Return a table of what describes some values of an example; columns that do not fit go.

    Args:
        columns: a title and what describes the values, each.
        width: the cells of a line.
    """
    fitting = columns[: max(1, (width - _LABEL) // _NUMBER)]
    titles = "".join(fit_right(title, _NUMBER) for title, _ in fitting)
    lines: list[Line] = [[(fit("an example has", _LABEL), "faint"), (titles, "faint")]]
    for name, key in _ROWS:
        cells = "".join(fit_right(_number(found.get(key)), _NUMBER) for _, found in fitting)
        lines.append([(fit(name, _LABEL), "dim"), (cells, "plain")])
    return lines


def _number(value: object) -> str:
    """Return a number, a small one to its tenths."""
    if not isinstance(value, (int, float)):
        return "-"
    return f"{value:,.1f}" if value % 1 and abs(value) < _SMALL else f"{round(value):,}"


def histogram_lines(found: Described, width: int) -> list[Line]:
    """Return how many examples have how much of it, a bar a line; the longest fills the width."""
    bars: Sequence[Mapping[str, int]] = found.get("histogram") or ()
    most = max((bar["examples"] for bar in bars), default=0)
    if not most:
        return []
    spans = [f"{bar['low']:,}-{bar['high']:,}" for bar in bars]
    label = max(map(len, spans))
    number = len(count(most))
    room = max(4, width - label - number - 3)
    return [
        [(span.rjust(label), "dim"), (" ", "plain"), *_bar(bar["examples"], most, room)]
        for span, bar in zip(spans, bars, strict=True)
    ]


def _bar(examples: int, most: int, room: int) -> list[Span]:
    eighths = round(room * 8 * examples / most)
    # However few they are, a bar that is there shows.
    eighths = max(eighths, 1) if examples else 0
    drawn = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    return [(drawn, "first"), (f" {count(examples)}", "dim" if examples else "faint")]
