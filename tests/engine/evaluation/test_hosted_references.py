"""Perplexity of what was hoped for, of models at services that tell how likely a prompt is."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from engine.errors import LimitError, ProviderError
from engine.evaluation.outcome import Outcome, Skipped, Standing
from engine.evaluation.plan import EvaluationPlan, EvaluationWish
from engine.evaluation.planning import plan
from engine.evaluation.run import evaluate
from engine.lab import Lab
from engine.providers.hosted.pace import Pace
from engine.scoring.specs import label
from store.queries.evaluations import LikelihoodRow, evaluation_list, likelihoods_of
from store.queries.suites import SuiteRow
from tests.engine.evaluation.conftest import CHAT, Sums, bodies
from tests.engine.providers.hosted.conftest import QUICK
from tests.standin import faults
from tests.standin.errors import bad_request, not_found
from tests.standin.prompts import sent_tokens

if TYPE_CHECKING:
    from tests.standin.calls import Json
    from tests.standin.injection import Fault
    from tests.standin.standin import Standin

MODEL = "gpt-6-luna"
SUBJECT = f"vllm/{MODEL}"
PRICES = f'\n[models."{MODEL}"]\ninput_price = 1.0\noutput_price = 4.0\n'

Planned = Callable[..., EvaluationPlan]
Run = Callable[..., Outcome]


@pytest.fixture
def vllm(lab: Lab, standin: Standin, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The lab, with a profile of a compatible service whose models have no known price."""
    monkeypatch.setenv("FTLAB_VLLM_API_KEY", standin.key)
    url = f'kind = "compatible"\nbase_url = "{standin.base_url}"\n'
    lab.places.config.write_text(f"[profiles.vllm]\n{url}")
    lab._paces["vllm"] = Pace(QUICK)
    standin.behaviour.prompt_logprobs = "told"
    return lab


@pytest.fixture
def planned(vllm: Lab) -> Planned:
    def go(suite: SuiteRow, **wishes: object) -> EvaluationPlan:
        wish = EvaluationWish(**wishes)  # type: ignore[arg-type]
        return plan(vllm, suite.id, MODEL, wish, "vllm")

    return go


@pytest.fixture
def run(vllm: Lab, planned: Planned) -> Run:
    def go(suite: SuiteRow, **wishes: object) -> Outcome:
        [outcome] = evaluate(vllm, [planned(suite, **wishes)], patience=0)
        assert not isinstance(outcome, Skipped), outcome.reason
        return outcome

    return go


def priced(lab: Lab) -> None:
    with lab.places.prices.open("a") as file:
        file.write(PRICES)


def means(outcome: Outcome) -> dict[str, float | None]:
    return {label(column.scorer): column.mean for column in outcome.columns}


def rows(lab: Lab) -> list[LikelihoodRow]:
    return list(likelihoods_of(lab.database.reader, SUBJECT).values())


def readings(standin: Standin) -> list[Json]:
    """Return the requests that asked how likely a prompt is."""
    return [body for body in bodies(standin, CHAT) if "prompt_logprobs" in body]


def by_hand(first: int) -> list[float]:
    """Return the loss of each token of `It is 1` and of the mark that ends the turn."""
    asked: Json = {"model": MODEL, "messages": [{"role": "user", "content": f"{first} + 1 = ?"}]}
    begun = len(sent_tokens(asked))
    answer = {"role": "assistant", "content": f"It is {first + 1}"}
    whole = sent_tokens(
        {"model": MODEL, "add_generation_prompt": False, "messages": [*asked["messages"], answer]}
    )
    assert [token.text for token in whole[begun:]] == [
        *("It", " is", f" {first + 1}", "<|im_end|>", "\n")
    ]
    return [-token.logprob for token in whole[begun:-1]]


def test_perplexity_is_exp_of_the_mean_loss_of_the_references_tokens(
    vllm: Lab, standin: Standin, sums: Sums, run: Run
) -> None:
    outcome = run(sums(4, "perplexity", "token_loss", "token_accuracy"))
    losses = [loss for first in range(4) for loss in by_hand(first)]
    mean = sum(losses) / len(losses)
    assert outcome.evaluation.status == "completed"
    assert means(outcome) == {
        "perplexity": pytest.approx(math.exp(mean)),
        "token_loss": pytest.approx(mean),
        "token_accuracy": pytest.approx(sum(loss < 1 for loss in losses) / len(losses)),
    }
    assert [row.tokens for row in rows(vllm)] == [4] * 4
    assert len(readings(standin)) == 8
    assert all(body["max_tokens"] == 1 for body in readings(standin))


