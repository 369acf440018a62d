"""The training process: `python -m engine.training.worker RUN_DIR [options]`.

It takes the run folder for itself, tells what happens in the folder's progress file, and ends with
one of `finished`, `stopped` and `failed` there, unless it is killed.

Exit status: 0 trained or stopped as asked, 1 it failed, 2 wrong usage, 3 another process trains in
the folder.
"""

from __future__ import annotations

import argparse
import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from engine.training import checkpoints, layout, memory
from engine.training.heartbeat import Heartbeat
from engine.training.process import AlreadyTrainingError, hold_lock, write_identity
from engine.training.progress import ProgressWriter
from engine.training.run import Attempt, carry_out
from engine.training.stopping import StopRequested, StopSignal

_log = logging.getLogger(__name__)

FAILED = 1
REFUSED = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run an attempt and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.worker")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--resume-step", type=int, default=0, metavar="N")
    parser.add_argument("--attempt", type=int, metavar="N", help="counted here if left out")
    chosen = parser.parse_args(arguments)
    if not chosen.run_dir.is_dir():
        parser.error(f"there is no run folder {chosen.run_dir}")
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    logging.getLogger("engine.training").setLevel(logging.INFO)
    # From here on a signal is remembered; whoever sends one finds the process by its identity,
    # which is written only now that it is heeded.
    stop = StopSignal()
    stop.install()
    try:
        hold_lock(chosen.run_dir)
    except AlreadyTrainingError as error:
        _log.error("%s", error)
        return REFUSED
    return _attempt(chosen.run_dir, chosen.resume_step, chosen.attempt, stop)


def _attempt(run_dir: Path, from_step: int, number: int | None, stop: StopSignal) -> int:
    writer = ProgressWriter(run_dir / layout.PROGRESS)
    memory.record(run_dir)
    identity = write_identity(run_dir, number)
    heartbeat = Heartbeat(run_dir / layout.HEARTBEAT)
    heartbeat.start()
    cancel = layout.cancel(run_dir, identity.attempt)
    if cancel.exists():
        stop.requested = True
    try:
        carry_out(Attempt(run_dir, identity.attempt, from_step, writer, stop))
    except StopRequested as request:
        step = from_step if request.step is None else request.step
        writer.stopped(
            step,
            "cancelled" if cancel.exists() else "terminated",
            checkpoints.latest_complete(run_dir),
        )
        _log.info("stopped after step %d", step)
    except BaseException as error:  # noqa: BLE001 (whatever it is, the job's owner is told)
        _tell_failure(writer, error)
        return FAILED
    finally:
        heartbeat.stop()
    return 0


def _tell_failure(writer: ProgressWriter, error: BaseException) -> None:
    from engine.training.failures import in_a_sentence

    sentence = in_a_sentence(error)
    # First to the log: where the disk is full, the progress file may take no more.
    _log.error("failed: %s", sentence, exc_info=error)
    writer.failed(sentence, "".join(traceback.format_exception(error)))


if __name__ == "__main__":
    sys.exit(main())
