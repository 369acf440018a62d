"""Checkpoints as a training loop saves them: whole or not at all, and only where there is room."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.training import checkpoints, layout, room

if TYPE_CHECKING:
    from engine.training.progress import ProgressWriter

_log = logging.getLogger(__name__)


class Saving:
    """What is done before and after a checkpoint is written, by the one process that decides.

    A full disk costs the checkpoint, not the training: what was saved before is still there, and
    there may be room again by the next one.

    Args:
        run_dir: the run folder.
        writer: whom to tell of it.
        kept: how many of the newest checkpoints stay.
    """

    def __init__(self, run_dir: Path, writer: ProgressWriter, kept: int) -> None:
        self._run_dir = run_dir
        self._writer = writer
        self._kept = kept

    def begin(self, step: int, model: Any) -> bool:  # noqa: ANN401 (a model with or without adapter)
        """Make place for a checkpoint, and tell whether there is room for it."""
        self._writer.check_claim()
        self.discard(step)
        needed, free = room.needed(self._run_dir, model), room.free(self._run_dir)
        if free >= needed:
            return True
        left, wanted = room.in_words(free), room.in_words(needed)
        self._tell_unsaved(step, f"the disk has {left} left, of which it needs {wanted}")
        return False

    def finish(self, step: int, best: int | None, *, is_full: bool) -> None:
        """Make the checkpoint whole that was written; older ones go once it is.

        Args:
            step: its step.
            best: the step of one that stays however old it is.
            is_full: whether the disk was full when it was written.
        """
        try:
            self._writer.check_claim()
            if not is_full:
                checkpoints.seal(self._run_dir, step)
        except Exception as error:
            is_full = room.is_lack_of_room(error)
            if not is_full:
                self.discard(step)
                raise
        if is_full:
            self.discard(step)
            self._tell_unsaved(step, "the disk is full")
            return
        path = layout.checkpoint(self._run_dir, step).relative_to(self._run_dir)
        self._writer.checkpoint(step, path.as_posix())
        if checkpoints.is_whole(self._run_dir, step):
            checkpoints.keep_newest(self._run_dir, self._kept, best)

    def discard(self, step: int) -> None:
        """Remove what was written of a checkpoint."""
        checkpoints.discard(self._run_dir, step)

    def _tell_unsaved(self, step: int, reason: str) -> None:
        words = (
            f"the checkpoint of step {step} was not saved: {reason}. Training goes on; make room "
            f"in {self._run_dir}"
        )
        self._writer.message(words, "warning")
        _log.warning("%s", words)
