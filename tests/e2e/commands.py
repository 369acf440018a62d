"""Running the `ftlab` command to its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import tui
from tests.e2e.children import forking

COMMAND = [sys.executable, "-m", "tui.cli"]
SOURCES = Path(tui.__file__).parents[1]
SECONDS = 60
_MOST_IN_A_PIPE = 60_000
_FRESH = "FTLAB_TEST_FRESH"


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    status: int
    out: str
    err: str


def run(arguments: list[str], text: str, environment: dict[str, str]) -> Finished:
    """Run it with a text on its standard input and nothing around it but this environment.

    It is forked off an interpreter that has loaded what most commands load, which is twice as fast;
    where the environment speaks to Python, or `FTLAB_TEST_FRESH` is set, it gets one of its own.
    """
    if len(text) > _MOST_IN_A_PIPE or _speaks_to_python(environment) or os.environ.get(_FRESH):
        return _run_afresh(arguments, text, environment)
    return _nursery().run(arguments, text, environment)


def _speaks_to_python(environment: dict[str, str]) -> bool:
    return (
        environment["PYTHONPATH"] != str(SOURCES)
        or environment["LANG"] != "C.UTF-8"
        or any(name.startswith(("PYTHON", "LC_")) for name in environment.keys() - _KNOWN)
    )


_KNOWN = {"PYTHONPATH", "PYTHON_KEYRING_BACKEND"}


def _run_afresh(arguments: list[str], text: str, environment: dict[str, str]) -> Finished:
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=text,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=SECONDS,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


class _Nursery:
    """The interpreter that commands are forked off; it ends with the tests."""

    def __init__(self) -> None:
        self._address = Path(tempfile.mkdtemp()) / "socket"
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", forking.__name__, str(self._address)],
            # It ends when this pipe does: with these tests, be they killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=kept | {"LANG": "C.UTF-8", "PYTHONPATH": str(SOURCES), "HOME": "/nonexistent"},
            cwd=SOURCES,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def run(self, arguments: list[str], text: str, environment: dict[str, str]) -> Finished:
        with ExitStack() as stack:
            out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
            reading, writing = os.pipe()
            os.write(writing, text.encode())
            os.close(writing)
            connection = stack.enter_context(socket.socket(socket.AF_UNIX))
            connection.connect(str(self._address))
            asked = {
                "arguments": arguments,
                "environment": environment,
                "folder": str(Path.cwd()),
            }
            message = json.dumps(asked).encode() + b"\n"
            sent = socket.send_fds(connection, [message], [reading, out.fileno(), err.fileno()])
            connection.sendall(message[sent:])
            os.close(reading)
            return Finished(_status(connection, arguments), _said(out), _said(err))


def _status(connection: socket.socket, arguments: list[str]) -> int:
    connection.settimeout(SECONDS)
    with connection.makefile("r") as answers:
        process = int(answers.readline())
        try:
            return int(answers.readline())
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise subprocess.TimeoutExpired(arguments, SECONDS) from None


def _said(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode().replace("\r\n", "\n")


@cache
def _nursery() -> _Nursery:
    return _Nursery()
