"""The line in which the examples of a version are searched."""

from __future__ import annotations

from store.queries.searching import Language
from tui.formats import count
from tui.widgets.search_line import SearchLine

_HINT = "a text of the examples, or #120 for the row of that number"
_ANYTHING = Language("an example", {}, {}, {}, ())


class FindLine(SearchLine):
    """Takes any text: nothing in it has a meaning of its own, but `#120`, which is a row's number.

    Its messages are those of every search line.
    """

    def __init__(self) -> None:
        super().__init__(_ANYTHING, _HINT)

    def _search(self) -> None:
        text = self._input.value.strip()
        if text != self.text:
            self.text = text
            self.post_message(self.Searched(text))

    def tell_found(self, found: int, looked: int, of: int) -> None:
        """Say how many examples have it, and how many were looked at, as long as that goes on."""
        at = "" if looked >= of else f" · {looked * 100 // max(1, of)}%"
        self._say([(f"{count(found)} found{at}", "dim")])
