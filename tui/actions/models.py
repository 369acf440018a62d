"""What can be done with models."""

from __future__ import annotations

from tui.actions.action import Action

MODELS = (
    Action(
        "model.talk", "enter,t", "talk", "Chat with the selected model", "models", "screen.talk", 1
    ),
    Action("model.back", "escape", "back", "Return to the jobs", "models", "app.pop_screen", 2),
)
