"""Moving in lists and in text."""

from __future__ import annotations

from tui.actions.action import Action

LISTS = (
    Action("list.down", "j,down", "down", "Go down a row", "rows", "move(1)"),
    Action("list.up", "k,up", "up", "Go up a row", "rows", "move(-1)"),
    Action("list.page_down", "pagedown,ctrl+d", "page down", "Go down a page", "rows", "page(1)"),
    Action("list.page_up", "pageup,ctrl+u", "page up", "Go up a page", "rows", "page(-1)"),
    Action("list.first", "home,g", "first", "Go to the first row", "rows", "first"),
    Action("list.last", "end,G", "last", "Go to the last row", "rows", "last"),
    Action("text.down", "j,down", "down", "Scroll down", "lines", "scroll_down"),
    Action("text.up", "k,up", "up", "Scroll up", "lines", "scroll_up"),
    Action(
        "text.page_down", "pagedown,ctrl+d", "page down", "Scroll down a page", "lines", "page_down"
    ),
    Action("text.page_up", "pageup,ctrl+u", "page up", "Scroll up a page", "lines", "page_up"),
    Action("text.top", "home,g", "top", "Scroll to the top", "lines", "scroll_home"),
    Action("text.end", "end,G", "end", "Scroll to the end", "lines", "scroll_end"),
)
