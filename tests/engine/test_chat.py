"""Conversations over the real openai client, with a real model server and with faulty ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from engine.chat import ChatError, ChatSession, ChatTurn, LocalEndpoint, Sampling

if TYPE_CHECKING:
    from engine.serve.process import LocalServer

KEY = "sk-secret-2718281828"


@pytest.fixture
def open_session(server: LocalServer) -> Iterator[Callable[..., ChatSession]]:
    """Opens conversations with the tiny model that are closed after the test."""
    opened: list[ChatSession] = []

    def open_one(
        model: str = "base",
        system: str | None = None,
        temperature: float = 0,
        max_tokens: int = 20,
        seed: int | None = None,
    ) -> ChatSession:
        sampling = Sampling(temperature, max_tokens, seed)
        opened.append(ChatSession(LocalEndpoint(server), model, system, sampling))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


def finished(session: ChatSession) -> ChatTurn:
    assert session.last_turn is not None
    return session.last_turn


def test_an_answer_comes_in_pieces_and_the_turn_tells_of_it(
    open_session: Callable[..., ChatSession],
) -> None:
    session = open_session()
    pieces = list(session.ask("How many clips?"))
    turn = finished(session)
    assert len(pieces) > 3
    assert turn.question == "How many clips?"
    assert turn.content == "".join(pieces)
    assert (turn.finish_reason, turn.completion_tokens, turn.error) == ("length", 20, None)
    assert turn.prompt_tokens is not None
    assert turn.seconds_to_first_token is not None
    assert 0 < turn.seconds_to_first_token <= turn.seconds


def test_the_conversation_so_far_goes_with_each_question(
    open_session: Callable[..., ChatSession],
) -> None:
    session = open_session(system="Be brief.")
    list(session.ask("One?"))
    first = finished(session)
    list(session.ask("Two?"))
    second = finished(session)
    assert [message["role"] for message in session.messages] == [
        "system",
        *("user", "assistant") * 2,
    ]
    assert first.prompt_tokens is not None
    assert second.prompt_tokens is not None
    assert second.prompt_tokens > first.prompt_tokens


def test_the_seed_and_the_temperature_reach_the_model(
    open_session: Callable[..., ChatSession],
) -> None:
    def drawn(**options: object) -> str:
        return "".join(open_session(**options).ask("How many?"))

    assert drawn(temperature=1.2, seed=5) == drawn(temperature=1.2, seed=5)
    assert drawn(temperature=1.2, seed=5) != drawn(temperature=1.2, seed=6)
    assert drawn() == drawn()


def test_an_answer_of_no_words_is_a_turn_too(open_session: Callable[..., ChatSession]) -> None:
    session = open_session("silent")
    assert list(session.ask("Hello?")) == []
    turn = finished(session)
    assert (turn.content, turn.finish_reason, turn.seconds_to_first_token) == ("", "stop", None)
    assert len(session.messages) == 2


def test_a_cancel_from_another_thread_keeps_what_came(
    open_session: Callable[..., ChatSession],
) -> None:
    session = open_session(max_tokens=2000)
    pieces: list[str] = []
    for piece in session.ask("Go on for ever."):
        pieces.append(piece)
        if len(pieces) == 3:
            thread = threading.Thread(target=session.cancel)
            thread.start()
            thread.join()
    turn = finished(session)
    assert turn.cancelled
    assert turn.error is None
    assert turn.content == "".join(pieces)
    assert session.messages[-1] == {"role": "assistant", "content": turn.content}
    assert next(session.ask("And now?"))


def test_an_iteration_that_is_left_early_counts_as_cancelled(
    open_session: Callable[..., ChatSession],
) -> None:
    session = open_session(max_tokens=2000)
    for piece in session.ask("Go on for ever."):
        assert piece
        break
    assert finished(session).cancelled


def test_one_question_at_a_time(open_session: Callable[..., ChatSession]) -> None:
    session = open_session(max_tokens=2000)
    answer = session.ask("First?")
    next(answer)
    with pytest.raises(ChatError, match="still coming"):
        list(session.ask("Second?"))
    session.cancel()
    list(answer)
    assert finished(session).question == "First?"


def test_a_refusal_is_told_in_plain_words_and_leaves_no_trace_in_the_conversation(
    open_session: Callable[..., ChatSession],
) -> None:
    session = open_session()
    with pytest.raises(ChatError, match="context is 2048 tokens"):
        list(session.ask("word " * 3000))
    assert session.messages == []
    assert finished(session).error is not None
    assert "".join(session.ask("Shorter?"))


def test_an_unknown_model_is_told(open_session: Callable[..., ChatSession]) -> None:
    with pytest.raises(ChatError, match="'gpt-9' is not served here"):
        list(open_session("gpt-9").ask("Hello?"))


@dataclass(frozen=True)
class At:
    """A server at any address, asked with any key."""

    base_url: str
    key: str = KEY


def test_a_wrong_key_is_told_without_it(server: LocalServer) -> None:
    session = ChatSession(LocalEndpoint(At(server.base_url)), "base")
    with pytest.raises(ChatError, match="refused the key") as refusal:
        list(session.ask("Hello?"))
    session.close()
    assert KEY not in str(refusal.value)
    assert refusal.value.__context__ is None
    assert KEY not in repr(session)


def chunk(content: str = "", finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps({**body, "choices": [choice]}).encode() + b"\n\n"


class FaultyServer(ThreadingHTTPServer):
    """A server on loopback that streams what it is told to and then hangs up.

    Attributes:
        status: the status of its answers.
        content: what it sends, in HTTP chunks.
        whole: whether it ends the answer properly.
        answer_at: it answers nothing before this is set.
        asked: set when a request has come.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), FaultyHandler)
        self.status = 200
        self.content: list[bytes] = []
        self.whole = False
        self.answer_at = threading.Event()
        self.answer_at.set()
        self.asked = threading.Event()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class FaultyHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyServer

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.set()
        self.server.answer_at.wait(30)
        self.send_response(self.server.status)
        kind = "text/event-stream" if self.server.status == 200 else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        ends = [b""] if self.server.whole else []
        for part in [*self.server.content, *ends]:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield running
        running.answer_at.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def session(faulty: FaultyServer) -> Iterator[ChatSession]:
    opened = ChatSession(LocalEndpoint(At(faulty.base_url)), "m")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("last", "whole", "words"),
    [
        (b"", False, "broke off"),
        (b"", True, "broke off before the end"),
        (b"data: [DONE]\n\n", True, "broke off before the end"),
        (b'data: {"error": {"message": "out of memory at %s"}}\n\n' % KEY.encode(), True,
         "out of memory at"),
        (b"data: {half a line\n\n", True, "unreadable"),
    ],
)  # fmt: skip
def test_an_answer_that_breaks_off_keeps_what_came(
    faulty: FaultyServer, session: ChatSession, last: bytes, whole: bool, words: str
) -> None:
    faulty.content = [chunk("Half "), chunk("an answer"), *([last] if last else [])]
    faulty.whole = whole
    pieces: list[str] = []
    with pytest.raises(ChatError, match=words) as failure:
        pieces.extend(session.ask("Go on"))
    turn = finished(session)
    assert pieces == ["Half ", "an answer"]
    assert turn.content == "Half an answer"
    assert turn.error == str(failure.value)
    assert turn.finish_reason is None
    assert session.messages[-1]["content"] == "Half an answer"
    assert KEY not in turn.error


