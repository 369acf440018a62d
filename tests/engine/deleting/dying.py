"""Deleting in a process that is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from engine.lab import Lab

CUTS = ("1-before", "1-after", "2-before", "2-after")
_CHILD = Path(__file__).parent / "children" / "delete_and_die.py"
_SOURCES = Path(__file__).parents[3]


def start(lab: Lab, kind: str, name: str, cut: str = "never") -> subprocess.Popen[str]:
    """Begin to delete something in a process of its own."""
    command = [sys.executable, str(_CHILD), str(lab.places.home), kind, name, cut]
    return subprocess.Popen(
        command, cwd=_SOURCES, env=_environment(), stdout=subprocess.PIPE, encoding="utf-8"
    )


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ) | {"PYTHONPATH": str(_SOURCES)}
