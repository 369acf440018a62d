"""How models did in suites, held against the first of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.comparing.subjects import subjects
from engine.comparing.suites import Scored, SuiteComparison, suite_comparisons
from engine.lab import Lab
from engine.scoring.agreement import Agreement
from engine.scoring.judged import Judge
from engine.scoring.matching import NormalizedMatch
from store.errors import NotFoundError
from tests.engine.comparing.conftest import PlanJob, RegisterModel
from tests.engine.comparing.evaluations import (
    EXACT,
    PERPLEXITY,
    Evaluations,
    Gave,
    question,
    right,
    wrong,
)

BASE = "local/base"


@pytest.fixture
def models(register: RegisterModel) -> tuple[str, str]:
    return register("prod"), register("candidate")


def compared(lab: Lab, *references: str, suite: str | None = None) -> list[SuiteComparison]:
    found = subjects(lab.database.reader, references)
    return suite_comparisons(lab.database.reader, lab.blobs, found, suite)


def one(lab: Lab, *references: str, suite: str | None = None) -> SuiteComparison:
    [found] = compared(lab, *references, suite=suite)
    return found


def scored(found: SuiteComparison, label: str) -> Scored:
    [each] = [each for each in found.scorers if each.label == label]
    return each


def answers(found: SuiteComparison) -> Sequence[tuple[str | None, ...]]:
    return [row.answers for row in found.rows]


def test_a_difference_is_the_subjects_figure_minus_that_of_the_first(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 8)
    evaluations.evaluate(suite, models[0], [right()] * 4 + [wrong()] * 4)
    evaluations.evaluate(suite, models[1], [right()] * 7 + [wrong()])
    found = one(lab, *models)
    assert (found.suite.name, found.prompts) == ("sums", 8)
    exact = scored(found, "exact_match")
    assert [figure and figure.value for figure in exact.figures] == [0.5, 0.875]
    [nothing, difference] = exact.differences
    assert nothing is None
    assert difference is not None
    assert (difference.value, difference.rows, difference.p) == (0.375, 8, 0.25)
    assert difference.low < 0.375 < difference.high
    assert (set(exact.best), exact.rows, exact.higher_is_better) == ({1}, 8, True)
    [_, tally] = exact.tallies
    assert tally is not None
    assert (tally.wins, tally.ties, tally.losses) == (3, 5, 0)
    assert found.warnings == ()


def test_a_share_of_one_has_an_interval_nevertheless(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 5)
    for model in models:
        evaluations.evaluate(suite, model, [right()] * 5)
    [figure, _] = scored(one(lab, *models), "exact_match").figures
    assert figure is not None
    assert (figure.value, figure.high) == (1.0, 1.0)
    assert 0.5 < figure.low < 0.6


def test_rows_that_all_tie_leave_room_for_a_difference(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 5)
    for model in models:
        evaluations.evaluate(suite, model, [right()] * 5)
    [_, difference] = scored(one(lab, *models), "exact_match").differences
    assert difference is not None
    assert (difference.value, difference.p) == (0.0, 1.0)
    assert 0.4 < difference.high == -difference.low < 0.5


def test_only_rows_that_both_have_are_held_against_each_other(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 4)
    evaluations.evaluate(suite, models[0], [right(), wrong(), right(), Gave(fault="no number")])
    evaluations.evaluate(suite, models[1], {0: right(), 1: right(), 3: right()})
    found = one(lab, *models)
    exact = scored(found, "exact_match")
    assert exact.rows == 2
    assert exact.left_out == (0, 2)
    assert exact.differences[1] is not None
    assert (exact.differences[1].value, exact.differences[1].rows) == (0.5, 2)
    # Of other rows, nobody's figure is the best.
    assert exact.best == frozenset()
    fault, left_out = found.warnings
    assert fault == "exact_match could not score 1 answer of prod: no number"
    assert left_out == (
        "2 rows that only one of prod and candidate has a score for are left out of their "
        "differences: exact_match"
    )


def test_perplexity_is_of_all_tokens_together(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 3)
    losses = [(2.0, 1.0), (1.0, 3.0), (6.0, 8.0)]
    evaluations.evaluate(suite, models[0], [Gave(losses=each) for each in losses], [PERPLEXITY])
    halved = [Gave(losses=(total / 2, count)) for total, count in losses]
    evaluations.evaluate(suite, models[1], halved, [PERPLEXITY])
    found = scored(one(lab, *models), "perplexity")
    assert [figure and figure.value for figure in found.figures] == pytest.approx(
        [2.71828**0.75, 2.71828**0.375], rel=1e-5
    )
    [_, ratio] = found.ratios
    assert ratio is not None
    assert ratio.value == pytest.approx(2.71828**-0.375, rel=1e-5)
    [_, tally] = found.tallies
    assert tally is not None
    # The lower perplexity wins.
    assert (tally.wins, tally.losses, set(found.best)) == (3, 0, {1})


def test_cost_and_latency_come_from_the_answers(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 3)
    slow, fast = right(cost=0.02, seconds=1.0), right(cost=0.03, seconds=0.5)
    evaluations.evaluate(suite, models[0], [slow] * 3, service="openai")
    evaluations.evaluate(suite, models[1], [fast] * 3, service="openai")
    found = one(lab, *models)
    assert [each.label for each in found.scorers] == ["exact_match", "cost", "latency"]
    assert found.warnings == ()
    cost, latency = scored(found, "cost"), scored(found, "latency")
    assert [figure and figure.value for figure in cost.figures] == pytest.approx([0.02, 0.03])
    assert cost.ratios[1] is not None
    assert cost.ratios[1].value == pytest.approx(1.5)
    assert (set(cost.best), set(latency.best)) == ({0}, {1})


def test_answers_that_were_timed_together_tell_nothing_of_which_model_is_faster(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 4)
    for model, batches in zip(models, ((1.0, 2.0), (0.5, 0.8)), strict=True):
        gave = [right(seconds=seconds) for seconds in batches for _ in range(2)]
        evaluations.evaluate(suite, model, gave)
    found = one(lab, *models)
    latency = scored(found, "latency")
    assert [each and each.value for each in latency.figures] == pytest.approx([1.5, 0.65])
    [_, ratio] = latency.ratios
    assert ratio is not None
    assert ratio.value == pytest.approx(0.65 / 1.5)
    assert all(each is not None and each.alike for each in (*latency.figures, ratio))
    assert (latency.differences, latency.tallies) == ((None, None), (None, None))
    assert latency.best == frozenset()
    [warning] = found.warnings
    assert warning.startswith("latency: many answers at a time were timed together")
    assert "(prod, candidate)" in warning


def test_of_a_service_beside_this_machine_only_the_service_is_timed_with_certainty(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 3)
    gave = [right(seconds=seconds) for seconds in (1.0, 2.0, 4.0)]
    evaluations.evaluate(suite, models[0], gave, service="openai")
    evaluations.evaluate(suite, models[1], gave)
    latency = scored(one(lab, *models), "latency")
    assert [figure and figure.alike for figure in latency.figures] == [False, True]
    assert (latency.batched, latency.differences[1]) == (frozenset({1}), None)


def test_what_is_not_known_is_left_out(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 2)
    evaluations.evaluate(suite, models[0], [right(cost=0.02), right()])
    evaluations.evaluate(suite, models[1], [right(), right()])
    found = one(lab, *models)
    assert [each.label for each in found.scorers] == ["exact_match", "cost"]
    assert scored(found, "cost").differences == (None, None)


def test_of_several_samples_a_row_has_the_mean(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 2)
    for model, gave in zip(models, (right("first"), wrong("first")), strict=True):
        evaluations.evaluate(suite, model, [gave, right()], samples=3, temperature=0.7)
    found = one(lab, *models)
    assert scored(found, "exact_match").rows == 2
    assert answers(found)[0] == ("first", "first")


def test_rows_come_first_where_scores_are_furthest_apart_then_words(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 4)
    gave = [right("the same"), right("a b"), right("yes"), right("a c")]
    other = [right("the same"), right("a d"), wrong("yes"), right("e f")]
    evaluations.evaluate(suite, models[0], gave)
    evaluations.evaluate(suite, models[1], other)
    found = one(lab, *models)
    assert answers(found) == [("yes", "yes"), ("a c", "e f"), ("a b", "a d"), ("the same",) * 2]
    assert [row.apart for row in found.rows] == [1.0, 0.0, 0.0, 0.0]
    first = found.rows[0]
    assert [first.score(("exact_match", None), place) for place in (0, 1)] == [1.0, 0.0]
    assert (first.prompt.question, first.reference) == ("question 2", "answer 2")


def test_scores_against_two_models_of_one_name_are_both_told(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str], register: RegisterModel
) -> None:
    suite = evaluations.suite("sums", 1)
    others = [register("old"), register("older", name="old")]
    for against, exact in zip(others, (0.25, 0.75), strict=True):
        for model in models:
            gave = [Gave("text", exact)]
            evaluations.evaluate(suite, model, gave, [Agreement()], against=against)
    found = one(lab, *models)
    titles = ["agreement, against old (mdl_older)", "agreement, against old (mdl_old)"]
    assert [each.title for each in found.scorers] == titles
    [row] = found.rows
    told = [(each.title, each.value) for each in row.scores[1]]
    assert told == list(zip(titles, (0.75, 0.25), strict=True))


def test_what_a_judge_cost_is_kept_apart_and_counted_once(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 1)
    first, second = Judge("strict", "openai"), Judge("kind", "openai")
    paid = {"cost": 0.5, "judge_cost": 0.02}
    evaluations.evaluate(suite, models[0], [right()], [EXACT, first], paid=paid)
    # The same judge's verdicts are reused, and what they cost is told again.
    evaluations.evaluate(suite, models[0], [right()], [EXACT, first], paid=paid)
    other = {"cost": 0.5, "judge_cost": 0.03}
    evaluations.evaluate(suite, models[0], [right()], [EXACT, second], paid=other)
    evaluations.evaluate(suite, models[1], [right()], paid={"cost": 0.25})
    prod, candidate = one(lab, *models).costs
    assert prod.answers == 0.5
    assert prod.judge == pytest.approx(0.05)
    assert (candidate.answers, candidate.judge) == (0.25, None)


def test_the_newest_version_counts_that_two_were_evaluated_by(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    old, new = evaluations.suite("sums", 2), evaluations.suite("sums", 3, version=2)
    for model in models:
        evaluations.evaluate(old, model, [right()] * 2)
    evaluations.evaluate(new, models[0], [right()] * 3)
    assert one(lab, *models).suite.version == 1
    assert one(lab, *models, suite="sums").suite.version == 1
    assert one(lab, *models, suite="sums@2").warnings == (
        "candidate was not evaluated by sums: `ftlab eval sums candidate`",
    )
    evaluations.evaluate(new, models[1], [right()] * 3)
    assert one(lab, *models).suite.version == 2


def test_one_suite_can_be_asked_for(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    for name in ("sums", "tickets"):
        suite = evaluations.suite(name, 2)
        for model in models:
            evaluations.evaluate(suite, model, [right()] * 2)
    assert [each.suite.name for each in compared(lab, *models)] == ["sums", "tickets"]
    assert one(lab, *models, suite="tickets").suite.name == "tickets"
    with pytest.raises(NotFoundError, match="no suite is called 'nothing'"):
        compared(lab, *models, suite="nothing")


def test_who_was_not_evaluated_is_told_with_the_command_for_it(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str], plan_job: PlanJob
) -> None:
    plan_job("running")
    evaluations.evaluate(evaluations.suite("other", 1), BASE, [right()])
    evaluations.evaluate(evaluations.suite("other2", 1), "openai/gpt-x", [right()])
    suite = evaluations.suite("sums", 2)
    for model in models:
        evaluations.evaluate(suite, model, [right()] * 2)
    found = one(lab, *models, "running", "base", "gpt-x")
    assert found.warnings == (
        "running has no model that sums could be asked",
        "base was not evaluated by sums: `ftlab eval sums base`",
        "gpt-x was not evaluated by sums: `ftlab eval sums gpt-x --provider openai`",
    )
    assert sorted(found.missing) == [3, 4]
    assert scored(found, "exact_match").figures[2:] == (None, None, None)


def test_the_base_model_is_a_contestant_like_any_other(
    lab: Lab, evaluations: Evaluations, register: RegisterModel
) -> None:
    tuned = register("base-tuned")
    suite = evaluations.suite("sums", 2)
    evaluations.evaluate(suite, BASE, [wrong(), wrong()])
    evaluations.evaluate(suite, tuned, [right(), wrong()])
    found = one(lab, "base", "base-tuned")
    [_, difference] = scored(found, "exact_match").differences
    assert difference is not None
    assert difference.value == 0.5


def test_an_unfinished_evaluation_is_told_of_and_a_whole_one_preferred(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 2)
    whole = evaluations.evaluate(suite, models[0], [right()] * 2)
    evaluations.evaluate(suite, models[0], {}, stopped="interrupted", max_tokens=7)
    evaluations.evaluate(suite, models[1], {0: right()}, stopped="interrupted")
    found = one(lab, *models)
    assert found.evaluations[0] is not None
    assert found.evaluations[0].id == whole
    assert found.warnings[0] == (
        "The evaluation of candidate did not come to its end (interrupted): asked for again, it "
        "goes on where it stopped"
    )


def test_evaluations_are_chosen_whose_answers_were_drawn_alike(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 2)
    alike = [evaluations.evaluate(suite, model, [right()] * 2) for model in models]
    evaluations.evaluate(suite, models[0], [wrong()] * 2, max_tokens=7)
    found = one(lab, *models)
    assert [row and row.id for row in found.evaluations] == alike
    assert scored(found, "exact_match").figures[0] == scored(found, "exact_match").figures[1]


def test_answers_that_were_drawn_differently_are_warned_of(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 1)
    evaluations.evaluate(suite, models[0], [right()], max_tokens=7)
    evaluations.evaluate(suite, models[1], [right()], samples=2, temperature=0.5, stop=("\n",))
    [told] = one(lab, *models).warnings
    assert told == (
        "Their answers were drawn differently: prod at temperature 0, up to 7 tokens; candidate "
        '2 times at temperature 0.5, up to 1,024 tokens, ended by ["\\n"]'
    )


def test_scorers_of_earlier_evaluations_of_the_same_answers_count_too(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", 1)
    for model in models:
        evaluations.evaluate(suite, model, [right()], [NormalizedMatch()])
        evaluations.evaluate(suite, model, [right()], [EXACT])
    labels = [each.label for each in one(lab, *models).scorers]
    assert labels == ["exact_match", "normalized_match"]


def test_prompts_that_are_gone_are_told_of(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    suite = evaluations.suite("sums", [question(1)])
    for model in models:
        evaluations.evaluate(suite, model, [right()])
    lab.blobs.path(one(lab, *models).suite.content).unlink()
    found = one(lab, *models)
    assert (found.scorers, found.rows) == ((), ())
    assert found.warnings[0].startswith("The prompts of sums cannot be read")


def test_a_scorer_that_is_not_installed_is_told_of(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = evaluations.suite("sums", 1)
    for model in models:
        evaluations.evaluate(suite, model, [right()])
    from engine.scoring import registry

    monkeypatch.setattr(registry, "BUILT_IN", {})
    [told] = one(lab, *models).warnings
    assert told.startswith("What a scorer said is left out: there is no scorer 'exact_match'")


def test_where_nothing_was_evaluated_there_is_nothing_to_compare(
    lab: Lab, evaluations: Evaluations, models: tuple[str, str]
) -> None:
    assert compared(lab, *models) == []
    evaluations.evaluate(evaluations.suite("sums", 1), models[0], [right()])
    assert compared(lab, *models) == []


def test_what_is_counted_by_tokens_is_another_measure_in_other_tokens(
    lab: Lab, evaluations: Evaluations, register: RegisterModel
) -> None:
    register("tuned", base_model="large")
    suite = evaluations.suite("sums", 1)
    for model in ("mdl_tuned", BASE):
        evaluations.evaluate(suite, model, [right(losses=(1.0, 2.0))], [EXACT, PERPLEXITY])
    found = one(lab, "tuned", "base")
    perplexity = scored(found, "perplexity")
    assert (perplexity.differences, set(perplexity.best)) == ((None, None), set())
    [told] = found.warnings
    assert told == (
        "Only where base models have the same tokens can perplexity be compared; these are of "
        "base, large"
    )
