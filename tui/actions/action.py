"""What an action is: a key, what it does, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal[
    "everywhere",
    "rows",
    "lines",
    "jobs",
    "datasets",
    "dataset",
    "dataset_diff",
    "dataset_form",
    "models",
    "model",
    "compare",
    "chat",
    "answers",
    "chats",
    "past_chat",
    "chat_form",
    "chat_pick",
    "history",
    "event",
    "proof",
    "new_job",
    "time",
    "question",
    "ask",
    "choose",
    "search",
    "help",
    "palette",
    "jump",
    "error",
]


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
        return self.id.partition(".")[0].replace("_", " ").capitalize()

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
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "ctrl+o": "^o",
    "ctrl+p": "^p",
    "ctrl+q": "^q",
    "ctrl+y": "^y",
    "ctrl+n": "^n",
    "ctrl+g": "^g",
    "ctrl+f": "^f",
    "ctrl+t": "^t",
    "ctrl+l": "^l",
    "ctrl+j": "^j",
    "ctrl+s": "^s",
    "ctrl+up": "^↑",
    "ctrl+down": "^↓",
}
