"""Planning a recording: which model is asked what, how often, and for how much."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.chatting import targets
from engine.chatting.reaching import reach_hosted
from engine.chatting.targets import HostedTarget, Target
from engine.errors import RequestError
from engine.pricing.catalogue import catalogue
from engine.recording.costs import Prices, counter_of
from engine.recording.own_data import SUITE, has_data, is_gone, own_prompts
from engine.recording.plan import RecordingPlan, Wish
from engine.recording.reading import settings_of
from engine.recording.settings import (
    REASONING_TOKENS,
    USUAL_TOKENS,
    Question,
    Settings,
    questions_of,
)
from engine.suites.prompts import Prompt, content_of, distinct, kept
from store.queries import recordings as queries
from store.queries.models import ModelRow, model_list
from store.queries.suites import suite
from store.recording_status import COMPLETED
from store.times import now

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.pricing.inference import Rates
    from store.queries.suites import SuiteRow

USUAL_PROMPTS = 50
"""How many prompts of a model's own data are asked if nobody says what to ask."""

_HIGHEST_SEED = 2**63 - 1
_USUAL_TEMPERATURE = 1.0
"""What services take if they are told nothing."""


def plan(
    lab: Lab,
    model: str,
    wish: Wish,
    provider: str | None = None,
    progress: targets.Progress | None = None,
) -> RecordingPlan:
    """Settle what a model would be asked, without asking or recording anything.

    Args:
        lab: where the model and its data are.
        model: see `engine.chatting.targets.find`.
        wish: what is asked for.
        provider: see there.
        progress: told while a base model is made ready.

    Raises:
        NotFoundError: if there is no such model or suite.
        RequestError: if there is nothing to ask, or no service could do so.
        LabError: if there is no key for the service.
    """
    if abs(wish.seed) > _HIGHEST_SEED:
        raise RequestError(f"--seed is {wish.seed}: it can be up to {_HIGHEST_SEED}")
    target = targets.find(lab, model, provider, progress)
    row = target.row if isinstance(target, HostedTarget) else _row(lab, target.id)
    chosen = None if wish.suite is None else suite(lab.database.reader, wish.suite)
    prompts = _prompts(lab, target, row, chosen, wish)
    settings, source = _settings(lab, target, chosen, wish)
    found = plan_prompts(lab, target, prompts, settings, _limit(lab, wish))
    suite_id = None if chosen is None else chosen.id
    return replace(found, temperature_from=source, suite=suite_id, seed=wish.seed)


def plan_prompts(
    lab: Lab,
    target: Target,
    prompts: Sequence[Prompt],
    settings: Settings,
    limit: float | None = None,
) -> RecordingPlan:
    """Settle how a model would be asked prompts that are neither a suite nor its own data.

    Args:
        lab: where its answers are.
        target: the model.
        prompts: what it is asked, each of them once.
        settings: how its answers are drawn.
        limit: US dollars that it may cost; None for no limit.
    """
    subject = subject_of(target)
    missing = _missing(lab, subject, prompts, settings)
    rates, prices = _priced(lab, target, prompts)
    found = RecordingPlan(
        target=target,
        subject=subject,
        prompts=tuple(prompts),
        settings=settings,
        temperature_from="as asked for",
        suite=None,
        seed=0,
        missing=missing,
        rates=rates,
        prices=prices,
        price=None if prices is None else prices.total(missing),
        limit=limit,
        open=None,
        done=None,
    )
    return _with_earlier(lab, found)


def renewed(lab: Lab, found: RecordingPlan) -> RecordingPlan:
    """Return a plan with what is missing, and what was begun before, as of now."""
    still = _missing(lab, found.subject, found.prompts, found.settings)
    # In the order of the plan, for whoever settled one.
    places = {question.place: number for number, question in enumerate(found.missing)}
    last = len(places)
    missing = tuple(sorted(still, key=lambda question: places.get(question.place, last)))
    price = None if found.prices is None else found.prices.total(missing)
    return _with_earlier(lab, replace(found, missing=missing, price=price))


def _missing(
    lab: Lab, subject: str, prompts: Sequence[Prompt], settings: Settings
) -> tuple[Question, ...]:
    """Return the questions without an answer, refused ones among them."""
    known = queries.answers_of(lab.database.reader, subject)
    return tuple(
        question
        for question in questions_of(prompts, settings)
        if question.place not in known or known[question.place].reply is None
    )


