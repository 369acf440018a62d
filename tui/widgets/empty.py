"""What the screen says while there are no jobs."""

from __future__ import annotations

from tui.ink import Line
from tui.widgets.fixed_lines import FixedLines

_WORDS: tuple[Line, ...] = (
    [("There are no jobs yet.", "strong")],
    [],
    [("  ftlab demo", "accent")],
    [("  fine-tunes a small model on sample data, from beginning to end", "dim")],
    [],
    [("  ftlab data add FILE --name NAME", "accent")],
    [("  ftlab train NAME --model BASE", "accent")],
    [("  fine-tunes a model on your own examples; D and N do it from here", "dim")],
    [],
    [("  ftlab import openai", "accent")],
    [("  brings all your hosted jobs here: metrics, results, files", "dim")],
    [],
    [("A job shows here as soon as it is planned.", "dim")],
)


_PAST: tuple[Line, ...] = (
    [("There were no jobs at that time.", "strong")],
    [],
    [("  esc", "accent"), ("  returns to the present", "dim")],
    [("  B", "accent"), ("    goes to another time", "dim")],
    [("  H", "accent"), ("    lists what was recorded until then", "dim")],
)


class Empty(FixedLines):
    """Says what to do to get a first job; in the past, how to leave it.

    Args:
        is_past: whether there were none at the time that is shown.
    """

    def __init__(self, *, is_past: bool = False) -> None:
        super().__init__(id="empty")
        self._words = _PAST if is_past else _WORDS

    def on_resize(self) -> None:
        """Show the words."""
        self.show(self._words)
