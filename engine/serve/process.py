"""The model server from its parent's side: a child process with a one-time key.

Light on purpose: the parent loads neither torch nor the server's own packages.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import IO, Self

from engine.child import python_module
from engine.errors import LabError
from engine.serve.settings import LOOPBACK, ServedModel, ServerSettings

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_LAST_LINES = 12
_GRACE = 5.0
"""Seconds that the child has to end by itself before it is killed."""


class LocalServerError(LabError):
    """The model server did not start, with what it said last."""


class LocalServer:
    """Serves models of this machine on loopback for as long as the context lasts.

        with LocalServer([ServedModel("smollm2-135m-instruct", "/models/smollm2")]) as server:
            ChatSession(LocalEndpoint(server), "smollm2-135m-instruct")

    Starting takes about a second and loads no model; the first request for a model does.
    The server ends with this process, however it ends.

    Attributes:
        key: the one-time key that requests must show.
        models: the models that it answers for.
    """

    def __init__(self, models: Iterable[ServedModel], *, start_timeout: float = 60.0) -> None:
        """Prepare a server for `models` that has `start_timeout` seconds to come up."""
        self.key = secrets.token_urlsafe(32)
        self.models = tuple(models)
        self._start_timeout = start_timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._readers: list[threading.Thread] = []
        self._said: deque[str] = deque(maxlen=_LAST_LINES)
        self._port: int | None = None

    def __repr__(self) -> str:
        ids = ", ".join(served.id for served in self.models)
        return f"<LocalServer for {ids} on port {self._port}>"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """The address for OpenAI clients.

        Raises:
            LocalServerError: if the server is not running.
        """
        if self._port is None:
            raise LocalServerError("The model server is not running.")
        return f"http://{LOOPBACK}:{self._port}/v1"

    @property
    def pid(self) -> int | None:
        """The process id of the running server, or None."""
        return self._process.pid if self._process else None

    @property
    def last_lines(self) -> list[str]:
        """The last lines of the server's log."""
        return list(self._said)

    def start(self) -> None:
        """Start the child and wait until it accepts connections.

        Raises:
            LocalServerError: if it ends or says nothing within the time given.
        """
        if self._process is not None:
            return
        self._process = _spawn()
        announced: SimpleQueue[bytes] = SimpleQueue()
        self._read_aside(lambda pipe: announced.put(pipe.readline()), self._process.stdout)
        self._read_aside(self._remember_lines, self._process.stderr)
        self._send_settings(self._process)
        try:
            self._port = _port_of(announced.get(timeout=self._start_timeout))
        except Empty:
            self._port = None
        if self._port is None:
            raise self._not_started(self._process)

    def close(self) -> None:
        """End the child. Harmless when it is not running."""
        process, self._process, self._port = self._process, None, None
        if process is None:
            return
        with suppress(BrokenPipeError):
            _opened(process.stdin).close()
        _wait_or_kill(process)
        for reader in self._readers:
            reader.join(_GRACE)
        self._readers.clear()
        _opened(process.stdout).close()
        _opened(process.stderr).close()

    def _send_settings(self, process: subprocess.Popen[bytes]) -> None:
        line = ServerSettings(self.key, self.models).to_line().encode()
        with suppress(BrokenPipeError):  # it ended already; its last words tell why
            _opened(process.stdin).write(line)
            _opened(process.stdin).flush()

    def _read_aside(self, read: Callable[[IO[bytes]], None], pipe: IO[bytes] | None) -> None:
        reader = threading.Thread(target=read, args=(_opened(pipe),), daemon=True)
        reader.start()
        self._readers.append(reader)

    def _remember_lines(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._said.append(line.decode(errors="replace").rstrip())

    def _not_started(self, process: subprocess.Popen[bytes]) -> LocalServerError:
        ended = _ended(process)
        if not ended:
            process.kill()
        self.close()
        what = (
            "did not start"
            if ended
            else f"was not ready after {self._start_timeout:g} seconds and was stopped"
        )
        said = "\n".join(self._said).replace(self.key, "[key]") or "it said nothing"
        return LocalServerError(f"The model server {what}: {said}")


def _spawn() -> subprocess.Popen[bytes]:
    """Start the server's process, in a session of its own: Ctrl-C reaches the parent alone."""
    command, environment = python_module("engine.serve")
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the child was started without pipes")
    return pipe


def _port_of(line: bytes) -> int | None:
    try:
        return int(json.loads(line)["port"])
    except (ValueError, KeyError, TypeError):
        return None


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process is over; one that has closed its output is given a moment to be."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.5)
    return process.poll() is not None


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
