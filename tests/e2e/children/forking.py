"""Run commands in forks of an interpreter that has loaded what most of them begin by loading.

Reads requests from the Unix socket named by the first argument, each on a connection of its own:
the command's standard streams and, as a JSON line, its arguments, environment and folder. Answers
with the number of its process, then with its exit status. It ends with whoever holds the other end
of its standard input, however that one ends, and removes the socket's folder.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import random
import select
import shutil
import signal
import socket
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

_LOADED = "openai", "sqlmodel", "store.log", "store.events", "engine.lab", "rich.table", "tui.cli"
_LONGEST_REQUEST = 1 << 20


def _serve(path: str) -> None:
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        assert threading.active_count() == 1, "a fork takes no threads along"
        while _is_asked(listening):
            connection, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                os._exit(_look_after(connection))
            connection.close()
    shutil.rmtree(Path(path).parent, ignore_errors=True)


def _is_asked(listening: socket.socket) -> bool:
    """Wait for the next request; tell whether there is one, for nobody is left to ask otherwise."""
    ready, _, _ = select.select([listening, sys.stdin], [], [])
    return sys.stdin not in ready


def _look_after(connection: socket.socket) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, streams, _, _ = socket.recv_fds(connection, _LONGEST_REQUEST, 3)
    while not message.endswith(b"\n"):
        message += connection.recv(_LONGEST_REQUEST)
    process = os.fork()
    if process == 0:
        connection.close()
        _become(json.loads(message), streams)
    connection.sendall(f"{process}\n".encode())
    _, status = os.waitpid(process, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    return 0


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """Be the command, from its first moment to its end."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    random.seed()
    sys.argv = ["ftlab", *asked["arguments"]]
    sys.stdin, sys.stdout = _text(0, "r"), _text(1, "w")
    sys.stderr = io.TextIOWrapper(
        io.FileIO(2, "w"), "utf-8", "backslashreplace", line_buffering=True
    )
    os._exit(_status())


def _text(stream: int, mode: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(open(stream, f"{mode}b"), "utf-8", "surrogateescape")


def _status() -> int:
    from tui.cli import main

    status: Any = 0
    try:
        main()
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status if isinstance(status, int) else 0 if status is None else 1


if __name__ == "__main__":
    _serve(sys.argv[1])
