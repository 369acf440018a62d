"""What went wrong, in one sentence for the person whose job it was."""

from __future__ import annotations

from engine.training import memory, room
from engine.training.checkpoints import CheckpointError
from engine.training.examples import ExampleError
from engine.training.models import ModelError
from engine.training.output import OutputError
from engine.training.plan import PlanError

_SPOKEN = (CheckpointError, ExampleError, ModelError, OutputError, PlanError)
_LONGEST = 500
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


def in_a_sentence(error: BaseException) -> str:
    """Say what an error means for the job, in one line."""
    if isinstance(error, _SPOKEN):
        return _one_line(str(error))
    if isinstance(error, ModuleNotFoundError):
        return (
            f"the package {error.name} is missing: training on this machine needs it "
            "(pip install 'ftlab[local]')"
        )
    said = _one_line(str(error))
    if isinstance(error, MemoryError) or any(words in said.lower() for words in _OUT_OF_MEMORY):
        return f"there is not enough memory: {memory.ADVICE}"
    where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
    if isinstance(error, Exception) and room.is_lack_of_room(error):
        return (
            f"the disk is full{where}: make room on it, then resume the job, which goes on from "
            "its last checkpoint"
        )
    if isinstance(error, OSError):
        return f"{error.strerror}{where}" if error.strerror else said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _one_line(text: str) -> str:
    """Return the first paragraph of a text as one line of a readable length."""
    line = " ".join(text.strip().split("\n\n", 1)[0].split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
