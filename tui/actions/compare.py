"""What can be done with jobs and models beside each other."""

from __future__ import annotations

from tui.actions.action import Action

COMPARE = (
    Action(
        "compare.everything",
        "a",
        "all",
        "Show what is the same for all jobs, too; or no longer",
        "compare",
        "screen.everything",
        1,
    ),
    Action("compare.back", "escape", "back", "Return to the jobs", "compare", "screen.back", 2),
)
