"""What can be done in what lies over a screen for a moment: the palette, jumping, an error."""

from __future__ import annotations

from tui.actions.action import Action

OVERLAYS = (
    Action("palette.run", "enter", "do it", "Do what is selected", "palette", "screen.run", 1),
    Action("palette.down", "down,ctrl+n", "down", "Go down", "palette", "screen.move(1)", 2),
    Action("palette.up", "up", "up", "Go up", "palette", "screen.move(-1)", 3),
    Action(
        "palette.page_down",
        "pagedown,ctrl+d",
        "page down",
        "Go down a page",
        "palette",
        "screen.page(1)",
    ),
    Action(
        "palette.page_up", "pageup,ctrl+u", "page up", "Go up a page", "palette", "screen.page(-1)"
    ),
    Action("palette.leave", "escape,ctrl+p", "leave", "Do nothing", "palette", "screen.leave", 4),
    Action("jump.leave", "escape", "leave", "Stay where you are", "jump", "screen.leave", 1),
    Action(
        "error.go_on",
        "enter,escape",
        "go on",
        "Return to what you were at",
        "error",
        "screen.go_on",
        1,
    ),
    Action(
        "error.copy",
        "c",
        "copy path",
        "Copy where the report is, through the terminal",
        "error",
        "screen.copy",
        2,
    ),
    Action("error.leave", "q", "leave", "Leave ftlab; jobs go on", "error", "app.quit", 3),
)
