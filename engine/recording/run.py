"""Making a recording: every question asked once, every answer recorded as soon as it is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import JobStateError
from engine.recording.contents import agreement, write_recording
from engine.recording.opening import open_service
from engine.recording.planning import renewed
from engine.recording.purse import Purse
from engine.recording.settings import questions_of
from engine.recording.work import Heard, Progress, Work
from engine.suites.prompts import keep
from store.ids import new_id
from store.leases import Lease
from store.queries import recordings as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from engine.recording.plan import RecordingPlan
    from store.queries.recordings import AnswerRow, RecordingRow

AT_ONCE = 8
AT_ONCE_HERE = 32
"""Under way at the model server of this machine: a batch of 16, and the next one in its line."""

_LEASE_SECONDS = 12.0
_LOOK = 0.5
LAPSED_AFTER = 14.0
"""Seconds after which nobody who was killed is taken for being at work any more."""


@dataclass(frozen=True, slots=True)
class Company:
    """What a recording shares with others that are made at the same time, or with whoever wants it.

    Attributes:
        purse: what is spent of; None for one of its own.
        service: where the model is, opened; None if it is to be opened.
        heard: told of each answer as soon as it is recorded.
    """

    purse: Purse | None = None
    service: Service | None = None
    heard: Heard | None = None


ALONE = Company()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a recording came to.

    Attributes:
        recording: as it is recorded now.
        asked: how many answers were asked for this time.
        refused: how many of the prompts the service would not answer, in the service's words.
        cut_off: how many of its answers end where no more was allowed.
        spent: US dollars of this time, as far as prices are known.
        stopped: why it ended before its end; None if it is whole.
    """

    recording: RecordingRow
    asked: int
    refused: dict[str, int]
    cut_off: int
    spent: float
    stopped: Exception | None


def record(
    lab: Lab,
    plan: RecordingPlan,
    progress: Progress | None = None,
    at_once: int = AT_ONCE,
    patience: float = LAPSED_AFTER,
) -> Outcome:
    """Ask what has no answer yet, and record every answer; what is whole is not asked again.

    It can be broken off anywhere: asked for again, it goes on with what is missing.

    Args:
        lab: where it is recorded.
        plan: what is asked.
        progress: told how far it has come.
        at_once: how many questions a service is asked at the same time.
        patience: seconds to wait for another process that is recording this model.

    Raises:
        JobStateError: if another process is recording this model.
        LimitError: if it would cost more than it may.
        LabError: if a model of this machine cannot be started.
    """
    plan.require_affordable()
    if (whole := _whole(lab, plan)) is not None:
        return whole
    if progress is not None:
        progress(plan.questions - len(plan.missing), plan.questions, 0.0)
    return asyncio.run(recorded(lab, plan, progress or unseen, at_once, patience))


def _whole(lab: Lab, plan: RecordingPlan) -> Outcome | None:
    """Return the recording that is whole already, if there is one."""
    if plan.done is None or plan.missing:
        return None
    return Outcome(plan.done, 0, {}, _cut_off(lab, plan), 0.0, None)


def unseen(_done: int, _total: int, _spent: float) -> None:
    """Tell nobody."""


async def recorded(
    lab: Lab,
    plan: RecordingPlan,
    progress: Progress,
    at_once: int = AT_ONCE,
    patience: float = LAPSED_AFTER,
    company: Company = ALONE,
) -> Outcome:
    """Make a recording, maybe beside others; see `record`."""
    async with held(lab, plan, patience):
        # Whoever held it before may have asked a part of it meanwhile.
        plan = renewed(lab, plan)
        if (whole := _whole(lab, plan)) is not None:
            return whole
        recording, cause = _begun(lab, plan)
        work = Work(lab, plan, recording, cause, progress, company.purse, company.heard)
        try:
            async with _service(lab, plan, company) as service:
                await work.go(service, at_once if plan.hosted else AT_ONCE_HERE)
            return await _ended(lab, plan, recording, work)
        except asyncio.CancelledError:
            _record_stop(lab, plan, recording, "interrupted")
            raise


@asynccontextmanager
async def held(lab: Lab, plan: RecordingPlan, patience: float) -> AsyncIterator[None]:
    """Be the only one who asks this model, once another process does so no more.

    Raises:
        JobStateError: if one still does after so many seconds of patience.
    """
    lease = Lease(lab.database, f"recording:{plan.subject}", lab.actor, seconds=_LEASE_SECONDS)
    until = time.monotonic() + patience
    while not lease.acquire():
        if time.monotonic() >= until:
            raise JobStateError(
                f"{plan.target.name} is being recorded already, by "
                f"{lease.holder() or 'somebody'}: wait until that is done"
            )
        await asyncio.sleep(_LOOK)
    renewing = asyncio.create_task(_renew(lease))
    try:
        yield
    finally:
        renewing.cancel()
        lease.release()


