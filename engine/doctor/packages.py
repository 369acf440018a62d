"""A look at Python and at the packages that ftlab needs, none of them imported."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec

from engine.doctor.finding import MACHINE, Finding

_SHOWN = ("openai", "textual", "sqlmodel", "pydantic", "tiktoken")


def look() -> Iterator[Finding]:
    """Give what is to be said of Python and the packages."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(MACHINE, "Python", "ok", f"{python}, SQLite {sqlite3.sqlite_version}")
    unmet = [name for name in _SHOWN if _version(name) is None] or _unmet()
    if unmet:
        what = f"missing, or of a version that does not fit: {', '.join(unmet)}"
        advice = f"{sys.executable} -m pip install --upgrade ftlab"
        yield Finding(MACHINE, "packages", "failure", what, advice)
    else:
        shown = ", ".join(f"{name} {_version(name)}" for name in _SHOWN)
        yield Finding(MACHINE, "packages", "ok", shown)


def _unmet() -> list[str]:
    """Return which of ftlab's own requirements the installed packages do not meet.

    None, where ftlab runs from its sources or the package that reads requirements is missing.
    """
    if find_spec("packaging") is None:
        return []
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires("ftlab") or []
    except metadata.PackageNotFoundError:
        return []
    needs = [Requirement(line) for line in lines]
    plain = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return [
        str(need)
        for need in plain
        if not need.specifier.contains(_version(need.name) or "0", prereleases=True)
    ]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
