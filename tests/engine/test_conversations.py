"""Conversations with real models, and what is recorded of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.chat import ChatError
from engine.errors import RequestError
from engine.lab import Lab
from store.errors import NotFoundError
from store.events import ModelRegistered
from store.queries import chats
from store.queries.chats import ChatRow, ChatTurnRow


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
    shutil.rmtree(with_model.places.model("mdl_tuned000000"))
    with with_model.open_chat("tuned") as conversation, pytest.raises(ChatError):
        list(conversation.ask("One?"))
    _, [turn] = _recorded(with_model, "mdl_tuned000000")
    assert turn.answer == ""
    assert turn.error


def test_a_question_that_is_no_text_is_not_asked(with_model: Lab) -> None:
    head = with_model.database.head()
    with with_model.open_chat("tuned") as conversation, pytest.raises(RequestError, match="UTF-8"):
        list(conversation.ask("\udcff"))
    assert with_model.database.head() == head


def test_an_unknown_model_is_not_found(lab: Lab) -> None:
    with pytest.raises(NotFoundError, match=r"nobody.*nor is it a base model"):
        lab.open_chat("nobody")
