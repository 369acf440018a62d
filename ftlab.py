"""Lets a training script of your own log into ftlab; needs nothing but Python.

    import ftlab

    with ftlab.start("my-model", {"learning_rate": 1e-4}) as run:
        for step in range(1, 1001):
            ...
            run.log({"loss": loss}, step=step)

With transformers: `Trainer(..., callbacks=[ftlab.TrainerCallback()])`.

A run is a folder in ftlab's data directory, in which every fact is a line of a file. Each line is
written at once, so that killing the process loses nothing of what it had told; `ftlab daemon`, the
dashboard or `ftlab poll --once` bring it into the log. No trouble with logging ever ends the
training: it is told once on the standard error.
"""

from __future__ import annotations

import atexit
import faulthandler
import json
import os
import signal
import sys
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from time import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType
    from typing import Any, Self

__all__ = ["Run", "TrainerCallback", "start"]  # noqa: F822 - made when it is first wanted

_BEAT_SECONDS = 2.0
_GIT_SECONDS = 1.0
_LONGEST_TEXT = 20_000
_LONGEST_WORD = 500
_MOST_NAMES = 10_000
_GREATEST_STEP = 2**53
_ENDINGS = {
    getattr(signal, name): name.lower() for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
}
"""Signals that end a process, each with the file that then tells where it was."""


def start(
    name: str,
    config: object = None,
    *,
    total_steps: int | None = None,
    all_ranks: bool = False,
) -> Run:
    """Begin a run.

    Args:
        name: what it is called; ftlab adds a number if there is a job of that name.
        config: its hyperparameters: a dict, a dataclass, what argparse gives. Keys with `seed` are
            recorded as seeds, `model` or `base_model` as what is trained; values that look like
            passwords or API keys are left out.
        total_steps: how many steps there will be, if that is known.
        all_ranks: have every process of a distributed training log a run of its own; without it
            only the first one does, and the runs of the others do nothing.
    """
    rank = _rank()
    if rank and not all_ranks:
        return Run(str(name), None)
    run = Run(f"{name}-rank{rank}" if rank else str(name), None)
    with _Harmless("this run is not logged"):
        run._begin(_as_mapping(config), total_steps)  # noqa: SLF001 - of this module
    return run


