"""Conversations with real models, and what is recorded of them."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.chat import ChatError
from engine.conversations import Conversation, Sampling
from engine.errors import ProviderError, RequestError
from engine.lab import Lab
from store.errors import NotFoundError
from store.events import ChatOpened, ChatTurnRecorded, ModelRegistered
from store.queries import chats
from store.queries.chats import ChatRow, ChatTurnRow
from tests.engine import keyrings
from tests.standin import faults
from tests.standin.errors import ApiError
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.standin.standin import Standin

__all__ = ["standin"]

_WRONG_KEY = "sk-proj-Zq7Xw2mN9rT4vB8kL3"


@pytest.fixture
def with_model(lab: Lab, tiny_base: Path, tiny_adapter: Path) -> Lab:
    """A lab in which an adapter called `tuned` and a full model called `whole` are registered."""
    _register(lab, "mdl_tuned000000", "tuned", "adapter", tiny_base, tiny_adapter)
    _register(lab, "mdl_whole000000", "whole", "full", tiny_base, tiny_base)
    return lab


def _register(lab: Lab, model: str, name: str, kind: str, base: Path, files: Path) -> None:
    shutil.copytree(files, lab.places.model(model))
    registered = ModelRegistered.model_validate(
        {
            "id": model,
            "name": name,
            "kind": kind,
            "base_model": str(base),
            "job": "job_0000000001",
            "dataset": "ds_0000000001",
            "hyperparameters": {},
            "path": f"models/{model}",
        }
    )
    lab.log.append(f"model/{model}", registered)


def _recorded(lab: Lab, model: str) -> tuple[ChatRow, list[ChatTurnRow]]:
    [chat] = chats.chat_list(lab.database.reader, model)
    return chat, chats.chat_turns(lab.database.reader, chat.id)


def test_every_turn_is_recorded_with_what_it_cost(with_model: Lab) -> None:
    with with_model.open_chat("tuned", system="Be brief.", max_tokens=6, seed=7) as conversation:
        assert conversation.model_name == "tuned"
        answers = ["".join(conversation.ask(question)) for question in ("One?", "Two?")]
    chat, turns = _recorded(with_model, "mdl_tuned000000")
    assert chat.system == "Be brief."
    assert [turn.question for turn in turns] == ["One?", "Two?"]
    assert [turn.answer for turn in turns] == answers
    assert {turn.completion_tokens for turn in turns} == {6}
    assert {turn.finish_reason for turn in turns} == {"length"}


def test_nothing_is_recorded_of_a_conversation_without_a_question(with_model: Lab) -> None:
    head = with_model.database.head()
    with with_model.open_chat("tuned"):
        pass
    assert with_model.database.head() == head


def test_adapter_base_and_full_model_answer_as_what_they_are(
    with_model: Lab, tiny_base: Path
) -> None:
    answers = {}
    for model in ("tuned", "whole", str(tiny_base)):
        with with_model.open_chat(model, max_tokens=12) as conversation:
            answers[model] = "".join(conversation.ask("How many clips?"))
    assert answers["whole"] == answers[str(tiny_base)] != answers["tuned"]


def test_what_came_before_a_stop_is_recorded(with_model: Lab) -> None:
    with with_model.open_chat("tuned", max_tokens=2000) as conversation:
        pieces = []
        for piece in conversation.ask("Go on."):
            pieces.append(piece)
            if len(pieces) == 3:
                conversation.cancel()
    _, [turn] = _recorded(with_model, "mdl_tuned000000")
    assert turn.answer == "".join(pieces)
    assert turn.finish_reason == "cancelled"


def test_a_failed_answer_is_recorded_with_its_reason(with_model: Lab) -> None:
    weights = with_model.places.model("mdl_tuned000000")
    shutil.rmtree(weights)
    weights.mkdir()
    with with_model.open_chat("tuned") as conversation, pytest.raises(ChatError):
        list(conversation.ask("One?"))
    _, [turn] = _recorded(with_model, "mdl_tuned000000")
    assert turn.answer == ""
    assert turn.error


def test_a_model_whose_files_are_gone_is_refused_before_anything_is_loaded(with_model: Lab) -> None:
    shutil.rmtree(with_model.places.model("mdl_tuned000000"))
    with pytest.raises(NotFoundError, match="the files of tuned are not on this machine"):
        with_model.open_chat("tuned")


def test_a_question_that_is_no_text_is_not_asked(with_model: Lab) -> None:
    head = with_model.database.head()
    with with_model.open_chat("tuned") as conversation, pytest.raises(RequestError, match="UTF-8"):
        list(conversation.ask("\udcff"))
    assert with_model.database.head() == head


@pytest.fixture
def asking(
    lab: Lab, standin: Standin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Lab]:
    """A lab whose built-in profile leads to the stand-in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", standin.key)
    monkeypatch.setenv("OPENAI_BASE_URL", standin.base_url)
    with keyrings.used(keyrings.NoKeyring):
        yield lab


