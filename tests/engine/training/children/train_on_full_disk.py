"""A training process whose disk fills up: three times, each in another way.

While it saves the checkpoint of one step, and when it writes the result, it may write only small
files: the kernel then refuses to let a file grow, as it does on a full disk. Before it saves one
more checkpoint, the first or second or so, it is told of little free space.

Usage: train_on_full_disk.py STEP WHICH_CHECKPOINT RUN_DIR
"""

from __future__ import annotations

import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from transformers import Trainer

from engine.training import output, room, run, worker

_FULL, _LITTLE = int(sys.argv[1]), int(sys.argv[2])
_BYTES = 20_000
_checkpoint = count(1)
_save, _save_result, _free = Trainer._save_checkpoint, output.save_result, room.free


@contextmanager
def _full_disk() -> Iterator[None]:
    whole = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_BYTES, whole[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, whole)


def _save_or_not(self: Trainer, *arguments: object) -> None:
    if self.state.global_step != _FULL:
        _save(self, *arguments)
        return
    with _full_disk():
        _save(self, *arguments)


def _free_or_not(run_dir: Path) -> int:
    return 1500 if next(_checkpoint) == _LITTLE else _free(run_dir)


def _result_or_not(*arguments: Any) -> None:  # noqa: ANN401 (save_result's own)
    with _full_disk():
        _save_result(*arguments)


if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    Trainer._save_checkpoint = _save_or_not
    room.free = _free_or_not
    vars(run)["save_result"] = _result_or_not
    sys.exit(worker.main(sys.argv[3:]))
