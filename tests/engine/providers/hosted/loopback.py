"""A service of a few lines: it answers what it is told to, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest

from engine.errors import ProviderError
from engine.keys import Key
from engine.profiles import Profile, make
from engine.providers.hosted.clients import open_blocking_client, open_client
from engine.providers.hosted.failures import told

Fault = Literal["cut off", "reset", "silent"]
EMPTY_LIST = {"object": "list", "data": [], "has_more": False}


@dataclass(frozen=True)
class Answer:
    """What the service says, or how it fails to."""

    status: int = 200
    body: Any = field(default_factory=lambda: EMPTY_LIST)
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    fault: Fault | None = None

    @property
    def content(self) -> bytes:
        """The body as it is sent: a text as it stands, anything else as JSON."""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def refusal(
    status: int,
    message: str,
    code: str | None = None,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Return an error in OpenAI's form."""
    error = {"message": message, "type": kind, "param": param, "code": code}
    return Answer(status, {"error": error}, headers or {})


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Message


class Service(ThreadingHTTPServer):
    """A service on loopback.

    Attributes:
        answers: what is answered to a path without its query; anything else is an empty list.
        right: tells whether a request may be answered; what is not is refused with 401.
        asked: the requests that came.
        released: set when answers that are silent may end.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.right: Callable[[Message], bool] = lambda _headers: True
        self.wrong = refusal(401, "Incorrect API key provided.", "invalid_api_key")
        self.asked: list[Asked] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def profile(self, **said: object) -> Profile:
        """Return a profile that leads here."""
        return make("here", {"kind": "compatible", "base_url": self.url, **said})

    def answer(self, path: str, headers: Message) -> Answer:
        """Return what is answered."""
        if not self.right(headers):
            return self.wrong
        return self.answers.get(path.partition("?")[0], Answer())


@contextmanager
def running() -> Iterator[Service]:
    """Have a service run while the block does."""
    with Service() as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            service.released.set()
            service.shutdown()
            thread.join()


async def failure_of(profile: Profile, key: Key, seconds: float = 30.0) -> ProviderError:
    """Ask for the jobs in both ways, and return the failure, which must be the same."""
    with pytest.raises(ProviderError) as blocking:
        _ask(profile, key, seconds)
    with pytest.raises(ProviderError) as awaited:
        await _ask_and_wait(profile, key, seconds)
    assert str(awaited.value) == str(blocking.value)
    assert vars(awaited.value) == vars(blocking.value)
    assert key.reveal() not in "".join(traceback.format_exception(awaited.value))
    return awaited.value


def _ask(profile: Profile, key: Key, seconds: float) -> None:
    with told(profile, key), open_blocking_client(profile, key, timeout=seconds) as client:
        client.fine_tuning.jobs.list()


async def _ask_and_wait(profile: Profile, key: Key, seconds: float) -> None:
    async with open_client(profile, key, timeout=seconds) as client:
        with told(profile, key):
            await client.fine_tuning.jobs.list()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def do_GET(self) -> None:
        self._reply()

    def do_POST(self) -> None:
        self._reply()

    def _reply(self) -> None:
        self.server.asked.append(Asked(self.command, self.path, self.headers))
        answer = self.server.answer(self.path, self.headers)
        self.close_connection = True
        if answer.fault == "reset":
            # Closing with linger 0 sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        if answer.fault == "silent":
            self.server.released.wait(30)
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        more = 100 if answer.fault == "cut off" else 0
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.content) + more))
        self.send_header("Connection", "close")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the Date header, unless an answer has its own."""
        return self._own_date() or super().date_time_string(timestamp)

    def _own_date(self) -> str | None:
        return self.server.answer(self.path, self.headers).headers.get("Date")

    def log_message(self, *_: object) -> None:
        """Stay silent."""
