"""Why no connection came about."""

from __future__ import annotations

import errno
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.keys import Key
from engine.profiles import Profile, make
from engine.providers.hosted.connections import connection_words
from tests.engine.providers.hosted.loopback import failure_of


@pytest.fixture(autouse=True)
def _without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def _profile(url: str) -> Profile:
    return make("far", {"kind": "compatible", "base_url": url})


async def _words(profile: Profile) -> str:
    failure = await failure_of(profile, Key("sk-proj-Zq7Xw2mN9rT4vB8kL3", "a test"))
    assert failure.kind == "connection"
    return str(failure)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


async def test_a_port_where_nothing_listens_is_told() -> None:
    port = _free_port()
    words = await _words(_profile(f"http://127.0.0.1:{port}/v1"))
    assert words.startswith(f"nothing listens at 127.0.0.1:{port}: is the address right")


async def test_a_name_that_leads_nowhere_is_told() -> None:
    words = await _words(_profile("https://nowhere.invalid/v1"))
    assert words.startswith("the name of nowhere.invalid cannot be resolved")


async def test_a_proxy_that_is_not_there_is_not_taken_for_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://ada:hidden@127.0.0.1:{_free_port()}")
    words = await _words(_profile("https://api.example.com/v1"))
    assert words.startswith("nothing listens at the proxy on the way to api.example.com")
    assert "hidden" not in words


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[int]:
    """The port of a server with a certificate that nobody has signed but itself."""
    both = tmp_path / "both.pem"
    subject = ["-subj", "/CN=localhost", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run([*made, "-keyout", both, "-out", tmp_path / "cert.pem"], check=True, stderr=-3)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", both)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_shake_hands, args=(listening, context), daemon=True)
        thread.start()
        yield listening.getsockname()[1]


def _shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()


async def test_a_certificate_that_is_not_trusted_is_told_with_what_to_do(secured: int) -> None:
    words = await _words(_profile(f"https://localhost:{secured}/v1"))
    assert f"the certificate of localhost:{secured} is not trusted (self-signed" in words
    assert "SSL_CERT_FILE" in words


async def test_a_server_without_encryption_is_told_from_one_with_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_answer_plainly, args=(listening,), daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        words = await _words(_profile(f"https://localhost:{port}/v1"))
    assert f"localhost:{port} and this machine cannot agree on encryption" in words


def _answer_plainly(listening: socket.socket) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def test_a_network_that_is_down_is_told() -> None:
    error = OSError(errno.ENETUNREACH, "Network is unreachable")
    words = connection_words(error, _profile("https://api.example.com/v1"))
    assert words == "there is no way to api.example.com: is this machine online?"


def test_the_cause_is_found_behind_concurrent_attempts() -> None:
    attempts = ExceptionGroup("all failed", [OSError("x"), ConnectionRefusedError("y")])
    words = connection_words(attempts, _profile("https://api.example.com/v1"))
    assert words.startswith("nothing listens at api.example.com")


def test_what_has_no_words_here_is_told_in_its_own() -> None:
    error = RuntimeError("")
    error.__cause__ = ValueError("the moon is full")
    words = connection_words(error, _profile("https://api.example.com/v1"))
    assert words == "the connection to api.example.com broke off: the moon is full"
