"""One question to several models."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.chatting.side_by_side import Ended, Piece, SideBySide
from engine.conversations import Sampling
from engine.errors import ProviderError, RequestError
from engine.lab import Lab
from store.errors import NotFoundError
from store.queries.chats import chat_list, chat_turns
from tests.engine.chatting.recorded import add_hosted, add_local
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.standin import Standin

_CHAT = "/chat/completions"
_SHORT = Sampling(max_tokens=6)


def _answers(talk: SideBySide, question: str) -> tuple[list[str], list[Ended]]:
    """Return the answers, put together from their pieces, and how they ended."""
    words = [""] * len(talk.conversations)
    ends: dict[int, Ended] = {}
    for item in talk.ask(question):
        if isinstance(item, Piece):
            assert item.place not in ends
            words[item.place] += item.words
        else:
            ends[item.place] = item
    return words, [ends[place] for place in range(len(words))]


def test_all_of_them_answer_and_every_turn_is_recorded(hosted: Lab, standin: Standin) -> None:
    tuned = standin.past_job().fine_tuned_model
    assert tuned
    add_hosted(hosted, tuned)
    names = [tuned, "gpt-4o", "davinci-002"]
    with SideBySide(hosted, names, "Be brief.", _SHORT, provider="openai") as talk:
        for question in ("One?", "Two?"):
            words, ends = _answers(talk, question)
            assert all(words)
            assert [end.turn and end.turn.content for end in ends] == words
            assert [end.failure for end in ends] == [None] * 3
    reader = hosted.database.reader
    recorded = {chat.model: chat_turns(reader, chat.id) for chat in chat_list(reader)}
    assert recorded.keys() == {"mdl_hosted00000", "gpt-4o", "davinci-002"}
    assert {len(turns) for turns in recorded.values()} == {2}
    assert recorded["gpt-4o"][1].answer == words[1]
    assert standin.count("POST", "/**") == 6


def test_hosted_and_local_models_answer_together(
    hosted: Lab, tiny_base: Path, tiny_adapter: Path
) -> None:
    add_local(hosted, "tuned", tiny_base, tiny_adapter)
    names = ["tuned", str(tiny_base), "tuned"]
    with SideBySide(hosted, [*names, "ft:nobody"], None, _SHORT) as talk:
        words, ends = _answers(talk, "How many clips?")
    assert words[0] == words[2] != words[1]
    assert words[3] == ""
    assert [end.turn and end.turn.completion_tokens for end in ends] == [6, 6, 6, None]
    assert [type(end.failure) for end in ends] == [*[type(None)] * 3, ProviderError]
    assert [model.hosted for model in talk.conversations] == [False, False, False, True]


def test_one_that_breaks_off_leaves_the_others_alone(hosted: Lab, standin: Standin) -> None:
    standin.answer("one two three four")
    standin.inject(faults.stream_reset(3), "POST", "/completions")
    with SideBySide(hosted, ["davinci-002", "gpt-4o"], None, _SHORT, provider="openai") as talk:
        words, [broken, whole] = _answers(talk, "Count.")
    assert words == ["one two three", "one two three four"]
    assert broken.turn is not None
    assert broken.turn.error == str(broken.failure)
    assert whole.failure is None


def test_leaving_stops_and_records_all_of_them(hosted: Lab, standin: Standin) -> None:
    standin.answer("word " * 300)
    standin.inject(faults.slow_midway(0.05), "POST", "/chat/completions", times=2)
    with (
        SideBySide(hosted, ["gpt-4o", "gpt-4.1"], None, Sampling(), provider="openai") as talk,
        closing(talk.ask("Go on.")) as news,
    ):
        for item in news:
            assert isinstance(item, Piece)
            break
    for conversation in talk.conversations:
        assert conversation.last_turn is not None
        assert conversation.last_turn.cancelled
    reader = hosted.database.reader
    reasons = [
        turn.finish_reason for chat in chat_list(reader) for turn in chat_turns(reader, chat.id)
    ]
    assert reasons == ["cancelled"] * 2


def test_what_cannot_be_asked_is_an_end_without_a_turn(hosted: Lab) -> None:
    with SideBySide(hosted, ["gpt-4o"], None, _SHORT, provider="openai") as talk:
        _answers(talk, "Hello?")
        _, [end] = _answers(talk, "\udcff")
    assert end.turn is None
    assert isinstance(end.failure, RequestError)


def test_nothing_is_begun_if_one_of_them_is_not_there(hosted: Lab, standin: Standin) -> None:
    with pytest.raises(NotFoundError):
        SideBySide(hosted, ["ft:nobody", "nobody"], None, _SHORT)
    assert standin.requests == []


@pytest.mark.parametrize("seconds", [0.0, 0.002, 0.01, 0.05, 0.2])
def test_leaving_at_any_moment_waits_for_no_answer(
    hosted: Lab, standin: Standin, seconds: float
) -> None:
    standin.inject(faults.slow(60), "POST", _CHAT, times=None)
    with SideBySide(hosted, ["gpt-4o", "gpt-4.1"], None, _SHORT, provider="openai") as talk:
        began = time.monotonic()
        with pytest.raises(TimeoutError), _interrupted_after(seconds):
            list(talk.ask("Hello?"))
        assert time.monotonic() - began < 30


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    """Raise in the block, wherever it stands, as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
