"""What a check of a version found: rule by rule, with the rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.message import Message

from store.queries.datasets import CheckRow, checks_of
from tui.background import Background, Failure
from tui.formats import ago, count, fit, fit_right
from tui.harmless import harmless
from tui.ink import Ink, Line
from tui.widgets.row_list import RowList
from tui.wording import number_of
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.lab import Lab

_NOT_CHECKED = "Not checked yet: v checks it."
_LOOKS: dict[str, tuple[str, Ink]] = {
    "error": ("✗", "bad"),
    "warning": ("!", "warn"),
    "note": ("·", "dim"),
}
_RULE, _COUNT, _PLACE = 28, 7, 12


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in a row, or in the dataset as a whole.

    Attributes:
        severity: `error`, `warning` or `note`.
        rule: the rule's name.
        row: the row's number from 1; None for the dataset as a whole.
        words: what is wrong, and where in the row.
        excerpt: the beginning of the offending text.
    """

    severity: str
    rule: str
    row: int | None
    words: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class FoundRule:
    """A rule that found something: how often, and what it wants."""

    severity: str
    name: str
    count: int
    explanation: str


Item = str | FoundRule | Finding
"""A line of the list: words about the check, a rule, or what it found."""


def items_of(check: CheckRow, now: datetime, place: tuple[int, int] = (1, 1)) -> list[Item]:
    """Return the lines of a check.

    Args:
        check: the check.
        now: the time that its age is told by.
        place: which one it is, of how many.
    """
    report = json.loads(check.report_json)
    model = f" for {check.model}" if check.model else ""
    head = f"checked{model} ({check.method}) {ago(check.checked_at, now)}"
    found = f"{number_of(check.errors, 'error')}, {number_of(check.warnings, 'warning')}"
    more = f" · {place[0]} of {place[1]}: m shows the next" if place[1] > 1 else ""
    items: list[Item] = [f"{report.get('verdict', 'checked')}: {found}", f"{head}{more}"]
    if "tier" in report:
        epochs = report.get("default_epochs")
        trained = f"; a provider trains {epochs} epochs by default" if epochs else ""
        items.append(f"so many examples are {report['tier']}{trained}")
    items += [f"not looked for: {skipped}" for skipped in report.get("skipped", ())]
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for each in report.get("findings", ()):
        by_rule[each["rule"]].append(_finding(each))
    for rule in report.get("rules", ()):
        name = rule["rule"]
        items.append(FoundRule(rule["severity"], name, rule["count"], rule["explanation"]))
        items += by_rule[name]
        if left := rule["count"] - len(by_rule[name]):
            items.append(f"{'':>4}… and {count(left)} more of this rule")
    if not report.get("rules"):
        items.append("nothing was found")
    return items


def _finding(found: dict[str, Any]) -> Finding:
    place = f"{found['place']}: " if found.get("place") else ""
    words = harmless(f"{place}{found['message']}")
    return Finding(
        found["severity"], found["rule"], found.get("line"), words, harmless(found["excerpt"])
    )


def item_line(item: Item, width: int) -> Line:
    """Return a line of the list in so many cells."""
    if isinstance(item, str):
        return [(fit(harmless(item), width), "dim")]
    glyph, ink = _LOOKS.get(item.severity, ("?", "warn"))
    if isinstance(item, FoundRule):
        rule = min(_RULE, max(10, width - _COUNT - 3))
        rest = max(0, width - rest_of(rule))
        return [
            (f"{glyph} ", ink),
            (fit(item.name, rule), "strong"),
            (fit_right(count(item.count), _COUNT), ink),
            ("  " + fit(item.explanation, rest) if rest > 10 else "", "dim"),
        ]
    place = "the whole" if item.row is None else f"row {count(item.row)}"
    rest = max(0, width - _PLACE - 4)
    words = fit(item.words, rest) if not item.excerpt else item.words
    shown = min(len(words), rest)
    return [
        ("    ", "plain"),
        (fit(place, _PLACE), "accent" if item.row is not None else "dim"),
        (fit(words, shown), "plain"),
        ("  " + fit(item.excerpt, rest - shown - 2) if rest - shown > 8 else "", "faint"),
    ]


def rest_of(rule: int) -> int:
    """Return the cells of a rule's line before its explanation."""
    return 2 + rule + _COUNT + 2


class FindingRows(RowList, Background):
    """A row a finding, under the rule that found it.

    Args:
        lab: where to read.
        now: tells the time.
        name: its id on the screen.
    """

    @dataclass
    class WereRead(Message):
        """The checks of a version were read."""

        version: str
        checks: list[CheckRow]

    def __init__(self, lab: Lab, now: Callable[[], datetime], name: str) -> None:
        super().__init__(id=name)
        self._lab, self._now = lab, now
        self.wanted: str | None = None
        self.shown: str | None = None
        self._checks: Sequence[CheckRow] = ()
        self._place = 0
        self._items: Sequence[Item] = ()

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._items)

    def row(self, place: int, width: int) -> Line:
        """Return what a line says."""
        return item_line(self._items[place], width)

    @property
    def selected(self) -> Finding | None:
        """The finding under the cursor."""
        item = self._items[self.cursor] if self.cursor < len(self._items) else None
        return item if isinstance(item, Finding) else None

    @property
    def findings(self) -> Sequence[Finding]:
        """All findings that are listed."""
        return [item for item in self._items if isinstance(item, Finding)]

    def look(self, version: str | None) -> None:
        """Show what was found in this version, or read it again."""
        self.wanted = version
        if version is None:
            self._show("", [])
            return
        database = self._lab.database
        self.in_background(
            "read", lambda: self.WereRead(version, checks_of(database.reader, version))
        )

    def come_up(self, version: str | None) -> None:
        """Be shown after another panel."""
        self.look(version)

    def on_finding_rows_were_read(self, message: WereRead) -> None:
        """Show the newest check."""
        message.stop()
        if message.version != self.wanted:
            return
        if message.version != self.shown or len(message.checks) != len(self._checks):
            self._place = 0
        self._checks = message.checks
        self._show_check()

    def next_check(self) -> bool:
        """Show the next check of the version; tell whether there is another."""
        if len(self._checks) < 2:
            return False
        self._place = (self._place + 1) % len(self._checks)
        self._show_check(anew=True)
        return True

    def _show_check(self, *, anew: bool = False) -> None:
        items: list[Item] = [_NOT_CHECKED]
        if self._checks:
            place = (self._place + 1, len(self._checks))
            items = items_of(self._checks[self._place], self._now(), place)
        self._show(self.wanted or "", items, anew=anew)

    def _show(self, version: str, items: Sequence[Item], *, anew: bool = False) -> None:
        before = self.in_sight()
        self._items = items
        fresh = anew or version != self.shown
        self.shown = version
        cursor = 0 if fresh else min(self.cursor, max(0, len(items) - 1))
        self.rows_changed(before, cursor, 0 if fresh else None)

    def work_failed(self, failure: Failure) -> None:
        """Say in the list itself that it could not be read."""
        self._show(self.wanted or "", list(wrap(f"Could not be read: {failure.words}", self.room)))
