from __future__ import annotations

import errno
import hashlib
import json
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from engine.errors import JobStateError, LimitError, ProviderError, RequestError
from engine.lab import Lab
from engine.providers.hosted import service
from engine.recording.plan import Wish
from engine.recording.planning import plan
from engine.recording.reading import lines
from engine.recording.run import record
from store.events import AnswerRecorded, RecordingPlanned, SuiteDefined
from store.leases import Lease
from store.queries.recordings import answers_of, recording_list
from tests.engine.recording.conftest import CHAT, COMPLETIONS, RecordModel, Rescued, bodies
from tests.standin import faults
from tests.standin.errors import bad_request

if TYPE_CHECKING:
    from tests.standin.calls import Json
    from tests.standin.standin import Standin


def answers(lab: Lab, model: str) -> list[AnswerRecorded]:
    facts = lab.log.facts(f"answers/{model}")
    return [fact for fact in facts if isinstance(fact, AnswerRecorded)]


def suite_of(lab: Lab, *prompts: dict[str, Any]) -> str:
    """Record a suite of prompts as they are."""
    content = lab.blobs.put(b"".join(json.dumps(each).encode() + b"\n" for each in prompts))
    fact = SuiteDefined(
        id="suite_1", name="own", version=1, content=content, bytes=1, prompts=len(prompts)
    )
    lab.log.append("suite/own", fact)
    return fact.id