async def _renew(lease: Lease) -> None:
    while True:
        await asyncio.sleep(_LEASE_SECONDS / 6)
        lease.acquire()


def _begun(lab: Lab, plan: RecordingPlan) -> tuple[str, int]:
    """Record the plan, unless that has been done; return the recording's id and the plan's seq."""
    from store.events import RecordingPlanned

    if plan.open is not None:
        first = next(lab.log.read(stream=f"recording/{plan.open.id}"))
        return plan.open.id, first.seq
    content, _ = keep(lab.blobs, plan.prompts)
    earlier = queries.recording_list(lab.database.reader, plan.subject)
    drawn, price = plan.settings, plan.price
    fact = RecordingPlanned(
        id=new_id("rec"),
        version=len(earlier) + 1,
        model=plan.subject,
        name=plan.target.name,
        provider=plan.provider,
        remote_id=plan.remote_id,
        prompts=content,
        count=len(plan.prompts),
        parts=plan.parts,
        suite=plan.suite,
        seed=plan.seed,
        samples=drawn.samples,
        temperature=drawn.temperature,
        max_tokens=drawn.max_tokens,
        top_logprobs=drawn.top_logprobs,
        stop=list(drawn.stop),
        reused=plan.questions - len(plan.missing),
        estimate=None if price is None else price.about,
        at_most=None if price is None else price.at_most,
    )
    [event] = lab.log.append(f"recording/{fact.id}", fact, expected=0)
    return fact.id, event.seq


@asynccontextmanager
async def _service(lab: Lab, plan: RecordingPlan, company: Company) -> AsyncIterator[Service]:
    if company.service is not None:
        yield company.service
        return
    async with open_service(lab, plan) as service:
        yield service


async def _ended(lab: Lab, plan: RecordingPlan, recording: str, work: Work) -> Outcome:
    if work.stop is None:
        await _record_completion(lab, plan, recording)
    else:
        _record_stop(lab, plan, recording, str(work.stop))
    return Outcome(
        recording=queries.recording(lab.database.reader, recording),
        asked=work.answered + sum(work.refused.values()),
        refused=dict(work.refused),
        cut_off=_cut_off(lab, plan),
        spent=work.spent,
        stopped=work.stop,
    )


def _record_stop(lab: Lab, plan: RecordingPlan, recording: str, reason: str) -> None:
    from store.events import RecordingStopped

    answers, refused, cost = _tally(lab, plan)
    fact = RecordingStopped(reason=reason, answers=answers, refused=refused, cost=cost)
    lab.log.append(f"recording/{recording}", fact)


async def _record_completion(lab: Lab, plan: RecordingPlan, recording: str) -> None:
    from store.events import RecordingCompleted

    questions = list(questions_of(plan.prompts, plan.settings))
    found = queries.answers_of(lab.database.reader, plan.subject)
    # Beside the loop, for it renews the lease meanwhile.
    content, size = await asyncio.to_thread(write_recording, lab.blobs, questions, found)
    answers, refused, cost = _tally(lab, plan)
    fact = RecordingCompleted(
        content=content,
        bytes=size,
        answers=answers,
        refused=refused,
        agreement=agreement(questions, found),
        cost=cost,
    )
    lab.log.append(f"recording/{recording}", fact)


def _tally(lab: Lab, plan: RecordingPlan) -> tuple[int, int, float | None]:
    """Return how many answers and refusals it has, and what the answers cost together."""
    found = answers_in(lab, plan)
    answers = [answer for answer in found if answer.reply is not None]
    costs = [answer.cost for answer in answers if answer.cost is not None]
    return len(answers), len(found) - len(answers), sum(costs) if costs else None


def answers_in(lab: Lab, plan: RecordingPlan) -> list[AnswerRow]:
    """Return what there is of the answers that a recording is made of, refusals among them."""
    found = queries.answers_of(lab.database.reader, plan.subject)
    places = (question.place for question in questions_of(plan.prompts, plan.settings))
    return [found[place] for place in places if place in found]


def _cut_off(lab: Lab, plan: RecordingPlan) -> int:
    return sum(answer.finish_reason == "length" for answer in answers_in(lab, plan))