class Run:
    """One run of a training script; made by `start`.

    Attributes:
        id: the id of the job that it is in ftlab; empty if it is not logged.
        name: what it is called.
        folder: where it is logged; None if it is not.
    """

    def __init__(self, name: str, folder: Path | None) -> None:
        self.id = folder.name if folder is not None else ""
        self.name = name
        self.folder = folder
        self._file = -1
        self._lock = threading.RLock()
        self._keys: dict[object, str] = {}
        self._torn = False
        self._step = 0
        self._saved: int | None = None
        self._unsynced = False
        self._mine = False
        self._asked = self._heeded = self._trained = False
        self._facts: dict[str, Any] = {}
        self._environment: dict[str, Any] = {}
        self._ended = threading.Event()

    @property
    def stop_requested(self) -> bool:
        """Whether `ftlab jobs cancel` asked for this run to stop; one that then ends is cancelled.

        It costs next to nothing: look at it every step.
        """
        if self._asked:
            self._heeded = True
        return self._asked

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Tell what was measured.

        Args:
            metrics: numbers by name; also NaN, and whatever has one number (numpy, torch).
            step: the step they belong to; one after the last call's if left out. The same step may
                come again, with the same metrics or others.
        """
        if self._file < 0:
            self._is_over()
            return
        try:
            written, keys = [], self._keys
            for name in metrics:
                value = metrics[name]
                if type(value) is float and value - value == 0 and name in keys:
                    written.append(keys[name] + repr(value))
                elif (plain := self._value(name, value)) is not None:
                    written.append(plain)
            with self._lock:
                if type(step) is not int or not -_GREATEST_STEP < step < _GREATEST_STEP:
                    step = self._step_of(step)
                self._step = step
                if written:
                    head = f'{{"kind": "metrics", "at": {time()!r}, "step": {step}, "values": {{'
                    self._append(f"{head}{', '.join(written)}}}}}\n".encode())
        except Exception as error:  # noqa: BLE001
            _complain("log", f"metrics were not logged: {_told(error)}")

    def checkpoint(self, path: str | os.PathLike[str], step: int | None = None) -> None:
        """Tell that a state was saved.

        Args:
            path: where.
            step: the step it belongs to; the last one logged if left out.
        """
        with self._harmless("a checkpoint was not logged"):
            where = os.path.abspath(os.fspath(path))  # noqa: PTH100 - links stay as they are called
            self._saved = self._step if step is None else self._step_of(step)
            self._tell("checkpoint", step=self._saved, path=where)
            self._unsynced = True

    def finish(self) -> None:
        """Tell that it went well; or, where it stopped because it was asked to, that it did."""
        if self._heeded:
            self._stopped("cancelled")
        else:
            self._end("finished", step=self._step, evaluation=None)

    def fail(self, error: object) -> None:
        """Tell that it went wrong.

        Args:
            error: the exception, or why in words.
        """
        trace = ""
        with self._harmless("an error was not logged whole"):
            if isinstance(error, BaseException):
                import traceback

                trace = "".join(traceback.format_exception(error))
                error = _told(error)
            error, trace = _hidden(str(error)), _hidden(trace[-_LONGEST_TEXT:])
        self._end("failed", error=str(error)[:_LONGEST_TEXT], traceback=trace)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()
        else:
            self._broke(error)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __copy__(self) -> Self:
        return self

    def __reduce__(self) -> tuple[Callable[..., Run], tuple[str, Path | None]]:
        return _joined, (self.name, self.folder)

    def _begin(self, config: Mapping[str, Any], total_steps: int | None) -> None:
        """Settle what the run is, and have it heard of from now on."""
        runs = _home() / "runs"
        runs.mkdir(mode=0o700, parents=True, exist_ok=True)
        while (folder := runs / _new_id()).exists():
            pass
        plain = {_text(key): _plain(value, key) for key, value in config.items()}
        total_steps = _count(total_steps, config.get("total_steps"), config.get("max_steps"))
        self._environment = _surroundings(plain)
        self._facts = {"from_step": 0, "total_steps": total_steps, "device": None}
        self._make(folder, plain)
        self.folder, self.id, self._mine = folder, folder.name, True
        with self._harmless("this run gives no signs of life"):
            _look_after(self)
            threading.Thread(target=self._beat, name="ftlab", daemon=True).start()

    def _make(self, folder: Path, config: dict[str, Any]) -> None:
        """Make the run's folder under another name, which it loses when it is whole."""
        made = folder.with_name(f".{folder.name}")
        made.mkdir(mode=0o700)
        try:
            (made / "process.json").write_bytes(_json(_identity()))
            (made / "script.json").write_bytes(_json(self._described(config)))
            (made / "heartbeat").touch()
            self._open(made)
            self._started()
            made.rename(folder)
        except BaseException:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
            with suppress(OSError):
                for file in made.iterdir():
                    file.unlink()
                made.rmdir()
            raise

    def _described(self, config: dict[str, Any]) -> dict[str, Any]:
        return {
            "version": 1,
            "name": _text(self.name)[:200],
            "begun": time(),
            "config": config,
            "pid_namespace": _pid_namespace(),
        }

    def _open(self, folder: Path) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(folder / "progress.jsonl", flags, 0o644)

    def _value(self, name: object, value: object) -> str | None:
        """Return a metric as it stands in JSON; None, and a word to the user, if it is none."""
        try:
            number = _number(value)
        except Exception as error:  # noqa: BLE001 - values are whatever the user has
            _complain(f"metric {name}", f"{name} is not logged: {_told(error)}")
            return None
        key = self._keys.get(name)
        if key is None:
            if len(self._keys) >= _MOST_NAMES:
                self._keys.clear()
            key = self._keys[name] = json.dumps(_text(name)) + ": "
        if number - number == 0:
            return key + repr(number)
        return key + ("NaN" if number != number else "Infinity" if number > 0 else "-Infinity")

    def _step_of(self, step: object) -> int:
        """Return a step as a whole number; the one after the last if it is left out, or none."""
        if step is None:
            return self._step + 1
        try:
            whole = int(_number(step))
        except Exception:  # noqa: BLE001
            whole = _GREATEST_STEP
        if -_GREATEST_STEP < whole < _GREATEST_STEP:
            return whole
        _complain("step", f"{step!r} is no step: the step after the last one is taken")
        return self._step + 1

    def _append(self, line: bytes) -> None:
        """Write a line at once; called with the lock held."""
        if self._torn:
            line = b"\n" + line
        if os.write(self._file, line) < len(line):
            self._torn = True
            raise OSError("there is no room left on the disk")
        self._torn = False

    def _tell(self, kind: str, **fields: object) -> None:
        with self._lock:
            if self._file >= 0:
                self._append(_json({"kind": kind, "at": time(), **fields}) + b"\n")

    def _started(self) -> None:
        """Tell what is known of the run; told again when more of it is."""
        self._tell("started", attempt=1, **self._facts, environment=self._environment)

    def _describe(self, facts: Mapping[str, Any], environment: Mapping[str, Any]) -> None:
        with self._lock:
            before = self._facts, self._environment
            self._facts = {**self._facts, **facts}
            self._environment = {**self._environment, **_packages(), **environment}
            if (self._facts, self._environment) != before:
                self._started()

    def _end(self, kind: str, **fields: object) -> None:
        """Have the last word, if nobody had it: only the process that began the run has one."""
        if not self._mine:
            return
        with self._harmless("the end of the run was not logged"), self._lock:
            if self._file < 0:
                return
            try:
                self._tell(kind, **fields)
                os.fsync(self._file)
            finally:
                file, self._file = self._file, -1
                os.close(file)
                self._ended.set()

    def _stopped(self, reason: str, by: str | None = None) -> None:
        self._end("stopped", step=self._step, reason=reason, checkpoint=self._saved, by=by)

    def _broke(self, error: BaseException) -> None:
        """Tell what an exception that ends the script, or the block, means."""
        status = error.code if isinstance(error, SystemExit) else None
        asked = isinstance(error, KeyboardInterrupt) or status in {130, 143}
        if isinstance(error, SystemExit) and status in {None, 0}:
            self.finish()
        elif self._asked and asked:
            self._stopped("cancelled")
        elif asked:
            by = "stopped by Ctrl-C" if status != 143 else "asked to end (SIGTERM)"
            self._stopped("terminated", by)
        elif isinstance(error, SystemExit):
            self.fail(f"the script ended with status {status}")
        else:
            self.fail(error)

    def _at_exit(self) -> None:
        """Have the last word in the place of a script that did not."""
        shown = getattr(sys, "last_value", None)
        if shown is not None and not hasattr(sys, "ps1"):
            self._broke(shown)
        elif self._trained or self._heeded:
            self.finish()
        else:
            self._stopped("terminated", "its script ended without run.finish()")

    def _beat(self) -> None:
        """Give signs of life, and see whether somebody asked for the run to stop."""
        folder = self.folder
        if folder is None:
            return
        # A signal that ends the process shall tell of the training's place, not of this one.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
        with self._harmless("the environment was not logged"):
            self._describe({}, _git(_script_folder()))
        while not self._ended.wait(_BEAT_SECONDS):
            with self._harmless(f"its folder {folder} cannot be written"):
                os.utime(folder / "heartbeat")
            if (folder / "cancel-1").exists():
                self._asked = True
            if self._unsynced:
                self._unsynced = False
                self._sync()

    def _sync(self) -> None:
        """Make what was told before a checkpoint as durable as that; not in the training's time."""
        with self._harmless("what was logged may not be on the disk"):
            with self._lock:
                if self._file < 0:
                    return
                copy = os.dup(self._file)
            try:
                os.fsync(copy)
            finally:
                os.close(copy)

    def _is_over(self) -> None:
        if self._mine:
            _complain(f"over {self.id}", f"{self.name} has ended: what comes is not logged")

    def _harmless(self, words: str) -> _Harmless:
        return _Harmless(words)

    def _forked(self) -> None:
        """Go on in a child process, which may log but has no last word."""
        self._lock = threading.RLock()
        self._mine = False


