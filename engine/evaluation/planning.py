"""Planning an evaluation: what a model is asked, what scores its answers, and what that costs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.chatting import targets
from engine.errors import RequestError
from engine.evaluation.answers import reference_digest
from engine.evaluation.choosing import needs_another, reads_references, scorers_for
from engine.evaluation.hosted_references import never_told
from engine.evaluation.judging import Case, judge_target, plan_judgement
from engine.evaluation.plan import EvaluationPlan, EvaluationWish
from engine.recording import planning as recording_planning
from engine.recording.own_data import SUITE
from engine.recording.plan import RecordingPlan, Wish
from engine.recording.planning import subject_of
from engine.scoring.answer import Answer
from engine.scoring.judged import Judge
from engine.scoring.registry import BUILT_IN, to_json
from engine.scoring.scoring import scored
from engine.suites.prompts import Prompt, kept, text_of
from store.errors import NotFoundError
from store.queries import evaluations as queries
from store.queries.models import model as model_row
from store.queries.suites import suite as suite_row
from store.recording_status import COMPLETED

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.recording.costs import Price
    from engine.scoring.scorer import Scorer
    from store.queries.evaluations import EvaluationRow
    from store.queries.suites import SuiteRow

_LIKE_AN_ANSWER = "word " * 100
"""For the price of judging where nobody knows what the answers are like."""


_TRIED = Answer("a", "a", other=Answer("a"))
"""What scorers are tried with."""


def plan(
    lab: Lab,
    suite: str,
    model: str,
    wish: EvaluationWish,
    provider: str | None = None,
    progress: targets.Progress | None = None,
) -> EvaluationPlan:
    """Settle how a model would be evaluated, without asking or recording anything.

    Args:
        lab: where the suite and the model are.
        suite: its name, `name@version` or id.
        model: see `engine.chatting.targets.find`.
        wish: what is asked for.
        provider: see there.
        progress: told while a base model is made ready.

    Raises:
        NotFoundError: if there is no such model or suite.
        RequestError: if nothing could be scored, or no service could answer so.
        ScorerError: if a scorer of the suite is not installed here.
        MissingPackageError: if a package that a scorer needs is not.
        LabError: if there is no key for the service.
    """
    if wish.samples and wish.temperature == 0:
        raise RequestError("--samples at --temperature 0 would all be the same: draw them above 0")
    chosen = suite_row(lab.database.reader, suite)
    recording = recording_planning.plan(
        lab,
        model,
        Wish(
            suite=chosen.id,
            samples=wish.samples,
            temperature=wish.temperature,
            max_tokens=wish.max_tokens,
            max_cost=wish.max_cost,
        ),
        provider,
        progress,
    )
    prompts = tuple(replace(each, part=SUITE) for each in kept(lab.blobs, chosen.content))
    scorers = scorers_for(chosen, prompts, wish.scorers)
    _require_scorable(chosen, prompts, scorers, wish)
    _require_packages(scorers)
    against = None if wish.against is None else _other(lab, wish.against, provider)
    unread = _unread(lab, recording, prompts, scorers)
    prices = recording.prices
    return EvaluationPlan(
        suite=chosen,
        prompts=prompts,
        recording=recording,
        scorers=scorers,
        against=against,
        unread=unread,
        judgement=_judgement(lab, prompts, scorers),
        judged_at_a_service=bool(_judges_at_services(lab, scorers)),
        open=_open(lab, chosen, recording, scorers, against),
        reading=None if prices is None else prices.readings(unread),
    )


def _require_scorable(
    suite: SuiteRow, prompts: Sequence[Prompt], scorers: Sequence[Scorer], wish: EvaluationWish
) -> None:
    if not scorers:
        raise RequestError(
            f"no prompt of {suite.name} has an answer that is hoped for, and it has no scorer: "
            "name one that needs none, such as --scorer regex:^yes$ (`ftlab suite scorers` lists "
            "all)"
        )
    for scorer in scorers:
        if needs_another(scorer) and wish.against is None:
            raise RequestError(
                f"{scorer.about.id} holds answers beside those of another model: say of which, "
                "with --against MODEL"
            )
    hoping = any(prompt.reference is not None for prompt in prompts)
    if not hoping and all(scorer.needs_reference or reads_references(scorer) for scorer in scorers):
        raise RequestError(
            f"no prompt of {suite.name} has an answer that is hoped for, which "
            f"{scorers[0].about.id} needs"
        )


def _require_packages(scorers: Sequence[Scorer]) -> None:
    """See that the packages are there that scorers of ftlab's need, before answers are paid for.

    Raises:
        MissingPackageError: if one is not.
    """
    for scorer in scorers:
        if scorer.about.id in BUILT_IN:
            scored(scorer, _TRIED)


def _other(lab: Lab, reference: str, provider: str | None) -> str:
    """Return what the answers of the other model are recorded under; it need not live any more."""
    try:
        return model_row(lab.database.reader, reference).id
    except NotFoundError:
        return subject_of(targets.find(lab, reference, provider))


def _unread(
    lab: Lab, recording: RecordingPlan, prompts: Sequence[Prompt], scorers: Sequence[Scorer]
) -> tuple[Prompt, ...]:
    """Return the prompts whose references the model is still to read."""
    if not any(map(reads_references, scorers)) or _is_never_told(recording):
        return ()
    known = queries.likelihoods_of(lab.database.reader, recording.subject)
    return tuple(
        prompt
        for prompt in prompts
        if prompt.reference is not None and (prompt.digest, reference_digest(prompt)) not in known
    )


def _is_never_told(recording: RecordingPlan) -> bool:
    target = recording.target
    return isinstance(target, targets.HostedTarget) and never_told(target.profile) is not None


def _judgement(lab: Lab, prompts: Sequence[Prompt], scorers: Sequence[Scorer]) -> Price | None:
    """Guess what judges will cost, with the references in place of the answers."""
    found: list[Price] = []
    for judge in _judges_at_services(lab, scorers):
        texts = (text_of(each.reference) or _LIKE_AN_ANSWER for each in prompts)
        cases = (Case(prompt, text, text) for prompt, text in zip(prompts, texts, strict=True))
        price = plan_judgement(lab, judge, cases).price
        if price is None:
            return None
        found.append(price)
    return sum(found[1:], found[0]) if found else None


def _judges_at_services(lab: Lab, scorers: Sequence[Scorer]) -> list[Judge]:
    return [
        scorer
        for scorer in scorers
        if isinstance(scorer, Judge) and isinstance(judge_target(lab, scorer), targets.HostedTarget)
    ]


def _open(
    lab: Lab,
    suite: SuiteRow,
    recording: RecordingPlan,
    scorers: Sequence[Scorer],
    against: str | None,
) -> EvaluationRow | None:
    """Find an evaluation of the very same that did not come to its end."""
    wanted = [to_json(scorer) for scorer in scorers]
    settings = recording.settings
    for row in queries.evaluation_list(lab.database.reader, recording.subject, suite.id):
        same = (
            row.status != COMPLETED
            and json.loads(row.scorers_json) == wanted
            and row.against == against
            and (row.samples, row.max_tokens) == (settings.samples, settings.max_tokens)
            and (not settings.samples or row.temperature == settings.temperature)
        )
        if same:
            return row
    return None