def test_no_reference_is_read_twice(standin: Standin, sums: Sums, run: Run) -> None:
    suite = sums(3, "perplexity")
    first = run(suite)
    again = run(suite)
    assert len(readings(standin)) == 6
    assert means(again) == means(first)
    assert again.readings is not None
    assert again.readings.read == 0


def test_what_it_costs_is_planned_paid_and_kept(
    vllm: Lab, standin: Standin, sums: Sums, planned: Planned, run: Run
) -> None:
    from engine.evaluation.costs import price_of

    priced(vllm)
    suite = sums(4, "perplexity")
    plan = planned(suite)
    assert plan.reading is not None
    assert plan.recording.price is not None
    assert price_of([plan]) == plan.recording.price + plan.reading
    outcome = run(suite)
    assert outcome.readings is not None
    sent = sum(len(sent_tokens(body)) for body in readings(standin))
    spent = (sent * 1.0 + 8 * 4.0) / 1e6
    assert outcome.readings.spent == pytest.approx(spent)
    assert outcome.spent == pytest.approx(spent + (outcome.evaluation.cost or 0))
    kept = [json.loads(vllm.blobs.read(row.content))["paid"] for row in rows(vllm)]
    assert sum(each["cost"] for each in kept) == pytest.approx(spent)
    assert sum(each["prompt_tokens"] for each in kept) == sent
    # Nothing is missing any more.
    assert price_of([planned(suite)]) == price_of([])


def test_reading_obeys_the_limit_and_goes_on_with_another(
    vllm: Lab, standin: Standin, sums: Sums, planned: Planned, run: Run
) -> None:
    from engine.evaluation.costs import require_affordable

    priced(vllm)
    run(sums(6, "contains:x"))
    suite = sums(6, "perplexity")
    price = planned(suite).reading
    assert price is not None
    too_little = price.about / 2
    with pytest.raises(LimitError):
        require_affordable([planned(suite, max_cost=too_little)])
    broken = run(suite, max_cost=too_little)
    assert isinstance(broken.stopped, LimitError)
    assert 0 < len(rows(vllm)) < 6
    assert broken.spent <= too_little
    whole = run(suite, max_cost=price.about)
    assert whole.evaluation.id == broken.evaluation.id
    assert whole.stopped is None
    assert (len(rows(vllm)), len(readings(standin))) == (6, 12)


def test_a_limit_needs_a_known_price(sums: Sums, planned: Planned, run: Run) -> None:
    from engine.evaluation.costs import require_affordable

    suite = sums(2, "perplexity", "contains:x")
    run(sums(2, "contains:x"))
    known = planned(suite, max_cost=1.0)
    assert known.recording.missing == ()
    assert known.asks_service
    with pytest.raises(LimitError, match="hoped for is not known"):
        require_affordable([known])


def test_a_service_that_refuses_is_asked_once_and_its_words_are_told(
    standin: Standin, sums: Sums, run: Run
) -> None:
    standin.behaviour.prompt_logprobs = "refused"
    outcome = run(sums(5, "perplexity", "contains:x"))
    assert outcome.stopped is None
    assert outcome.evaluation.status == "completed"
    assert len(readings(standin)) == 1
    assert outcome.readings is not None
    assert "Extra inputs are not permitted" in str(outcome.readings.untold)
    assert standin.key not in str(outcome.readings.untold)
    assert means(outcome)["perplexity"] is None


def test_a_service_that_answers_without_is_asked_once(
    standin: Standin, sums: Sums, run: Run
) -> None:
    standin.behaviour.prompt_logprobs = "left out"
    outcome = run(sums(5, "perplexity"))
    assert outcome.stopped is None
    assert len(readings(standin)) == 1
    assert outcome.readings is not None
    assert "without the prompt_logprobs" in str(outcome.readings.untold)


def test_a_template_that_begins_another_answer_behind_gets_no_figure(
    standin: Standin, sums: Sums, run: Run
) -> None:
    standin.behaviour.prompt_reader = lambda asked: sent_tokens(
        asked | {"add_generation_prompt": True}
    )
    outcome = run(sums(5, "perplexity"))
    assert outcome.stopped is None
    assert means(outcome) == {"perplexity": None}
    assert len(readings(standin)) == 6
    assert outcome.readings is not None
    assert "another answer behind it" in str(outcome.readings.untold)


