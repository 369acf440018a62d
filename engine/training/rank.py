"""A further rank of a job: `python -m engine.training.rank RUN_DIR --rank N --of SIZE …`.

Started by the job's own process, rank 0, and only by it (`engine.training.launch`). It loads the
libraries, waits for a line on its standard input, which says that the data is read, and trains. It
ends when its standard input closes, so that it never outlives rank 0.

Exit status: 0 trained to the end, 1 it failed and has left word of why.
"""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path

from engine.training.launch import leave_words
from engine.training.progress import ProgressWriter
from engine.training.run import Attempt, take_part
from engine.training.stopping import StopSignal

_FAILED = 1
_SET_DEATH_SIGNAL = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Take part in an attempt and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.rank")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--rank", type=int, required=True)
    parser.add_argument("--of", type=int, required=True, metavar="SIZE")
    parser.add_argument("--meeting", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument("--resume-step", type=int, required=True)
    chosen = parser.parse_args(arguments)
    called = _called_by_the_first()
    logging.basicConfig(format=f"%(asctime)s rank {chosen.rank}: %(message)s")
    try:
        # While rank 0 reads the data.
        from engine.training import trainer  # noqa: F401

        called.wait()
        # What is told here was told by rank 0.
        silent = ProgressWriter(Path(os.devnull))
        attempt = Attempt(chosen.run_dir, chosen.attempt, chosen.resume_step, silent, StopSignal())
        take_part(attempt, chosen.rank, chosen.of, chosen.meeting)
    except BaseException as error:  # noqa: BLE001 (whatever it is, the job's owner is told)
        from engine.training.failures import in_a_sentence

        said = "".join(traceback.format_exception(error))
        leave_words(chosen.meeting, chosen.rank, in_a_sentence(error), said)
        sys.stderr.write(said)
        sys.stderr.flush()
        # At once: rank 0 shall hear of this before it notices that nobody answers.
        os._exit(_FAILED)
    return 0


def _called_by_the_first() -> threading.Event:
    """Tie this process to rank 0, and return what is set when that calls.

    A signal for the whole group of processes is heeded by rank 0 alone, which tells the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        # The thread below notices as well, but not while a library keeps the interpreter.
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    called = threading.Event()

    def listen() -> None:
        while sys.stdin.buffer.readline():
            called.set()
        os._exit(_FAILED)

    threading.Thread(target=listen, name="parent-watch", daemon=True).start()
    return called


if __name__ == "__main__":
    sys.exit(main())
