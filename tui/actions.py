"""Everything that a key can do, in one table.

Bindings, the line of keys at the bottom, the command palette and the help screen are all made from
it. An action's id is stable: a user's own keys will be kept by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from textual.binding import BindingType

Place = Literal[
    "everywhere",
    "rows",
    "lines",
    "jobs",
    "models",
    "chat",
    "question",
    "choose",
    "search",
    "history",
    "event",
    "compare",
    "help",
]


NONE: Mapping[str, str] = MappingProxyType({})
"""No keys of one's own."""

_ON_LISTS: tuple[Place, ...] = ("rows", "everywhere")
_BESIDE: dict[Place, tuple[Place, ...]] = {
    "jobs": ("jobs", "lines", *_ON_LISTS),
    "models": ("models", *_ON_LISTS),
    "history": ("history", *_ON_LISTS),
    "event": ("event", "lines", "everywhere"),
    "compare": ("compare", "lines", "everywhere"),
    "everywhere": ("everywhere", "jobs", "models", "history", "event"),
}
"""The places whose keys are listened to at once."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person can do with a key.

    Attributes:
        id: topic and name, such as `job.cancel`.
        keys: Textual's names of the keys, separated by commas; the first is the one shown.
        label: a word or two, for the line of keys.
        help: a sentence, for the help screen and the palette.
        where: in which screen, panel or dialog it works.
        does: the Textual action.
        rank: place in the line of keys, lower numbers first; None leaves it out of the line.
    """

    id: str
    keys: str
    label: str
    help: str
    where: Place
    does: str
    rank: int | None = None

    @property
    def topic(self) -> str:
        """The first part of the id, as a heading."""
        return self.id.partition(".")[0].capitalize()

    @property
    def shown_keys(self) -> str:
        """The keys as people name them, such as `j ↓`."""
        return " ".join(_KEY_NAMES.get(key, key) for key in self.keys.split(","))

    @property
    def first_key(self) -> str:
        """The key that the line of keys shows."""
        return self.shown_keys.partition(" ")[0]


_KEY_NAMES = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "escape": "esc",
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "comma": ",",
    "full_stop": ".",
    "ctrl+p": "^p",
    "ctrl+q": "^q",
}

