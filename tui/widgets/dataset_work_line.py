"""One row that shows work on datasets, as long as some is being done."""

from __future__ import annotations

from tui.formats import bar, duration, percent
from tui.ink import Line, Span, joined
from tui.widgets.fixed_lines import FixedLines

_BAR = 20
_PATIENCE_SECONDS = 2.0


class WorkLine(FixedLines):
    """Takes a row only while something is being done."""

    def __init__(self) -> None:
        super().__init__(id="dataset-work")
        self.display = False

    def tell(self, words: str, done: int, total: int | None, seconds: float, stops: str) -> None:
        """Show work.

        Args:
            words: what is being done.
            done: how much of it.
            total: of how much, None if nobody knows.
            seconds: how long it has been going on.
            stops: how it is stopped, in words.
        """
        self.display = True
        self.show([work_line(words, done, total, seconds, stops, self.size.width)])

    def end(self) -> None:
        """Give the row back."""
        self.display = False
        self.show([])


def work_line(
    words: str, done: int, total: int | None, seconds: float, stops: str, width: int
) -> Line:
    """Return the row; see `WorkLine.tell`."""
    part = min(1.0, done / total) if total else None
    drawn: list[Span] = []
    left = ""
    if part is not None:
        drawn = [*bar(part, _BAR), (f" {percent(part).strip()}", "plain")]
        if seconds > _PATIENCE_SECONDS and 0 < part < 1:
            left = f"about {duration(seconds / part - seconds)} left"
    pieces: list[Line] = [
        [(" ● ", "accent"), (words, "plain")],
        drawn,
        [(stops, "dim")],
        [(left or (duration(seconds) if seconds >= 1 else ""), "dim")],
    ]
    return joined(pieces, max(width, 20))
