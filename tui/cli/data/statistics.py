"""How many values of many examples are shown: in numbers, and as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.data.tokens.distribution import Distribution

_BAR_CELLS = 40


def print_distribution(values: Distribution) -> None:
    """Print what describes the values, and a histogram."""
    from tui.cli.output import print_fields, say
    from tui.formats import count

    if not values.examples:
        return
    numbers = (
        ("least", values.minimum),
        ("5th percentile", round(values.percentile(5))),
        ("median", round(values.median)),
        ("mean", round(values.mean)),
        ("95th percentile", round(values.percentile(95))),
        ("most", values.maximum),
        ("in total", values.total),
    )
    print_fields([(name, count(value)) for name, value in numbers])
    say()
    bars = values.histogram()
    most = max(bar.examples for bar in bars)
    spans = [f"{bar.low:,}-{bar.high:,}" for bar in bars]
    width = max(map(len, spans))
    for span, bar in zip(spans, bars, strict=True):
        cells = "█" * round(_BAR_CELLS * bar.examples / most)
        thin = "▏" if bar.examples and not cells else ""
        say(f"{span.rjust(width)}  {cells or thin} {bar.examples:,}".rstrip())
