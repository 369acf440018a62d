"""What can be done in the form of a new job."""

from __future__ import annotations

from tui.actions.action import Action

NEW_JOB: tuple[Action, ...] = (
    Action(
        "new_job.start",
        "ctrl+g",
        "start",
        "Start the job, or put it into the queue; what costs money is asked for first",
        "new_job",
        "screen.start",
        1,
    ),
    Action(
        "new_job.copy",
        "ctrl+y",
        "copy command",
        "Copy the command line that does the same, through the terminal (OSC 52)",
        "new_job",
        "screen.copy",
        2,
    ),
    Action(
        "new_job.more",
        "f3",
        "more",
        "Show all settings, or fold the rarer ones away",
        "new_job",
        "screen.more",
        3,
    ),
    Action(
        "new_job.leave",
        "escape",
        "leave",
        "Close the list that is open; else leave the form, which keeps what was written",
        "new_job",
        "screen.leave",
        4,
    ),
    Action(
        "new_job.clear",
        "ctrl+l",
        "begin anew",
        "Empty the form, after a question",
        "new_job",
        "screen.clear",
        5,
    ),
    Action(
        "new_job.down",
        "down",
        "next field",
        "Go to the next field; in a field with a list open it, and go down in it",
        "new_job",
        "screen.step(1)",
    ),
    Action(
        "new_job.up",
        "up",
        "field before",
        "Go to the field before, or up in the list that is open",
        "new_job",
        "screen.step(-1)",
    ),
    Action("new_job.right", "right", "next choice", "Choose the next", "new_job", "screen.turn(1)"),
    Action(
        "new_job.left",
        "left",
        "choice before",
        "Choose the one before",
        "new_job",
        "screen.turn(-1)",
    ),
    Action(
        "new_job.press",
        "enter,space",
        "press",
        "Choose the next, unfold what is folded, or press the button",
        "new_job",
        "screen.press",
    ),
)
