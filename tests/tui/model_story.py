"""Models of every kind at a fixed moment: hosted, dying, gone, trained further, rebuilt here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from store.events import (
    Evaluation,
    EvaluationCompleted,
    EvaluationPlanned,
    Fact,
    JobPlanned,
    JobSucceeded,
    ModelGone,
    ModelRegistered,
    ModelRetirementAnnounced,
    ModelTagged,
    SuiteDefined,
    TagComparison,
    TagFigure,
)
from store.log import Entry, EventLog, Write
from tests.tui.conftest import NOW

SMOL, MINI, OLD = "smollm2-135m-instruct", "gpt-4o-mini-2024-07-18", "gpt-3.5-turbo-0125"
BOT = f"ft:{MINI}:acme:support:Bx81kAQ2"
LONG = "a-name-that-goes-on-" * 5
WIDE = "非常に長い名前のモデル-日本語のサポート用モデル-第二版"
RIGHT_TO_LEFT = "نموذج الدعم"


def model(
    key: str,
    name: str,
    base: str,
    days: int,
    *later: Fact,
    kind: str = "adapter",
    job: str | None = None,
    before: Evaluation | None = None,
    after: Evaluation | None = None,
    dataset: str | None = "ds_1",
) -> Write:
    """Return what records a model that was made so many days before now."""
    hosted = kind == "hosted"
    fact = ModelRegistered(
        id=f"mdl_{key}",
        name=name,
        kind=kind,
        base_model=base,
        job=job,
        dataset=dataset,
        hyperparameters={"n_epochs": 3} if hosted else {},
        path=None if hosted else f"models/mdl_{key}",
        before=before,
        after=after,
        provider="openai" if hosted else "local",
        remote_id=name if hosted else None,
    )
    at = NOW - timedelta(days=days)
    return Write(f"model/mdl_{key}", [Entry(each, occurred=at) for each in (fact, *later)])


def job(key: str, name: str, base: str, days: int, **options: str) -> Write:
    """Return what records the job that made a model of this machine."""
    plan = JobPlanned(
        name=name,
        provider="local",
        base_model=base,
        method="lora",
        hyperparameters={"epochs": 3, "learning_rate": 5e-4, "packing": True},
        dataset="ds_1",
        validation="ds_2",
        seed=42,
        model=f"mdl_{key}",
        options=options,
    )
    at = NOW - timedelta(days=days)
    done = JobSucceeded(model=f"mdl_{key}")
    return Write(f"job/job_{key}", [Entry(plan, occurred=at), Entry(done, occurred=at)])


def scores(loss: float, perplexity: float, accuracy: float | None = None) -> Evaluation:
    return Evaluation(loss=loss, perplexity=perplexity, accuracy=accuracy, examples=40)


def _hosted(key: str, name: str, base: str, days: int, *later: Fact) -> Write:
    return model(key, name, base, days, *later, kind="hosted", dataset=None)


def _tags(*tags: str) -> Sequence[Fact]:
    return [ModelTagged(tag=tag) for tag in tags]


def tell_models(log: EventLog) -> None:
    """Record them all."""
    old = ModelRetirementAnnounced(date="2026-11-01")
    soon = ModelRetirementAnnounced(date="2026-12-02")
    later = ModelRetirementAnnounced(date="2027-01-14")
    gone = ModelGone(reason="the service no longer knows it")
    here, facts = scores(2.81, 16.6, 0.412), scores(6.2, 492.7)
    after = scores(1.12, 3.06, 0.688)
    log.append_all(
        [
            _hosted("h1", BOT, MINI, 200, later, *_tags("prod", "support/eu")),
            _hosted("h2", f"ft:{MINI}:acme:support-v2:Dx99kAQ2", BOT, 140, soon),
            _hosted("g1", f"ft:{OLD}:acme::3pY2GuUz", OLD, 300, old),
            _hosted("g2", f"ft:{OLD}:acme:old:9pY2GuUz", OLD, 301, gone),
            job("l1", "support-here", SMOL, 3, recreates="mdl_h1"),
            model("l1", "support-here", SMOL, 3, job="job_l1", before=here, after=after),
            job("l2", "facts", "tiny-t5", 9),
            model(
                "l2",
                "facts",
                "tiny-t5",
                9,
                kind="full",
                job="job_l2",
                before=facts,
                after=scores(0.31, 1.36),
            ),
            job("l3", "answers", "mdl_l2", 8, **{"from": "mdl_l2"}),
            model(
                "l3",
                "answers",
                "mdl_l2",
                8,
                *_tags("best", "eu/candidate"),
                kind="full",
                job="job_l3",
                before=scores(0.9, 2.46),
                after=scores(0.42, 1.52),
            ),
            job("l4", "answers-2", "mdl_l3", 1, **{"from": "mdl_l3"}),
            model(
                "l4",
                "answers-2",
                "mdl_l3",
                1,
                kind="full",
                job="job_l4",
                before=scores(0.42, 1.52),
                after=scores(0.51, 1.66),
            ),
            Write("suite/smoke", [suite("suite_1", "smoke")]),
        ]
    )


def tell_scores(log: EventLog) -> None:
    """Record how some of them, and a base model, did in the suite."""
    for place, (name, value) in enumerate(
        {f"local/{SMOL}": 0.17, "mdl_h1": 0.72, "mdl_l1": 0.62, "mdl_l3": 0.5}.items()
    ):
        at = NOW - timedelta(hours=9 - place)
        planned = EvaluationPlanned(
            id=f"eval_{place}",
            suite="suite_1",
            model=name,
            name=name,
            provider="local",
            remote_id=name,
            prompts="f" * 64,
            count=12,
            scorers=[],
            max_tokens=10,
            top_logprobs=0,
        )
        figure = {"label": "exact_match", "value": value, "low": value - 0.14, "high": value + 0.12}
        other = {"label": "perplexity", "value": 3.97, "low": 3.5, "high": 4.5, "rows": 12}
        done = EvaluationCompleted(answers=12, figures=[{**figure, "rows": 12}, other])
        entries = [Entry(planned, occurred=at), Entry(done, occurred=at)]
        log.append_all([Write(f"evaluation/eval_{place}", entries)])
    because = TagComparison(
        other="mdl_l1",
        name="support-here",
        head=31,
        over="smoke@1",
        suite="suite_1",
        figures=[
            TagFigure(
                label="exact_match",
                higher_is_better=True,
                value=0.5,
                other=0.62,
                difference=-0.12,
                low=-0.3,
                high=0.06,
                p=0.21,
                rows=12,
                wins=1,
                ties=8,
                losses=3,
            )
        ],
    )
    tagged = ModelTagged(
        tag="pilot", reason="cheaper, and as good", moved_from=["mdl_l1"], because=[because]
    )
    log.append("model/mdl_l3", Entry(tagged, occurred=NOW - timedelta(hours=2)))


def tell_odd_names(log: EventLog) -> None:
    """Record models whose names are long, wide, from right to left, or an attack."""
    odd = [LONG, WIDE, RIGHT_TO_LEFT, "evil\x1b[31mred\nline", "\u202ereversed"]
    log.append_all([model(f"o{place}", name, SMOL, 30) for place, name in enumerate(odd)])


def suite(key: str, name: str) -> SuiteDefined:
    return SuiteDefined(
        id=key, name=name, version=1, content="f" * 64, bytes=90, prompts=12, answered=1
    )
