"""What is known beforehand of a job, in lines, for the panel beside the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import prod
from typing import TYPE_CHECKING

from tui.formats import ago, count, duration, fit, number
from tui.harmless import harmless
from tui.ink import Ink, Line, Span
from tui.screens.new_job_known import Known, Part, number_of_thousands
from tui.screens.new_job_places import cost_of, ends_of, machine_of, service_of
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.outlook.data import Findings
    from engine.outlook.outlook import Outlook
    from engine.planning import Plan
    from store.queries.datasets import DatasetRow

_TITLE = 9
_RULES = 4
_GLYPHS: dict[Ink, str] = {"good": "✓", "warn": "!", "bad": "✗", "accent": "●"}


def panel_lines(known: Known, width: int, now: datetime) -> list[Line]:
    """Return what is known of a job, in lines of so many cells."""
    found: list[Line] = []
    for title, parts in _sections(known, now):
        found += _section(title, parts, width)
    return found


def _section(title: str, parts: Iterable[Part], width: int) -> Iterator[Line]:
    room = max(8, width - _TITLE)
    head = fit(title, _TITLE)
    for text, ink in parts:
        glyph = _GLYPHS.get(ink, "")
        for number_of_line, line in enumerate(wrap(harmless(text), room - 2 if glyph else room)):
            spans: list[Span] = [(head, "faint")]
            if glyph:
                spans.append((f"{glyph if number_of_line == 0 else ' '} ", ink))
            yield [*spans, (line, "plain" if ink in ("good", "accent") else ink)]
            head = " " * _TITLE


def _sections(known: Known, now: datetime) -> Iterator[tuple[str, list[Part]]]:
    outlook = known.outlook
    wrong: list[Part] = [(words, "bad") for words in known.loose]
    if known.why_not is not None:
        wrong.append((known.why_not, "warn"))
    if wrong:
        yield "BUT", wrong
    hosted = outlook.terms is not None
    if hosted:
        yield "COST", list(cost_of(outlook))
    if outlook.dataset is not None:
        yield "DATA", [*_data(outlook.dataset, known), *_findings(known, now)]
    if hosted:
        yield "GOES TO", list(service_of(known))
        yield "UNTIL", list(ends_of(outlook, now))
    elif outlook.plan is not None:
        yield "STEPS", list(_steps(outlook.plan))
    yield "TIME", [_time(outlook)]
    if outlook.machine is not None:
        yield "HERE", list(machine_of(known))
    if outlook.plan is not None:
        yield "EVAL", [_validation(outlook.plan)]
    if outlook.plan is not None and outlook.plan.notes:
        yield "NOTE", [(note, "dim") for note in outlook.plan.notes]


def _data(row: DatasetRow, known: Known) -> Iterator[Part]:
    words = [f"{row.name}@{row.version}", number_of_thousands(row.examples, "example")]
    found = known.outlook.findings
    if found is not None and found.tokens is not None:
        words.append(f"{count(found.tokens)} tokens ({found.tokenizer})")
        if found.longest is not None:
            words.append(f"the longest has {count(found.longest)}")
    yield " · ".join(words), "plain"
    wanted = known.outlook.wanted
    why = known.checking.uncounted or (wanted.uncounted if wanted is not None else None)
    if why is not None and (found is None or found.tokens is None):
        yield f"tokens: {why}", "dim"


def _findings(known: Known, now: datetime) -> Iterator[Part]:
    outlook, checking = known.outlook, known.checking
    if outlook.findings is not None:
        yield from _found(outlook.findings, now)
        return
    if checking.trouble is not None:
        yield f"not checked: {checking.trouble}", "warn"
    elif checking.seen is not None:
        part = f", {checking.seen.part:.0%}" if checking.seen.part < 1 else ""
        yield f"being checked{part} …", "dim"
        if checking.seen.rows is not None:
            told = f"the first {count(checking.seen.rows)} rows: "
            yield told + _counted(checking.seen.errors, checking.seen.warnings), "dim"
    if outlook.earlier is not None:
        of = f" for {outlook.earlier.model}" if outlook.earlier.model else ""
        counted = _counted(outlook.earlier.errors, outlook.earlier.warnings)
        yield f"checked{of} {ago(outlook.earlier.checked_at, now)}: {counted}", "dim"


def _found(found: Findings, now: datetime) -> Iterator[Part]:
    ink: Ink = "bad" if found.errors else "warn" if found.warnings else "good"
    when = ago(found.checked_at, now)
    yield f"{_counted(found.errors, found.warnings)} · checked {when}", ink
    for severity, rule, times in found.rules[:_RULES]:
        if severity != "note":
            yield f"  {rule.replace('-', ' ')} {count(times)}", "dim"
    for words in found.first[:1]:
        yield f"  {words}", "dim"


def _counted(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "no findings"
    told = [number_of_thousands(errors, "error")] if errors else []
    told += [number_of_thousands(warnings, "warning")] if warnings else []
    return ", ".join(told)


def _validation(plan: Plan) -> Part:
    row = plan.validation
    if row is None:
        return "nothing to evaluate on", "dim"
    own = "" if plan.request.validation else ", of the same split"
    return f"{row.name}@{row.version}, {number_of_thousands(row.examples, 'example')}{own}", "plain"


def _steps(plan: Plan) -> Iterator[Part]:
    settings = plan.hyperparameters
    if settings.get("packing"):
        yield "known when training starts: packing decides how many rows there are", "dim"
        return
    if plan.total_steps is None:
        return
    sizes = (settings.get(name) for name in ("devices", "batch_size", "gradient_accumulation"))
    of = prod(each for each in sizes if isinstance(each, int))
    examples = number_of_thousands(plan.dataset.examples, "example")
    epochs = f"{settings['epochs']:g} epochs of {examples}"
    yield f"{count(plan.total_steps)} · {of} examples a step · {epochs}", "plain"


def _time(outlook: Outlook) -> Part:
    known = outlook.duration
    if known is None:
        return "not known: nothing like it was trained before", "dim"
    each = "an example" if outlook.terms is None else "a million tokens"
    on = "the same data" if known.same_data else "other data"
    by = f"{known.job} on {on}, {number(known.each)} s {each}"
    return f"about {duration(known.seconds)}, by {by}", "plain"
