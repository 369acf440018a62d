"""The further ranks of a job, started and watched by its own process, which is rank 0.

torch's launcher (`torchrun`) would put one more process above all ranks, which loads torch as well,
and ends them 30 seconds after a signal at the latest, be the checkpoint written or not. Here rank 0
stays the process that everybody knows: it holds the lock, writes, and heeds signals. The others
(`engine.training.rank`) write nothing but the state of their random numbers, heed no signals, and
end with it, however it ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from engine.child import python_module
from engine.training import checkpoints, layout, memory

if TYPE_CHECKING:
    from engine.training.run import Attempt

_JUDGED_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_FAILED = 1


class Ranks:
    """The ranks of an attempt beside this one.

    Args:
        attempt: the attempt.
        size: how many ranks there are, with this one.
        meeting: the folder in which they meet.
    """

    def __init__(self, attempt: Attempt, size: int, meeting: Path) -> None:
        self.size = size
        self.meeting = meeting
        self._attempt = attempt
        self._processes = [self._started(rank) for rank in range(1, size)]
        self._verdict = threading.Lock()
        self._called = self._ending = False
        for rank, process in enumerate(self._processes, start=1):
            threading.Thread(target=self._watch, args=(rank, process), daemon=True).start()

    def call(self) -> None:
        """Let the others come: the data is read, and they will find it."""
        self._called = True
        for process in self._processes:
            with contextlib.suppress(BrokenPipeError):  # What ended it is told by who watches it.
                _input(process).write(b"\n")
                _input(process).flush()

    def hear(self) -> None:
        """Give a rank that ended the last word, for its end is why this one cannot go on.

        Whoever computes with it gets an error of its own, soon before or after.
        """
        until = time.monotonic() + _JUDGED_SECONDS
        while self._called and time.monotonic() < until:
            if any(process.poll() for process in self._processes):
                time.sleep(_JUDGED_SECONDS)  # This process ends meanwhile.
            time.sleep(_LOOK_SECONDS)

    def end(self) -> None:
        """End the others, who have nothing left to do."""
        with self._verdict:
            self._ending = True
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
            with contextlib.suppress(BrokenPipeError):
                _input(process).close()

    def tell(self, rank: int, pid: int, status: int) -> None:
        """Tell that the attempt ends because a rank has.

        Args:
            rank: which one.
            pid: its process.
            status: its exit status; below 0 it is the number of the signal that ended it.
        """
        run_dir, writer = self._attempt.run_dir, self._attempt.writer
        who = f"rank {rank} of {self.size} (process {pid})"
        words = _last_words(self.meeting, rank)
        if words is not None:
            writer.failed(f"{who} failed: {words['error']}", words["traceback"])
            return
        if status > 0:
            writer.failed(f"{who} ended with status {status}; the log may tell why", "")
            return
        ended = memory.ended_by_kernel(run_dir) or "killed, or crashed"
        asked = layout.cancel(run_dir, self._attempt.number).exists()
        writer.stopped(
            self._attempt.from_step if writer.step is None else writer.step,
            "cancelled" if asked else "terminated",
            checkpoints.latest_complete(run_dir),
            by=f"{who} was ended by {signal.Signals(-status).name} ({ended})",
        )

    def _started(self, rank: int) -> subprocess.Popen[bytes]:
        attempt = self._attempt
        command, environment = python_module(
            "engine.training.rank",
            str(attempt.run_dir),
            *("--rank", str(rank), "--of", str(self.size), "--meeting", str(self.meeting)),
            *("--attempt", str(attempt.number), "--resume-step", str(attempt.from_step)),
        )
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)

    def _watch(self, rank: int, process: subprocess.Popen[bytes]) -> None:
        """Wait for the end of a rank; one that did not come to its own end is the job's, too.

        The others may wait for it within a library that no error reaches.
        """
        status = process.wait()
        with self._verdict:
            if self._ending or not status:
                return
            try:
                self.tell(rank, process.pid, status)
            finally:
                shutil.rmtree(self.meeting, ignore_errors=True)
                os._exit(_FAILED)


@contextmanager
def ranks(attempt: Attempt, size: int) -> Iterator[Ranks | None]:
    """Start the further ranks of an attempt, if it has any, and end them with it."""
    if size == 1:
        yield None
        return
    prefix = meeting_prefix(attempt.run_dir)
    for left_behind in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as meeting:
        others = Ranks(attempt, size, Path(meeting))
        try:
            yield others
        except Exception:
            others.hear()
            raise
        finally:
            others.end()


def meeting_prefix(run_dir: Path) -> str:
    """Return how the names of a run's meeting folders begin.

    They are among the system's temporary files, for the run folder may be on a file system that
    knows no locks. A killed attempt leaves its own, which the next attempt at the run removes.
    """
    of_run = hashlib.sha256(os.fsencode(run_dir.resolve())).hexdigest()[:12]
    return f"ftlab-{of_run}-"


def leave_words(meeting: Path, rank: int, error: str, traceback: str) -> None:
    """Leave word of why a rank failed, for rank 0 to tell."""
    words = json.dumps({"error": error, "traceback": traceback})
    (meeting / f"words-{rank}.json").write_text(words, "utf-8")


def _last_words(meeting: Path, rank: int) -> dict[str, str] | None:
    try:
        found: dict[str, str] = json.loads((meeting / f"words-{rank}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _input(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise RuntimeError("the rank was started without a pipe")
    return process.stdin