class _Harmless:
    """Turns what goes wrong in its block into a word to the user."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        _complain(self._words, f"{self._words}: {_told(error)}")
        return True


# What the process as a whole keeps.

_runs: weakref.WeakSet[Run] = weakref.WeakSet()
_complained: set[str] = set()
_notes: dict[int, int] = {}


def _complain(kind: str, words: str) -> None:
    """Tell the user of a trouble, once of its kind."""
    if kind in _complained or len(_complained) > 50:
        return
    _complained.add(kind)
    with suppress(Exception):
        sys.stderr.write(f"ftlab: {words}\n")


def _told(error: BaseException) -> str:
    """Return an exception in words."""
    try:
        said = str(error).strip()
    except Exception:  # noqa: BLE001 - an exception of the user's may be as odd as it likes
        said = ""
    if isinstance(error, OSError):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _look_after(run: Run) -> None:
    """See to it that the run is heard of, however the process ends."""
    if not _runs:
        atexit.register(_exit)
        os.register_at_fork(after_in_child=_fork)
    _runs.add(run)
    _watch_signals(run)


def _exit() -> None:
    for run in list(_runs):
        run._at_exit()  # noqa: SLF001 - of this module


def _fork() -> None:
    for run in list(_runs):
        run._forked()  # noqa: SLF001
    for number in _ENDINGS:
        if signal.getsignal(number) is signal.SIG_DFL:
            faulthandler.unregister(number)


def _watch_signals(run: Run) -> None:
    """Have a signal that ends the process leave a note of where it was, at once and whatever runs.

    Not a handler of Python's, which would wait for the call to return that the main thread is in,
    and might keep the process from ending. The signal does what it did before; a handler that the
    script has, or gets, is left alone.
    """
    if run.folder is None:
        return
    for number, name in _ENDINGS.items():
        if signal.getsignal(number) is signal.SIG_DFL:
            note = os.open(run.folder / name, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            faulthandler.register(number, note, all_threads=False, chain=True)
            if number in _notes:
                os.close(_notes[number])
            _notes[number] = note


def _joined(name: str, folder: Path | None) -> Run:
    """Return a run in a process that it was sent to, which may log but has no last word."""
    run = Run(name, folder)
    if folder is not None:
        with _Harmless(f"{name} is not logged here"):
            run._open(folder)  # noqa: SLF001
    return run


def _rank() -> int:
    """Return which of several processes this is in a distributed training; 0 if it is none."""
    for name in ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"):
        rank = os.environ.get(name, "")
        if rank.isdecimal():
            return int(rank)
    return 0


# Where it is logged, under which id, and by which process: as the other parts of ftlab have it.


def _home() -> Path:
    chosen = os.environ.get("FTLAB_HOME")
    return (Path(chosen).expanduser() if chosen else _platform_home()).absolute()


def _platform_home() -> Path:
    data = os.environ.get("XDG_DATA_HOME", "")
    if data.startswith("/"):
        return Path(data, "ftlab")
    folder = "Library/Application Support" if sys.platform == "darwin" else ".local/share"
    return _user_home() / folder / "ftlab"


def _user_home() -> Path:
    home = os.environ.get("HOME")
    if home is None or home.startswith("/"):
        return Path.home()
    import pwd

    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def _new_id() -> str:
    """Return an id that sorts by time: eight characters of milliseconds, three of chance."""
    number = (int(time() * 1000) - 1_735_689_600_000) << 15
    number |= int.from_bytes(os.urandom(2), "big") >> 1
    digits = ""
    for _ in range(11):
        digits = "0123456789abcdefghjkmnpqrstvwxyz"[number & 31] + digits
        number >>= 5
    return f"job_{digits}"


def _identity() -> dict[str, Any]:
    """Return what names this process for good: see `engine.training.process`."""
    boot, since_boot = _boot()
    return {
        "pid": os.getpid(),
        "create_time": boot + since_boot,
        "since_boot": since_boot,
        "boot_id": _boot_id(boot),
        "host": os.uname().nodename,
        "attempt": 1,
        "pid_namespace": _pid_namespace(),
        "machine": _machine(),
    }


def _boot() -> tuple[float, float]:
    """Return when the machine started, and how long after that the process did; NaN if unknown."""
    try:
        if sys.platform == "darwin":
            return _boot_of_mac()
        fields = Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        uptime = float(Path("/proc/uptime").read_text("ascii").split()[0])
        return time() - uptime, int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except Exception:  # noqa: BLE001 - a system that tells it in another way
        return 0.0, float("nan")


def _boot_of_mac() -> tuple[float, float]:
    import ctypes

    system = ctypes.CDLL(None)
    moment = (ctypes.c_long * 2)()
    size = ctypes.c_size_t(ctypes.sizeof(moment))
    system.sysctlbyname(b"kern.boottime", moment, ctypes.byref(size), None, 0)
    about = ctypes.create_string_buffer(136)  # struct proc_bsdinfo
    system.proc_pidinfo(os.getpid(), 3, ctypes.c_uint64(0), about, 136)
    started = int.from_bytes(about.raw[120:128], "little")
    started_micro = int.from_bytes(about.raw[128:136], "little")
    return float(moment[0]), started + started_micro / 1e6 - moment[0]


def _boot_id(boot: float) -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"{boot:.0f}"


def _pid_namespace() -> str | None:
    """Return what tells the process numbers of a container from those outside of it."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return None


