"""Where a job comes from: the command that asked for it, and the state of the user's own folder.

Written into the run folder when the job is asked for, because a job may be gone on with from
anywhere; the training process tells it with the rest of its environment.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.training.durable import write_whole

FILE = "origin.json"
_KEYS = ("key",)
_GIT_SECONDS = 5.0
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")


def record(run_dir: Path) -> None:
    """Record what this process was asked to do and where; the first record of a run stays."""
    if (run_dir / FILE).exists():
        return
    try:
        folder = Path.cwd()
    except FileNotFoundError:
        return  # Somebody removed the folder that the command runs in.
    found = {"command": command(sys.argv), "folder": str(folder), **commit(folder)}
    write_whole(run_dir / FILE, json.dumps(found))


def read(run_dir: Path) -> dict[str, Any]:
    """Return what was recorded; nothing if that is missing or damaged."""
    try:
        found = json.loads((run_dir / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def command(words: Sequence[str]) -> list[str]:
    """Return a command line as a person writes it, without what looks like a secret."""
    from engine.data.cleaning.secrets import masked

    shown = [Path(words[0]).name, *words[1:]]
    return [_IN_ADDRESS.sub("(hidden)", masked(word, _KEYS)) for word in shown]


def commit(folder: Path) -> dict[str, Any]:
    """Return a folder's git commit, and whether anything was changed since; nothing without git."""
    try:
        return {
            "git_commit": _git(folder, "rev-parse", "HEAD"),
            "git_dirty": bool(_git(folder, "status", "--porcelain")),
        }
    except (OSError, subprocess.SubprocessError):
        return {}


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), "-c", "core.fsmonitor=false", *words],  # noqa: S607
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_GIT_SECONDS,
        check=True,
        # A look takes no lock that the user's own git might want.
        env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"},
    )
    return done.stdout.decode("utf-8", "replace").strip()
