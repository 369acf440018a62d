"""Figures in words: as they stand in a page that is read, not in the cells of a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.comparing.settings import Value

NONE = "\N{EN DASH}"
"""Where there is nothing to say."""

_DIGITS = 4
_PLAIN_LEAST, _PLAIN_MOST = 1e-3, 1e6
_MINUS = "\N{MINUS SIGN}"
_COUNTS = ("examples", "examples_in_validation", "steps", "steps_planned", "tokens_trained")
_MONEY = ("cost", "cost_estimated")
_NAMES = {
    "seconds": "time",
    "cost_estimated": "cost, estimated",
    "steps_planned": "steps, planned",
    "tokens_trained": "tokens trained on",
    "goes_on_from": "goes on from",
}
_LEAST_P = 1e-4


def number(value: float | None, digits: int = _DIGITS) -> str:
    """Return a value with so many significant digits, at most six behind the point."""
    if value is None:
        return NONE
    if not math.isfinite(value):
        return str(value)
    if value == 0 or _PLAIN_LEAST <= abs(value) < _PLAIN_MOST:
        places = digits - 1 - math.floor(math.log10(abs(value))) if value else 0
        text = f"{value:.{min(6, max(0, places))}f}"
    else:
        text = f"{value:.{max(0, digits - 2)}e}"
    return text.replace("-", _MINUS)


def short(value: float) -> str:
    """Return a value as short as it can be told, for the marks of an axis."""
    text = f"{value:,.0f}" if abs(value) >= _PLAIN_LEAST and value == int(value) else f"{value:.6g}"
    return text.replace("-", _MINUS)


def count(value: int | None) -> str:
    """Return a count with its thousands apart."""
    return NONE if value is None else f"{value:,}"


def number_of(amount: int, thing: str) -> str:
    """Say how many there are: `1 event`, `2 events`."""
    return f"{amount:,} {thing}" if amount == 1 else f"{amount:,} {thing}s"


def percent(value: float | None) -> str:
    """Return a share in percent, with one digit behind the point."""
    return NONE if value is None else f"{value:.1%}".replace("-", _MINUS)


def money(value: float | None, digits: int = 3) -> str:
    """Return US dollars: with cents, or of less than one with so many significant digits."""
    if value is None:
        return NONE
    sign, amount = (_MINUS if value < 0 else ""), abs(value)
    if amount >= 1 or amount == 0:
        return f"{sign}${amount:,.2f}"
    # A price of one answer has its first digit far behind the point.
    places = min(12, max(2, digits - 1 - math.floor(math.log10(amount))))
    return f"{sign}${amount:.{places}f}"


def duration(seconds: float) -> str:
    """Return a length of time by its two largest units: `42 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = max(0, round(seconds))
    for unit, name, rest, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min")):
        if whole >= unit:
            return f"{whole // unit} {name} {whole % unit // rest} {smaller}"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


def figure(value: float | None, unit: str = "", digits: int = _DIGITS) -> str:
    """Return a scorer's figure in its unit, as `engine.scoring.scorer.About.unit` names it."""
    if value is None:
        return NONE
    if unit == "share":
        return percent(value)
    if unit == "US dollars":
        return money(value, min(digits, 3))
    return number(value, digits) + (" s" if unit == "seconds" else "")


def change(value: float, unit: str = "", digits: int = 3) -> str:
    """Return a difference with its sign; of shares in percentage points."""
    size = f"{abs(value) * 100:.1f} pp" if unit == "share" else figure(abs(value), unit, digits)
    return size if value == 0 else f"{'+' if value > 0 else _MINUS}{size}"


def between(low: float, high: float, unit: str = "") -> str:
    """Return the ends of an interval of figures; an end needs less digits than a figure."""
    return f"{figure(low, unit, 3)} to {figure(high, unit, 3)}"


def change_between(low: float, high: float, unit: str = "") -> str:
    """Return the ends of an interval of differences."""
    ends = change(low, unit), change(high, unit)
    return " to ".join((ends[0].removesuffix(" pp"), ends[1]) if unit == "share" else ends)


def ratio(value: float) -> str:
    """Return how many times as large something is."""
    return f"{value:.3g}\N{MULTIPLICATION SIGN}"


def p_value(p: float) -> str:
    """Return a p-value with two digits, or below what it is."""
    if p < _LEAST_P:
        return f"< {_LEAST_P:.4f}"
    return f"{p:.2g}" if p < 0.1 else f"{p:.2f}"


def moment(at: str) -> str:
    """Return a recorded moment, which is UTC, to the minute."""
    return f"{at[:10]} {at[11:16]} UTC" if at else NONE


def setting_name(name: str) -> str:
    """Return what a setting is called."""
    return _NAMES.get(name, name.replace("_", " "))


def setting(name: str, value: Value) -> str:
    """Return a setting's value as people write it."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if name in _MONEY:
        return money(value)
    if name == "seconds":
        return duration(value)
    if name in _COUNTS:
        return count(int(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def metric(name: str, value: float | None) -> str:
    """Return a metric's value in the unit that its name tells."""
    if value is None or not math.isfinite(value):
        return number(value)
    if name.endswith("_bytes"):
        return _bytes(value)
    return f"{number(value)} s" if name.endswith("_seconds") else number(value)


def _bytes(value: float) -> str:
    units = ("B", "kB", "MB", "GB", "TB")
    power = min(len(units) - 1, max(0, math.floor(math.log10(abs(value) or 1) / 3)))
    return f"{value / 1000**power:.3g} {units[power]}"