def _machine() -> str | None:
    """Return what tells this machine from others, hashed, for the id itself is nobody's to know."""
    import hashlib

    for name in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            found = Path(name).read_text("ascii").strip()
        except (OSError, ValueError):
            continue
        if found:
            return hashlib.sha256(f"ftlab:{found}".encode()).hexdigest()[:16]
    return None


# What surrounds the run: recorded once, without secrets.

_PACKAGES = (
    *("torch", "transformers", "peft", "accelerate", "datasets", "tokenizers", "safetensors"),
    *("numpy", "trl", "lightning", "pytorch_lightning", "jax", "flax", "tensorflow", "keras"),
    *("sklearn", "deepspeed", "bitsandbytes"),
)
_SECRET = {
    *("key", "apikey", "token", "secret", "password", "passwd", "pwd", "credential", "credentials"),
}
_NO_SECRET = {
    *("bos", "eos", "pad", "unk", "sep", "cls", "mask", "special", "image", "text", "input"),
    *("label", "output", "target", "sort", "group", "primary", "column", "prompt", "completion"),
}
"""Beside which `key` and `token` mean something harmless: `--eos-token`, `--text-key`."""

_HIDDEN = "(hidden)"


def _surroundings(config: dict[str, Any]) -> dict[str, Any]:
    """Return what is known at once of where the run takes place."""
    machine = os.uname()
    seeds = {key: value for key, value in config.items() if "seed" in key.lower()}
    found: dict[str, Any] = {
        "python": sys.version.split()[0],
        "platform": f"{machine.sysname}-{machine.release}-{machine.machine}",
        "host": machine.nodename,
        "command": _command(sys.orig_argv),
        "folder": _current_folder(),
        **_packages(),
    }
    if seeds:
        found["seeds"] = seeds
    if _rank():
        found["rank"] = _rank()
    return found


