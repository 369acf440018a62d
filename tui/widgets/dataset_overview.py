"""The overview of a dataset version: what it is, how it was made, and what describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from rich.cells import cell_len

from store.queries.datasets import CheckRow, CountRow, DatasetRow, checks_of, counts_of, dataset
from tui.cli.data.origins import cleaning_rows
from tui.formats import ago, count, fit, fit_right
from tui.ink import Line, Span, text_of
from tui.widgets.dataset_line import checked, made_in_words
from tui.widgets.dataset_numbers import histogram_lines, statistics_lines
from tui.widgets.job_view import JobView
from tui.wording import local_time, number_of, size
from tui.wrapping import wrap

_LABEL = 12
_TWO_COLUMNS_FROM = 92
_NOT_COUNTED = "not counted yet: T counts them, for the model that you name"
_NOT_CHECKED = "not checked yet: v checks it"


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for an overview, each list with the newest first."""

    version: DatasetRow
    counts: Sequence[CountRow] = ()
    checks: Sequence[CheckRow] = ()


class DatasetOverview(JobView):
    """Everything that is known of a version as a whole."""

    def read(self, job: str) -> Sequence[Line]:
        """Return the overview's lines, in two columns where there is room."""
        reader = self.lab.database.reader
        known = Known(dataset(reader, job), counts_of(reader, job), checks_of(reader, job))
        return dataset_overview(known, self.now(), self.room)


def dataset_overview(known: Known, now: datetime, width: int) -> list[Line]:
    """Return the lines of the overview for so many cells."""
    if width < _TWO_COLUMNS_FROM:
        return [*_about(known, now, width), [], *_tokens(known, width), *_cleaning(known, width)]
    half = (width - 2) // 2
    left = [*_about(known, now, half), *_cleaning(known, half)]
    return _beside(left, _tokens(known, half), half)


def _about(known: Known, now: datetime, width: int) -> list[Line]:
    version = known.version
    messages = number_of(version.messages, "message")
    what = "preference examples" if version.kind == "preference" else "chat examples"
    lines: list[Line] = [
        [("DATASET", "faint")],
        *_field("made", made_in_words(version.recipe_json) or "not known", width),
        *_field("examples", f"{count(version.examples)} {what}, {messages}", width),
        *_field("characters", count(version.characters), width),
        *_field("size", size(version.bytes), width),
    ]
    if version.left_out:
        lines += _field("left out", f"{count(version.left_out)} (4 shows which and why)", width)
    recorded = f"{ago(version.recorded_at, now)}, {local_time(version.recorded_at)}"
    lines += [
        *_field("recorded", recorded, width),
        *_field("id", version.id, width),
        *_field("content", version.content, width),
    ]
    return [*lines, [], *_checks(known, width)]


def _checks(known: Known, width: int) -> list[Line]:
    lines: list[Line] = [[("CHECKS", "faint")]]
    if not known.checks:
        return [*lines, [(_NOT_CHECKED, "dim")]]
    for check in known.checks:
        glyph, ink = checked(check.errors, check.warnings)
        found = f"{number_of(check.errors, 'error')}, {number_of(check.warnings, 'warning')}"
        model = f" for {check.model}" if check.model else ""
        told = fit(f"{found}{model} ({check.method})", width - 2).rstrip()
        lines.append([(f"{glyph[0]} ", ink), (told, "plain")])
    return lines


def _tokens(known: Known, width: int) -> list[Line]:
    if not known.counts:
        return [*_uncounted(known, width), []]
    newest, *others = known.counts
    statistics = json.loads(newest.statistics_json)
    total = statistics.get("total") or {}
    columns = [
        (title, statistics[name])
        for title, name in (
            ("tokens", "total"),
            ("assistant's", "assistant"),
            ("messages", "messages"),
        )
        if isinstance(statistics.get(name), dict)
    ]
    lines: list[Line] = [
        [(fit(f"TOKENS OF {newest.tokenizer}", width).rstrip(), "faint")],
        *(statistics_lines(columns, width) if columns else _totals(newest, width)),
        [],
        *histogram_lines(total, width),
    ]
    for each in others:
        lines += _field("also", f"{count(each.tokens)} of {each.tokenizer}", width)
    return [*lines, []]


def _totals(counted: CountRow, width: int) -> list[Line]:
    told = f"{count(counted.tokens)}, {count(counted.assistant_tokens)} the assistant's"
    return _field("in total", told, width)


def _uncounted(known: Known, width: int) -> list[Line]:
    """Say how to get tokens; the characters of the examples are known once it was checked."""
    lines: list[Line] = [[("TOKENS", "faint")], [(fit(_NOT_COUNTED, width).rstrip(), "dim")]]
    reports = (json.loads(check.report_json) for check in known.checks)
    described = (report.get("characters") or {} for report in reports)
    characters = next((found for found in described if found.get("histogram")), None)
    if characters is None:
        return lines
    return [
        *lines,
        [],
        [("CHARACTERS OF AN EXAMPLE", "faint")],
        *histogram_lines(characters, width),
    ]


def _cleaning(known: Known, width: int) -> list[Line]:
    recipe = json.loads(known.version.recipe_json)
    steps = cleaning_rows(recipe)
    if not steps:
        return []
    name = max(12, min(22, width - 30))
    lines: list[Line] = [[], [("CLEANING", "faint")]]
    before = ["(before)", "", "", str(recipe["clean"]["before"])]
    for row in (["", "changed", "left out", "examples"], before, *steps):
        cells = "".join(" " + fit_right(text, 9) for text in row[1:])
        is_title = row[0] == ""
        lines.append([(fit(row[0], name), "dim"), (cells, "faint" if is_title else "plain")])
    return lines


def _field(name: str, value: str, width: int) -> list[Line]:
    """Return a name with its value, which goes on below if it is long."""
    parts = wrap(value, max(8, width - _LABEL))
    names = [name, *[""] * (len(parts) - 1)]
    return [
        [(fit(label, _LABEL), "dim"), (part, "plain")]
        for label, part in zip(names, parts, strict=True)
    ]


def _beside(left: Sequence[Line], right: Sequence[Line], width: int) -> list[Line]:
    joined: list[Line] = []
    for one, other in zip_longest(left, right, fillvalue=()):
        gap: Span = (" " * max(2, width + 2 - cell_len(text_of(one))), "plain")
        joined.append([*one, gap, *other] if other else one)
    return joined