def subject_of(target: Target) -> str:
    """Return what the answers of a model are recorded under."""
    if isinstance(target, HostedTarget):
        return target.row.id if target.row else f"{target.profile.name}/{target.name}"
    return target.id if target.id.startswith("mdl_") else f"{targets.LOCAL}/{target.id}"


def _row(lab: Lab, model: str) -> ModelRow | None:
    return next((row for row in model_list(lab.database.reader) if row.id == model), None)


def _prompts(
    lab: Lab, target: Target, row: ModelRow | None, chosen: SuiteRow | None, wish: Wish
) -> list[Prompt]:
    prompts: list[Prompt] = []
    if chosen is not None:
        prompts += (replace(prompt, part=SUITE) for prompt in kept(lab.blobs, chosen.content))
    wanted = wish.from_data
    if wanted is None and chosen is None:
        wanted = USUAL_PROMPTS
    if wanted:
        if row is None or not has_data(lab, row):
            raise RequestError(_no_data(lab, target, row))
        prompts += own_prompts(lab, row, wanted, wish.seed)
    if not prompts:
        raise RequestError(f"there is nothing to ask {target.name}: name a --suite, or --from-data")
    return distinct(prompts)


def _no_data(lab: Lab, target: Target, row: ModelRow | None) -> str:
    where = ""
    if row and row.remote_id:
        where = f" (`ftlab import openai --profile {row.provider}` rescues it)"
        if is_gone(lab, row):
            where = f" (it was deleted at {row.provider})"
    return (
        f"what {target.name} was trained on is not kept here{where}: say what to ask with --suite "
        "(`ftlab suite add questions.txt --name NAME` makes one)"
    )


def _settings(
    lab: Lab, target: Target, chosen: SuiteRow | None, wish: Wish
) -> tuple[Settings, str]:
    temperature, source = _temperature(lab, target, chosen, wish)
    stop, limit = wish.stop, wish.max_tokens
    if chosen is not None:
        stop = tuple(json.loads(chosen.stop_json)) if stop is None else stop
        limit = limit or chosen.max_tokens
    settings = Settings(
        samples=wish.samples,
        temperature=temperature,
        max_tokens=_usual_tokens(lab, target) if limit is None else limit,
        top_logprobs=wish.top_logprobs,
        stop=stop or (),
    )
    return settings, source


def _usual_tokens(lab: Lab, target: Target) -> int:
    """Return the usual longest answer: models that reason need room for what they do not say."""
    if not isinstance(target, HostedTarget):
        return USUAL_TOKENS
    known = catalogue(lab.places.prices).get(target.base or target.name)
    reasons = known is not None and known.trained_by == ("reinforcement",)
    return REASONING_TOKENS if reasons else USUAL_TOKENS


def _temperature(
    lab: Lab, target: Target, chosen: SuiteRow | None, wish: Wish
) -> tuple[float, str]:
    if wish.temperature is not None:
        return wish.temperature, "as asked for"
    if chosen is not None and chosen.temperature is not None:
        return chosen.temperature, f"of the suite {chosen.name}"
    used = queries.used_temperature(lab.database.reader, target.id)
    if used is not None:
        return used, "as in most chats with it"
    return _USUAL_TEMPERATURE, "as services take where nothing is said"


def _priced(
    lab: Lab, target: Target, prompts: Sequence[Prompt]
) -> tuple[Rates | None, Prices | None]:
    if not isinstance(target, HostedTarget):
        return None, None
    rates = reach_hosted(target, lab.places.prices, now).rates
    if rates is None:
        return None, None
    counter = counter_of(target.base or target.name, lab.places.home)
    return rates, Prices(rates, counter, prompts)


def _limit(lab: Lab, wish: Wish) -> float | None:
    from engine.config.settings import Settings as Configuration

    if wish.max_cost is None:
        return Configuration.read(lab.places).budget.value
    if not wish.max_cost >= 0:
        raise RequestError(f"--max-cost is {wish.max_cost:g}: it can be 0 and more")
    return wish.max_cost


def _with_earlier(lab: Lab, found: RecordingPlan) -> RecordingPlan:
    """Find recordings of the very same: one to go on with, or one that is whole."""
    rows = queries.recording_list(lab.database.reader, found.subject)
    content = content_of(found.prompts)
    same = [row for row in rows if row.prompts == content and settings_of(row) == found.settings]
    done = next((row for row in same if row.status == COMPLETED), None)
    going = next((row for row in same if row.status != COMPLETED), None)
    return replace(found, open=going, done=done)
