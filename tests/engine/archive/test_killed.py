"""An import that is killed goes on where it was."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import engine
from engine.archive.importing import import_archive
from engine.lab import Lab
from store.database import Database
from store.verify import verify
from tests.engine.archive.conftest import add_dataset, archive_of, measured, planned
from tests.engine.archive.states import contents_of, state_of, told_by

_CHILD = Path(__file__).parents[1] / "children" / "import_archive.py"
_SOURCES = Path(engine.__file__).parents[1]


def _killed_after(home: Path, archive: Path, events: int) -> None:
    """Begin an import and kill it when the lab has so many events."""
    process = subprocess.Popen(
        [sys.executable, str(_CHILD), str(home), str(archive)],
        env={"PYTHONPATH": str(_SOURCES)},
    )
    with process:
        while process.poll() is None and _head(home) < events:
            time.sleep(0.005)
        process.kill()


def _head(home: Path) -> int:
    if not (home / "ftlab.db").exists():
        return 0
    with closing(Database(home / "ftlab.db")) as database:
        return database.head()


def test_killed_again_and_again_it_has_everything_once(lab: Lab, tmp_path: Path) -> None:
    for version in range(1, 11):
        add_dataset(lab, "sums", version)
    lab.log.append("job/job_1", planned("long"), *(measured(n, [n / 3]) for n in range(1, 1500)))
    archive = archive_of(lab, tmp_path / "all.tar.zst")
    home = tmp_path / "elsewhere"

    for events in (1, 600, 1100):
        _killed_after(home, archive, events)

    with Lab.open(home) as other:
        assert other.database.head() > 1
        import_archive(other, archive)
        assert told_by(other) == told_by(lab)
        assert state_of(other) == state_of(lab)
        assert contents_of(other) == contents_of(lab)
        assert list(other.places.blobs.glob(".partial-*")) == []
        finished = [event for event in other.log.read() if event.type == "ArchiveImported"]
        assert len(finished) == 1
        assert verify(other.database).whole