def test_each_prompt_is_asked_once_at_temperature_0_and_so_often_as_it_is_used(
    standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    outcome = record_model(model, from_data=5, samples=2, temperature=0.7)
    asked = bodies(standin, CHAT)
    assert sorted(body["temperature"] for body in asked) == [0] * 5 + [0.7] * 10
    assert {body["model"] for body in asked} == {model.remote_id}
    assert all(body["logprobs"] and body["top_logprobs"] == 5 for body in asked)
    found = outcome.recording
    assert (found.status, found.answers, found.refused) == ("completed", 15, 0)
    assert outcome.stopped is None


def test_an_answer_is_recorded_with_all_that_the_service_tells(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    record_model(model, from_data=1, samples=0)
    [answer] = answers(lab, model.id)
    assert answer.content
    assert answer.finish_reason == "stop"
    assert answer.prompt_tokens
    assert answer.logprob_tokens == answer.completion_tokens
    assert answer.logprob is not None
    assert answer.logprob < 0
    assert answer.fingerprint == standin.behaviour.system_fingerprint
    assert answer.cost is not None
    assert answer.seconds is not None
    whole = json.loads(lab.blobs.read(answer.reply))
    assert whole["choices"][0]["message"]["content"] == answer.content
    assert len(whole["choices"][0]["logprobs"]["content"][0]["top_logprobs"]) == 5


def test_the_plan_is_recorded_before_anything_is_asked(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=None)
    outcome = record_model(model, from_data=2)
    assert isinstance(outcome.stopped, ProviderError)
    [planned, stopped] = lab.log.read(stream=f"recording/{outcome.recording.id}")
    assert (planned.type, stopped.type) == ("RecordingPlanned", "RecordingStopped")
    assert outcome.recording.status == "stopped"
    assert "no money" in str(outcome.recording.reason)


def test_nothing_is_asked_twice(
    standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    first = record_model(model, from_data=4, samples=1)
    again = record_model(model, from_data=4, samples=1)
    assert standin.count("POST", CHAT) == 8
    assert (again.asked, again.recording.id) == (0, first.recording.id)
    more = record_model(model, from_data=4, samples=3)
    assert standin.count("POST", CHAT) == 16
    assert (more.recording.version, more.recording.reused, more.recording.answers) == (2, 8, 16)


def test_a_recording_that_was_broken_off_goes_on_with_what_is_missing(
    standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=1, after=5)
    broken = record_model(model, from_data=6, samples=1)
    kept = broken.recording.answers or 0
    assert 0 < kept < 12
    whole = record_model(model, from_data=6, samples=1)
    assert whole.recording.id == broken.recording.id
    assert (whole.recording.status, whole.recording.answers) == ("completed", 12)
    assert whole.asked == 12 - kept
    assert standin.count("POST", CHAT, status=200) == 12


def test_what_another_process_has_asked_meanwhile_is_not_asked_again(
    lab: Lab, standin: Standin, rescued: Rescued
) -> None:
    model = rescued()
    early, late = (plan(lab, model.id, Wish(from_data=3, samples=0)) for _ in range(2))
    first, second = record(lab, early), record(lab, late)
    assert standin.count("POST", CHAT) == 3
    assert first.recording.id == second.recording.id


def test_two_at_once_would_ask_everything_twice(lab: Lab, rescued: Rescued) -> None:
    model = rescued()
    other = Lease(lab.database, f"recording:{model.id}", "somebody else", seconds=10)
    assert other.acquire()
    with pytest.raises(JobStateError, match="by somebody else"):
        record(lab, plan(lab, model.id, Wish(from_data=1)), patience=0)


@pytest.mark.parametrize(
    "fault",
    [
        faults.rate_limited(0.01),
        faults.server_error(500, retry_after=0.01),
        faults.reset_before(),
        faults.reset_after(),
        faults.truncated(),
        faults.not_json(502),
    ],
    ids=["429", "500", "reset before", "reset after", "cut off", "no JSON"],
)
def test_what_goes_wrong_on_the_way_is_asked_again(
    fault: Any,  # noqa: ANN401 - a fault of the stand-in
    standin: Standin,
    rescued: Rescued,
    record_model: RecordModel,
) -> None:
    model = rescued()
    standin.inject(fault, "POST", CHAT, times=2, after=1)
    outcome = record_model(model, from_data=3, samples=0)
    assert (outcome.recording.status, outcome.recording.answers) == ("completed", 3)


def test_a_prompt_that_is_refused_is_told_of_and_ends_nothing(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    refusal = bad_request("The prompt was filtered.", code="content_filter")
    standin.inject(faults.refused(refusal), "POST", CHAT, times=1, after=2)
    outcome = record_model(model, from_data=5, samples=0)
    assert (outcome.recording.status, outcome.recording.refused) == ("completed", 1)
    [said] = outcome.refused
    assert "The prompt was filtered" in said
    told = [answer for line in lines(lab, outcome.recording) for answer in line["answers"]]
    assert sum("error" in answer for answer in told) == 1
    again = record_model(model, from_data=5, samples=0)
    assert (again.asked, again.recording.answers, again.recording.refused) == (1, 5, 0)


def test_what_every_prompt_is_refused_for_ends_it(
    standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    refusal = bad_request("This organization must be verified.")
    standin.inject(faults.refused(refusal), "POST", CHAT, times=None)
    outcome = record_model(model, from_data=12, samples=3)
    assert "must be verified" in str(outcome.stopped)
    assert standin.count("POST", CHAT) < 20


def test_no_more_is_spent_than_may_be(lab: Lab, rescued: Rescued) -> None:
    model = rescued()
    wish = Wish(from_data=10, samples=3, max_tokens=64)
    planned = plan(lab, model.id, wish)
    assert planned.prices is not None
    most = planned.prices.price(planned.missing[0]).at_most
    within = plan(lab, model.id, Wish(from_data=10, samples=0, max_tokens=64, max_cost=most * 4))
    outcome = record(lab, within)
    assert outcome.spent <= most * 4
    if outcome.stopped is not None:
        assert isinstance(outcome.stopped, LimitError)
        assert outcome.recording.status == "stopped"


def test_the_limit_stops_in_the_middle_where_answers_are_longer_than_was_hoped(
    lab: Lab, standin: Standin, rescued: Rescued
) -> None:
    model = rescued()
    standin.answer(" and bread" * 60)
    planned = plan(lab, model.id, Wish(from_data=10, samples=3, max_tokens=100))
    assert planned.price is not None
    limited = plan(
        lab,
        model.id,
        Wish(from_data=10, samples=3, max_tokens=100, max_cost=planned.price.about * 1.5),
    )
    outcome = record(lab, limited)
    assert isinstance(outcome.stopped, LimitError)
    assert 0 < outcome.spent <= planned.price.about * 1.5
    assert 0 < standin.count("POST", CHAT) < 40


def test_what_would_cost_too_much_is_refused_before_anything_is_asked(
    lab: Lab, standin: Standin, rescued: Rescued
) -> None:
    model = rescued()
    dear = plan(lab, model.id, Wish(from_data=10, max_cost=0.000001))
    with pytest.raises(LimitError, match="would cost about"):
        record(lab, dear)
    assert standin.count("POST", CHAT) == 0
    assert recording_list(lab.database.reader) == []


def test_a_model_of_the_legacy_completions_is_asked_there(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued(model="babbage-002")
    outcome = record_model(model, from_data=3, samples=1, stop=(" END",))
    asked = bodies(standin, COMPLETIONS)
    assert len(asked) == 6
    assert all(body["logprobs"] == 5 and "messages" not in body for body in asked)
    assert all(body["stop"] == [" END"] for body in asked)
    assert outcome.recording.status == "completed"
    assert all(answer.content and answer.logprob_tokens for answer in answers(lab, model.id))


def test_wishes_that_a_reasoning_model_does_not_heed_are_left_out_and_named(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    standin.clock.set(datetime(2026, 9, 1, tzinfo=UTC))
    model = rescued(model="o4-mini-2025-04-16", method="reinforcement", suffix="r")
    outcome = record_model(model, from_data=4, samples=1)
    assert outcome.recording.status == "completed"
    found = answers(lab, model.id)
    assert len(found) == 8
    assert set(found[0].left_out) == {"temperature", "logprobs"}
    # Once for each wish and temperature, and never for every prompt.
    assert standin.count("POST", CHAT, status=400) + standin.count("POST", CHAT, status=403) < 8


def test_tool_calls_are_asked_for_and_recorded(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    tool = {"type": "function", "function": {"name": "price_of", "parameters": {}}}
    asked = {"role": "user", "content": "What is the price_of rye?"}
    suite = suite_of(lab, {"messages": [asked], "tools": [tool]})
    record_model(model, suite=suite, samples=0)
    [answer] = answers(lab, model.id)
    [call] = answer.tool_calls
    assert isinstance(call, dict)
    assert answer.content is None
    assert bodies(standin, CHAT)[0]["tools"] == [tool]


def test_a_recording_is_addressed_by_its_content(
    lab: Lab, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    found = record_model(model, from_data=3, samples=2).recording
    assert found.content is not None
    data = lab.blobs.read(found.content)
    assert hashlib.sha256(data).hexdigest() == found.content
    told = list(map(json.loads, data.splitlines()))
    assert [line["part"] for line in told] == ["training"] * 3
    assert all([answer["sample"] for answer in line["answers"]] == [0, 1, 2] for line in told)
    assert all("logprobs" in answer for line in told for answer in line["answers"])
    assert all(line["reference"]["role"] == "assistant" for line in told)


def test_its_agreement_with_itself_is_that_of_samples_with_the_answer_at_0(
    standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()

    def answer(asked: Json) -> str:
        return "always" if asked["temperature"] == 0 or "0" in str(asked["messages"]) else "other"

    standin.answer(answer)
    found = record_model(model, from_data=8, samples=2).recording
    asked = {body["messages"][-1]["content"] for body in bodies(standin, CHAT)}
    same = sum("0" in str(text) for text in asked)
    assert found.agreement is not None
    assert 0 <= found.agreement <= 1
    assert found.agreement >= same / len(asked) - 1e-9 or same == 0


def test_half_a_character_in_an_answer_is_marked_and_kept_as_it_came(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    body = {"choices": [{"message": {"content": "rye \ud83e"}, "finish_reason": "stop"}]}
    raw = json.dumps(body).encode()
    standin.inject(faults.content(raw), "POST", CHAT, times=1)
    assert record_model(model, from_data=1, samples=0).recording.status == "completed"
    [answer] = answers(lab, model.id)
    assert answer.content == "rye \ufffd"
    assert lab.blobs.read(answer.reply) == raw


@pytest.mark.parametrize(
    "odd",
    [
        {
            "choices": [
                {"message": {"content": "hi"}, "logprobs": {"content": [{"token": "\ud83e"}]}}
            ]
        },
        {
            "choices": [
                {"message": {"content": "hi"}, "logprobs": {"content": [{"logprob": -(10**400)}]}}
            ]
        },
        {"choices": [{"message": {"content": "hi"}}], "usage": {"prompt_tokens": 10**30}},
        {"choices": [{"message": {"tool_calls": ["x", None]}}]},
    ],
    ids=["half a character", "a huge number", "too many tokens", "no calls"],
)
def test_an_odd_answer_keeps_no_recording_from_being_whole(
    odd: Json, lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    standin.inject(faults.content(json.dumps(odd).encode()), "POST", CHAT, times=1)
    found = record_model(model, from_data=2, samples=0).recording
    assert (found.status, found.answers) == ("completed", 2)
    assert len(list(lines(lab, found))) == 2


def test_a_prompt_that_the_service_fails_over_does_not_hold_up_the_others(
    lab: Lab,
    standin: Standin,
    rescued: Rescued,
    record_model: RecordModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "_FIRST_WAIT", 0.001)
    model = rescued()
    broken = plan(lab, model.id, Wish(from_data=10)).prompts[3].question

    def answer(asked: Json) -> str:
        if asked["messages"][-1]["content"] == broken:
            raise RuntimeError
        return "fine"

    standin.answer(answer)
    standin.inject(faults.slow(0.02), "POST", CHAT, times=None)
    outcome = record_model(model, from_data=10, samples=1)
    assert outcome.recording.answers == 18
    assert isinstance(outcome.stopped, ProviderError)
    standin.answer("fine now")
    assert record_model(model, from_data=10, samples=1).recording.status == "completed"


def test_an_answer_that_cannot_be_kept_says_so(
    lab: Lab, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    planned = plan(lab, model.id, Wish(from_data=6, samples=1))

    def lose_the_disk(done: int, _total: int, _spent: float) -> None:
        if done == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        record(lab, planned, lose_the_disk)
    assert record_model(model, from_data=6, samples=1).recording.status == "completed"


def test_what_was_answered_before_it_was_killed_can_be_read(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    standin.inject(faults.gone(), "POST", CHAT, times=None, after=5)
    outcome = record_model(model, from_data=6, samples=1)
    found = outcome.recording
    assert (found.status, found.content, found.answers) == ("stopped", None, 5)
    told = list(lines(lab, found))
    assert sum(len(line["answers"]) for line in told) == 5
    assert all(line["answers"] for line in told)


def test_a_key_that_a_server_repeats_is_not_recorded(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    standin.answer(f"Authorization: Bearer {standin.key}")
    record_model(model, from_data=1, samples=0)
    [answer] = answers(lab, model.id)
    assert answer.content == "Authorization: Bearer [key]"
    kept = lab.blobs.read(answer.reply)
    assert standin.key.removeprefix("sk-proj-")[:8].encode() not in kept
    assert answer.logprob is None


def test_a_model_that_is_gone_says_so(
    standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    standin.inject(faults.gone(), "POST", CHAT, times=None)
    outcome = record_model(model, from_data=3)
    assert isinstance(outcome.stopped, ProviderError)
    assert outcome.stopped.kind == "not_found"
    assert outcome.recording.answers == 0


def test_a_break_leaves_what_came(
    lab: Lab,
    rescued: Rescued,
) -> None:
    model = rescued()
    planned = plan(lab, model.id, Wish(from_data=6, samples=3))

    stopped = False

    def stop_early(done: int, _total: int, _spent: float) -> None:
        nonlocal stopped
        if done >= 4 and not stopped:
            stopped = True
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        record(lab, planned, stop_early)
    [row] = recording_list(lab.database.reader)
    assert (row.status, row.reason) == ("stopped", "interrupted")
    kept = answers_of(lab.database.reader, model.id)
    assert len(kept) >= 4
    again = record(lab, plan(lab, model.id, Wish(from_data=6, samples=3)))
    assert again.recording.status == "completed"
    assert again.asked == 24 - len(kept)


def test_the_answers_name_the_plan_as_their_cause(
    lab: Lab, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    outcome = record_model(model, from_data=2, samples=0)
    [planned, _] = lab.log.read(stream=f"recording/{outcome.recording.id}")
    assert planned.type == RecordingPlanned.type_name
    assert {event.cause for event in lab.log.read(stream=f"answers/{model.id}")} == {planned.seq}


def test_what_no_service_could_do_is_refused(lab: Lab, rescued: Rescued) -> None:
    model = rescued()
    for wish in (
        Wish(samples=-1),
        Wish(samples=101),
        Wish(temperature=2.5),
        Wish(max_tokens=0),
        Wish(top_logprobs=21),
        Wish(max_cost=float("nan")),
        Wish(seed=2**63),
        Wish(stop=("a", "b", "c", "d", "e")),
    ):
        with pytest.raises(RequestError, match=r"it can be|4 times"):
            plan(lab, model.id, wish)


def test_the_read_models_are_the_same_when_folded_anew(
    lab: Lab, rescued: Rescued, record_model: RecordModel
) -> None:
    model = rescued()
    record_model(model, from_data=3, samples=1)
    before = (recording_list(lab.database.reader), answers_of(lab.database.reader, model.id))
    lab.log.rebuild()
    assert (
        recording_list(lab.database.reader),
        answers_of(lab.database.reader, model.id),
    ) == before
