"""`python -m engine.serve`: the model server as a process of its own.

Reads one line of JSON from standard input (see `engine.serve.settings`), prints `{"port": N}` on
standard output when it accepts connections, logs to standard error, and ends when standard input
closes (so it dies with its parent, even one that is killed) or on SIGTERM.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable

from engine.serve.settings import ServerSettings, SettingsError, read_settings

_NEEDED = ("torch", "transformers", "peft", "starlette", "uvicorn")
_FAILED = 1
_WRONG_USAGE = 2


def main() -> int:
    """Run the server until its parent lets go of it; returns the exit status."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        return _fail(
            f"models on this machine need {', '.join(missing)}: pip install 'ftlab[local]'", _FAILED
        )
    try:
        settings = read_settings(sys.stdin.buffer.readline())
    except SettingsError as error:
        return _fail(str(error), _WRONG_USAGE)
    try:
        listener = _listen(settings)
    except OSError as error:
        reason = error.strerror or error
        return _fail(f"cannot listen on {settings.host}:{settings.port}: {reason}", _FAILED)
    _yield_cores()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    _serve(settings, listener)
    return 0


def _fail(reason: str, status: int) -> int:
    sys.stderr.write(f"{reason}\n")
    return status


def _listen(settings: ServerSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family)


def _yield_cores() -> None:
    """Let torch's threads sleep while they wait for each other, unless the user chose otherwise.

    By default they spin, and hold back the very thread they wait for when something else (a
    training run, say) wants the cores too: five times slower on two cores. Must come before torch
    is loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _serve(settings: ServerSettings, listener: socket.socket) -> None:
    import uvicorn

    from engine.serve.app import build_app

    class AnnouncedServer(uvicorn.Server):
        """Says on standard output when it accepts connections, and stops with its parent."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            _announce(listener.getsockname()[1])
            _when_parent_ends(self.stop)

        def stop(self) -> None:
            self.should_exit = True

    config = uvicorn.Config(
        build_app(settings), ws="none", log_config=None, timeout_graceful_shutdown=1
    )
    asyncio.run(AnnouncedServer(config).serve(sockets=[listener]))


def _announce(port: int) -> None:
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    # Nobody reads standard output after that line: what libraries print belongs to the log.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _when_parent_ends(stop: Callable[[], None]) -> None:
    """Call `stop` from a thread when the other end of standard input is closed."""

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        stop()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: the worker thread may be deep in torch, and the interpreter must not be taken
    # down under it.
    os._exit(status)
