"""How many values of many examples are shown: in numbers, and as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.data.tokens.distribution import Distribution

_BAR_CELLS = 40
_SMALL = 100

_ROWS = (
    ("least", "min"),
    ("5th percentile", "p5"),
    ("median", "median"),
    ("mean", "mean"),
    ("95th percentile", "p95"),
    ("most", "max"),
    ("in total", "total"),
)


def print_statistics(
    tokens: dict[str, Any], assistant: dict[str, Any], messages: dict[str, Any]
) -> None:
    """Print what describes the examples: their tokens, the assistant's of these, their messages.

    Args:
        tokens: as `Distribution.to_json` gives it, like the others.
        assistant: of these the assistant's.
        messages: how many an example has.
    """
    from tui.cli.output import print_table

    columns = (tokens, assistant, messages)
    print_table(
        ["an example has", ">tokens", ">the assistant's", ">messages"],
        [[name, *(_number(column[key]) for column in columns)] for name, key in _ROWS],
    )


def _number(value: float) -> str:
    """Return a number, a small one to its tenths."""
    return f"{value:,.1f}" if value % 1 and value < _SMALL else f"{round(value):,}"


def print_histogram(values: Distribution) -> None:
    """Print how many examples have how much of it, as bars."""
    from tui.cli.output import say

    bars = values.histogram()
    most = max((bar.examples for bar in bars), default=0)
    spans = [f"{bar.low:,}-{bar.high:,}" for bar in bars]
    width = max(map(len, spans), default=0)
    say()
    for span, bar in zip(spans, bars, strict=True):
        cells = "█" * round(_BAR_CELLS * bar.examples / most)
        thin = "▏" if bar.examples and not cells else ""
        say(f"{span.rjust(width)}  {cells or thin} {bar.examples:,}".rstrip())
