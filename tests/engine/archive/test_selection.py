"""What comes into an archive when not everything is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.archive.exporting import export_archive
from engine.archive.importing import import_archive
from engine.archive.selection import Wish, selected
from engine.errors import RequestError
from engine.lab import Lab
from store.errors import NotFoundError
from store.events import JobMessageReceived
from store.queries.history import event
from tests.engine.archive.conftest import archive_of, files_in, planned
from tests.engine.archive.states import contents_of


def _selected(lab: Lab, wish: Wish) -> set[str]:
    found = selected(lab.database.reader, wish)
    assert found is not None
    return found


_LOCAL = {"job/job_1", "model/mdl_1", "dataset/sums/train", "dataset/sums", "chat/chat_1"}
_HOSTED = {"job/job_2", "model/mdl_2", "dataset/rescued", "file/openai/file-1"}


@pytest.mark.parametrize(
    ("wish", "streams"),
    [
        (Wish(jobs=("quick",)), _LOCAL),
        (Wish(jobs=("job_2",)), _HOSTED),
        (Wish(models=("quick",)), _LOCAL),
        (Wish(models=("ft:gpt",)), _HOSTED),
        (Wish(datasets=("sums/train",)), {"dataset/sums/train", "dataset/sums"}),
        (Wish(datasets=("sums@1",)), {"dataset/sums"}),
        (Wish(datasets=("ds_rescued_1",)), {"dataset/rescued", "file/openai/file-1"}),
        (Wish(jobs=("quick",), datasets=("unrelated",)), _LOCAL | {"dataset/unrelated"}),
        (Wish(provider="openai"), _HOSTED),
    ],
)
def test_what_a_selected_thing_needs_comes_along(full: Lab, wish: Wish, streams: set[str]) -> None:
    assert _selected(full, wish) == streams


def test_everything_is_the_default(full: Lab) -> None:
    assert selected(full.database.reader, Wish()) is None


def test_a_retried_job_and_a_model_that_was_trained_further_bring_what_was_before(
    full: Lab,
) -> None:
    further = planned("further", base_model="ft:gpt-4o-mini:acme::1", retry_of="job_1")
    full.log.append("job/job_3", further)

    assert _selected(full, Wish(jobs=("further",))) == {"job/job_3"} | _LOCAL | _HOSTED


def test_only_what_had_news_since_a_moment(full: Lab) -> None:
    full.log.append("job/job_2", JobMessageReceived(level="info", text="later"))
    newest = event(full.database.reader, full.database.head())

    assert _selected(full, Wish(since=newest.at)) == _HOSTED
    assert _selected(full, Wish(since=newest.at, provider="openai")) == _HOSTED
    with pytest.raises(NotFoundError, match="nothing recorded fits"):
        _selected(full, Wish(since=newest.at, provider="local"))


def test_naming_things_and_narrowing_everything_down_contradict_each_other(full: Lab) -> None:
    with pytest.raises(RequestError, match="not both"):
        _selected(full, Wish(jobs=("quick",), provider="openai"))


def test_what_does_not_exist_is_not_found(full: Lab, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no job is called 'slow'"):
        export_archive(full, Wish(jobs=("slow",)), tmp_path / "slow.tar")
    assert not (tmp_path / "slow.tar").exists()


def test_the_archive_holds_the_files_of_the_selection_alone(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "hosted.tar", Wish(provider="openai")))

    folders = {name.split("/")[0] for name in files} - {"README.txt", "manifest.json"}
    assert folders == {"events.jsonl", "datasets", "files", "jobs", "models"}
    assert not any("quick" in name or "sums" in name for name in files)
    assert b'"stream":"lab"' not in files["events.jsonl"]


def test_a_selection_comes_into_another_lab_without_gaps(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    import_archive(other, archive_of(full, tmp_path / "one.tar", Wish(jobs=("quick",))))
    import_archive(other, archive_of(full, tmp_path / "two.tar", Wish(jobs=("job_2",))))
    import_archive(other, archive_of(full, tmp_path / "three.tar", Wish(datasets=("unrelated",))))

    assert contents_of(other) == contents_of(full)
