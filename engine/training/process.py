"""Which process trains in a run folder, and whether it is alive.

A process id alone says little: it is given anew to others, soon or after a reboot. With the time at
which the process started and the id of the machine's boot it names one process for good.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

from engine.training import layout
from engine.training.durable import write_whole

_SAME_START_SECONDS = 2.0
"""How far two readings of one process's start may lie apart."""

_SILENT_SECONDS = 60.0
"""After how long without a heartbeat a process on another machine counts as dead."""


class AlreadyTrainingError(Exception):
    """Another process trains in this run folder."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of one boot of one machine.

    Attributes:
        pid: its id.
        create_time: when it started, in seconds since 1970.
        since_boot: when it started, in seconds since the machine did; no clock change moves it.
        boot_id: the boot of the machine.
        host: the machine's name.
        attempt: which attempt at the job it is, from 1.
    """

    pid: int
    create_time: float
    since_boot: float
    boot_id: str
    host: str
    attempt: int


class Liveness(NamedTuple):
    """Whether a run folder's process is alive, and in words how that is known."""

    alive: bool
    reason: str


def hold_lock(run_dir: Path) -> int:
    """Take the run folder for this process, until it ends.

    Returns:
        The descriptor that holds it; closing it gives the folder up.

    Raises:
        AlreadyTrainingError: if another process has it.
    """
    descriptor = os.open(run_dir / layout.LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise AlreadyTrainingError(f"another process trains in {run_dir} already") from error
    return descriptor


def write_identity(run_dir: Path, attempt: int | None = None) -> ProcessIdentity:
    """Record that this process trains in the folder.

    Args:
        run_dir: the run folder.
        attempt: which attempt at the job this is; one after the last recorded if None.
    """
    earlier = read_identity(run_dir)
    counted = 1 if earlier is None else earlier.attempt + 1
    process = psutil.Process()
    identity = ProcessIdentity(
        pid=process.pid,
        create_time=process.create_time(),
        since_boot=_since_boot(process),
        boot_id=boot_id(),
        host=socket.gethostname(),
        attempt=counted if attempt is None else attempt,
    )
    write_whole(run_dir / layout.IDENTITY, json.dumps(asdict(identity)))
    return identity


def read_identity(run_dir: Path) -> ProcessIdentity | None:
    """Return which process trained in the folder last, None if none is recorded."""
    try:
        return ProcessIdentity(**json.loads((run_dir / layout.IDENTITY).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def is_alive(run_dir: Path) -> Liveness:
    """Tell whether the process that trained in the folder last is alive."""
    identity = read_identity(run_dir)
    if identity is None:
        return Liveness(False, "no training process has begun")
    if identity.boot_id == boot_id():
        return _on_this_boot(identity)
    if identity.host == socket.gethostname():
        return Liveness(False, "the machine restarted since")
    return _elsewhere(identity, run_dir)


def boot_id() -> str:
    """Return what tells this boot of this machine from every other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"{psutil.boot_time():.0f}"


def _on_this_boot(identity: ProcessIdentity) -> Liveness:
    pid = identity.pid
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return Liveness(False, f"process {pid} has ended")
        apart = abs(_since_boot(process) - identity.since_boot)
    except psutil.NoSuchProcess:
        return Liveness(False, f"process {pid} is gone")
    if apart > _SAME_START_SECONDS:
        return Liveness(False, f"process {pid} is gone, and its id is another process's now")
    return Liveness(True, f"process {pid} is running")


def _since_boot(process: psutil.Process) -> float:
    """Return when a process started, in seconds since the boot.

    Both of psutil's times hang on the machine's clock; their difference does not.
    """
    return process.create_time() - psutil.boot_time()


def _elsewhere(identity: ProcessIdentity, run_dir: Path) -> Liveness:
    try:
        silent = time.time() - (run_dir / layout.HEARTBEAT).stat().st_mtime
    except FileNotFoundError:
        silent = float("inf")
    if silent < _SILENT_SECONDS:
        return Liveness(True, f"it runs on the machine {identity.host}")
    return Liveness(False, f"it ran on the machine {identity.host}, which shows no heartbeat")
