"""Telling what happens in training: a file to which every fact is one line of JSON.

Whoever reads the file needs no more than whole lines: each is written at once, so that killing the
process loses nothing of what it had told. Numbers are Python's: `NaN` and `Infinity` stand as such.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from engine.training.claim import Claim

Level = Literal["info", "warning"]
StopReason = Literal["cancelled", "terminated"]


class Evaluation(NamedTuple):
    """A model's loss on held-out examples.

    Attributes:
        loss: mean negative log-likelihood of an assistant's token, in nats.
        perplexity: exp(loss).
        examples: how many were evaluated.
        accuracy: the part of the assistant's tokens that the model finds likeliest; None if an
            older ftlab evaluated.
    """

    loss: float
    perplexity: float
    examples: int
    accuracy: float | None = None


class ProgressWriter:
    """Appends facts to a progress file.

    Args:
        path: the file; made if missing. A line that an earlier process left unfinished is ended.
        claim: what tells whether it is still this process's to write, asked before every line.

    Attributes:
        step: the last one of which something was measured, None before.
    """

    def __init__(self, path: Path, claim: Claim | None = None) -> None:
        self._claim = claim
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o644)
        self._torn = False
        self._end_torn_line()
        self.step: int | None = None

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def started(
        self,
        *,
        attempt: int,
        from_step: int,
        total_steps: int,
        device: str,
        environment: Mapping[str, Any],
    ) -> None:
        """Tell that training begins, or goes on after `from_step` of `total_steps`."""
        self._write(
            "started",
            attempt=attempt,
            from_step=from_step,
            total_steps=total_steps,
            device=device,
            environment=environment,
        )

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        """Tell what was measured at a step."""
        self.step = step
        self._write("metrics", step=step, values=values)

    def checkpoint(self, step: int, path: str) -> None:
        """Tell that training can go on from a step; what was told so far is as durable as it."""
        self._write("checkpoint", step=step, path=path)
        os.fsync(self._file)

    def message(self, text: str, level: Level = "info") -> None:
        """Tell something in words."""
        self._write("message", level=level, text=text)

    def finished(
        self, step: int, before: Evaluation | None = None, after: Evaluation | None = None
    ) -> None:
        """Tell that the result is in its place, and how the model did before and after."""
        evaluation = None
        if before is not None and after is not None:
            evaluation = {"before": before._asdict(), "after": after._asdict()}
        self._write("finished", step=step, evaluation=evaluation)
        os.fsync(self._file)

    def stopped(
        self, step: int, reason: StopReason, checkpoint: int | None, by: str | None = None
    ) -> None:
        """Tell that the process ends as it was asked to, and from which step it can go on.

        Args:
            step: the last one that was made.
            reason: whether the job is cancelled, or may go on.
            checkpoint: the step from which it can.
            by: what made it end, if it was not asked to.
        """
        said = {} if by is None else {"by": by}
        self._write("stopped", step=step, reason=reason, checkpoint=checkpoint, **said)
        os.fsync(self._file)

    def failed(self, error: str, traceback: str) -> None:
        """Tell what went wrong: in one sentence, and where in the program."""
        self._write("failed", error=error, traceback=traceback)
        os.fsync(self._file)

    def check_claim(self) -> None:
        """Make sure that the run folder is still this process's to write into.

        Raises:
            SupersededError: if another process goes on there.
        """
        if self._claim is not None:
            self._claim.check()

    def _write(self, kind: str, **fields: object) -> None:
        self.check_claim()
        line = json.dumps({"kind": kind, "at": time.time(), **fields}).encode() + b"\n"
        if self._torn:
            self._end_torn_line()
        self._torn = True  # A full disk may take a part of it.
        while line:
            line = line[os.write(self._file, line) :]
        self._torn = False

    def _end_torn_line(self) -> None:
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")
        self._torn = False
