"""What can be done anywhere: the screens, the palette, the help, the way out."""

from __future__ import annotations

from tui.actions.action import Action

EVERYWHERE = (
    Action("ftlab.jobs", "J", "jobs", "Go to the jobs", "everywhere", "app.jobs"),
    Action(
        "ftlab.datasets",
        "D",
        "datasets",
        "List the datasets: their versions, numbers, findings and rows",
        "everywhere",
        "app.datasets",
        9,
    ),
    Action(
        "ftlab.new_job",
        "N",
        "new job",
        "Fill in a form that starts a training",
        "everywhere",
        "app.new_job",
        7,
    ),
    Action(
        "ftlab.models",
        "M",
        "models",
        "List the models: their tags, scores, and what can be done with them",
        "everywhere",
        "app.models",
        8,
    ),
    Action(
        "ftlab.history",
        "H",
        "history",
        "Show everything that was recorded, and by whom",
        "everywhere",
        "app.history",
        10,
    ),
    Action(
        "ftlab.time",
        "B",
        "back in time",
        "Slide through the log: every screen shows the state as it stood",
        "everywhere",
        "app.time",
        11,
    ),
    Action(
        "ftlab.refresh",
        "ctrl+r,f5",
        "refresh",
        "Read everything on the screen anew and repaint it",
        "everywhere",
        "app.read_anew",
    ),
    Action(
        "ftlab.jump",
        "ctrl+o",
        "jump",
        "Put a letter on every place of the screen: it takes you there",
        "everywhere",
        "app.jump",
    ),
    Action(
        "ftlab.theme",
        "ctrl+t",
        "theme",
        "Choose the colours, and see each theme before it is chosen",
        "everywhere",
        "app.themes",
    ),
    Action(
        "ftlab.palette",
        "ctrl+p",
        "commands",
        "Find a command by typing a part of it",
        "everywhere",
        "app.command_palette",
    ),
    Action(
        "ftlab.suspend",
        "ctrl+z",
        "suspend",
        "Go back to the shell for a while; fg shows the dashboard again",
        "everywhere",
        "app.suspend_process",
    ),
    Action(
        "ftlab.help", "question_mark,f1", "help", "Show this help", "everywhere", "app.help", 20
    ),
    Action(
        "ftlab.quit", "q,ctrl+q", "quit", "Leave ftlab; jobs go on", "everywhere", "app.quit", 21
    ),
)
