"""The training process: `python -m engine.training.worker RUN_DIR [--resume-step N]`.

`plan.json` in its run folder tells it everything; it tells everything by the progress file there. SIGTERM and SIGINT make it finish the step, save a checkpoint and end. Exit status: 0 finished
or stopped, 1 failed, 3 another process trains in this folder already.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import threading
import traceback
from pathlib import Path

from engine.training import checkpoints
from engine.training.plan import TrainingPlan
from engine.training.process import write_identity
from engine.training.progress import ProgressWriter

HEARTBEAT = "heartbeat"
CANCEL = "cancel"
_BEAT_SECONDS = 2.0
_TAKEN = 3


def main() -> int:
    """Train as the command line says; return the exit status."""
    parser = argparse.ArgumentParser(prog="engine.training.worker")
    parser.add_argument("run", type=Path)
    parser.add_argument("--resume-step", type=int)
    chosen = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with (chosen.run / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"another process trains in {chosen.run} already\n")
            return _TAKEN
        return _work(chosen.run, chosen.resume_step, stopped)


def _work(run: Path, resume_step: int | None, stopped: threading.Event) -> int:
    identity = write_identity(run)
    threading.Thread(target=_beat, args=(run / HEARTBEAT,), daemon=True).start()
    progress = ProgressWriter(run)
    try:
        return _train(run, identity.attempt, resume_step, progress, stopped)
    finally:
        progress.close()


def _train(
    run: Path,
    attempt: int,
    resume_step: int | None,
    progress: ProgressWriter,
    stopped: threading.Event,
) -> int:
    try:
        plan = TrainingPlan.read(run)
        if Path(plan.base_model).is_dir():
            os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        from engine.training.trainer import StoppedError, Training

        training = Training(plan, run, progress, stopped.is_set)
        try:
            training.train(attempt, resume_step)
        except StoppedError:
            _tell_stop(run, progress, training.step)
    except Exception as error:  # noqa: BLE001 - whatever it is, the job's history must tell it
        details = traceback.format_exc()
        sys.stderr.write(details)
        progress.write("failed", error=_in_words(error), traceback=details)
        return 1
    return 0


def _tell_stop(run: Path, progress: ProgressWriter, step: int) -> None:
    reason = "cancelled" if (run / CANCEL).exists() else "terminated"
    saved = checkpoints.latest_complete(run)
    progress.write("stopped", step=step, reason=reason, checkpoint=saved)


def _in_words(error: Exception) -> str:
    text = str(error).strip().splitlines()
    first = text[0] if text else type(error).__name__
    if isinstance(error, ModuleNotFoundError):
        return f"{first}: training on this machine needs pip install 'ftlab[local]'"
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return f"out of memory: try a smaller batch size or max length, or LoRA ({first})"
    return first


def _beat(heartbeat: Path) -> None:
    forever = threading.Event()
    while not forever.wait(_BEAT_SECONDS):
        heartbeat.touch()


if __name__ == "__main__":
    sys.exit(main())
