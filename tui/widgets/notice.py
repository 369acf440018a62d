"""One discreet row with what a person should know of the database or the poller."""

from __future__ import annotations

from tui.widgets.fixed_lines import FixedLines
from tui.wording import number_of


class Notice(FixedLines):
    """Takes a row only while there is something to tell."""

    def __init__(self) -> None:
        super().__init__(id="notice")
        self.display = False
        self._told = ""
        self._marked = 0
        self._notices: tuple[str | None, ...] = ()

    def tell_marked(self, marked: int) -> None:
        """Tell how many jobs are marked."""
        self._marked = marked
        self.tell(*self._notices)

    def tell(self, *notices: str | None) -> None:
        """Tell these, or nothing if all are None."""
        self._notices = notices
        marks = f"{number_of(self._marked, 'job')} marked · esc unmarks" if self._marked else None
        told = "  ".join(notice for notice in (marks, *notices) if notice)
        if told != self._told:
            self._told = told
            self.display = bool(told)
            self.show([[(" i ", "warn"), (told, "dim")]])
