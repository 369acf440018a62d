"""What can be done in a chat."""

from __future__ import annotations

from tui.actions.action import Action

CHAT = (
    Action("chat.send", "enter", "send", "Send what is written", "chat", "screen.send", 1),
    Action(
        "chat.stop",
        "escape",
        "stop or leave",
        "Stop the answer that is being written; without one, leave the chat",
        "chat",
        "screen.stop_or_leave",
        2,
    ),
    Action(
        "chat.page_up",
        "pageup",
        "scroll up",
        "Scroll up in the conversation",
        "chat",
        "screen.scroll_page(-1)",
        3,
    ),
    Action(
        "chat.page_down",
        "pagedown",
        "scroll down",
        "Scroll down in the conversation",
        "chat",
        "screen.scroll_page(1)",
        4,
    ),
)
