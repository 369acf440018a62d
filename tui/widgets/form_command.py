"""A command line, broken so that a shell still takes it."""

from __future__ import annotations

import shlex

from rich.cells import cell_len

from tui.ink import Line
from tui.widgets.fixed_lines import FixedLines
from tui.wording import number_of

_INDENT = "    "


class FormCommand(FixedLines):
    """Shows the command line that a form comes to.

    Attributes:
        most: the most lines that it takes.
    """

    most = 4

    def __init__(self) -> None:
        super().__init__(id="form-command")
        self.command = ""

    def tell(self, command: str) -> None:
        """Show another one."""
        if command != self.command:
            self.command = command
            self.on_resize()

    def on_resize(self) -> None:
        """Break it anew."""
        lines = broken(self.command, max(20, self.size.width - 3))
        if len(lines) > self.most:
            left = number_of(len(lines) - self.most + 1, "line")
            lines = [*lines[: self.most - 1], f"{_INDENT}… {left} more"]
        shown: list[Line] = [
            [("$ " if number == 0 else "  ", "accent"), (line, "plain")]
            for number, line in enumerate(lines)
        ]
        height = self.styles.height
        if height is None or height.value != max(1, len(shown)):
            self.styles.height = max(1, len(shown))
        self.show(shown)


def broken(command: str, width: int) -> list[str]:
    """Return a command in lines of at most so many cells, each but the last ended by a backslash.

    An option stays with its value. A word that is longer than a line is left whole.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(command):
        if line and cell_len(f"{line} {piece} \\") > width:
            lines.append(f"{line} \\")
            line = f"{_INDENT}{piece}"
        else:
            line = f"{line} {piece}" if line else piece
    return [*lines, line]


def _pieces(command: str) -> list[str]:
    """Return the words of a command, options together with their values."""
    pieces: list[str] = []
    words = [shlex.quote(word) for word in shlex.split(command)]
    for word in words:
        takes = bool(pieces) and pieces[-1].startswith("--") and " " not in pieces[-1]
        if takes and "=" not in pieces[-1] and not word.startswith("-"):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    return pieces
