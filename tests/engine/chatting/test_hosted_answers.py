"""Answers of a hosted service, whole and broken."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from engine.chat import ChatSession, ChatTurn, Sampling
from engine.chatting import endpoints
from engine.chatting.endpoints import HostedEndpoint
from engine.errors import ProviderError
from engine.keys import Key
from engine.lab import Lab
from tests.engine.chatting.conftest import opened
from tests.standin import faults
from tests.standin.errors import server_error
from tests.standin.injection import Fault
from tests.standin.replies import EventStream

if TYPE_CHECKING:
    from tests.standin.standin import Standin

_CHAT = "/chat/completions"
_WRONG = "sk-proj-Zq7Xw2mN9rT4vB8kL3"
Open = Callable[..., ChatSession]


@pytest.fixture
def open_session(hosted: Lab) -> Iterator[Open]:
    """Opens conversations that are closed after the test."""
    sessions: list[ChatSession] = []

    def open_one(
        model: str = "gpt-4o-mini",
        profile: str = "openai",
        system: str | None = None,
        sampling: Sampling | None = None,
        key: Key | None = None,
    ) -> ChatSession:
        service, own_key = opened(hosted, profile)
        endpoint = HostedEndpoint(service, key or own_key)
        sessions.append(ChatSession(endpoint, model, system, sampling))
        return sessions[-1]

    yield open_one
    for session in sessions:
        session.close()


def finished(session: ChatSession) -> ChatTurn:
    assert session.last_turn is not None
    return session.last_turn


def failure_of(session: ChatSession) -> tuple[list[str], ProviderError]:
    """Ask for what cannot be answered whole; return the pieces that came, and why."""
    pieces: list[str] = []
    with pytest.raises(ProviderError) as raised:
        pieces.extend(session.ask("How much is a croissant?"))
    turn = finished(session)
    assert turn.content == "".join(pieces)
    assert turn.error == str(raised.value)
    assert (turn.finish_reason, turn.completion_tokens) == (None, None)
    return pieces, raised.value


@pytest.mark.parametrize("profile", ["openai", "azure", "old-azure", "elsewhere"])
def test_an_answer_streams_and_the_turn_tells_of_it(
    standin: Standin, open_session: Open, profile: str
) -> None:
    standin.answer("Two euros.")
    session = open_session(profile=profile, system="Be brief.", sampling=Sampling(0.5, 50, 7))
    assert list(session.ask("How much is a croissant?")) == ["Two", " euros", "."]
    turn = finished(session)
    assert (turn.content, turn.finish_reason, turn.error) == ("Two euros.", "stop", None)
    assert (turn.prompt_tokens, turn.completion_tokens, turn.cached_tokens) == (9, 3, 0)
    assert (turn.answered_by, turn.fingerprint) == ("gpt-4o-mini-2024-07-18", "fp_0f03d4f0ee")
    [asked] = standin.asked("POST", _CHAT)
    assert asked.json == {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "How much is a croissant?"},
        ],
        "temperature": 0.5,
        "max_completion_tokens": 50,
        "seed": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_the_conversation_so_far_goes_with_each_question(
    standin: Standin, open_session: Open
) -> None:
    session = open_session()
    first = "".join(session.ask("One?"))
    list(session.ask("Two?"))
    _, second = standin.asked("POST", _CHAT)
    assert second.json is not None
    said = [message["content"] for message in second.json["messages"]]
    assert said == ["One?", first, "Two?"]


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (faults.stream_broken(4), "connection", "broke off before the end of the answer"),
        (faults.stream_broken(4, error=server_error(500)), "server", "broke off its answer: The s"),
        (faults.stream_reset(4), "connection", "the connection to .* broke off"),
    ],
)
def test_an_answer_that_breaks_off_keeps_what_came_with_the_reason(
    standin: Standin, open_session: Open, fault: Fault, kind: str, words: str
) -> None:
    standin.answer("one two three four five")
    standin.inject(fault, "POST", _CHAT)
    session = open_session()
    pieces, failure = failure_of(session)
    assert pieces == ["one", " two", " three"]
    assert failure.kind == kind
    with pytest.raises(ProviderError, match=words):
        raise failure
    assert session.messages[-1] == {"role": "assistant", "content": "one two three"}
    assert standin.count("POST", _CHAT) == 1


def test_what_the_service_could_not_do_at_first_is_asked_again(
    standin: Standin, open_session: Open
) -> None:
    standin.answer("Two euros.")
    standin.inject(faults.rate_limited(0.01), "POST", _CHAT)
    standin.inject(faults.server_error(503), "POST", _CHAT)
    session = open_session()
    assert "".join(session.ask("How much?")) == "Two euros."
    assert standin.count("POST", _CHAT) == 3


def test_a_wrong_key_is_told_without_any_part_of_it(standin: Standin, open_session: Open) -> None:
    session = open_session(key=Key(_WRONG, "a test"))
    pieces, failure = failure_of(session)
    assert pieces == []
    assert failure.kind == "authentication"
    assert "openai refused the key from a test" in str(failure)
    told = "".join(traceback.format_exception(failure)) + repr(session) + repr(vars(failure))
    assert not any(part in told for part in (_WRONG, _WRONG[:8], _WRONG[-6:]))
    assert session.messages == []
    assert standin.secrets == [_WRONG]


def test_a_web_page_is_no_answer(standin: Standin, open_session: Open) -> None:
    standin.inject(faults.not_json(200), "POST", _CHAT)
    _, failure = failure_of(open_session())
    assert failure.kind == "unreadable"


def test_a_cancel_releases_the_reader_at_once_and_keeps_what_came(
    standin: Standin, open_session: Open
) -> None:
    standin.answer("word " * 200)
    standin.inject(faults.slow_midway(0.05), "POST", _CHAT)
    session = open_session()
    pieces: list[str] = []
    for piece in session.ask("Go on."):
        pieces.append(piece)
        if len(pieces) == 2:
            thread = threading.Thread(target=session.cancel)
            thread.start()
            thread.join()
    turn = finished(session)
    assert turn.cancelled
    assert turn.error is None
    assert len(pieces) < 100
    assert turn.content == "".join(pieces)


def test_a_cancel_before_the_first_word_waits_for_nothing(
    standin: Standin, open_session: Open
) -> None:
    standin.inject(faults.slow(30), "POST", _CHAT)
    session = open_session()

    def cancel_when_asked() -> None:
        while not standin.count("POST", _CHAT):
            time.sleep(0.01)
        session.cancel()

    thread = threading.Thread(target=cancel_when_asked)
    thread.start()
    assert list(session.ask("Hello?")) == []
    thread.join()
    assert finished(session).cancelled


def test_nothing_listens_at_the_address(hosted: Lab, standin: Standin, open_session: Open) -> None:
    text = hosted.places.config.read_text().replace(standin.base_url, "http://127.0.0.1:9/v1")
    hosted.places.config.write_text(text)
    _, failure = failure_of(open_session(profile="elsewhere"))
    assert failure.kind == "connection"
    assert "nothing listens at 127.0.0.1:9" in str(failure)


def test_a_service_that_never_answers_is_asked_once(
    standin: Standin, open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "_SILENT_SECONDS", 0.5)
    standin.inject(faults.slow(5), "POST", _CHAT, times=None)
    _, failure = failure_of(open_session())
    assert failure.kind == "timeout"
    assert standin.count("POST", _CHAT) == 1


def test_one_that_asks_to_wait_long_is_not_waited_for(standin: Standin, open_session: Open) -> None:
    standin.inject(faults.rate_limited(600), "POST", _CHAT)
    _, failure = failure_of(open_session())
    assert failure.kind == "rate_limit"
    assert standin.count("POST", _CHAT) == 1


def test_a_cancel_ends_the_waiting_too(standin: Standin, open_session: Open) -> None:
    standin.inject(faults.rate_limited(50), "POST", _CHAT, times=None)
    session = open_session()

    def cancel_when_refused() -> None:
        while not standin.count("POST", _CHAT, status=429):
            time.sleep(0.01)
        session.cancel()

    thread = threading.Thread(target=cancel_when_refused)
    thread.start()
    assert list(session.ask("Hello?")) == []
    thread.join()
    assert finished(session).cancelled


def _events(*events: dict[str, Any]) -> Fault:
    """The events of a stream in the place of its own."""
    return Fault(change=lambda _, reply: replace(reply, payload=EventStream(list(events))))


def _chunk(delta: dict[str, object], **more: object) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": more.pop("reason", None)}
    return {"id": "x", "object": "chat.completion.chunk", "choices": [choice], **more}


def test_what_a_service_puts_in_the_place_of_numbers_and_names_is_left_out(
    standin: Standin, open_session: Open
) -> None:
    for usage in ("many", {"prompt_tokens": -1, "completion_tokens": 2.5}, [1]):
        odd: list[dict[str, Any]] = [
            _chunk({"content": "Two "}, model=7, system_fingerprint=["x"]),
            {"id": "x", "choices": "none", "usage": None},
            _chunk({"content": "euros."}, reason="stop", usage=usage),
        ]
        standin.inject(_events(*odd), "POST", _CHAT)
        session = open_session()
        assert "".join(session.ask("How much?")) == "Two euros."
        turn = finished(session)
        assert (turn.error, turn.finish_reason) == (None, "stop")
        assert (turn.prompt_tokens, turn.completion_tokens) == (None, None)
        assert (turn.answered_by, turn.fingerprint) == (None, None)


def test_a_key_that_an_answer_repeats_is_neither_shown_nor_kept(
    standin: Standin, open_session: Open
) -> None:
    key = standin.key
    said = [f"Bearer {key[:3]}", key[3:20], f"{key[20:]} it is"]
    events = [*(_chunk({"content": words}, model=key) for words in said), _chunk({}, reason="stop")]
    standin.inject(_events(*events), "POST", _CHAT)
    session = open_session()
    assert "".join(session.ask("Who am I?")) == "Bearer [key] it is"
    assert (finished(session).content, finished(session).answered_by) == (
        *("Bearer [key] it is", "[key]"),
    )
