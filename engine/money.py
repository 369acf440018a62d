"""Amounts of money, as people read them."""

from __future__ import annotations

import math


def dollars(amount: float) -> str:
    """Return an amount of US dollars: to the cent, or what is less by its first two digits."""
    told = float(f"{amount:.1e}")
    if told == 0 or told >= 0.1:
        return f"${amount:,.2f}"
    return f"${told:.{1 - math.floor(math.log10(told))}f}"
