"""Taking archives in: everything once, nothing that is not so, nothing silently."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.archive.errors import ConflictError
from engine.archive.events import read_line
from engine.archive.importing import import_archive, preview_import
from engine.archive.selection import Wish
from engine.data.errors import DataError
from engine.lab import Lab
from store.events import (
    ChatTurnRecorded,
    JobCreationRequested,
    JobMessageReceived,
    JobPlanned,
    JobStatusChanged,
    LabCreated,
)
from store.log import Entry, Verbatim
from store.queries.chats import chat_turns
from store.queries.datasets import dataset
from store.queries.history import event
from store.queries.jobs import job_detail
from store.queries.models import model
from store.queries.origins import looked_after_elsewhere
from store.queries.streams import lab_id
from store.verify import verify
from tests.engine.archive.conftest import (
    NOON,
    add_dataset,
    archive_of,
    examples_of,
    files_in,
    measured,
    planned,
)
from tests.engine.archive.states import contents_of, state_of, told_by


def test_an_empty_lab_comes_to_know_all_that_the_other_knew(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    done = import_archive(other, archive_of(full, tmp_path / "all.tar.zst"))

    assert done.new_events == done.events == full.database.head()
    assert state_of(other) == state_of(full)
    assert contents_of(other) == contents_of(full)
    assert verify(other.database).whole


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz", "tar.zst"])
def test_an_archive_is_read_however_it_is_packed_and_called(
    full: Lab, other: Lab, tmp_path: Path, ending: str
) -> None:
    archive = archive_of(full, tmp_path / f"all.{ending}")
    archive.rename(tmp_path / "renamed")

    import_archive(other, tmp_path / "renamed")

    assert state_of(other) == state_of(full)


def test_data_is_at_once_as_good_as_if_it_were_this_labs(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    import_archive(other, archive_of(full, tmp_path / "all.tar"))

    version = dataset(other.database.reader, "sums/train")
    assert other.blobs.read(version.content) == examples_of("sums/train", 1)
    add_dataset(other, "sums/train", 2)
    assert dataset(other.database.reader, "sums/train").version == 2


def test_events_keep_their_times_and_say_where_they_are_from(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    done = import_archive(other, archive_of(full, tmp_path / "all.tar"))

    before = next(each for each in full.log.read() if each.type == "JobImported")
    after = next(each for each in other.log.read() if each.type == "JobImported")
    assert after[1:5] == before[1:5]
    assert (after.occurred, after.key, after.data) == (before.occurred, before.key, before.data)
    assert after.at > before.at
    assert after.actor == other.actor
    told = _fact(other, after.cause)
    assert told["archive"] == done.digest
    assert told["origins"][after.seq - (after.cause or 0) - 1] == {
        "lab": lab_id(full.database.reader),
        "seq": before.seq,
        "at": before.at,
        "actor": before.actor,
        "cause": None,
        "hash": before.hash.hex(),
    }


def _fact(lab: Lab, seq: int | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event(lab.database.reader, seq or 0).data)
    return found


def test_the_import_is_recorded_when_all_is_in(full: Lab, other: Lab, tmp_path: Path) -> None:
    done = import_archive(other, archive_of(full, tmp_path / "all.tar"))

    newest = list(other.log.read())[-1]
    assert (newest.type, newest.stream) == ("ArchiveImported", f"archive/{done.digest[:16]}")
    fact = json.loads(newest.data)
    assert (fact["archive"], fact["new_events"]) == (done.digest, done.events)
    assert fact["lab"] == lab_id(full.database.reader)


def test_a_second_import_records_nothing(full: Lab, other: Lab, tmp_path: Path) -> None:
    archive = archive_of(full, tmp_path / "all.tar")
    import_archive(other, archive)
    head = other.database.head()

    again = import_archive(other, archive)

    assert (again.new_events, again.contents.bytes) == (0, 0)
    assert other.database.head() == head


def test_archives_that_overlap_bring_only_what_is_new(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    import_archive(other, archive_of(full, tmp_path / "job.tar", Wish(jobs=("quick",))))
    assert {row[0] for row in state_of(other)["job"]} == {"job_1"}
    full.log.append("job/job_1", JobMessageReceived(level="info", text="later"))

    done = import_archive(other, archive_of(full, tmp_path / "all.tar"))

    assert 0 < done.new_events < done.events
    assert state_of(other) == state_of(full)
    assert contents_of(other) == contents_of(full)


def test_what_this_lab_knew_more_of_stays(full: Lab, other: Lab, tmp_path: Path) -> None:
    archive = archive_of(full, tmp_path / "all.tar")
    import_archive(other, archive)
    other.log.append("chat/chat_1", ChatTurnRecorded(question="2 + 2?", answer="4"))
    before = state_of(other)

    assert import_archive(other, archive).new_events == 0
    assert state_of(other) == before
    assert len(chat_turns(other.database.reader, "chat_1")) == 2


def test_an_archive_that_comes_home_brings_what_was_done_elsewhere(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    import_archive(other, archive_of(full, tmp_path / "out.tar"))
    other.log.append("chat/chat_1", ChatTurnRecorded(question="2 + 2?", answer="4"))

    done = import_archive(full, archive_of(other, tmp_path / "back.tar"))

    # The turn, and that the other lab was created.
    assert done.new_events == 2
    assert state_of(full) == state_of(other)
    settled = archive_of(full, tmp_path / "settled.tar")
    assert import_archive(other, settled).new_events == 0


def test_an_event_that_went_through_several_labs_keeps_its_first_origin(
    full: Lab, other: Lab, lab: Lab, tmp_path: Path
) -> None:
    import_archive(other, archive_of(full, tmp_path / "one.tar"))
    import_archive(lab, archive_of(other, tmp_path / "two.tar"))

    archive = archive_of(lab, tmp_path / "three.tar")
    lines = files_in(archive)["events.jsonl"].splitlines(keepends=True)
    found = [read_line(number, line, "three.tar") for number, line in enumerate(lines, 1)]
    planned = next(each for each in found if each.event.type == "JobPlanned")
    assert planned.origin is not None
    assert planned.origin.lab == lab_id(full.database.reader)
    first = next(each for each in full.log.read() if each.type == "JobPlanned")
    assert (planned.origin.seq, planned.origin.actor) == (first.seq, first.actor)


def test_exported_again_it_is_the_same_open_files(full: Lab, other: Lab, tmp_path: Path) -> None:
    first = files_in(archive_of(full, tmp_path / "first.tar"))
    import_archive(other, tmp_path / "first.tar")

    second = files_in(archive_of(other, tmp_path / "second.tar"))

    for files in (first, second):
        del files["manifest.json"], files["events.jsonl"]
    assert second == first


def test_the_diary_of_another_lab_is_kept_beside_the_own_one(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    import_archive(other, archive_of(full, tmp_path / "all.tar"))

    theirs = list(other.log.read(stream=f"lab/{lab_id(full.database.reader)}"))
    assert [each.data for each in theirs] == [next(full.log.read(stream="lab")).data]
    assert other.log.version("lab") == 1


def test_copies_of_a_lab_that_went_on_apart_exchange_their_diaries(
    full: Lab, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full.places.home, copy)
    full.log.append("lab", LabCreated(ftlab="one"))
    with Lab.open(copy) as second:
        second.log.append("lab", LabCreated(ftlab="two"))
        archive = archive_of(second, tmp_path / "second.tar")

    assert import_archive(full, archive).new_events == 1
    assert import_archive(full, archive).new_events == 0
    diary = [json.loads(each.data)["ftlab"] for each in full.log.read(stream="lab")]
    assert diary[1:] == ["one", "two"]


def test_what_both_copies_heard_from_a_service_is_no_conflict(full: Lab, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(full.places.home, copy)
    heard = [
        Entry(JobMessageReceived(level="info", text=f"{number}"), NOON, f"event:{number}")
        for number in range(3)
    ]
    full.log.append("job/job_2", *heard[:2])
    with Lab.open(copy) as second:
        second.log.append("job/job_2", *heard)
        archive = archive_of(second, tmp_path / "second.tar")

    assert import_archive(full, archive).new_events == 1
    assert full.log.version("job/job_2") == job_detail(full.database.reader, "job_2").version


def test_a_history_that_went_on_differently_is_named_and_nothing_is_taken_in(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    add_dataset(other, "sums", 9)
    other.log.append("chat/chat_1", ChatTurnRecorded(question="?", answer="!"))
    before = list(other.log.read())
    archive = archive_of(full, tmp_path / "all.tar")

    with pytest.raises(ConflictError) as raised:
        import_archive(other, archive)

    told = str(raised.value)
    assert "  dataset/sums from version 1 on (events.jsonl, line 2)\n" in told
    assert "  chat/chat_1 from version 1 on" in told
    assert "Nothing was taken in." in told
    assert list(other.log.read()) == before
    assert len(contents_of(other)) == 2


def test_what_conflicts_can_be_left_out(full: Lab, other: Lab, tmp_path: Path) -> None:
    add_dataset(other, "unrelated", 9)
    archive = archive_of(full, tmp_path / "all.tar")

    done = import_archive(other, archive, skip_conflicts=True)

    assert [conflict.stream for conflict in done.conflicts] == ["dataset/unrelated"]
    assert state_of(other)["job"] == state_of(full)["job"]
    assert dataset(other.database.reader, "unrelated").id == "ds_unrelated_9"
    theirs = dataset(full.database.reader, "unrelated").content
    assert theirs not in other.blobs
    assert import_archive(other, archive, skip_conflicts=True).new_events == 0


def test_a_preview_tells_what_would_come_and_takes_nothing(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    add_dataset(other, "unrelated", 9)
    archive = archive_of(full, tmp_path / "all.tar")
    before = list(other.log.read())

    told = preview_import(other, archive)

    assert list(other.log.read()) == before
    done = import_archive(other, archive, skip_conflicts=True)
    assert (told.new_events, told.contents, told.conflicts) == (
        done.new_events,
        done.contents,
        done.conflicts,
    )


def test_facts_of_a_newer_ftlab_are_kept_as_they_are(full: Lab, other: Lab, tmp_path: Path) -> None:
    data = '{"verdict": "as good", "score": 1.50}'
    full.log.append("suite/suite_1", Entry(Verbatim("EvaluationJudged", 3, data), NOON, "judge:1"))
    full.log.append("job/job_1", Entry(Verbatim("JobStatusChanged", 99, '{"mood":"fine"}')))

    done = import_archive(other, archive_of(full, tmp_path / "all.tar"))

    assert done.unknown_types == ("EvaluationJudged", "JobStatusChanged")
    (kept,) = other.log.read(stream="suite/suite_1")
    assert (kept.type, kept.schema, kept.key, kept.data) == ("EvaluationJudged", 3, "judge:1", data)
    assert told_by(other) == told_by(full)
    assert state_of(other) == state_of(full)


def test_weights_lie_where_the_model_says(full: Lab, other: Lab, tmp_path: Path) -> None:
    archive = archive_of(full, tmp_path / "all.tar.zst", Wish(weights=True))

    done = import_archive(other, archive)

    assert done.contents.models == {"mdl_1"}
    folder = other.places.home / (model(other.database.reader, "mdl_1").path or "")
    assert (folder / "adapter_model.safetensors").read_bytes() == b"weights" * 100
    assert (folder / "tokenizer" / "tokenizer.json").read_text() == "{}"
    assert sorted(path.name for path in other.places.models.iterdir()) == ["mdl_1"]


def test_a_model_that_is_here_stays_as_it_is(full: Lab, other: Lab, tmp_path: Path) -> None:
    archive = archive_of(full, tmp_path / "all.tar", Wish(weights=True))
    other.places.model("mdl_1").mkdir(parents=True)
    (other.places.model("mdl_1") / "mine").touch()

    assert import_archive(other, archive).contents.models == frozenset()
    assert [path.name for path in other.places.model("mdl_1").iterdir()] == ["mine"]


def test_a_content_that_was_lost_here_comes_back(full: Lab, tmp_path: Path) -> None:
    archive = archive_of(full, tmp_path / "all.tar")
    content = dataset(full.database.reader, "sums").content
    full.blobs.path(content).unlink()

    done = import_archive(full, archive)

    assert (done.new_events, done.contents.hashes) == (0, frozenset({content}))
    assert full.blobs.read(content) == examples_of("sums", 1)


def test_a_job_that_only_its_own_lab_can_look_after_is_told(
    lab: Lab, other: Lab, tmp_path: Path
) -> None:
    lab.log.append("job/job_1", planned("here"), JobStatusChanged(status="running"))
    lab.log.append("job/job_2", planned("to be sent", provider="openai"))
    assert looked_after_elsewhere(lab.database.reader) == []

    import_archive(other, archive_of(lab, tmp_path / "all.tar"))

    assert looked_after_elsewhere(other.database.reader) == ["job_1", "job_2"]


def test_a_creation_whose_answer_is_not_known_was_asked_for_when_it_was(
    lab: Lab, other: Lab, tmp_path: Path
) -> None:
    lab.log.append("job/job_1", planned("run", provider="openai"), JobCreationRequested(attempt=1))

    import_archive(other, archive_of(lab, tmp_path / "all.tar"))

    asked = job_detail(lab.database.reader, "run").creation_requested_at
    assert asked is not None
    assert job_detail(other.database.reader, "run").creation_requested_at == asked


def test_metrics_of_many_events_come_over_in_several_transactions(
    lab: Lab, other: Lab, tmp_path: Path
) -> None:
    points = [measured(step, [step / 7]) for step in range(1, 1201)]
    lab.log.append("job/job_1", planned("long"), *points)

    import_archive(other, archive_of(lab, tmp_path / "all.tar"))

    told = [each for each in other.log.read() if each.type == "EventsImported"]
    assert [len(json.loads(each.data)["origins"]) for each in told] == [500, 500, 202]
    assert state_of(other) == state_of(lab)


def test_a_file_that_is_not_there_is_named(other: Lab, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.tar cannot be read: No such file"):
        import_archive(other, tmp_path / "nowhere.tar")


def test_progress_goes_from_nothing_to_all_in_each_pass(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    archive = archive_of(full, tmp_path / "all.tar.gz")
    told: list[tuple[int, int | None]] = []

    import_archive(other, archive, progress=lambda done, total: told.append((done, total)))

    size = len(gzip.decompress(archive.read_bytes()))
    totals = {total for _, total in told}
    assert len(totals) == 1
    (total,) = totals
    assert total is not None
    assert total < size
    assert [done for done, _ in told].count(total) == 2


def test_a_plan_of_an_older_ftlab_is_folded_as_it_would_be_there(
    lab: Lab, other: Lab, tmp_path: Path
) -> None:
    plain = planned("old").model_dump(exclude={"options", "estimate", "retry_of"})
    old = Verbatim(JobPlanned.type_name, 1, json.dumps(plain))
    lab.log.append("job/job_1", Entry(old))

    import_archive(other, archive_of(lab, tmp_path / "all.tar"))

    (kept,) = other.log.read(stream="job/job_1")
    assert (kept.schema, kept.data) == (1, old.data)
    assert job_detail(other.database.reader, "old").status == "planned"
