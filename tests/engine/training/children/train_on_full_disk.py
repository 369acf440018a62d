"""A training process that may write only small files while it saves the checkpoint of a step.

The kernel then refuses to let a file grow, as it does on a full disk.

Usage: train_on_full_disk.py STEP RUN_DIR
"""

from __future__ import annotations

import resource
import signal
import sys

from transformers import Trainer

from engine.training import worker

_STEP = int(sys.argv[1])
_BYTES = 20_000
_save = Trainer._save_checkpoint


def _save_with_little_room(self: Trainer, *arguments: object) -> None:
    if self.state.global_step != _STEP:
        _save(self, *arguments)
        return
    whole = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_BYTES, whole[1]))
    try:
        _save(self, *arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, whole)


if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    Trainer._save_checkpoint = _save_with_little_room
    sys.exit(worker.main(sys.argv[2:]))