def test_a_server_error_is_told_in_its_own_words(
    faulty: FaultyServer, session: ChatSession
) -> None:
    faulty.status = 500
    faulty.content = [b'{"error": {"message": "the disk is on fire"}}']
    faulty.whole = True
    with pytest.raises(ChatError, match=r"\(500\): the disk is on fire"):
        list(session.ask("Hello?"))


def test_a_cancel_before_the_first_word_releases_the_reader_at_once(
    faulty: FaultyServer, session: ChatSession
) -> None:
    faulty.answer_at.clear()

    def cancel_when_asked() -> None:
        faulty.asked.wait(30)
        session.cancel()

    thread = threading.Thread(target=cancel_when_asked)
    thread.start()
    assert list(session.ask("Hello?")) == []
    thread.join()
    assert finished(session).cancelled
    assert session.messages == []


def test_no_server_at_all_is_told() -> None:
    session = ChatSession(LocalEndpoint(At("http://127.0.0.1:9/v1")), "m")
    with pytest.raises(ChatError, match="No connection to the model server"):
        list(session.ask("Hello?"))
    session.close()


def test_a_fault_of_our_own_does_not_leave_the_reader_waiting(
    session: ChatSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr("engine.chatting.calls.Call._answer", fail)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    with pytest.raises(ChatError, match="fault in ftlab"):
        list(session.ask("Hello?"))
