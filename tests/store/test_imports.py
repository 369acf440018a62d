from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import store

HEAVY = ["pydantic", "sqlmodel", "sqlalchemy", "torch", "transformers", "datasets", "openai"]


def _loaded(statement: str) -> set[str]:
    """Return the packages that a clean interpreter has after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    root = Path(store.__file__).parents[1]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_reading_needs_the_standard_library_alone() -> None:
    found = _loaded(
        "from store.queries import jobs, metrics, history, datasets, models, chats, find\n"
        "import store.database, store.blobs, store.leases, store.ids, store.times\n"
        "import store.job_status, store.recorded"
    )

    assert not found & set(HEAVY)
    assert found - set(sys.stdlib_module_names) <= {"__main__", "store"} | _always()


def test_opening_a_database_and_asking_it_loads_nothing_heavy() -> None:
    found = _loaded(
        "import tempfile\nfrom pathlib import Path\nfrom store.database import Database\n"
        "folder = tempfile.TemporaryDirectory()\n"
        "database = Database(Path(folder.name) / 'ftlab.db')\n"
        "database.head()\ndatabase.close()\nfolder.cleanup()"
    )

    assert not found & set(HEAVY)


def test_writing_loads_no_package_of_machine_learning_and_no_other_part_of_ftlab() -> None:
    found = _loaded("import store.log, store.verify, store.past, store.tables")

    assert not found & {"torch", "transformers", "datasets", "openai", "textual", "engine", "tui"}


def _always() -> set[str]:
    """Return what this interpreter loads by itself, such as hooks of editable installs."""
    return _loaded("pass")
