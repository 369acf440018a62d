"""How models did in suites, as their newest evaluations say."""

from __future__ import annotations

from store.events import EvaluationCompleted, EvaluationPlanned, EvaluationStopped, SuiteDefined
from store.log import EventLog
from store.queries.model_scores import model_scores, score_in, suites_by_use


def _suite(log: EventLog, name: str, version: int) -> str:
    fact = SuiteDefined(
        id=f"suite_{name}{version}",
        name=name,
        version=version,
        content="f" * 64,
        bytes=90,
        prompts=12,
        answered=12,
    )
    log.append(f"suite/{name}", fact)
    return fact.id


def _evaluated(
    log: EventLog, key: int, suite: str, model: str, value: float, *, whole: bool = True
) -> None:
    planned = EvaluationPlanned(
        id=f"eval_{key}",
        suite=suite,
        model=model,
        name=model,
        provider="local",
        remote_id=model,
        prompts="f" * 64,
        count=12,
        scorers=[],
        max_tokens=10,
        top_logprobs=0,
    )
    figures = [
        {"label": "exact_match", "value": value, "low": value - 0.1, "high": None, "rows": 12},
        {"label": "perplexity", "value": 4.5, "low": 4.0, "high": 5, "rows": 12},
    ]
    end = EvaluationCompleted(answers=12, figures=figures)
    stop = EvaluationStopped(reason="interrupted", answers=3, refused=0)
    log.append(f"evaluation/eval_{key}", planned, end if whole else stop)


def test_the_newest_whole_evaluation_of_each_suite_counts(log: EventLog) -> None:
    old, new = _suite(log, "tickets", 1), _suite(log, "tickets", 2)
    smoke = _suite(log, "smoke", 1)
    _evaluated(log, 1, old, "mdl_1", 0.5)
    _evaluated(log, 2, old, "mdl_1", 0.6)
    _evaluated(log, 3, new, "mdl_1", 0.9, whole=False)
    _evaluated(log, 4, smoke, "mdl_1", 0.25)
    _evaluated(log, 5, new, "local/base", 0.75)
    found = model_scores(log.database.reader)
    assert [(each.name, each.version, each.newest) for each in found["mdl_1"]] == [
        ("smoke", 1, True),
        ("tickets", 1, False),
    ]
    score = score_in(found["mdl_1"], "tickets")
    assert score is not None
    assert score.main is not None
    assert (score.evaluation, score.main.label, score.main.value) == ("eval_2", "exact_match", 0.6)
    assert (score.main.low, score.main.high, score.main.rows) == (0.5, None, 12)
    assert [figure.label for figure in score.figures] == ["exact_match", "perplexity"]
    assert suites_by_use(found.values()) == ["tickets", "smoke"]
    only = model_scores(log.database.reader, new)
    assert list(only) == ["local/base"]
    assert score_in(found["mdl_1"], "unknown") is None


def test_where_nothing_was_evaluated_there_are_no_scores(log: EventLog) -> None:
    assert model_scores(log.database.reader) == {}
    assert suites_by_use([]) == []
