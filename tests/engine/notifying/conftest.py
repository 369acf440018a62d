"""Jobs that end, and those who want to be told: a command of theirs, a server of theirs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.config import edits
from engine.config.notifying import COMMAND, URL
from engine.lab import Lab
from engine.notifying.telling import Telling
from store.events import Fact, JobPlanned, JobSubmitted
from store.ids import new_id

SECRET = "T0SECRET/B1SECRET"  # noqa: S105 - made up


class Outside:
    """A server somewhere else that keeps what it is sent.

    Attributes:
        answer: the status that it answers with; 0 hangs up instead.
        got: what was posted, in order.
    """

    def __init__(self) -> None:
        self.answer = 200
        self.got: list[dict[str, Any]] = []
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.got.append(json.loads(body))
                if not outside.answer:
                    self.close_connection = True
                    return
                self.send_response(outside.answer)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/services/{SECRET}?key={SECRET}"

    @property
    def texts(self) -> list[str]:
        return [got["text"] for got in self.got]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Told:
    """A command that appends to a file what it is told."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "told.jsonl"
        self.script = folder / "tell.sh"
        self.script.write_text(f'#!/bin/sh\necho "$FTLAB_TEXT" >> {self.file}\n')
        self.script.chmod(0o755)

    @property
    def lines(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []


@pytest.fixture
def outside() -> Iterator[Outside]:
    found = Outside()
    yield found
    found.close()


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


@pytest.fixture
def by_command(lab: Lab, told: Told) -> Told:
    """A command that is settled, and the log knows it."""
    edits.set_notifying(lab.places.config, COMMAND, [str(told.script)])
    Telling(lab).begin()
    return told


@pytest.fixture
def by_url(lab: Lab, outside: Outside) -> Outside:
    """An address that is settled, and the log knows it."""
    edits.set_notifying(lab.places.config, URL, outside.url)
    Telling(lab).begin()
    return outside


Job = Callable[..., str]


@pytest.fixture
def job(lab: Lab) -> Job:
    """Record a job and what happened to it."""

    def record(name: str, *facts: Fact) -> str:
        found = new_id("job")
        plan = JobPlanned(
            name=name,
            provider="local",
            base_model="base",
            method="lora",
            hyperparameters={},
            dataset="ds_0000000001",
        )
        lab.log.append(f"job/{found}", plan, JobSubmitted(remote_id="1"), *facts)
        return found

    return record
