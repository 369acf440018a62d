"""Whatever happened in a lab, an archive of it says it all."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.archive.importing import import_archive
from engine.lab import Lab
from store.events import DatasetVersionRecorded
from store.log import Entry
from store.verify import verify
from tests.engine.archive.conftest import archive_of, files_in, lab_at
from tests.engine.archive.states import contents_of, state_of, told_by
from tests.store.conftest import (  # noqa: F401 - a fixture is found by its name
    History,
    histories,
    quick_folder,
)


def _record(lab: Lab, history: History) -> None:
    for stream, entry in history:
        lab.log.append(stream, _with_content(lab, entry))


def _with_content(lab: Lab, entry: Entry) -> Entry:
    """Give dataset versions a content that exists."""
    if not isinstance(entry.fact, DatasetVersionRecorded):
        return entry
    content = lab.blobs.put(entry.fact.id.encode() * 100)
    return Entry(entry.fact.model_copy(update={"content": content}), entry.occurred, entry.key)


@given(data=st.data())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_lab_that_was_exported_and_imported_knows_the_same_and_says_the_same(
    data: st.DataObject,
    histories: st.SearchStrategy[History],  # noqa: F811
    quick_folder: Path,  # noqa: F811
) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=quick_folder)))
        one = stack.enter_context(lab_at(folder / "one"))
        other = stack.enter_context(lab_at(folder / "other"))
        _record(one, data.draw(histories))

        import_archive(other, archive_of(one, folder / "first.tar.gz"))

        assert state_of(other) == state_of(one)
        assert told_by(other) == told_by(one)
        assert contents_of(other) == contents_of(one)
        assert verify(other.database).whole
        assert _open_files(other, folder) == _open_files(one, folder)
        assert import_archive(one, archive_of(other, folder / "back.tar")).new_events == 1


def _open_files(lab: Lab, folder: Path) -> dict[str, bytes]:
    """Return the files that tell of things; the log and what is said of it are each lab's own."""
    files = files_in(archive_of(lab, folder / "open.tar"))
    return {
        name: content
        for name, content in files.items()
        if name not in ("manifest.json", "events.jsonl")
    }
