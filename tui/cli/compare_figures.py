"""Figures with their intervals, as `ftlab compare` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.formats import number

if TYPE_CHECKING:
    from engine.statistics.paired import Difference, Estimate, Tally

_DOLLARS = "US dollars"
_SECONDS = "seconds"
_LEAST_P = 0.001
_LEAST, _MOST = 1e-3, 1e3
"""Between these, three digits are written without an exponent and without losing any."""


def figure_words(value: float, unit: str) -> str:
    """Return a figure in its unit: shares with three decimals, others with three digits."""
    if unit == _DOLLARS:
        return f"{'-' if value < 0 else ''}${_bare(abs(value), unit)}"
    return f"{_bare(value, unit)}s" if unit == _SECONDS else _bare(value, unit)


def estimate_words(found: Estimate | None, unit: str) -> str:
    """Return a figure with its interval, if there is one; `-` for None."""
    if found is None:
        return "-"
    words = figure_words(found.value, unit)
    if found.alike:
        return words
    return f"{words} [{_bare(found.low, unit)} to {_bare(found.high, unit)}]"


def difference_words(found: Difference | None, unit: str) -> str:
    """Return a difference with its sign and its interval; empty for None."""
    if found is None:
        return ""
    words = _signed(found.value, unit)
    if found.alike:
        return words
    return f"{words} [{_bare(found.low, unit)} to {_bare(found.high, unit)}]"


def ratio_words(found: Estimate | None) -> str:
    """Return how many times as large something is, with its interval; empty for None."""
    if found is None:
        return ""
    words = f"{found.value:.3g}x"
    return words if found.alike else f"{words} [{found.low:.3g} to {found.high:.3g}]"


def p_words(p: float | None) -> str:
    """Return a p-value; empty for None."""
    if p is None:
        return ""
    return f"<{_LEAST_P}" if p < _LEAST_P else f"{p:.3f}"


def dollars(value: float | None) -> str:
    """Return what something cost as a whole; `-` for None."""
    if value is None:
        return "-"
    return f"${value:,.4f}" if 0 < value < 1 else f"${value:,.2f}"


def tally_words(found: Tally | None) -> str:
    """Return how many rows were won, tied and lost; empty for None."""
    return "" if found is None else f"{found.wins}/{found.ties}/{found.losses}"


def _bare(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value:.3f}"
    return f"{value:.3g}" if _LEAST <= abs(value) < _MOST else number(value)


def _signed(value: float, unit: str) -> str:
    words = _bare(value, unit)
    # What is rounded to nothing has no sign.
    if not any(digit in words for digit in "123456789"):
        return words.lstrip("-")
    return words if value < 0 else f"+{words}"
