"""Text from a model, made fit to be read as Markdown and shown."""

from __future__ import annotations

from tui.harmless import harmless

_TAB = 4


def clean(text: str) -> str:
    """Return the text with its own lines, each of them harmless to a terminal; tabs are spaces."""
    if text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(
        line if line.isprintable() else harmless(line.expandtabs(_TAB)) for line in lines
    )
