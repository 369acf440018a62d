"""Which process trains in a run folder, and whether it is alive.

A process id alone says little: it is given anew to others, soon or after a reboot, and each
container counts its own. With the time at which the process started, the id of the machine's boot
and the namespace of its number it names one process for good.

Where the number means nothing, because the process is on another machine or in another container,
its heartbeat is the lease: it counts as alive for a minute after the last one.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import socket
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import psutil

from engine.training import layout
from engine.training.durable import write_whole

_SAME_START_SECONDS = 2.0
"""How far two readings of one process's start may lie apart."""

_SILENT_SECONDS = 60.0
"""After how long without a heartbeat a process on another machine counts as dead."""

_RESTART_SECONDS = 10.0
"""No machine restarts faster than this: with a younger heartbeat, another one has the same id."""

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
"""What file systems say that know no locks."""

_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


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
        pid_namespace: where its id means something; None if unknown.
        machine: what tells the machine from others, of the same name even; None if unknown.
    """

    pid: int
    create_time: float
    since_boot: float
    boot_id: str
    host: str
    attempt: int
    pid_namespace: str | None = None
    machine: str | None = None


class Whereabouts(Enum):
    """Where a process is or was, seen from this one."""

    HERE = "its id means something here"
    BEFORE = "on this machine, before it restarted"
    ELSEWHERE = "on another machine or in another container"


class Liveness(NamedTuple):
    """Whether a run folder's process is alive, and in words how that is known."""

    alive: bool
    reason: str


def hold_lock(run_dir: Path) -> int:
    """Take the run folder for this process, until it ends.

    Where the file system knows no locks, nobody is kept out: see `engine.training.claim`.

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
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
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
        pid_namespace=pid_namespace(),
        machine=machine_id(),
    )
    write_whole(run_dir / layout.IDENTITY, json.dumps(asdict(identity)))
    return identity


def read_identity(run_dir: Path) -> ProcessIdentity | None:
    """Return which process trained in the folder last, None if none is recorded."""
    try:
        found = json.loads((run_dir / layout.IDENTITY).read_text("utf-8"))
        # A newer ftlab may have written more.
        known = {field.name for field in fields(ProcessIdentity)}
        return ProcessIdentity(**{name: found[name] for name in known if name in found})
    except (FileNotFoundError, ValueError, TypeError):
        return None


def is_alive(run_dir: Path) -> Liveness:
    """Tell whether the process that trained in the folder last is alive.

    Raises:
        OSError: if its heartbeat cannot be looked at.
    """
    identity = read_identity(run_dir)
    if identity is None:
        return Liveness(False, "no training process has begun")
    place = whereabouts(identity)
    if place is Whereabouts.HERE:
        return _by_its_id(identity)
    # A beat of the future is of a clock that was set back since.
    silent = abs(_silence(run_dir))
    if place is Whereabouts.BEFORE and silent >= _RESTART_SECONDS:
        return Liveness(False, "the machine restarted since")
    if silent < _SILENT_SECONDS:
        return Liveness(True, f"it runs {_place(identity)}")
    return Liveness(False, f"it ran {_place(identity)}, which shows no heartbeat")


def whereabouts(identity: ProcessIdentity) -> Whereabouts:
    """Tell where a process is or was.

    When it cannot be known, it is said to be elsewhere, where the heartbeat decides: machines that
    were cloned have one name, and containers on one machine have its boot id.
    """
    if identity.boot_id == boot_id():
        return Whereabouts.HERE if _counts_as_here(identity) else Whereabouts.ELSEWHERE
    machine = machine_id()
    same = machine is not None and machine == identity.machine
    if same and identity.host == socket.gethostname():
        return Whereabouts.BEFORE
    return Whereabouts.ELSEWHERE


def was_on_this_machine(identity: ProcessIdentity) -> bool:
    """Tell whether a process was on this machine, in this boot of it or an earlier one."""
    machines = {identity.machine, machine_id()} - {None}
    return identity.host == socket.gethostname() and len(machines) < 2


def boot_id() -> str:
    """Return what tells this boot of this machine from every other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"{psutil.boot_time():.0f}"


def pid_namespace() -> str | None:
    """Return what tells the process ids of a container from those outside; None without such."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return None


def machine_id() -> str | None:
    """Return what tells this machine from others for good; None if the system does not say.

    It is a hash: the id itself is nobody else's to know (`man machine-id`).
    """
    for file in _MACHINE_IDS:
        try:
            found = file.read_text("ascii").strip()
        except (OSError, ValueError):
            continue
        if found:
            return hashlib.sha256(f"ftlab:{found}".encode()).hexdigest()[:16]
    return None


def _counts_as_here(identity: ProcessIdentity) -> bool:
    """Tell whether the id of a process of this boot is one of those that are seen here."""
    here = pid_namespace()
    if identity.pid_namespace is None and here is not None:
        # An older ftlab wrote it. Containers usually have names of their own.
        return identity.host == socket.gethostname()
    return identity.pid_namespace == here


def _by_its_id(identity: ProcessIdentity) -> Liveness:
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


def _place(identity: ProcessIdentity) -> str:
    if identity.boot_id == boot_id():
        return f"in another container of this machine ({identity.host})"
    if identity.host == socket.gethostname():
        return f"on a machine called {identity.host} too, or on this one before it restarted"
    return f"on the machine {identity.host}"


def _silence(run_dir: Path) -> float:
    """Return the seconds since the last heartbeat.

    By the clock of the file system, which stamped it: that of another machine may be minutes off.
    """
    try:
        # Opened, for a network file system may otherwise tell what it was a while ago.
        with (run_dir / layout.HEARTBEAT).open("rb") as file:
            beat = os.fstat(file.fileno()).st_mtime
    except FileNotFoundError:
        return float("inf")
    return _time_of_file_system(run_dir) - beat


def _time_of_file_system(folder: Path) -> float:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_mtime
    except OSError:  # It can only be read, or is full.
        return time.time()
