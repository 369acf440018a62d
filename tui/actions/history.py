"""What can be done with the log."""

from __future__ import annotations

from tui.actions.action import Action

HISTORY = (
    Action(
        "history.open",
        "enter",
        "open",
        "Show the selected event in full, with its cause and its effects",
        "history",
        "screen.open",
        1,
    ),
    Action(
        "history.search",
        "slash",
        "search",
        "Show only some events: type:failed stream:job/ actor:daemon age<2d",
        "history",
        "screen.search",
        2,
    ),
    Action(
        "history.go_back",
        "t",
        "as it stood",
        "Show every screen as it stood right after the selected event",
        "history",
        "screen.go_back",
        3,
    ),
    Action(
        "history.verify",
        "v",
        "verify",
        "Prove that nothing of the history was changed",
        "history",
        "screen.verify",
        5,
    ),
    Action(
        "history.back",
        "escape",
        "back",
        "Show all events again; then return",
        "history",
        "screen.back",
        4,
    ),
    Action(
        "event.cause",
        "c",
        "cause",
        "Show the event that led to this one",
        "event",
        "screen.cause",
        1,
    ),
    Action(
        "event.go_back",
        "t",
        "as it stood",
        "Show every screen as it stood right after this event",
        "event",
        "screen.go_back",
        3,
    ),
    Action(
        "event.copy",
        "Y",
        "copy",
        "Copy the event, through the terminal (OSC 52)",
        "event",
        "screen.copy",
    ),
    Action("proof.back", "escape", "back", "Return to the log", "proof", "screen.back", 1),
    Action(
        "event.back",
        "escape,backspace",
        "back",
        "Show the event before this one; then return to the list",
        "event",
        "screen.back",
        2,
    ),
)
