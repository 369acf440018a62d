from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.errors import LimitError, RequestError
from engine.lab import Lab
from engine.providers.hosted.provider import HostedProvider
from engine.recording.plan import Wish
from engine.recording.run import Outcome
from engine.recording.several import Skipped, plan_several, record_several, retiring, total
from engine.rescue.history import rescue
from store.events import ChatOpened, ChatTurnRecorded
from store.leases import Lease
from store.queries.models import model_list
from tests.engine.recording.conftest import CHAT

if TYPE_CHECKING:
    from tests.standin.standin import Standin

TODAY = date(2026, 11, 21)


@pytest.fixture
def models(lab: Lab, provider: HostedProvider, standin: Standin) -> list[str]:
    """Three models that will be shut down, and one of whose end nothing is known."""
    for topic in ("bread", "cake", "rolls"):
        standin.past_job(topic=topic, suffix=topic)
    standin.past_job(model="babbage-002", topic="old")
    rescue(lab, provider)
    rows = model_list(lab.database.reader)
    return [
        next(row.id for row in rows if f":{topic}:" in row.name)
        for topic in ("bread", "cake", "rolls")
    ]


def chat_with(lab: Lab, model: str, turns: int, temperature: float = 0.0) -> None:
    stream = f"chat/chat_{model}_{turns}"
    lab.log.append(stream, ChatOpened(model=model, provider="openai", temperature=temperature))
    for _ in range(turns):
        lab.log.append(stream, ChatTurnRecorded(question="?", answer="!"))


def test_those_used_most_come_first_and_only_those_that_will_be_shut_down(
    lab: Lab, models: list[str]
) -> None:
    bread, cake, rolls = models
    chat_with(lab, rolls, 5)
    chat_with(lab, cake, 2)
    assert retiring(lab, TODAY) == [rolls, cake, bread]
    assert retiring(lab, date(2027, 2, 1)) == []


def test_all_are_recorded_within_one_budget(lab: Lab, models: list[str]) -> None:
    plans, skipped = plan_several(lab, models, Wish(from_data=4, samples=1, max_tokens=64))
    assert skipped == []
    price = total(plans)
    assert price is not None
    one = plans[0].price
    assert one is not None
    # Enough for what the first two will take, and not for the longest answers of a third.
    limit = one.at_most * 1.1
    found = list(record_several(lab, [replace(plan, limit=limit) for plan in plans]))
    spent = sum(outcome.spent for _, outcome in found if isinstance(outcome, Outcome))
    assert 0 < spent <= limit
    assert len(found) == 3


def test_a_model_that_would_cost_too_much_is_passed_over_for_a_cheaper_one(
    lab: Lab, models: list[str], standin: Standin
) -> None:
    dear, _ = plan_several(lab, models[:1], Wish(from_data=5, samples=99))
    cheap, _ = plan_several(lab, models[1:2], Wish(from_data=1, samples=0, max_tokens=16))
    assert cheap[0].price is not None
    limit = cheap[0].price.at_most * 2
    found = list(record_several(lab, [replace(plan, limit=limit) for plan in (*dear, *cheap)]))
    [(_, first), (_, second)] = found
    assert isinstance(first, Skipped)
    assert isinstance(first.reason, LimitError)
    assert isinstance(second, Outcome)
    assert second.recording.status == "completed"
    assert standin.count("POST", CHAT) == 1


def test_models_that_have_nothing_to_ask_are_told_of(
    lab: Lab, provider: HostedProvider, standin: Standin, models: list[str]
) -> None:
    lost = standin.past_job(gone=frozenset({"training"}), topic="lost")
    rescue(lab, provider)
    name = str(lost.fine_tuned_model)
    plans, skipped = plan_several(lab, [*models, name], Wish(), skip=True)
    assert len(plans) == 3
    [each] = skipped
    assert each.model == name
    assert "--suite" in str(each.reason)
    with pytest.raises(RequestError, match="is not kept here"):
        plan_several(lab, [name], Wish())


def test_the_samples_are_drawn_as_most_chats_with_the_model_were(
    lab: Lab, models: list[str]
) -> None:
    bread, cake, _ = models
    chat_with(lab, bread, 5, temperature=0.3)
    chat_with(lab, bread, 9, temperature=0.0)
    plans, _ = plan_several(lab, [bread, cake], Wish(from_data=1))
    assert [plan.settings.temperature for plan in plans] == [0.3, 1.0]
    assert "chats" in plans[0].temperature_from
    [asked], _ = plan_several(lab, [bread], Wish(from_data=1, temperature=0.9))
    assert asked.settings.temperature == 0.9


def test_a_model_that_somebody_else_is_recording_is_passed_over(
    lab: Lab, models: list[str]
) -> None:
    plans, _ = plan_several(lab, models[:2], Wish(from_data=1, samples=0))
    assert Lease(lab.database, f"recording:{models[0]}", "somebody else", seconds=10).acquire()
    [(_, first), (_, second)] = list(record_several(lab, plans, patience=0))
    assert isinstance(first, Skipped)
    assert "somebody else" in str(first.reason)
    assert isinstance(second, Outcome)


def test_data_that_its_owner_deleted_is_said_to_be_gone(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    lost = standin.past_job(gone=frozenset({"training"}), topic="lost")
    rescue(lab, provider)
    with pytest.raises(RequestError, match="deleted at openai"):
        plan_several(lab, [str(lost.fine_tuned_model)], Wish())
