"""What can be done in dialogs, the search line and the help."""

from __future__ import annotations

from tui.actions.action import Action

DIALOGS = (
    Action("question.yes", "y,enter", "yes", "Do it", "question", "screen.answer(True)"),
    Action(
        "question.no", "n,escape,q", "no", "Leave it as it is", "question", "screen.answer(False)"
    ),
    Action("ask.leave", "escape", "leave", "Write nothing", "ask", "screen.leave", 2),
    Action("choose.take", "enter", "take", "Choose this", "choose", "screen.take", 1),
    Action("choose.leave", "escape,q", "leave", "Choose nothing", "choose", "screen.leave", 2),
    Action("search.keep", "down", "keep", "Go to what was found", "search", "leave", 1),
    Action("search.drop", "escape", "drop", "Show everything again", "search", "drop", 2),
    Action("help.search", "slash", "search", "Show only some of it", "help", "screen.search", 2),
    Action(
        "help.close", "escape,q,question_mark", "close", "Close the help", "help", "screen.close", 1
    ),
)
