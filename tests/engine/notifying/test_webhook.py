"""Posting to the user's address: at most once, and never with a word of it."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.notifying import message
from engine.notifying.webhook import post

if TYPE_CHECKING:
    from tests.engine.notifying.conftest import Outside


def test_the_message_is_posted_as_json(outside: Outside) -> None:
    assert post(outside.url, message.of_test()) == (True, "answered 200", "")
    (got,) = outside.got
    assert got["text"] == got["content"] == "ftlab can reach you"
    assert (got["status"], got["job"]["name"]) == ("test", "test")


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (404, "answered 404"),
        (500, "answered 500"),
        (307, "answered 307, which leads elsewhere and is not followed"),
        (0, "it may have arrived: no answer (RemoteProtocolError)"),
    ],
)
def test_what_may_have_arrived_is_not_sent_again(outside: Outside, status: int, what: str) -> None:
    outside.answer = status
    assert post(outside.url, message.of_test(), 0) == (False, what, "")
    assert len(outside.got) == 1


def test_a_server_that_is_not_there_is_tried_three_times() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        outcome = post(f"http://127.0.0.1:{port}/SECRET", message.of_test(), 0)
    assert outcome == (False, "not reached, 3 times: Connection refused", "")


def test_a_server_that_comes_up_meanwhile_is_told_once(outside: Outside) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    begun = threading.Timer(0.2, _forward, (port, outside.server.server_port))
    begun.start()
    outcome = post(f"http://127.0.0.1:{port}/", message.of_test(), 1.0)
    begun.join()
    assert outcome == (True, "answered 200", "")
    assert len(outside.got) == 1


def _forward(port: int, to: int) -> None:
    """Take one connection and pass it on, both ways."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        here, _ = listening.accept()
    there = socket.create_connection(("127.0.0.1", to))
    for source, target in ((here, there), (there, here)):
        threading.Thread(target=_copy, args=(source, target), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    # The other way may have closed both already.
    with source, target, suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/SECRET", "https://SECRET.invalid/SECRET"])
def test_no_outcome_holds_the_address(url: str) -> None:
    outcome = post(url, message.of_test(), 0)
    assert not outcome.ok
    assert "SECRET" not in outcome.what


def test_a_certificate_that_does_not_hold_is_told(tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("key.pem", "cert.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-keyout", files[0], "-out", files[1]], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_greet, args=(listening, context), daemon=True).start()
        url = f"https://localhost:{listening.getsockname()[1]}/"
        outcome = post(url, message.of_test(), 0)
    assert outcome.what.startswith("its certificate does not hold: self")


def _greet(listening: socket.socket, context: ssl.SSLContext) -> None:
    here, _ = listening.accept()
    with suppress(OSError):
        context.wrap_socket(here, server_side=True)
