"""What is required of a candidate beside the model that it is to take the place of."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from engine.comparing.requirements import Verdict, parse, verdicts
from engine.comparing.scores import score_tables
from engine.comparing.subjects import subjects
from engine.comparing.suites import suite_comparisons
from engine.errors import RequestError
from engine.lab import Lab
from engine.reporting.requirements import judged
from engine.scoring.matching import NormalizedMatch
from engine.scoring.patterns import Regex
from store.events import Evaluation
from tests.engine.comparing.conftest import RegisterModel, evaluation
from tests.engine.comparing.evaluations import EXACT, PERPLEXITY, Evaluations, Gave, right, wrong


def told(
    lab: Lab, *requirements: str, suite: str | None = None, confident: bool = False
) -> list[Verdict]:
    reader = lab.database.reader
    found = subjects(reader, ["prod", "candidate"])
    return verdicts(
        [parse(each) for each in requirements],
        found,
        suite_comparisons(reader, lab.blobs, found, suite),
        score_tables([each.scores for each in found]),
        confident=confident,
    )


def holds(lab: Lab, requirement: str, *, confident: bool = False) -> bool:
    [verdict] = told(lab, requirement, confident=confident)
    return verdict.holds


@pytest.fixture
def evaluated(register: RegisterModel, evaluations: Evaluations) -> Evaluations:
    """Two models of which the second is right once more in a hundred, and costs a tenth more."""
    suite = evaluations.suite("sums", 100)
    for name, count, cost, loss in (("prod", 83, 0.01, 1.0), ("candidate", 84, 0.011, 1.01)):
        register(name, after=evaluation(loss, 0.5))
        losses = (loss * 10, 10.0)
        gave = [right("", losses, cost)] * count + [wrong("", losses, cost)] * (100 - count)
        evaluations.evaluate(suite, f"mdl_{name}", gave, [EXACT, PERPLEXITY])
    return evaluations


@pytest.mark.parametrize(
    ("typed", "metric", "operator", "bound", "is_ratio"),
    [
        ("exact_match>=-0.01", "exact_match", ">=", -0.01, False),
        (" cost <= 1.2x ", "cost", "<=", 1.2, True),
        ("latency<2X", "latency", "<", 2.0, True),
        ("perplexity > -.5", "perplexity", ">", -0.5, False),
        ("regex:^a>=1$>=0", "regex:^a>=1$", ">=", 0.0, False),
        ("loss<=1e-3", "loss", "<=", 0.001, False),
        ("loss ≤ 1.5 x", "loss", "<=", 1.5, True),
        ("loss≥-1", "loss", ">=", -1.0, False),
    ],
)
def test_a_requirement_is_read_as_it_is_typed(
    typed: str, metric: str, operator: str, bound: float, *, is_ratio: bool
) -> None:
    found = parse(typed)
    assert (found.metric, found.operator, found.bound) == (metric, operator, bound)
    assert found.is_ratio is is_ratio


@pytest.mark.parametrize(
    "typed", ["", "exact_match", "exact_match>=", ">=1", "a>=b", "a>=nan", "a>=1,5", "a>=$1"]
)
def test_what_is_no_requirement_is_refused(typed: str) -> None:
    with pytest.raises(RequestError, match="is no requirement: write one like"):
        parse(typed)


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("exact_match=>0", "'=>' is none of >=, <=, >, <: did you mean >=?"),
        ("cost =< 1.2x", "'=<' is none of >=, <=, >, <: did you mean <=?"),
        ("exact_match==1", "'==' is none of >=, <=, >, <: did you mean >=?"),
        ("exact_match!=1", "'!=' is none of >=, <=, >, <"),
        ("exact_match>>1", "'>>' is none of"),
        ("exact_match>=-1%", "as 0.99x, and percentage points of a share as -0.01"),
        ("cost <= 120 %", "a percentage of the first's figure as 1.2x, and"),
        ("exact_match", "in quotes, for a shell takes < and > for itself"),
    ],
)
def test_what_was_meant_is_told_as_far_as_it_can_be_seen(typed: str, how: str) -> None:
    with pytest.raises(RequestError, match=how):
        parse(typed)


@pytest.mark.parametrize("typed", ["cost<=-1x", "cost<=1e999"])
def test_bounds_that_nothing_could_reach_are_refused(typed: str) -> None:
    with pytest.raises(RequestError, match="cannot hold or fail"):
        parse(typed)


@pytest.mark.parametrize(
    ("operator", "allowed"),
    [(">=", [0.1, 0.2]), ("<=", [0.0, 0.1]), (">", [0.2]), ("<", [0.0])],
)
def test_operators_mean_what_they_say_whatever_the_last_bits(
    operator: str, allowed: Sequence[float]
) -> None:
    required = parse(f"a{operator}0.1")
    # 0.84 - 0.74 is a bit less than 0.1, 0.3 - 0.2 a bit less, too.
    assert [each for each in (0.0, 0.1, 0.2) if required.allows(each)] == list(allowed)
    assert required.allows(0.84 - 0.74) is (0.1 in allowed)
    assert required.allows(0.1 + 0.2 - 0.2) is (0.1 in allowed)


@pytest.mark.parametrize(
    ("requirement", "held"),
    [
        ("exact_match>=-0.01", True),
        ("exact_match>=0.01", True),
        ("exact_match>0.01", False),
        ("exact_match>=0.02", False),
        ("cost<=1.2x", True),
        ("cost<=1.05x", False),
        ("cost<=0.002", True),
        ("perplexity<=1.02x", True),
        ("perplexity<=1.001x", False),
        ("loss<=0.02", True),
        ("loss<=1x", False),
        ("accuracy>=0", True),
    ],
)
@pytest.mark.usefixtures("evaluated")
def test_differences_and_ratios_are_held_against_their_bounds(
    lab: Lab, requirement: str, *, held: bool
) -> None:
    assert holds(lab, requirement) is held


def test_time_of_this_machine_is_held_against_bounds_but_makes_nobody_confident(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    models = register("prod"), register("candidate")
    suite = evaluations.suite("sums", 2)
    for model, seconds in zip(models, (1.0, 1.5), strict=True):
        evaluations.evaluate(suite, model, [right(seconds=seconds)] * 2)
    assert holds(lab, "latency<=1.5x")
    assert not holds(lab, "latency<=0.4")
    [verdict] = told(lab, "latency<=2x", confident=True)
    assert (verdict.found.value, verdict.found.p, verdict.found.rows) == (1.5, None, 2)
    assert verdict.why_not == "no interval is known of it, so nobody can be confident"


@pytest.mark.usefixtures("evaluated")
def test_a_verdict_tells_figures_interval_and_rows(lab: Lab) -> None:
    [verdict] = told(lab, "exact_match>=0.05")
    found = verdict.found
    assert (found.suite, found.rows, found.left_out) == ("sums@1", 100, 0)
    assert (found.reference, found.candidate) == (0.83, 0.84)
    assert found.value == pytest.approx(0.01)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 0.01 <= found.high
    assert found.p == 1
    assert verdict.why_not == "it is beyond the bound"


def test_the_confident_ask_for_the_whole_interval(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 10)
    for name, gave in (
        ("prod", [right()] * 5 + [wrong()] * 5),
        ("candidate", [wrong()] * 2 + [right()] * 6 + [wrong()] * 2),
    ):
        evaluations.evaluate(suite, register(name), gave)
    assert holds(lab, "exact_match>=-0.1")
    [verdict] = told(lab, "exact_match>=-0.1", confident=True)
    assert verdict.why_not == "its interval reaches beyond the bound"
    assert holds(lab, "exact_match>=-0.9", confident=True)
    assert holds(lab, "exact_match<=0.9", confident=True)
    assert not holds(lab, "exact_match<=0.15", confident=True)


@pytest.mark.usefixtures("evaluated")
def test_nobody_can_be_confident_without_an_interval(lab: Lab) -> None:
    [verdict] = told(lab, "loss<=0.02", confident=True)
    assert verdict.why_not == "no interval is known of it, so nobody can be confident"


def test_a_single_row_makes_nobody_confident(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 1)
    for name in ("prod", "candidate"):
        evaluations.evaluate(suite, register(name), [right()])
    assert holds(lab, "exact_match>=0")
    assert not holds(lab, "exact_match>=0", confident=True)


def test_what_costs_nothing_is_as_much_as_nothing(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 2)
    for name in ("prod", "candidate"):
        evaluations.evaluate(suite, register(name), [right(cost=0.0)] * 2)
    assert holds(lab, "cost<=1.2x")
    assert not holds(lab, "cost<=0.5x")


def refused(lab: Lab, requirement: str, suite: str | None = None) -> str:
    with pytest.raises(RequestError) as error:
        told(lab, requirement, suite=suite)
    return str(error.value)


@pytest.mark.usefixtures("evaluated")
def test_a_metric_that_does_not_exist_is_told_with_those_that_do(lab: Lab) -> None:
    assert refused(lab, "bleu>=0") == (
        "there is no 'bleu' of these two; there are exact_match, perplexity, cost, loss, accuracy."
    )


@pytest.mark.parametrize(
    ("metric", "meant"),
    [("exact-match", "exact_match"), ("Exact match", "exact_match"), ("perplexty", "perplexity")],
)
@pytest.mark.usefixtures("evaluated")
def test_a_metric_that_is_like_one_of_them_is_guessed(lab: Lab, metric: str, meant: str) -> None:
    assert refused(lab, f"{metric}>=0").endswith(f"Did you mean {meant}?")


def test_what_costs_something_is_more_than_any_multiple_of_nothing(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 2)
    for name, cost in (("prod", 0.0), ("candidate", 0.1)):
        evaluations.evaluate(suite, register(name), [right(cost=cost)] * 2)
    [verdict] = told(lab, "cost<=1.2x")
    assert not verdict.holds
    assert "no multiple of 0" in judged(verdict).figures
    assert "inf" not in judged(verdict).figures


def test_shares_of_nothing_have_no_ratio(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 2)
    for name in ("prod", "candidate"):
        evaluations.evaluate(suite, register(name, after=evaluation(1.0, 0.0)), [wrong()] * 2)
    assert "exact_match is 0 of both. Bound its difference" in refused(lab, "exact_match>=1x")
    assert "the accuracy is 0 of both" in refused(lab, "accuracy>=1x")


def test_a_training_that_went_astray_decides_nothing(lab: Lab, register: RegisterModel) -> None:
    register("prod", after=evaluation(1.0))
    register("candidate", after=Evaluation(loss=800.0, perplexity=math.inf, examples=20))
    assert not holds(lab, "loss<=0.1")
    assert "the perplexity of candidate is infinite" in refused(lab, "perplexity<=1.05x")


def test_why_two_figures_cannot_be_held_against_each_other_is_told(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 2)
    for name, place, base in (("prod", 0, "tiny"), ("candidate", 1, "other")):
        gave = {place: right("", (1.0, 1.0)), 1 - place: Gave("")}
        model = register(name, base_model=base)
        evaluations.evaluate(suite, model, gave, [EXACT, PERPLEXITY])
    assert "exact_match is known of no prompt of sums for both" in refused(lab, "exact_match>=0")
    other = evaluations.suite("other", 1)
    for name in ("prod", "candidate"):
        evaluations.evaluate(other, f"mdl_{name}", [right("", (1.0, 1.0))], [PERPLEXITY])
    told_by = refused(lab, "perplexity<=1", suite="other")
    assert "perplexity is counted by tokens, and those of the two are not the same" in told_by


def test_without_an_evaluation_the_command_for_it_is_told(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    for name in ("prod", "candidate"):
        register(name)
    suite = evaluations.suite("sums", 1)
    assert "`ftlab eval SUITE prod candidate` does that" in refused(lab, "exact_match>=0")
    evaluations.evaluate(suite, "mdl_prod", [right()])
    told_by = refused(lab, "exact_match>=0", suite="sums")
    assert "candidate was not evaluated by sums. `ftlab eval sums candidate` does that" in told_by
    assert "`ftlab eval sums candidate` evaluates one of them" in refused(lab, "x>=0", suite="sums")


def test_nothing_is_decided_by_half_an_evaluation(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 2)
    evaluations.evaluate(suite, register("prod"), [right()] * 2)
    evaluations.evaluate(suite, register("candidate"), {0: right()}, stopped="interrupted")
    assert "candidate has no whole evaluation by sums" in refused(lab, "exact_match>=0")


def test_of_several_suites_one_has_to_be_said(lab: Lab, evaluated: Evaluations) -> None:
    other = evaluated.suite("other", 1)
    for model in ("mdl_prod", "mdl_candidate"):
        evaluated.evaluate(other, model, [right()], [EXACT, NormalizedMatch()])
    assert "several suites (other, sums): say which, with --suite other" in refused(
        lab, "exact_match>=0"
    )
    [verdict] = told(lab, "exact_match>=0", suite="other")
    assert verdict.found.suite == "other@1"
    # What only one of them has needs no suite.
    assert holds(lab, "normalized_match>=0")


def test_a_scorer_may_be_named_without_its_settings(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 1)
    for name in ("prod", "candidate"):
        evaluations.evaluate(suite, register(name), [right()], [Regex("^a"), EXACT])
    assert holds(lab, "regex>=0")
    assert holds(lab, "regex:^a>=0")
    for name in ("prod", "candidate"):
        evaluations.evaluate(suite, f"mdl_{name}", [right()], [Regex("^b"), EXACT])
    assert "several scorers: write out one of regex:^b; regex:^a" in refused(lab, "regex>=0")


def test_what_is_not_known_of_one_of_them_cannot_be_told(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 1)
    evaluations.evaluate(suite, register("prod", after=evaluation(1.0)), [right(cost=1.0)])
    evaluations.evaluate(suite, register("candidate"), [Gave("text", None)])
    assert "cost is not known of the answers of candidate to sums" in refused(lab, "cost<=1x")
    assert "the loss of candidate on held-out examples is not known" in refused(lab, "loss<=0")


def test_figures_of_other_examples_cannot_be_compared(lab: Lab, register: RegisterModel) -> None:
    register("prod", after=evaluation(1.0, examples=10))
    register("candidate", after=evaluation(1.0, examples=20))
    assert "evaluated on other examples" in refused(lab, "loss<=0")


def test_a_requirement_is_of_two(lab: Lab, register: RegisterModel) -> None:
    for name in ("a", "b", "c"):
        register(name)
    found = subjects(lab.database.reader, ["a", "b", "c"])
    with pytest.raises(RequestError, match="the model that stands, then the candidate"):
        verdicts([parse("loss<=0")], found, [], [])


def test_what_was_refused_cannot_make_a_candidate_better(
    lab: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 30)
    for name, gave in (
        ("prod", [right()] * 24 + [wrong()] * 6),
        ("candidate", [right()] * 4 + [Gave(None, None)] * 26),
    ):
        register(name)
        evaluations.evaluate(suite, f"mdl_{name}", gave, [EXACT])
    with pytest.raises(RequestError, match="26 of the 30 prompts of sums"):
        told(lab, "exact_match>=-0.3")
    # Even the worst of all cases would do, or no case would.
    assert holds(lab, "exact_match>=-1")
    assert not holds(lab, "exact_match>=0.5")