def test_a_hosted_models_turn_is_recorded_with_its_cost(asking: Lab, standin: Standin) -> None:
    model = standin.past_job().fine_tuned_model
    assert model
    standin.answer("Two euros.")
    sampling = Sampling(temperature=1.0, max_tokens=50, seed=7, stop=("END",))
    with Conversation(asking, model, "Be brief.", sampling) as conversation:
        assert "".join(conversation.ask("How much is it?")) == "Two euros."
    [stream] = _streams(asking)
    opened, said = asking.log.facts(stream)
    assert opened == ChatOpened(
        model=model,
        provider="openai",
        system="Be brief.",
        temperature=1.0,
        max_tokens=50,
        seed=7,
        stop=["END"],
    )
    turn = conversation.last_turn
    assert turn is not None
    assert turn.cost == pytest.approx((8 * 0.30 + 3 * 1.20) / 1e6)
    assert said == ChatTurnRecorded(
        question="How much is it?",
        answer="Two euros.",
        finish_reason="stop",
        prompt_tokens=8,
        completion_tokens=3,
        cached_tokens=0,
        seconds_to_first_token=turn.seconds_to_first_token,
        seconds=turn.seconds,
        cost=turn.cost,
        answered_by=model,
        fingerprint="fp_0f03d4f0ee",
    )


def test_where_no_price_is_known_the_tokens_are_recorded_alone(asking: Lab) -> None:
    with Conversation(asking, "gpt-6-luna", None, Sampling(), provider="openai") as conversation:
        list(conversation.ask("Hello?"))
    assert not conversation.priced
    _, [turn] = _recorded(asking, "gpt-6-luna")
    assert turn.completion_tokens
    assert turn.cost is None


def test_what_came_before_a_hosted_answer_broke_off_is_recorded(
    asking: Lab, standin: Standin
) -> None:
    standin.answer("one two three four")
    standin.inject(faults.stream_reset(3), "POST", "/chat/completions")
    conversation = Conversation(asking, "gpt-4o", None, Sampling(), provider="openai")
    with conversation, pytest.raises(ProviderError):
        list(conversation.ask("Count."))
    _, [turn] = _recorded(asking, "gpt-4o")
    assert (turn.answer, turn.finish_reason, turn.cost) == ("one two", None, None)
    assert turn.error
    assert "broke off" in turn.error


def test_no_key_gets_into_what_is_recorded(
    asking: Lab, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", _WRONG_KEY)
    repeated = f"Incorrect API key provided: {_WRONG_KEY}, {_WRONG_KEY[:8]}***{_WRONG_KEY[-4:]}."
    for status in (400, 401, 403, 404, 429):
        fault = faults.refused(ApiError(status, repeated, code=_WRONG_KEY))
        standin.inject(fault, "POST", "/chat/completions", times=3 if status == 429 else 1)
        conversation = Conversation(asking, "gpt-4o", None, Sampling(), provider="openai")
        with conversation, pytest.raises(ProviderError) as raised:
            list(conversation.ask("Hello?"))
        assert not _shows_key("".join(traceback.format_exception(raised.value)))
    assert len(_streams(asking)) == 5
    for file in asking.places.home.rglob("*"):
        assert not file.is_file() or not _shows_key(file.read_bytes().decode("latin-1"))


def _shows_key(text: str) -> bool:
    return any(part in text for part in (_WRONG_KEY, _WRONG_KEY[:8], _WRONG_KEY[-6:]))


def _streams(lab: Lab) -> set[str]:
    return {found.stream for found in lab.log.read() if found.stream.startswith("chat/")}


def test_an_unknown_model_is_not_found(lab: Lab) -> None:
    with pytest.raises(NotFoundError, match=r"nobody.*nor is it a base model"):
        lab.open_chat("nobody")
