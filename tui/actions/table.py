"""Everything that a key can do, in one table.

Bindings, the line of keys at the bottom, the command palette and the help screen are all made from
it. An action's id is stable: a user's own keys are kept by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from tui.actions.action import Action, Place
from tui.actions.chat import CHAT
from tui.actions.compare import COMPARE
from tui.actions.datasets import DATASETS
from tui.actions.dialogs import DIALOGS
from tui.actions.everywhere import EVERYWHERE
from tui.actions.history import HISTORY
from tui.actions.jobs import JOBS
from tui.actions.lists import LISTS
from tui.actions.models import MODELS
from tui.actions.new_job import NEW_JOB
from tui.actions.overlays import OVERLAYS
from tui.actions.time import TIME

if TYPE_CHECKING:
    from textual.binding import BindingType

ACTIONS: tuple[Action, ...] = (
    *JOBS,
    *LISTS,
    *DATASETS,
    *MODELS,
    *COMPARE,
    *CHAT,
    *HISTORY,
    *TIME,
    *NEW_JOB,
    *DIALOGS,
    *OVERLAYS,
    *EVERYWHERE,
)

NONE: Mapping[str, str] = MappingProxyType({})
"""No keys of one's own."""

_ON_LISTS: tuple[Place, ...] = ("rows", "everywhere")
_ON_TEXT: tuple[Place, ...] = ("lines", "everywhere")
BESIDE: dict[Place, tuple[Place, ...]] = {
    "jobs": ("jobs", "lines", *_ON_LISTS),
    "datasets": ("datasets", "lines", *_ON_LISTS),
    "dataset": ("dataset", "lines", *_ON_LISTS),
    "dataset_diff": ("dataset_diff", "lines", *_ON_LISTS),
    "dataset_form": ("dataset_form", "lines", *_ON_LISTS),
    "models": ("models", "lines", *_ON_LISTS),
    "model": ("model", *_ON_TEXT),
    "history": ("history", *_ON_LISTS),
    "event": ("event", *_ON_TEXT),
    "proof": ("proof", *_ON_TEXT),
    "compare": ("compare", *_ON_TEXT),
    "chat": ("chat", "everywhere"),
    "answers": ("answers", *_ON_TEXT),
    "chats": ("chats", *_ON_LISTS),
    "past_chat": ("past_chat", "answers", *_ON_TEXT),
    "chat_form": ("chat_form",),
    "chat_pick": ("chat_pick",),
    "new_job": ("new_job", "everywhere"),
    "choose": ("choose", "rows"),
    "search": ("search",),
    "time": ("time", "everywhere"),
    "question": ("question",),
    "ask": ("ask",),
    "help": ("help", "lines"),
    "palette": ("palette",),
    "jump": ("jump",),
    "error": ("error",),
    "everywhere": (
        "everywhere",
        "jobs",
        "datasets",
        "dataset",
        "dataset_diff",
        "dataset_form",
        "models",
        "model",
        "history",
        "event",
        "proof",
        "compare",
        "answers",
        "chats",
        "past_chat",
    ),
}
"""The places whose keys are listened to at once."""


def actions_of(*places: Place, own: Mapping[str, str] = NONE) -> list[Action]:
    """Return what works in these places, in the table's order.

    Args:
        places: where.
        own: the user's own keys, by the id of the action.
    """
    found = [action for action in ACTIONS if action.where in places]
    return [replace(each, keys=own[each.id]) if each.id in own else each for each in found]


def unknown_actions(own: Mapping[str, str]) -> list[str]:
    """Return those of the user's own keys that are for no action."""
    return sorted(set(own) - {action.id for action in ACTIONS})


def clashes(own: Mapping[str, str]) -> list[str]:
    """Return the user's own keys that mean something else as well, in words."""
    told = []
    for action in (each for each in ACTIONS if each.id in own):
        beside = actions_of(*BESIDE.get(action.where, (action.where,)), own=own)
        for key in own[action.id].split(","):
            others = [other.id for other in beside if key in other.keys.split(",")]
            if len(others) > 1:
                told.append(f"{key}: {' and '.join(others)}")
    return sorted(set(told))


def bindings(place: Place) -> list[BindingType]:
    """Return Textual's bindings for a place; their ids are the actions'."""
    from textual.binding import Binding

    return [
        Binding(
            action.keys, action.does, action.label, tooltip=action.help, id=action.id, show=False
        )
        for action in actions_of(place)
    ]


def key_line(*places: Place, own: Mapping[str, str] = NONE) -> list[Action]:
    """Return what the line of keys offers in these places, the most important first."""
    ranked = [action for action in actions_of(*places, own=own) if action.rank is not None]
    return sorted(ranked, key=lambda action: action.rank or 0)
