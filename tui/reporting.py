"""Reports of errors that nobody foresaw: what a developer needs, and nothing that is secret."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import sys
import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from engine.places import Places

_LOOKS_LIKE_A_KEY = re.compile(r"\bsk-[\w-]{16,}")
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
_LEAST_SECRET = 8
"""Shorter values are words such as `true`, which would be taken out everywhere."""

_PACKAGES = ("ftlab", "textual", "rich")
_KEPT = 50
"""So many reports are kept; the oldest make room."""


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without these secrets, and without what looks like a key of OpenAI's."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[key]")
    return _LOOKS_LIKE_A_KEY.sub("[key]", text)


def known_secrets(places: Places) -> set[str]:
    """Return the values of all variables around this process that may be secret."""
    from engine.config.file import key_variables
    from engine.config.surroundings import Surroundings
    from engine.errors import LabError

    named = key_variables(places.config)
    try:
        layers = [layer.values for layer in Surroundings.look(places).layers]
    except LabError:
        layers = [os.environ]
    return {
        value.strip()
        for values in layers
        for name, value in values.items()
        if (name in named or _SECRET_NAME.search(name)) and len(value.strip()) >= _LEAST_SECRET
    }


def save_report(error: BaseException, places: Places, about: Mapping[str, str]) -> Path | None:
    """Write what is known of an error into a file that only its owner may read.

    Args:
        error: what was raised.
        places: where the data directory is.
        about: what else to tell, by its name.

    Returns:
        The file; None if it cannot be written.
    """
    folder = places.home / "reports"
    moment = datetime.now(UTC)
    text = without_secrets(_report(error, about, moment), known_secrets(places))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        report = _written(folder, f"{moment:%Y%m%dT%H%M%SZ}", text)
        for old in sorted(folder.glob("*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return report


def _report(error: BaseException, about: Mapping[str, str], moment: datetime) -> str:
    facts = {"time": f"{moment:%Y-%m-%d %H:%M:%S} UTC", **about, **_surroundings()}
    width = max(len(name) for name in facts)
    lines = [f"{name:<{width}}  {value}" for name, value in facts.items()]
    # Without the values of variables: those are a person's own.
    told = "".join(traceback.format_exception(error))
    text = "\n".join([*lines, "", told])
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _surroundings() -> dict[str, str]:
    return {
        **{package: _version(package) for package in _PACKAGES},
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
        "terminal": f"{os.environ.get('TERM', '')} {os.environ.get('COLORTERM', '')}".strip(),
        "command": Path(sys.argv[0]).name,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed as a package"


def _written(folder: Path, name: str, text: str) -> Path:
    """Write a file of a new name: two errors of one second have a report each."""
    number = 1
    while True:
        report = folder / (f"{name}.txt" if number == 1 else f"{name}_{number}.txt")
        try:
            opened = os.open(report, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(opened, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        return report
