"""Whether the kernel ended a training process for want of memory.

A process that the kernel's OOM killer ends gets SIGKILL, like one that somebody kills, and can say
nothing. The kernel counts what it kills: for each control group (a container, a service), and where
that is not told for the whole machine. The counts at the process's start are kept in its run
folder, and compared when it is gone.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.training.durable import write_whole

FILE = "memory.json"
_ROOT = Path("/sys/fs/cgroup")
_MEMBERSHIP = Path("/proc/self/cgroup")
_MACHINE = Path("/proc/vmstat")
_COUNT = "oom_kill"
ADVICE = (
    "a smaller batch_size (with gradient_accumulation) or max_length needs less; so do "
    "gradient_checkpointing and the method lora"
)
"""What to change where memory does not suffice."""


def record(run_dir: Path) -> None:
    """Keep how often the kernel has ended a process of this one's surroundings so far."""
    counts = {str(file): _read(file) for file in _counters()}
    known = {file: count for file, count in counts.items() if count is not None}
    write_whole(run_dir / FILE, json.dumps(known))


def ended_by_kernel(run_dir: Path) -> str | None:
    """Return in words that the kernel ended the folder's process, if its counts tell so.

    They tell of any process of the control group or machine, hence the "probably".
    """
    try:
        before = json.loads((run_dir / FILE).read_text("utf-8"))
        grown = any((_read(Path(file)) or 0) > count for file, count in before.items())
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    if not grown:
        return None
    return f"probably ended by the kernel, which ran out of memory: {ADVICE}"


def _counters() -> list[Path]:
    """Return the files that count, nearest first; the machine's only where no nearer one is."""
    found = [file for file in _of_group() if _read(file) is not None]
    return found[:1] or [_MACHINE]


def _of_group() -> list[Path]:
    try:
        lines = _MEMBERSHIP.read_text("utf-8").splitlines()
    except OSError:
        return []
    groups = [line.split(":", 2) for line in lines if line.count(":") >= 2]
    files = []
    for number, controllers, path in groups:
        inside = path.lstrip("/")
        if number == "0":  # The second version of control groups has one tree.
            files += [_ROOT / inside / "memory.events", _ROOT / "memory.events"]
        elif "memory" in controllers.split(","):
            memory = _ROOT / "memory"
            files += [memory / inside / "memory.oom_control", memory / "memory.oom_control"]
    return files


def _read(file: Path) -> int | None:
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError:
        return None
    counts = [line.split() for line in lines]
    return next((int(words[1]) for words in counts if words[:1] == [_COUNT]), None)
