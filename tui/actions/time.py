"""What can be done with the slider through time."""

from __future__ import annotations

from tui.actions.action import Action

TIME = (
    Action("time.back", "left,h", "before", "Go an event back", "time", "move_time(-1)", 1),
    Action("time.on", "right,l", "after", "Go an event on", "time", "move_time(1)", 2),
    Action("time.day_back", "down,j", "day before", "Go a day back", "time", "move_day(-1)", 3),
    Action("time.day_on", "up,k", "day after", "Go a day on", "time", "move_day(1)", 4),
    Action(
        "time.far_back",
        "pagedown,ctrl+d",
        "far back",
        "Go back by a twentieth of the log",
        "time",
        "move_part(-1)",
    ),
    Action(
        "time.far_on",
        "pageup,ctrl+u",
        "far on",
        "Go on by a twentieth of the log",
        "time",
        "move_part(1)",
    ),
    Action("time.first", "home,g", "first", "Go to the first event", "time", "first"),
    Action("time.now", "end,G", "now", "Return to the present", "time", "last", 6),
    Action(
        "time.ask",
        "slash,w",
        "a time",
        "Write a time: tuesday, 2d, 18:30, 2026-11-20T18:30, or an event's number",
        "time",
        "ask",
        5,
    ),
    Action(
        "time.leave",
        "enter,escape",
        "look",
        "Look at what is shown; B comes back to the slider",
        "time",
        "leave",
        7,
    ),
)
