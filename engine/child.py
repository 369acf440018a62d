"""Starting programs of ftlab's own as processes of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engine.config.file import key_variables
from engine.places import Places

_PACKAGE_ROOT = Path(__file__).resolve().parents[1]


def python_module(name: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment that run a module in this interpreter.

    The current folder is no place to import from (it may hold a user's own `engine`), and the keys
    of hosted services stay behind, whatever the configuration calls their variables: no program of
    ours on this machine needs them.
    """
    environment = without_keys()
    paths = (str(_PACKAGE_ROOT), environment.get("PYTHONPATH", ""))
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return [sys.executable, "-P", "-m", name, *arguments], environment


def without_keys() -> dict[str, str]:
    """Return the environment without the keys of hosted services, whatever they are called."""
    secret = key_variables(Places.find().config)
    return {
        variable: value
        for variable, value in os.environ.items()
        if not variable.endswith("_KEY") and variable not in secret
    }
