"""How moments, sizes and counts are put into words by the commands."""

from __future__ import annotations

from store.times import from_text


def local_time(moment: str) -> str:
    """Say a recorded moment in the machine's own zone, to the second."""
    return from_text(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def number_of(count: int, thing: str) -> str:
    """Say how many there are: `1 example`, `2 examples`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def size(count: int) -> str:
    """Say a number of bytes: `512 B`, `3.1 MB`."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
