"""What is known of the place where a new job would run: a hosted service, or this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from tui.formats import count
from tui.screens.new_job_known import Known, Part, number_of_thousands
from tui.wording import number_of, size

if TYPE_CHECKING:
    from engine.outlook.outlook import Outlook
    from engine.planning import Plan
    from engine.pricing.figures import Source

_SOON_DAYS = 400
"""From so many days on, nobody counts them."""


def cost_of(outlook: Outlook) -> Iterator[Part]:
    """Say what a job at a service costs, and by which price."""
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


def service_of(known: Known) -> Iterator[Part]:
    """Say where the data goes, and what the service allows."""
    terms = known.outlook.terms
    if terms is None:
        return
    where = "a server of this machine" if terms.on_this_machine else "the data leaves this machine"
    yield f"{terms.host} ({terms.profile}): {where}", "plain" if terms.on_this_machine else "warn"
    if known.key is not None:
        yield known.key, "bad"
    if terms.methods:
        yield f"the model is trained by {', '.join(terms.methods)}", "dim"


def ends_of(outlook: Outlook, now: datetime) -> Iterator[Part]:
    """Say until when the service and the base model are there."""
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


def machine_of(known: Known) -> Iterator[Part]:
    """Say whether a slot is free on this machine, and how much room."""
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
        yield "nothing starts what waits yet: that takes `ftlab daemon`", "warn"


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