ACTIONS: tuple[Action, ...] = (
    Action(
        "job.open",
        "enter",
        "open",
        "Give the selected job the whole screen, or give it back",
        "jobs",
        "screen.zoom",
        1,
    ),
    Action(
        "job.back",
        "escape",
        "back",
        "Return to the list of jobs; there, take the marks away, then show all jobs again",
        "jobs",
        "screen.back",
        1,
    ),
    Action(
        "job.cancel",
        "c",
        "cancel",
        "Ask the selected job to stop; it saves a checkpoint first",
        "jobs",
        "screen.cancel_job",
        2,
    ),
    Action(
        "job.resume",
        "r",
        "resume",
        "Go on with the selected job from its last checkpoint",
        "jobs",
        "screen.resume_job",
        3,
    ),
    Action(
        "job.chat",
        "t",
        "talk",
        "Chat with the model that the selected job made",
        "jobs",
        "screen.chat",
        4,
    ),
    Action(
        "panel.metric", "m", "metric", "Draw the next metric", "jobs", "screen.next_metric(1)", 6
    ),
    Action(
        "panel.previous_metric",
        "p",
        "metric back",
        "Draw the metric before",
        "jobs",
        "screen.next_metric(-1)",
    ),
    Action(
        "curves.log", "y", "log scale", "Draw logarithms, or no longer", "jobs", "screen.log_scale"
    ),
    Action(
        "curves.smooth",
        "s",
        "smooth",
        "Smooth the curves more; then no longer",
        "jobs",
        "screen.smooth",
    ),
    Action(
        "curves.closer",
        "plus,equals_sign",
        "closer",
        "Show half as many steps",
        "jobs",
        "screen.zoom_curves(1)",
    ),
    Action(
        "curves.farther",
        "minus",
        "farther",
        "Show twice as many steps",
        "jobs",
        "screen.zoom_curves(-1)",
    ),
    Action(
        "curves.left",
        "less_than_sign,comma",
        "steps before",
        "Show the steps before those in sight",
        "jobs",
        "screen.pan(-1)",
    ),
    Action(
        "curves.right",
        "greater_than_sign,full_stop",
        "steps after",
        "Show the steps after those in sight",
        "jobs",
        "screen.pan(1)",
    ),
    Action(
        "curves.all",
        "0",
        "all steps",
        "Show all steps",
        "jobs",
        "screen.all_steps",
    ),
    Action(
        "panel.next",
        "l,right",
        "next panel",
        "Show the next panel of the job",
        "jobs",
        "screen.turn(1)",
    ),
    Action(
        "panel.previous",
        "h,left",
        "panel before",
        "Show the panel before",
        "jobs",
        "screen.turn(-1)",
    ),
    Action(
        "panel.overview", "1", "overview", "Show the overview", "jobs", "screen.panel('overview')"
    ),
    Action("panel.curves", "2", "curves", "Show the curves", "jobs", "screen.panel('curves')"),
    Action(
        "panel.metrics",
        "3",
        "metrics",
        "Show the table of metrics",
        "jobs",
        "screen.panel('metrics')",
    ),
    Action("panel.events", "4", "events", "Show the history", "jobs", "screen.panel('events')"),
    Action("panel.log", "5", "log", "Show the end of the log", "jobs", "screen.panel('log')"),
    Action(
        "panel.copy",
        "Y",
        "copy",
        "Copy what the panel says, through the terminal (OSC 52)",
        "jobs",
        "screen.copy",
    ),
    Action(
        "list.search",
        "slash",
        "search",
        "Show only jobs of which something holds: status:running loss<1.2 age<2d gsm8k",
        "jobs",
        "screen.search",
        5,
    ),
    Action("list.sort", "o", "sort", "Sort the list by something else", "jobs", "screen.sort", 7),
    Action("list.reverse", "O", "other way", "Sort the other way round", "jobs", "screen.reverse"),
    Action(
        "list.group",
        "b",
        "group",
        "Put jobs together by dataset, base model, provider or status",
        "jobs",
        "screen.group",
    ),
    Action(
        "list.mark",
        "space",
        "mark",
        "Mark the job, or unmark it; curves show all marked jobs, keys act on them all",
        "jobs",
        "screen.mark",
    ),
    Action(
        "list.compare",
        "C",
        "compare",
        "Put the marked jobs beside each other: what differs, and how they did",
        "jobs",
        "screen.compare",
    ),
    Action(
        "list.pin",
        "f",
        "pin",
        "Keep the selected job at the top of the list, or no longer",
        "jobs",
        "screen.pin",
    ),
    Action("list.down", "j,down", "down", "Go down a row", "rows", "move(1)"),
    Action("list.up", "k,up", "up", "Go up a row", "rows", "move(-1)"),
    Action("list.page_down", "pagedown,ctrl+d", "page down", "Go down a page", "rows", "page(1)"),
    Action("list.page_up", "pageup,ctrl+u", "page up", "Go up a page", "rows", "page(-1)"),
    Action("list.first", "home,g", "first", "Go to the first row", "rows", "first"),
    Action("list.last", "end,G", "last", "Go to the last row", "rows", "last"),
    Action("text.down", "j,down", "down", "Scroll down", "lines", "scroll_down"),
    Action("text.up", "k,up", "up", "Scroll up", "lines", "scroll_up"),
    Action(
        "text.page_down", "pagedown,ctrl+d", "page down", "Scroll down a page", "lines", "page_down"
    ),
    Action("text.page_up", "pageup,ctrl+u", "page up", "Scroll up a page", "lines", "page_up"),
    Action("text.top", "home,g", "top", "Scroll to the top", "lines", "scroll_home"),
    Action("text.end", "end,G", "end", "Scroll to the end", "lines", "scroll_end"),
    Action(
        "model.talk", "enter,t", "talk", "Chat with the selected model", "models", "screen.talk", 1
    ),
    Action("model.back", "escape", "back", "Return to the jobs", "models", "app.pop_screen", 2),
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
    Action("question.yes", "y,enter", "yes", "Do it", "question", "screen.answer(True)"),
    Action(
        "question.no", "n,escape,q", "no", "Leave it as it is", "question", "screen.answer(False)"
    ),
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
        "event.back",
        "escape,backspace",
        "back",
        "Show the event before this one; then return to the list",
        "event",
        "screen.back",
        2,
    ),
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
    Action("choose.take", "enter", "take", "Choose this", "choose", "screen.take", 1),
    Action("choose.leave", "escape,q", "leave", "Choose nothing", "choose", "screen.leave", 2),
    Action("search.keep", "down", "keep", "Go to what was found", "search", "leave", 1),
    Action("search.drop", "escape", "drop", "Show all jobs again", "search", "drop", 2),
    Action(
        "help.close", "escape,q,question_mark", "close", "Close the help", "help", "screen.close", 1
    ),
    Action(
        "ftlab.models",
        "M",
        "models",
        "List the finished models to talk to",
        "jobs",
        "app.models",
        8,
    ),
    Action(
        "ftlab.history",
        "H",
        "history",
        "Show everything that was recorded, and by whom",
        "jobs",
        "app.history",
        9,
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
        "ftlab.palette",
        "ctrl+p",
        "commands",
        "Find a command by typing a part of it",
        "everywhere",
        "app.command_palette",
    ),
    Action(
        "ftlab.help", "question_mark,f1", "help", "Show this help", "everywhere", "app.help", 20
    ),
    Action(
        "ftlab.quit", "q,ctrl+q", "quit", "Leave ftlab; jobs go on", "everywhere", "app.quit", 21
    ),
)


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
        beside = actions_of(*_BESIDE.get(action.where, (action.where,)), own=own)
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
