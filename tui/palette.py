"""What the command palette offers, and what of it fits what somebody types."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.queries.datasets import dataset_list
from store.queries.job_index import job_index
from store.queries.job_search import search
from store.queries.jobs import jobs_by_id
from store.queries.models import model_list
from tui.actions import NONE, Place, actions_of
from tui.ink import look

if TYPE_CHECKING:
    from engine.config.settings import Setting, Settings

_NEVER: frozenset[Place] = frozenset(("rows", "lines", "question", "choose", "search", "help"))
"""Moving about, and dialogs: nobody looks for these by name."""

_NOT_HERE = "ftlab.palette"
_NO_SCREENS = frozenset(
    ("ftlab.refresh", "ftlab.jump", "ftlab.theme", "ftlab.help", "ftlab.quit", _NOT_HERE)
)
"""What works everywhere and leads nowhere."""

_NAMED = 6
"""So many jobs, datasets and models of a name are offered at most, each."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be chosen.

    Attributes:
        topic: the group that it belongs to.
        label: what it is called.
        help: a sentence on it.
        keys: the key that does it, as people name it; empty if there is none.
        does: the Textual action, or what else it stands for.
        target: the id or name of the thing that it leads to; empty for an action.
    """

    topic: str
    label: str
    help: str
    keys: str
    does: str
    target: str = ""


def commands(places: Iterable[Place], own: Mapping[str, str] = NONE) -> list[Entry]:
    """Return what can be done in these places: what leads to another screen comes first."""
    found = actions_of(*(place for place in places if place not in _NEVER), own=own)
    entries = [
        Entry(
            "Go to"
            if action.where == "everywhere" and action.id not in _NO_SCREENS
            else action.topic,
            action.label,
            action.help,
            action.first_key,
            action.does,
        )
        for action in found
        if action.id != _NOT_HERE
    ]
    return sorted(entries, key=lambda entry: entry.topic != "Go to")


def theme_entries(names: Iterable[str], shown: str) -> list[Entry]:
    """Return the themes, ours first; the one that is shown says so."""
    from tui.themes import OURS

    ours = [theme.name for theme in OURS]
    others = sorted(set(names) - {*ours})
    return [
        Entry(
            "Theme",
            name,
            "This is how it looks now" if name == shown else _THEMES.get(name, "One of Textual's"),
            "",
            "theme",
            name,
        )
        for name in [*ours, *others]
    ]


_THEMES = {
    "ftlab": "Dark, in colours that any terminal of 256 shows as they are meant",
    "ftlab-light": "Light, in colours that any terminal of 256 shows as they are meant",
    "terminal": "The terminal's own colours, on a dark ground",
    "terminal-light": "The terminal's own colours, on a light ground",
}


def setting_entries(settings: Settings) -> list[Entry]:
    """Return what is settled, and where that was said."""
    settled: dict[str, Callable[[], Setting[object]]] = {
        "budget": lambda: settings.budget,
        "slots": lambda: settings.slots,
        "resume-interrupted": lambda: settings.resumptions,
        "theme": lambda: settings.theme,
    }
    entries = []
    for name, read in settled.items():
        setting = read()
        value = "none" if setting.value is None else f"{setting.value}"
        entries.append(
            Entry(
                "Settings", f"{name} = {value}", f"Said by: {setting.source}", "", "setting", name
            )
        )
    return entries


def named_things(reader: sqlite3.Connection, text: str) -> list[Entry]:
    """Return jobs, datasets and models that have a text in their names, the newest first."""
    wanted = text.strip().replace('"', "").lower()
    if not wanted:
        return []
    ids = job_index(reader, search(f'name:"{wanted.replace(",", " ")}"'), limit=_NAMED).ids
    entries = [
        Entry("Job", job.name, f"{look(job.status).word}, {job.id}", "", "job", job.id)
        for job in jobs_by_id(reader, ids)
    ]
    sets = dict.fromkeys(
        version.name for version in dataset_list(reader) if wanted in version.name.lower()
    )
    entries += [
        Entry("Dataset", name, "Show it among the datasets", "", "dataset", name)
        for name in list(sets)[:_NAMED]
    ]
    models = [model for model in model_list(reader) if wanted in model.name.lower()]
    entries += [
        Entry("Model", model.name, f"Show it among the models: {model.id}", "", "model", model.name)
        for model in models[:_NAMED]
    ]
    return entries


def fitting(entries: Sequence[Entry], text: str) -> list[Entry]:
    """Return the entries in which all words of a text occur, those that it means first."""
    words = text.lower().split()
    if not words:
        return list(entries)
    scored = [
        (score, -place, entry)
        for place, entry in enumerate(entries)
        if (score := _score(entry, words, text.strip())) > 0
    ]
    return [entry for *_, entry in sorted(scored, key=lambda found: found[:2], reverse=True)]


def _score(entry: Entry, words: Sequence[str], text: str) -> int:
    """Return how well an entry fits: 0 if a word occurs nowhere in it."""
    if entry.keys == text:
        return 1000
    scores = [_word_score(entry, word) for word in words]
    return sum(scores) if all(scores) else 0


def _word_score(entry: Entry, word: str) -> int:
    label, topic = entry.label.lower(), entry.topic.lower()
    if label.startswith(word):
        return 100
    if f" {word}" in f" {label}".replace("-", " "):
        return 80
    if topic.startswith(word):
        return 60
    if word in label:
        return 50
    if word in entry.help.lower() or word == entry.keys.lower():
        return 20
    return 5 if _in_order(word, f"{topic} {label}") else 0


def _in_order(word: str, text: str) -> bool:
    """Return whether a word's letters come in their order in a text, as in `nj` and `new job`."""
    rest = iter(text)
    return all(letter in rest for letter in word)
