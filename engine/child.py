"""Starting programs of ftlab's own as processes of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE_ROOT = Path(__file__).resolve().parents[1]


def python_module(name: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment that run a module in this interpreter.

    The current folder is no place to import from (it may hold a user's own `engine`), and the keys
    of hosted services stay behind: no program of ours on this machine needs them.
    """
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_KEY")}
    paths = (str(_PACKAGE_ROOT), environment.get("PYTHONPATH", ""))
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return [sys.executable, "-P", "-m", name, *arguments], environment
