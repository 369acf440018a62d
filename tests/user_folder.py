"""A folder of a user's own: a training script, `ftlab.py`, and modules named like ftlab's parts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ftlab

_SCRIPTS = Path(__file__).parent / "ftlab_scripts"
_SECONDS = 120


@dataclass(frozen=True)
class UserFolder:
    """Runs scripts as a user does: in a folder of one's own, with nothing of ftlab but `ftlab.py`.

    Attributes:
        folder: the folder.
        home: ftlab's data directory.
    """

    folder: Path
    home: Path

    @classmethod
    def make(cls, folder: Path, home: Path) -> UserFolder:
        folder.mkdir()
        shutil.copytree(_SCRIPTS, folder, dirs_exist_ok=True)
        for name in ("engine", "store", "tui"):
            (folder / f"{name}.py").write_text(
                f"raise SystemExit('this {name}.py is the user's')\n"
            )
        # Apart from the script's folder, as an installed module is.
        (folder / "installed").mkdir()
        shutil.copy(ftlab.__file__, folder / "installed")
        return cls(folder, home)

    @property
    def runs(self) -> list[Path]:
        """The run folders, the oldest first."""
        return sorted((self.home / "runs").glob("job_*"))

    def run(
        self, script: str, *words: object, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a script to its end."""
        return subprocess.run(
            self._command(script, *words),
            capture_output=True,
            encoding="utf-8",
            cwd=self.folder,
            env=self._environment | environment,
            timeout=_SECONDS,
            check=False,
        )

    @contextmanager
    def running(self, script: str, *words: object) -> Iterator[subprocess.Popen[str]]:
        """Have a script run while the block does; it is killed at the end if it runs on."""
        process = subprocess.Popen(
            self._command(script, *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=self.folder,
            env=self._environment,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def _command(self, script: str, *words: object) -> list[str]:
        return [sys.executable, script, *map(str, words)]

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home.parent),
            "FTLAB_HOME": str(self.home),
            "PYTHONPATH": str(self.folder / "installed"),
            "PYTHONWARNINGS": "error::ResourceWarning",
            "HF_HUB_OFFLINE": "1",
        }
