"""What is said of a model that its service does not know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from engine.conversations import Conversation, Sampling
from engine.errors import ProviderError
from engine.lab import Lab
from store.events import ModelDeleted, ModelRetirementAnnounced
from tests.engine.chatting.recorded import add_hosted
from tests.standin.fixtures import NOW

if TYPE_CHECKING:
    from tests.standin.standin import Standin

_AFTERWARDS = datetime(2027, 2, 1, tzinfo=UTC)


def _refusal(
    lab: Lab, model: str, provider: str | None = None, now: datetime = NOW
) -> ProviderError:
    conversation = Conversation(lab, model, None, Sampling(), provider=provider, now=lambda: now)
    with conversation, pytest.raises(ProviderError) as raised:
        list(conversation.ask("Hello?"))
    assert conversation.last_turn is not None
    assert conversation.last_turn.error == str(raised.value)
    assert (raised.value.kind, raised.value.status) == ("not_found", 404)
    return raised.value


def test_a_model_goes_with_its_base_model_on_the_published_day(
    hosted: Lab, standin: Standin
) -> None:
    model = standin.past_job(model="gpt-3.5-turbo-0125").fine_tuned_model
    assert model
    add_hosted(hosted, model, base="gpt-3.5-turbo-0125")
    assert str(_refusal(hosted, model)) == (
        f"{model} is gone: it was shut down with its base model gpt-3.5-turbo-0125 on 2026-10-23 "
        "(OpenAI's API docs, Deprecations, 2026-11). `ftlab models recreate mdl_hosted00000 "
        "--provider local` trains it on this machine"
    )


def test_the_day_that_the_service_announced_comes_first(hosted: Lab, standin: Standin) -> None:
    model = standin.past_job().fine_tuned_model
    assert model
    add_hosted(hosted, model)
    hosted.log.append("model/mdl_hosted00000", ModelRetirementAnnounced(date="2027-01-20"))
    standin.clock.set(_AFTERWARDS)
    said = str(_refusal(hosted, model, now=_AFTERWARDS))
    assert "on 2027-01-20 (says openai). `ftlab models recreate" in said


def test_a_model_that_is_not_listed_is_gone_all_the_same(hosted: Lab) -> None:
    said = str(_refusal(hosted, "gpt-3.5-turbo", "openai"))
    assert said.startswith("gpt-3.5-turbo is gone: it was shut down on 2026-10-23 (OpenAI's")
    assert "recreate" not in said


def test_a_deleted_model_was_deleted(hosted: Lab) -> None:
    add_hosted(hosted, "ft:gpt-4o-mini-2024-07-18:acme::B1x")
    hosted.log.append("model/mdl_hosted00000", ModelDeleted())
    assert "B1x is gone: it was deleted on 20" in str(_refusal(hosted, "mdl_hosted00000"))


def test_a_model_that_was_just_made_needs_a_while(hosted: Lab, standin: Standin) -> None:
    standin.behaviour.looks_until_ready = 1
    model = standin.live_job("succeeded").fine_tuned_model
    assert model
    add_hosted(hosted, model, made=NOW - timedelta(minutes=5))
    assert f"openai does not know {model} yet: a model that" in str(_refusal(hosted, model))
    with Conversation(hosted, model, None, Sampling()) as conversation:
        assert "".join(conversation.ask("Hello?"))


def test_a_name_that_nobody_knows_is_told_in_the_services_words(hosted: Lab) -> None:
    for name, provider in (("gpt-9", "openai"), ("ft:gpt-4o:acme::x", None), ("bot", "azure")):
        assert f"The model `{name}` does not exist" in str(_refusal(hosted, name, provider))
