"""Making what scrolls longer or shorter without painting all of it again."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget


def set_length(view: ScrollView, lines: int) -> None:
    """Tell a view how many lines it has; whoever changed them repaints what differs.

    Setting `virtual_size` plainly repaints the whole view, ten kilobytes in a large terminal.
    """
    if view.virtual_size.height != lines:
        view.set_reactive(Widget.virtual_size, Size(0, lines))
        view.refresh(repaint=False, layout=True)