def _current_folder() -> str | None:
    try:
        return str(Path.cwd())
    except OSError:
        return None  # It was removed meanwhile.


def _packages() -> dict[str, str]:
    """Return the versions of well-known packages that the script has imported."""
    found = {}
    for name in _PACKAGES:
        with suppress(Exception):  # A module may be half imported, and no module at all.
            found[name] = str(sys.modules[name].__version__)
    return found


def _script_folder() -> Path:
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    return Path(file).absolute().parent if file else Path.cwd()


def _git(folder: Path) -> dict[str, Any]:
    """Return the commit of the script's folder, and whether it was changed since."""
    import subprocess

    deadline = time() + _GIT_SECONDS

    def git(*words: str) -> str:
        found = subprocess.run(
            ["git", "-C", str(folder), "-c", "core.fsmonitor=false", *words],  # noqa: S607
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=max(0.01, deadline - time()),
            check=True,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
        return found.stdout.decode("utf-8", "replace").strip()

    found: dict[str, Any] = {}
    try:
        found["git_commit"] = git("rev-parse", "HEAD")
        found["git_dirty"] = bool(git("status", "--porcelain"))
    except (OSError, subprocess.SubprocessError):
        pass  # No repository, no git, or a slow one.
    return found


def _command(words: Iterable[str]) -> list[str]:
    """Return a command line with its secrets hidden."""
    shown = []
    hide = False
    for word in words:
        name, given, value = word.partition("=")
        if hide and not word.startswith("--"):
            shown.append(_HIDDEN)
        elif given and value and _is_secret(name):
            shown.append(f"{name}={_HIDDEN}")
        else:
            shown.append(_hidden(word))
        hide = word.startswith("-") and not given and _is_secret(word)
    return [_text(word)[:_LONGEST_WORD] for word in shown]


def _is_secret(name: str) -> bool:
    """Tell whether something of that name is better kept to oneself."""
    import re

    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    words = set(re.split(r"[^a-z0-9]+", parts))
    return bool(words & _SECRET) and not words & _NO_SECRET


def _hidden(text: str) -> str:
    """Return a text without what looks like an API key."""
    import re

    looks = (
        r"\b(?:sk|pk|rk)-[\w-]{12,}|\bhf_\w{12,}|\bgh[a-z]_\w{12,}|\bgithub_pat_\w{12,}"
        r"|\bglpat-[\w-]{12,}|\bxox[a-z]-[\w-]{8,}|\bAKIA[0-9A-Z]{12,}|\bAIza[\w-]{24,}"
        r"|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?|\bnvapi-[\w-]{12,}|\br8_\w{20,}"
        r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|\b[0-9a-fA-F]{32,}\b"
    )
    named = (
        r"""((?:key|token|secret|password|passwd)["']?\s*[:=]\s*["']?)(?!\(hidden)[^\s"',;}]{6,}"""
    )
    text = re.sub(looks, _HIDDEN, text)
    return re.sub(named, rf"\1{_HIDDEN}", text, flags=re.IGNORECASE)


# Values of all kinds, made plain.


def _as_mapping(config: object) -> Mapping[str, Any]:
    """Return hyperparameters by name, whatever holds them."""
    if config is None:
        return {}
    if hasattr(config, "items"):
        return dict(config.items())
    names = getattr(config, "__dataclass_fields__", None) or getattr(config, "__dict__", None)
    if names is None:
        return {"config": config}
    return {name: getattr(config, name) for name in names if not str(name).startswith("_")}


def _plain(value: Any, name: object = "", depth: int = 0) -> Any:  # noqa: ANN401
    """Return a value as JSON has it; what JSON does not know becomes text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, str):
        return _HIDDEN if value and _is_secret(str(name)) else _hidden(_text(value[:_LONGEST_TEXT]))
    if depth < 8 and hasattr(value, "items"):
        return {_text(key): _plain(each, key, depth + 1) for key, each in value.items()}
    if depth < 8 and isinstance(value, list | tuple | set | frozenset):
        return [_plain(each, name, depth + 1) for each in list(value)[:1000]]
    try:
        return _plain(value.item(), name, depth)
    except Exception:  # noqa: BLE001 - not one number
        return _hidden(_text(value)[:200])


def _number(value: Any) -> float:  # noqa: ANN401
    """Return the one number that a value holds.

    Raises:
        TypeError, ValueError, OverflowError: if it holds none.
    """
    if isinstance(value, str | bytes | None):
        raise TypeError(f"a {type(value).__name__} is no number")
    item = getattr(value, "item", None)
    return float(value if item is None else item())


def _count(*given: object) -> int | None:
    """Return the first that is a number of steps."""
    return next((each for each in given if type(each) is int and 0 < each < _GREATEST_STEP), None)


def _text(value: object) -> str:
    """Return a text that can be written: half of a surrogate pair cannot."""
    return str(value).encode("utf-8", "backslashreplace").decode()


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, default=_text).encode("utf-8", "replace")


# transformers' Trainer.

_TOLD_ALWAYS = {
    *("learning_rate", "per_device_train_batch_size", "gradient_accumulation_steps", "max_steps"),
    *("num_train_epochs", "weight_decay", "lr_scheduler_type", "optim", "seed", "bf16", "fp16"),
}


class _TrainerEvents:
    """Logs what a Trainer does: its logs, evaluations and checkpoints; heeds `ftlab jobs cancel`.

    Args:
        run: where to log; left to its owner to finish. Without one, a run begins with the training
            and ends with the script, so that what is evaluated after the training is part of it.
        name: what a run that begins here is called; the Trainer's `run_name`, or the name of its
            output folder, if left out.

    Attributes:
        run: where it is logged.
    """

    def __init__(self, run: Run | None = None, name: str | None = None) -> None:
        self.run = run
        self._name = name
        self._owner = run is None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        """Begin a run if there is none, and tell what is going to happen."""
        with _Harmless("the beginning of the training was not logged"):
            chosen = _arguments(args)
            if self._owner:
                if self.run is not None:
                    self.run.finish()
                self.run = start(self._name or _name_of(args), {**_trained(kwargs), **chosen})
            if self.run is not None:
                facts = {"total_steps": _count(state.max_steps), "device": str(args.device)}
                facts["from_step"] = int(state.global_step)
                told = {} if self._owner else {"trainer": {**_trained(kwargs), **_plain(chosen)}}
                self.run._describe(facts, told)  # noqa: SLF001

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        """Log what the Trainer does."""
        if self.run is not None and logs:
            with _Harmless("metrics were not logged"):
                # Its `train_loss` is the mean of the whole training, no point of a curve.
                named = {"train_loss": "mean_train_loss"}
                self.run.log({named.get(key, key): logs[key] for key in logs}, state.global_step)

    def on_evaluate(
        self,
        args: Any,  # noqa: ANN401, ARG002
        state: Any,  # noqa: ANN401
        control: Any,  # noqa: ANN401, ARG002
        metrics: Any = None,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401, ARG002
    ) -> None:
        """Log the perplexity beside the loss, which `on_log` has logged."""
        with _Harmless("an evaluation was not logged"):
            loss = (metrics or {}).get("eval_loss")
            if self.run is not None and loss is not None:
                from math import exp

                self.run.log({"eval_perplexity": exp(min(_number(loss), 700))}, state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        """Log a checkpoint."""
        if self.run is not None:
            with _Harmless("a checkpoint was not logged"):
                folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
                self.run.checkpoint(folder, state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        """Stop at a checkpoint if somebody asked for it."""
        if self.run is None or not self.run._asked:  # noqa: SLF001
            return
        if args.world_size > 1:
            _complain("cancel", "several processes train: one alone cannot stop, so none does")
        elif self.run.stop_requested:
            control.should_training_stop = True
            control.should_save = getattr(args.save_strategy, "value", "no") != "no"

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        """Let a run that began here end with the script."""
        if self._owner and self.run is not None:
            self.run._trained = True  # noqa: SLF001


def _name_of(args: Any) -> str:  # noqa: ANN401
    given = getattr(args, "run_name", None)
    return str(given or Path(args.output_dir).absolute().name)


def _trained(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return which model a Trainer trains."""
    model = kwargs.get("model")
    config = getattr(model, "config", None)
    name = getattr(config, "name_or_path", "") or getattr(config, "model_type", "")
    return {"base_model": str(name or type(model).__name__)}


def _arguments(args: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a Trainer's arguments: the usual ones, and those that are not left as they come."""
    from dataclasses import MISSING, fields

    shown = args.to_dict()
    return {
        field.name: shown[field.name]
        for field in fields(args)
        if field.name in shown
        and (
            field.name in _TOLD_ALWAYS
            or (field.default is not MISSING and getattr(args, field.name) != field.default)
        )
    }


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Make `TrainerCallback` when it is first wanted: only then is transformers imported."""
    if name != "TrainerCallback":
        raise AttributeError(f"module 'ftlab' has no attribute {name!r}")
    from transformers import TrainerCallback

    made = type(name, (_TrainerEvents, TrainerCallback), {"__doc__": _TrainerEvents.__doc__})
    made.__module__ = __name__
    globals()[name] = made
    return made
