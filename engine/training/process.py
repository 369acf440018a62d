"""Which process trains in a run folder, and whether it still does.

A pid alone can be another process's after a while, or after a reboot: its start time and the boot's
id tell.
"""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

IDENTITY = "process.json"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SAME_START_SECONDS = 2.0
"""Start times are derived from the boot time, which clock corrections move a little."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A process, told apart from every other one on this machine, past and future."""

    pid: int
    create_time: float
    boot_id: str
    host: str
    attempt: int


@dataclass(frozen=True, slots=True)
class State:
    """Whether the process of a run folder lives.

    Attributes:
        alive: True if it does.
        reason: why it does not, in words.
        attempt: which attempt at the job it was; 0 if none ever came up.
    """

    alive: bool
    reason: str
    attempt: int


def write_identity(run: Path) -> Identity:
    """Note this process as the one that trains in a run folder; attempts count up from 1."""
    import psutil

    previous = read_identity(run)
    identity = Identity(
        pid=os.getpid(),
        create_time=psutil.Process().create_time(),
        boot_id=boot_id(),
        host=socket.gethostname(),
        attempt=previous.attempt + 1 if previous else 1,
    )
    partial = run / f"{IDENTITY}.partial"
    partial.write_text(json.dumps(asdict(identity)) + "\n")
    partial.replace(run / IDENTITY)
    return identity


def read_identity(run: Path) -> Identity | None:
    """Return which process was the last to train in a run folder, None if there was none."""
    try:
        return Identity(**json.loads((run / IDENTITY).read_text()))
    except FileNotFoundError:
        return None


def state(run: Path) -> State:
    """Tell whether the process that trains in a run folder lives, or why not."""
    identity = read_identity(run)
    if identity is None:
        return State(alive=False, reason="its process never came up", attempt=0)
    reason = _gone(identity)
    return State(alive=reason is None, reason=reason or "", attempt=identity.attempt)


def living_pid(run: Path) -> int | None:
    """Return the pid of the process that trains in a run folder, None if it is gone."""
    identity = read_identity(run)
    return identity.pid if identity is not None and _gone(identity) is None else None


def _gone(identity: Identity) -> str | None:
    import psutil

    if identity.host != socket.gethostname():
        return f"its process ran on another machine, {identity.host}"
    if identity.boot_id != boot_id():
        return "the machine was restarted while it trained"
    try:
        process = psutil.Process(identity.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return f"its process {identity.pid} died without a last word (killed, or crashed)"
        started = process.create_time()
    except psutil.NoSuchProcess:
        return f"its process {identity.pid} is gone without a last word (killed, or crashed)"
    if abs(started - identity.create_time) > _SAME_START_SECONDS:
        return f"its process {identity.pid} is gone; another one has its number now"
    return None


def boot_id() -> str:
    """Return what tells this boot of the machine from every other one."""
    if _BOOT_ID.exists():
        return _BOOT_ID.read_text().strip()
    import psutil

    return f"boot-{psutil.boot_time():.0f}"
