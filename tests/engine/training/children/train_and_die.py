"""A training process that the kernel kills (SIGKILL) just before it would tell of something.

Usage: train_and_die.py KIND STEP RUN_DIR [--resume-step N]
"""

from __future__ import annotations

import os
import signal
import sys

from engine.training import worker
from engine.training.progress import ProgressWriter

_KIND, _STEP = sys.argv[1], int(sys.argv[2])
_write = ProgressWriter._write


def _write_or_die(self: ProgressWriter, kind: str, **fields: object) -> None:
    if (kind, fields.get("step")) == (_KIND, _STEP):
        os.kill(os.getpid(), signal.SIGKILL)
    _write(self, kind, **fields)


if __name__ == "__main__":
    ProgressWriter._write = _write_or_die  # type: ignore[method-assign]  # the fault to inject
    sys.exit(worker.main(sys.argv[3:]))
