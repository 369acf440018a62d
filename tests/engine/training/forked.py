"""Training processes that need not load the libraries first.

Each is forked from a process that has loaded them, so that it is as much a process of its own as
one that is started: it is killed, runs out of disk, and gives its memory back alone.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

_CHILD = Path(__file__).parent / "children" / "forked.py"
_LIBRARIES = ["torch", "transformers", "datasets", "peft", "engine.training.trainer"]


class Forked:
    """A process that runs a script or a module, to be handled as one of `subprocess` is.

    Args:
        arguments: what `python` would be called with: a script, or `-m` and a module, and its own.
        environment: variables that are set for it.
        said: the file for what it prints.
    """

    def __init__(self, arguments: list[str], environment: dict[str, str], said: Path) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_LIBRARIES)
        given = {"arguments": arguments, "environment": environment, "said": str(said)}
        self._said = said
        self._process: ForkServerProcess = context.Process(
            target=runpy.run_path,
            args=(str(_CHILD),),
            kwargs={"init_globals": {"GIVEN": given}, "run_name": "__main__"},
        )
        with _one_thread():
            self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int:
        """Its exit status, once it has ended: minus the signal's number if one killed it."""
        assert self._process.exitcode is not None
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def communicate(self, timeout: float | None = None) -> tuple[None, str]:
        """Wait for its end and return what it said."""
        self._process.join(timeout)
        assert self._process.exitcode is not None, "it does not end"
        return None, self._said.read_text()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Those that are forked have as many threads as the one that they are forked from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield
