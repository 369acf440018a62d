"""Models that come and go."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from engine.chatting.company import Company, Guest
from engine.chatting.sampling import Sampling
from engine.chatting.side_by_side import Ended, ask_all
from engine.conversations import Conversation
from engine.errors import LabError
from engine.lab import Lab
from store.errors import NotFoundError
from tests.engine.chatting.recorded import add_local

if TYPE_CHECKING:
    from tests.standin.standin import Standin

_SHORT = Sampling(max_tokens=4)


def test_one_that_cannot_be_asked_is_only_missing(
    hosted: Lab, standin: Standin, tiny_base: Path, tiny_adapter: Path
) -> None:
    standin.answer("Four.")
    add_local(hosted, "tuned", tiny_base, tiny_adapter)
    guests = [
        Guest("mdl_tuned000000"),
        Guest("nobody"),
        Guest("gpt-4o", "openai"),
        Guest(str(tiny_base), "local"),
    ]
    with Company(hosted) as company:
        tuned, nobody, remote, base = company.invite(guests, None, _SHORT)
        assert isinstance(nobody, NotFoundError)
        asked = [one for one in (tuned, remote, base) if isinstance(one, Conversation)]
        assert [one.hosted for one in asked] == [False, True, False]
        ends = [item for item in ask_all(hosted, asked, "2 + 2?") if isinstance(item, Ended)]
        assert [end.failure for end in ends] == [None] * 3


def test_a_server_that_does_not_start_fails_only_its_own_models(
    hosted: Lab, standin: Standin, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del standin

    def fault(_server: object) -> None:
        raise LabError("no memory")

    monkeypatch.setattr("engine.serve.process.LocalServer.start", fault)
    with Company(hosted) as company:
        guests = [Guest(str(tiny_base), "local"), Guest("gpt-4o", "openai")]
        local, remote = company.invite(guests, None, _SHORT)
    assert str(local) == "no memory"
    assert isinstance(remote, Conversation)


def test_what_is_ready_after_everything_was_closed_is_closed_at_once(
    hosted: Lab, standin: Standin
) -> None:
    company = Company(hosted)
    company.close()
    [found] = company.invite([Guest("gpt-4o", "openai")], None, _SHORT)
    assert isinstance(found, LabError)
    assert standin.requests == []


def test_a_conversation_that_was_closed_asks_nothing_any_more(
    hosted: Lab, standin: Standin
) -> None:
    conversation = hosted.open_chat("gpt-4o", provider="openai")
    conversation.close()
    came = Event()
    for _ in conversation.ask("Hello?"):
        came.set()
    assert not came.is_set()
    assert conversation.last_turn is not None
    assert conversation.last_turn.cancelled
    assert standin.count("POST", "/chat/completions") == 0
