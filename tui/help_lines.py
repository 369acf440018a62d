"""The text of the help: panels, keys by topic, the marks, and what can be searched for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from store.job_status import STATUSES
from store.queries.searching import Language
from tui.about import About
from tui.actions import Action
from tui.formats import fit, fit_right
from tui.ink import Line, look, text_of
from tui.wrapping import wrap

_KEYS = 13
_FIELD = 13
_OWN_KEYS = 'In config.toml, by the names on the right: [keys], then "job.cancel" = "x".'
_NOTIFICATIONS = (
    "They go by themselves after a few seconds; escape takes them away at once, beside what it "
    "does otherwise."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the help: a heading, and entries that are found or left out as a whole."""

    heading: str
    entries: Sequence[Sequence[Line]]


def sections(
    actions: Sequence[Action],
    width: int,
    panels: Sequence[About] = (),
    languages: Iterable[Language] = (),
) -> list[Section]:
    """Return the help.

    Args:
        actions: what can be done here.
        width: the cells of a line.
        panels: what is in sight, the panel in focus first.
        languages: what lists can be searched for.
    """
    found, left = [], list(actions)
    for place, panel in enumerate(panels):
        own = [action for action in left if action.topic in panel.topics]
        left = [action for action in left if action not in own]
        heading = f"{panel.title}, in focus" if place == 0 else panel.title
        words: list[Line] = [[(line, "plain")] for line in wrap(panel.words, width)]
        found.append(Section(heading, [words, *(_action(action, width) for action in own)]))
    for topic in dict.fromkeys(action.topic for action in left):
        same = [_action(action, width) for action in left if action.topic == topic]
        found.append(Section(topic, same))
    found += [_language(language, width) for language in languages]
    marks: list[list[Line]] = []
    for status in STATUSES:
        shown = look(status)
        marks.append([[(fit(shown.glyph, _KEYS), shown.ink), (shown.word, "plain")]])
    told: list[Line] = [[(line, "plain")] for line in wrap(_OWN_KEYS, width)]
    gone: list[Line] = [[(line, "plain")] for line in wrap(_NOTIFICATIONS, width)]
    return [
        *found,
        Section("Status", marks),
        Section("Notifications", [gone]),
        Section("Keys of your own", [told]),
    ]


def lines_of(parts: Iterable[Section], wanted: str = "") -> list[Line]:
    """Return sections as lines; with something wanted, only the entries in which it occurs.

    An action's id stands at the end: keys of one's own are given by it.
    """
    lines: list[Line] = []
    for part in parts:
        entries = [entry for entry in part.entries if _has(part, entry, wanted.lower())]
        if entries:
            lines.append([(part.heading.upper(), "faint")])
            lines += [line for entry in entries for line in entry]
            lines.append([])
    return lines or [[(f"Nothing here is about '{wanted}'.", "dim")]]


def _has(part: Section, entry: Sequence[Line], wanted: str) -> bool:
    text = " ".join([part.heading, *(text_of(line) for line in entry)])
    return all(word in text.lower() for word in wanted.split())


def _action(action: Action, width: int) -> list[Line]:
    """Return an action in as many lines as it takes; the id has one of its own if it must."""
    told = wrap(action.help, width - _KEYS)
    if width - _KEYS - len(told[-1]) < len(action.id) + 2:
        told.append("")
    named = fit_right(action.id, width - _KEYS - len(told[-1]))
    keys = [action.shown_keys, *[""] * (len(told) - 1)]
    ids = [*[""] * (len(told) - 1), named]
    return [
        [(fit(key, _KEYS), "key"), (part, "plain"), (name, "faint")]
        for key, part, name in zip(keys, told, ids, strict=True)
    ]


def _language(language: Language, width: int) -> Section:
    """Return what can be searched for: the fields of each kind, then how terms are put together."""
    texts, numbers, times = (
        list(each) for each in (language.texts, language.numbers, language.times)
    )
    rows = [
        ("texts", f"{', '.join(texts)}: {texts[0]}:part, {texts[0]}:one,other, {texts[0]}=whole"),
        ("numbers", f"{', '.join(numbers)}: {_first(numbers)}<10, also <= > >= = !=")
        if numbers
        else ("", ""),
        ("times", f"{', '.join(times)}: {_first(times)}<2d (ago), {_first(times)}>2026-11-20")
        if times
        else ("", ""),
        ("without", f"a word alone is looked for in {', '.join(language.anywhere)}"),
        ("any, none", f"{texts[0]}:none has no value, {texts[0]}:any has one"),
        ("-", f"before a term: its contrary, such as -{texts[0]}:part"),
        ('"…"', f'keeps spaces together: {texts[0]}:"two words"'),
    ]
    entries = [_field(name, words, width) for name, words in rows if name]
    return Section(f"Searching {language.thing.partition(' ')[2] or language.thing}s", entries)


def _first(names: Sequence[str]) -> str:
    return names[-1] if "age" in names else names[0]


def _field(name: str, words: str, width: int) -> list[Line]:
    told = wrap(words, width - _FIELD)
    names = [name, *[""] * (len(told) - 1)]
    return [
        [(fit(shown, _FIELD), "accent"), (part, "plain")]
        for shown, part in zip(names, told, strict=True)
    ]
