"""One discreet row with what a person should know of the database or the poller."""

from __future__ import annotations

from tui.widgets.fixed_lines import FixedLines


class Notice(FixedLines):
    """Takes a row only while there is something to tell."""

    def __init__(self) -> None:
        super().__init__(id="notice")
        self.display = False
        self._told = ""

    def tell(self, *notices: str | None) -> None:
        """Tell these, or nothing if all are None."""
        told = "  ".join(notice for notice in notices if notice)
        if told != self._told:
            self._told = told
            self.display = bool(told)
            self.show([[(" i ", "warn"), (told, "dim")]])
