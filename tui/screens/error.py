"""What is shown after an error that nobody foresaw."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen

from tui.actions import bindings
from tui.enduring import Trouble
from tui.formats import fit
from tui.ink import Line
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine
from tui.wrapping import wrap

_WORDS = 4
"""So many lines of what an error says are shown: the report has all of it."""


class ErrorScreen(ModalScreen[None]):
    """Tells what happened, where the report is, and that everything goes on.

    It covers the whole screen: what lies under it may be what cannot be painted.

    Args:
        trouble: what happened.
    """

    CSS_PATH = "../styles/error.tcss"
    BINDINGS = bindings("error")

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self._troubles = [trouble]

    def compose(self) -> ComposeResult:
        """Put the text between the title and the keys."""
        yield TitleLine("something went wrong")
        yield LineView(id="error-lines")
        yield KeyLine("error")

    def on_mount(self) -> None:
        """Let somebody scroll."""
        self.query_one(LineView).focus()

    def on_resize(self) -> None:
        """Fit the text to the screen."""
        self._show()

    def add(self, trouble: Trouble) -> None:
        """Tell of one more."""
        self._troubles.append(trouble)
        self._show()

    def _show(self) -> None:
        view = self.query_one(LineView)
        view.show(error_lines(self._troubles, view.room))

    def action_copy(self) -> None:
        """Copy where the newest report is."""
        report = self._troubles[-1].report
        if report is None:
            self.notify("there is no report to copy the path of", severity="warning")
            return
        self.app.copy_to_clipboard(str(report))
        self.notify("copied the path of the report", markup=False)

    def action_go_on(self) -> None:
        """Return to what was shown."""
        self.dismiss()


def error_lines(troubles: list[Trouble], width: int) -> list[Line]:
    """Return what is told of errors, the newest last."""
    lines: list[Line] = []
    for trouble in troubles:
        lines += [*_said(trouble.words, width), []]
        if trouble.report is None:
            lines += _text("No report could be saved: the data directory takes none.", width)
        else:
            lines += _text("The report is in", width)
            lines += [[(part, "accent")] for part in wrap(str(trouble.report), width)]
        lines.append([])
    lines += _text(
        "This should not have happened, and ftlab goes on. Jobs are not touched by it, and what is "
        "recorded stays recorded. Should the screen look wrong, ctrl+r reads everything anew.",
        width,
    )
    if all(trouble.report is None for trouble in troubles):
        return lines
    lines.append([])
    lines += _text(
        "To have it mended, please send the report along when you tell of it: it names versions, "
        "screens and actions, and has no keys, no settings and nothing that was typed.",
        width,
    )
    return lines


def _said(words: str, width: int) -> list[Line]:
    """Return the beginning of what an error says, one mark before all of it."""
    said = wrap(words, width - 2)
    shown = said[:_WORDS]
    if len(said) > _WORDS:
        shown[-1] = fit(f"{shown[-1]} …", width - 2)
    marks = ("✗ ", *["  "] * len(shown))
    return [[(mark, "bad"), (line, "strong")] for mark, line in zip(marks, shown, strict=False)]


def _text(words: str, width: int) -> list[Line]:
    return [[(line, "plain")] for line in wrap(words, width)]
