"""What is known beforehand of a job, in lines, for the panel beside the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import prod
from typing import TYPE_CHECKING

from tui.formats import ago, count, duration, fit, number
from tui.harmless import harmless
from tui.ink import Ink, Line, Span
from tui.wording import number_of, size
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.data.versions.apart import Sighting
    from engine.outlook.data import Findings
    from engine.outlook.outlook import Outlook
    from engine.planning import Plan
    from engine.pricing.figures import Source
    from store.queries.datasets import DatasetRow

_TITLE = 9
_RULES = 4
_SOON_DAYS = 400
"""From so many days on, nobody counts them."""
_GLYPHS: dict[Ink, str] = {"good": "✓", "warn": "!", "bad": "✗", "accent": "●"}

Part = tuple[str, Ink]
"""A text and how it is meant: a glyph goes before what is good, odd or bad."""


@dataclass(frozen=True, slots=True)
class Checking:
    """How far the check of the data is.

    Attributes:
        seen: what was told of it.
        trouble: why it could not be made, if it could not.
        uncounted: why no tokens were counted, if they were not.
    """

    seen: Sighting | None = None
    trouble: str | None = None
    uncounted: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that the panel shows.

    Attributes:
        outlook: what is known of the job.
        checking: how far the check of its data is.
        key: what is wrong with the key of the service, if anything.
        waits: whether it shall wait in the queue.
        loose: what stands against the job and is beside no field in sight.
        why_not: why nothing can be started here.
    """

    outlook: Outlook
    checking: Checking = Checking()
    key: str | None = None
    waits: bool = False
    loose: tuple[str, ...] = ()
    why_not: str | None = None


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
        yield "COST", list(_cost(outlook))
    if outlook.dataset is not None:
        yield "DATA", [*_data(outlook.dataset, known), *_findings(known, now)]
    if hosted:
        yield "GOES TO", list(_service(known))
        yield "UNTIL", list(_ends(outlook, now))
    elif outlook.plan is not None:
        yield "STEPS", list(_steps(outlook.plan))
    yield "TIME", [_time(outlook)]
    if outlook.machine is not None:
        yield "HERE", list(_machine(known))
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


def number_of_thousands(amount: int, thing: str) -> str:
    """Say how many there are, the thousands apart."""
    return number_of(amount, thing).replace(str(amount), count(amount), 1)


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


def _cost(outlook: Outlook) -> Iterator[Part]:
    plan = outlook.plan
    if plan is None:
        waits = outlook.waits_for_check
        yield ("known when the data has been checked" if waits else "not known yet"), "dim"
        return
    estimate = plan.estimate
    if estimate is None:
        yield "no price is known", "warn"
        return
    by = " by the service's rule" if estimate.default_epochs else ""
    tokens = f"{count(estimate.billed_tokens)} tokens x {estimate.epochs} epochs{by}"
    reckoned = f"{tokens} x ${estimate.price.value:,.2f} a million"
    yield f"about ${estimate.usd:,.2f}: {reckoned}", "plain"
    yield _source(estimate.price.source), "dim"
    if estimate.truncated and estimate.limit is not None:
        cut = number_of_thousands(estimate.truncated, "example")
        yield f"{cut} cut at {count(estimate.limit.value)} tokens", "warn"


def _source(source: Source) -> str:
    return f"{source.title}, {source.date}"


def _time(outlook: Outlook) -> Part:
    known = outlook.duration
    if known is None:
        return "not known: nothing like it was trained before", "dim"
    each = "an example" if outlook.terms is None else "a million tokens"
    on = "the same data" if known.same_data else "other data"
    by = f"{known.job} on {on}, {number(known.each)} s {each}"
    return f"about {duration(known.seconds)}, by {by}", "plain"


def _service(known: Known) -> Iterator[Part]:
    terms = known.outlook.terms
    if terms is None:
        return
    where = "a server of this machine" if terms.on_this_machine else "the data leaves this machine"
    yield f"{terms.host} ({terms.profile}): {where}", "plain" if terms.on_this_machine else "warn"
    if known.key is not None:
        yield known.key, "bad"
    if terms.methods:
        yield f"the model is trained by {', '.join(terms.methods)}", "dim"


def _ends(outlook: Outlook, now: datetime) -> Iterator[Part]:
    terms = outlook.terms
    if terms is None:
        return
    today = now.date()
    if terms.closes is not None:
        over = terms.closes.value <= today
        words = "took no new jobs since" if over else "takes new jobs until"
        yield (
            f"{terms.profile} {words} {terms.closes.value}{_left(terms.closes.value, today)}",
            ("bad" if over else "warn"),
        )
        yield f"  {_source(terms.closes.source)}", "dim"
    if terms.retires is None:
        yield "nothing is known of the end of the base model", "dim"
        return
    over = terms.retires.value <= today
    words = "was shut down on" if over else "and what is made of it shut down on"
    last = terms.retires.value
    yield f"the base model {words} {last}{_left(last, today)}", "bad" if over else "warn"
    yield f"  {_source(terms.retires.source)}", "dim"


def _left(day: date, today: date) -> str:
    days = (day - today).days
    return f", in {number_of(days, 'day')}" if 0 < days < _SOON_DAYS else ""


def _machine(known: Known) -> Iterator[Part]:
    here = known.outlook.machine
    if here is None:
        return
    if known.waits:
        yield from _queue(known)
    elif here.free >= _width(known.outlook.plan):
        runs = f"beside {', '.join(here.running)}" if here.running else "nothing runs"
        yield f"a slot is free ({runs}): it starts at once", "good"
    else:
        names = ", ".join(here.running) or "jobs"
        slots = number_of(here.slots, "slot")
        yield f"no slot is free ({names} of {slots}): it would run beside them", "warn"
    yield from _room(known.outlook)


def _queue(known: Known) -> Iterator[Part]:
    here = known.outlook.machine
    if here is None:
        return
    before = f" behind {number_of(here.waiting, 'other')}" if here.waiting else ""
    yield f"it waits in the queue{before}", "plain"
    if here.starter is None:
        yield "nothing starts what waits: no daemon and no dashboard polls", "warn"


def _width(plan: Plan | None) -> int:
    devices = plan.hyperparameters.get("devices") if plan is not None else 1
    return devices if isinstance(devices, int) else 1


def _room(outlook: Outlook) -> Iterator[Part]:
    here, need = outlook.machine, outlook.need
    if here is None:
        return
    yield f"{size(here.disk)} free on disk, {size(here.memory)} of memory", "dim"
    if need is None:
        return
    tight = need.disk > here.disk or need.memory > here.memory
    words = f"all weights take about {size(need.disk)} of disk and {size(need.memory)} of memory"
    yield words, "warn" if tight else "dim"
