"""Light commands load nothing heavy: what is not imported costs no time."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

_HEAVY = {
    "accelerate",
    "apscheduler",
    "datasets",
    "jsonschema",
    "matplotlib",
    "numpy",
    "openai",
    "peft",
    "pydantic",
    "rapidfuzz",
    "sacrebleu",
    "sqlalchemy",
    "sqlmodel",
    "textual",
    "torch",
    "transformers",
}
_TELL_MODULES = """
import atexit, sys
atexit.register(lambda: sys.stderr.write("\\n".join(sys.modules)))
from tui.cli import main
main()
"""


def _packages(ftlab: Ftlab, *arguments: str, **environment: str) -> set[str]:
    """Run the command in a clean interpreter and return the packages that it has loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _TELL_MODULES, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=ftlab.environment | environment,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stderr.splitlines()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["jobs"],
        ["jobs", "--json"],
        ["jobs", "show", "quick"],
        ["jobs", "metrics", "quick", "--json"],
        ["models"],
        ["files"],
        ["recordings"],
        ["suite", "list"],
        ["evals"],
        ["sweep", "list"],
        ["data", "list"],
        ["history"],
    ],
)
def test_reading_loads_no_heavy_package(recorded: Ftlab, arguments: list[str]) -> None:
    loaded = _packages(recorded, *arguments)
    assert "click" in loaded
    assert loaded & _HEAVY == set()


def test_completing_a_name_loads_no_heavy_package(recorded: Ftlab) -> None:
    words = {"COMP_WORDS": "ftlab jobs show ", "COMP_CWORD": "3"}
    loaded = _packages(recorded, **words, _FTLAB_COMPLETE="bash_complete")
    assert "sqlite3" in loaded
    assert loaded & _HEAVY == set()


def test_a_command_loads_no_other_group(recorded: Ftlab) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TELL_MODULES, "jobs"],
        capture_output=True,
        encoding="utf-8",
        env=recorded.environment,
        check=True,
    )
    loaded = {name for name in done.stderr.splitlines() if name.startswith("tui.cli.")}
    assert "tui.cli.jobs" in loaded
    assert not loaded & {f"tui.cli.{name}" for name in ("chat", "data", "demo", "models", "upkeep")}
