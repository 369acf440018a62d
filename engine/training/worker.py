"""The training process: `python -m engine.training.worker RUN_DIR [options]`.

It takes the run folder for itself, tells what happens in the folder's progress file, and ends with
one of `finished`, `stopped` and `failed` there, unless it is killed.

Exit status: 0 trained or stopped as asked, 1 it failed, 2 wrong usage, 3 another process trains in
the folder, or has gone on there meanwhile.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.training import checkpoints, layout, memory
from engine.training.claim import Claim, SupersededError
from engine.training.heartbeat import Heartbeat
from engine.training.process import (
    AlreadyTrainingError,
    hold_lock,
    read_identity,
    write_identity,
)
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
    parser.add_argument("--lock", type=int, metavar="FD", help="holds the run folder already")
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
        if chosen.lock is None:
            hold_lock(chosen.run_dir)
        else:
            os.set_inheritable(chosen.lock, False)
        _refuse_an_old(chosen.attempt, chosen.run_dir)
    except AlreadyTrainingError as error:
        _log.error("%s", error)
        return REFUSED
    return _attempt(chosen.run_dir, chosen.resume_step, chosen.attempt, stop)


def _refuse_an_old(number: int | None, run_dir: Path) -> None:
    """Make sure that no later attempt has begun, where locks are not seen by everybody."""
    last = read_identity(run_dir)
    if number is not None and last is not None and last.attempt > number:
        raise AlreadyTrainingError(f"a later attempt than {number} has begun in {run_dir}")


def _attempt(run_dir: Path, from_step: int, number: int | None, stop: StopSignal) -> int:
    memory.record(run_dir)
    identity = write_identity(run_dir, number)
    claim = Claim(run_dir, identity)
    writer = ProgressWriter(run_dir / layout.PROGRESS, claim)
    cancel = layout.cancel(run_dir, identity.attempt)
    heartbeat = Heartbeat(run_dir / layout.HEARTBEAT, on_beat=_watching(claim, cancel, stop))
    heartbeat.start()
    if cancel.exists():
        stop.requested = True
    try:
        return _carried_out(Attempt(run_dir, identity.attempt, from_step, writer, stop), cancel)
    except SupersededError as error:
        _log.error("%s: this process ends, and has written nothing since", error)
        return REFUSED
    finally:
        heartbeat.stop(keep_file=claim.is_lost())


def _watching(claim: Claim, cancel: Path, stop: StopSignal) -> Callable[[], None]:
    """Return what each heartbeat looks for: reasons to end that no signal tells of.

    Whoever cancels from another machine can send none.
    """

    def look() -> None:
        if not stop.requested and (cancel.exists() or claim.is_lost()):
            os.kill(os.getpid(), signal.SIGTERM)

    return look


def _carried_out(attempt: Attempt, cancel: Path) -> int:
    """Carry an attempt out, tell how it ended, and return the exit status.

    Raises:
        SupersededError: if another process goes on with the job.
    """
    writer, run_dir = attempt.writer, attempt.run_dir
    try:
        carry_out(attempt)
    except SupersededError:
        raise
    except StopRequested as request:
        step = attempt.from_step if request.step is None else request.step
        writer.stopped(
            step,
            "cancelled" if cancel.exists() else "terminated",
            checkpoints.latest_complete(run_dir),
        )
        _log.info("stopped after step %d", step)
    except BaseException as error:  # noqa: BLE001 (whatever it is, the job's owner is told)
        _tell_failure(writer, error)
        return FAILED
    return 0


def _tell_failure(writer: ProgressWriter, error: BaseException) -> None:
    from engine.training.failures import in_a_sentence

    sentence = in_a_sentence(error)
    # First to the log: where the disk is full, the progress file may take no more.
    _log.error("failed: %s", sentence, exc_info=error)
    writer.failed(sentence, "".join(traceback.format_exception(error)))


if __name__ == "__main__":
    sys.exit(main())
