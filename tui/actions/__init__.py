"""The table of actions: everything that a key can do."""

from tui.actions.action import Action, Place
from tui.actions.table import (
    ACTIONS,
    BESIDE,
    NONE,
    actions_of,
    bindings,
    clashes,
    key_line,
    unknown_actions,
)

__all__ = [
    "ACTIONS",
    "BESIDE",
    "NONE",
    "Action",
    "Place",
    "actions_of",
    "bindings",
    "clashes",
    "key_line",
    "unknown_actions",
]
