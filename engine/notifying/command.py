"""Running the user's command: told by variables and on its standard input, within its time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from engine.child import without_keys
from engine.config.settings import NOTIFY_VARIABLES
from engine.notifying.message import Message
from engine.notifying.ways import Outcome
from engine.places import Places

SECONDS = 30.0
_KEPT = 300
_PIECE = 8192
_LAST_WORDS_SECONDS = 1.0


def run(
    arguments: Sequence[str], message: Message, places: Places, seconds: float = SECONDS
) -> Outcome:
    """Run a command in the data directory, and no shell; it is killed when its time is over.

    Args:
        arguments: its program and arguments.
        message: what it is told.
        places: the lab's: `ftlab` finds the same one in the command.
        seconds: its time.
    """
    try:
        process = _start(arguments, message, places)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        return Outcome(False, f"{Path(arguments[0]).name} cannot be run: {why}")
    with process:
        return _outcome(process, seconds)


def program(arguments: Sequence[str]) -> str:
    """Return what is run: ~ means the home folder, as people expect, though there is no shell."""
    return os.path.expanduser(arguments[0])  # noqa: PTH111 - a name without a slash stays one


def is_there(arguments: Sequence[str], places: Places) -> bool:
    """Tell whether there is such a program; one with a slash is looked for from where it runs."""
    named = program(arguments)
    if "/" in named:
        return os.access(_folder(places) / named, os.X_OK)
    return shutil.which(named) is not None


def _folder(places: Places) -> Path:
    return places.home if places.home.is_dir() else places.database.parent


def _start(arguments: Sequence[str], message: Message, places: Places) -> subprocess.Popen[bytes]:
    # A file, for a command that reads none of it must not keep anybody waiting.
    with tempfile.TemporaryFile() as told:
        told.write(message.as_json())
        told.seek(0)
        return subprocess.Popen(
            [program(arguments), *arguments[1:]],
            stdin=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=_folder(places),
            env=_environment(message, places),
            # Ctrl-C is for ftlab, and what the command starts is killed with it.
            start_new_session=True,
        )


def _environment(message: Message, places: Places) -> dict[str, str]:
    own = {"FTLAB_HOME": str(places.home), "FTLAB_DB": str(places.database)}
    secret = NOTIFY_VARIABLES.values()
    around = {name: value for name, value in without_keys().items() if name not in secret}
    return around | own | message.environment()


def _outcome(process: subprocess.Popen[bytes], seconds: float) -> Outcome:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    end = _End(process.stdout)
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        return Outcome(False, f"it was killed: it did not end within {seconds:g} s", end.text())
    except BaseException:
        _kill(process)
        raise
    said = end.text()
    if status == 0:
        return Outcome(True, "exit status 0", said)
    ended = f"exit status {status}" if status > 0 else f"signal {-status}"
    return Outcome(False, ended, said)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class _End:
    """Reads what a process prints, from a thread, and keeps the end of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""
        self._thread = threading.Thread(target=self._read, name="notify output", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            while piece := os.read(self._stream.fileno(), _PIECE):
                self._kept = (self._kept + piece)[-4 * _KEPT :]

    def text(self) -> str:
        """Return the end of it, waiting a moment for what is under way."""
        self._thread.join(_LAST_WORDS_SECONDS)
        return self._kept.decode("utf-8", "replace").strip()[-_KEPT:]
