"""Training processes that start at once: each is forked from one that has loaded the libraries.

Reads requests from its standard input, a line of JSON each: the worker's `arguments`, the file
`said` for what it prints, and `faults`, each `[MOMENT, STEP, FAULT]`. A fault is the name of a
signal, which the process is sent then, or `FULL DISK`: only small files can be written. The moment
is `save` (as the checkpoint of the step is written), `seal` (before it is marked as whole), or what
is about to be told of the step (`metrics`). Answers with the exit status as soon as the process has
ended: minus the signal's number if one killed it.

Usage: warm.py
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import datasets  # noqa: F401 (loaded for those that are forked)
import peft  # noqa: F401
from transformers import Trainer

from engine.training import checkpoints, trainer, worker  # noqa: F401
from engine.training.progress import ProgressWriter

_BYTES = 20_000
_FULL_DISK = "FULL DISK"
_Faults = dict[tuple[str, int], str]


def main() -> None:
    """Answer requests until there are no more."""
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if not pid:
            _train(request)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n")
        sys.stdout.flush()


def _train(request: dict[str, Any]) -> None:
    os.setsid()
    said = os.open(request["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    _inject({(moment, step): fault for moment, step, fault in request["faults"]})
    status = 1
    try:
        status = worker.main(request["arguments"])
    finally:
        os._exit(status)


def _inject(faults: _Faults) -> None:
    write, save, seal = ProgressWriter._write, Trainer._save_checkpoint, checkpoints.seal

    def write_or_fail(self: ProgressWriter, kind: str, **fields: Any) -> None:  # noqa: ANN401
        _send(faults.get((kind, fields.get("step", 0))))
        write(self, kind, **fields)

    def save_or_fail(self: Trainer, *arguments: object) -> None:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        if faults.get(("save", self.state.global_step)) == _FULL_DISK:
            resource.setrlimit(resource.RLIMIT_FSIZE, (_BYTES, limits[1]))
        try:
            save(self, *arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    def seal_or_fail(run_dir: Path, step: int) -> None:
        _send(faults.get(("seal", step)))
        seal(run_dir, step)

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    ProgressWriter._write = write_or_fail  # type: ignore[method-assign]  # the faults to inject
    Trainer._save_checkpoint = save_or_fail
    checkpoints.seal = seal_or_fail


def _send(name: str | None) -> None:
    if name is not None:
        os.kill(os.getpid(), signal.Signals[name])


if __name__ == "__main__":
    main()