def test_what_a_service_comes_to_tell_later_is_read_then(
    standin: Standin, sums: Sums, run: Run
) -> None:
    suite = sums(3, "perplexity")
    standin.behaviour.prompt_logprobs = "left out"
    assert means(run(suite)) == {"perplexity": None}
    standin.behaviour.prompt_logprobs = "told"
    assert means(run(suite))["perplexity"] is not None


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (not_found("No such route."), 1),
        (bad_request("The last message must be the user's."), 3),
        (bad_request("Bad.", param="add_generation_prompt"), 1),
    ],
)
def test_a_plain_refusal_means_that_it_does_not_tell(
    standin: Standin, sums: Sums, run: Run, error: Exception, asked: int
) -> None:
    suite = sums(5, "contains:x")
    run(suite)
    standin.inject(faults.refused(error), "POST", CHAT, times=None)  # type: ignore[arg-type]
    outcome = run(sums(5, "contains:x", "perplexity"))
    assert outcome.readings is not None
    assert str(error).rstrip(".") in str(outcome.readings.untold)
    assert outcome.readings.left_out == {}
    assert len(readings(standin)) == asked


def test_one_reference_that_is_refused_is_left_out(
    vllm: Lab, standin: Standin, sums: Sums, run: Run
) -> None:
    run(sums(4, "contains:x"))
    standin.inject(faults.refused(bad_request("It is too long.")), "POST", CHAT, after=4)
    outcome = run(sums(4, "perplexity"))
    assert outcome.stopped is None
    assert outcome.readings is not None
    assert list(outcome.readings.left_out.values()) == [1]
    assert len(rows(vllm)) == 3


@pytest.mark.parametrize(
    "fault", [faults.truncated(), faults.rate_limited(0), faults.server_error(503, retry_after=0)]
)
def test_an_answer_that_is_cut_off_or_late_is_asked_for_again(
    vllm: Lab, standin: Standin, sums: Sums, run: Run, fault: Fault
) -> None:
    run(sums(3, "contains:x"))
    standin.inject(fault, "POST", CHAT, after=2)
    outcome = run(sums(3, "perplexity"))
    assert outcome.stopped is None
    assert len(rows(vllm)) == 3
    assert len(readings(standin)) == 7


def test_what_stops_the_service_stops_the_reading_and_it_goes_on(
    vllm: Lab, standin: Standin, sums: Sums, run: Run
) -> None:
    run(sums(4, "contains:x"))
    suite = sums(4, "perplexity")
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=1, after=4)
    broken = run(suite)
    assert isinstance(broken.stopped, ProviderError)
    assert broken.evaluation.status == "stopped"
    assert 0 < len(rows(vllm)) < 4
    whole = run(suite)
    assert whole.evaluation.id == broken.evaluation.id
    assert len(rows(vllm)) == 4
    assert means(whole)["perplexity"] is not None


def test_what_was_read_before_ctrl_c_stays(
    vllm: Lab, standin: Standin, sums: Sums, planned: Planned, run: Run
) -> None:
    suite = sums(8, "perplexity")
    stopped = False

    def stop(standing: Standing) -> None:
        nonlocal stopped
        if standing.does == "reading" and standing.done >= 2 and not stopped:
            stopped = True
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        evaluate(vllm, [planned(suite)], lambda _plan: stop, at_once=1)
    [row] = evaluation_list(vllm.database.reader)
    assert row.status == "stopped"
    read = len(rows(vllm))
    assert 2 <= read < 8
    asked = len(readings(standin))
    assert run(suite).evaluation.id == row.id
    assert len(readings(standin)) == asked + 2 * (8 - read)


def test_another_process_that_reads_is_not_joined(
    vllm: Lab, standin: Standin, sums: Sums, planned: Planned
) -> None:
    from store.leases import Lease

    busy = Lease(vllm.database, f"recording:{SUBJECT}", "somebody else", seconds=60)
    assert busy.acquire()
    [left] = evaluate(vllm, [planned(sums(3, "perplexity"))], patience=0)
    assert isinstance(left, Skipped)
    assert readings(standin) == []


def test_openai_is_never_asked(lab: Lab, standin: Standin, sums: Sums) -> None:
    planned = plan(lab, sums(2, "perplexity").id, MODEL, EvaluationWish(), "openai")
    assert (planned.unread, planned.asks_service) == ((), True)
    [outcome] = evaluate(lab, [planned], patience=0)
    assert isinstance(outcome, Outcome)
    assert readings(standin) == []
    assert outcome.readings is not None
    assert "result files" in str(outcome.readings.untold)
