"""What an archive holds, and how it comes to be."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import math
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from engine.archive.exporting import export_archive, preview_archive, stream_archive
from engine.archive.selection import Wish
from engine.data.errors import DataError
from engine.errors import LabError, RequestError
from engine.lab import Lab
from store.errors import BlobCorruptError
from store.events import ChatTurnRecorded, JobMessageReceived
from store.queries.jobs import job_detail
from store.times import from_text
from tests.engine.archive.conftest import (
    EVERYTHING,
    RESULTS,
    UPLOADED,
    add_dataset,
    archive_of,
    examples_of,
    files_in,
)


def test_everything_is_in_files_that_anybody_can_read(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar"))

    assert list(files) == [
        "manifest.json",
        "README.txt",
        "events.jsonl",
        "chats.jsonl",
        "datasets/rescued@1.json",
        "datasets/rescued@1.jsonl",
        "datasets/rescued@1.o200k_base.u32",
        "datasets/sums/train@1.json",
        "datasets/sums/train@1.jsonl",
        "datasets/sums/train@1.o200k_base.u32",
        "datasets/sums@1.json",
        "datasets/sums@1.jsonl",
        "datasets/sums@1.o200k_base.u32",
        "datasets/unrelated@1.json",
        "datasets/unrelated@1.jsonl",
        "datasets/unrelated@1.o200k_base.u32",
        "files/openai/file-1.json",
        "files/openai/file-1.my_training_data.jsonl",
        "jobs/quick.job_1/checkpoints.json",
        "jobs/quick.job_1/job.json",
        "jobs/quick.job_1/messages.jsonl",
        "jobs/quick.job_1/metrics.csv",
        "jobs/support_bot.job_2/checkpoints.json",
        "jobs/support_bot.job_2/job.json",
        "jobs/support_bot.job_2/messages.jsonl",
        "jobs/support_bot.job_2/metrics.csv",
        "jobs/support_bot.job_2/results/file-9.csv",
        "models/ft_gpt-4o-mini_acme_1.mdl_2.json",
        "models/quick.mdl_1.json",
    ]


def test_contents_are_as_they_were_stored(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar"))

    assert files["datasets/sums/train@1.jsonl"] == examples_of("sums/train", 1)
    assert files["files/openai/file-1.my_training_data.jsonl"] == UPLOADED
    assert files["jobs/support_bot.job_2/results/file-9.csv"] == RESULTS


def test_every_event_is_there_with_all_its_fields(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar"))

    lines = [json.loads(line) for line in files["events.jsonl"].decode().split("\n")[:-1]]
    assert lines == [event.as_json() for event in full.log.read()]


def test_a_job_tells_its_plan_its_end_and_the_providers_report(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar"))

    job = json.loads(files["jobs/support_bot.job_2/job.json"])
    assert (job["name"], job["status"], job["remote_id"]) == ("support/bot", "succeeded", "ftjob-1")
    assert job["hyperparameters"] == {"n_epochs": 3}
    assert job["report"]["trained_tokens"] == 9000
    assert [each["name"] for each in job["metrics"]] == ["train_loss"]
    assert [each["file"] for each in job["result_files"]] == ["file-9"]
    checkpoints = json.loads(files["jobs/support_bot.job_2/checkpoints.json"])
    assert checkpoints[0]["metrics"] == {"train_loss": 2.5}
    message = json.loads(files["jobs/quick.job_1/messages.jsonl"])
    assert (message["level"], message["text"]) == ("warning", "hot\nand cold")


def test_metrics_are_a_table_without_what_a_resumption_superseded(
    full: Lab, tmp_path: Path
) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar"))

    table = files["jobs/quick.job_1/metrics.csv"].decode()
    assert list(csv.reader(io.StringIO(table))) == [
        ["step", "time", "loss"],
        ["1", "2026-11-21T12:00:00.000000Z", "3.0"],
        ["2", "2026-11-21T12:00:01.500000Z", "2.0"],
        ["3", "2026-11-21T12:00:00.250000Z", "1.5"],
    ]
    hosted = files["jobs/support_bot.job_2/metrics.csv"].decode()
    assert hosted == "step,time,train_loss\n1,,2.5\n2,,2.0\n"


def test_a_dataset_tells_what_it_comes_of(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar"))

    facts = json.loads(files["datasets/sums/train@1.json"])
    assert (facts["name"], facts["version"], facts["examples"]) == ("sums/train", 1, 3)
    assert [(each["name"], each["distance"]) for each in facts["lineage"]] == [("sums", 1)]
    assert facts["split"] == {"train": "ds_sums_train_1"}
    assert facts["token_counts"][0]["tokens"] == 30
    assert (facts["jobs"], facts["models"]) == (["job_1"], ["mdl_1"])


def test_a_model_tells_its_lineage_and_when_it_dies(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar"))

    model = json.loads(files["models/ft_gpt-4o-mini_acme_1.mdl_2.json"])
    assert (model["retires_on"], model["kind"]) == ("2027-01-14", "hosted")
    assert model["lineage"]["job"] == {"id": "job_2", "name": "support/bot"}
    assert model["lineage"]["dataset"]["name"] == "rescued"


def test_conversations_are_a_line_each(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar"))

    first, second = [json.loads(line) for line in files["chats.jsonl"].splitlines()]
    assert (first["system"], [turn["answer"] for turn in first["turns"]]) == ("Be brief.", ["2"])
    assert second["turns"] == []


def test_a_number_that_json_lacks_is_null(full: Lab, tmp_path: Path) -> None:
    endless = ChatTurnRecorded(question="?", answer="!", seconds=math.inf)
    full.log.append("chat/chat_2", endless)

    files = files_in(archive_of(full, tmp_path / "all.tar"))

    assert json.loads(files["chats.jsonl"].splitlines()[1])["turns"][0]["seconds"] is None


def test_the_manifest_names_every_file_with_size_and_hash(full: Lab, tmp_path: Path) -> None:
    done = export_archive(full, EVERYTHING, tmp_path / "all.tar")

    files = files_in(tmp_path / "all.tar")
    raw = files.pop("manifest.json")
    manifest = json.loads(raw)
    assert manifest["files"] == {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }
    newest = list(full.log.read())[-1]
    assert manifest["source"]["seq"] == newest.seq
    assert manifest["source"]["hash"] == newest.hash.hex()
    assert (
        done.digest == hashlib.sha256(files_in(tmp_path / "all.tar")["manifest.json"]).hexdigest()
    )
    assert done.packed_bytes == (tmp_path / "all.tar").stat().st_size


def test_the_readme_says_what_is_in_it(full: Lab, tmp_path: Path) -> None:
    text = files_in(archive_of(full, tmp_path / "all.tar"))["README.txt"].decode()

    assert (
        "It holds 4 dataset versions, 2 jobs, 2 models, 1 provider file and 2 conversations."
        in text
    )
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_same_lab_gives_the_same_bytes(full: Lab, tmp_path: Path) -> None:
    for ending in ("tar", "tar.gz", "tar.zst"):
        one = archive_of(full, tmp_path / f"one.{ending}")
        other = archive_of(full, tmp_path / f"other.{ending}")
        assert one.read_bytes() == other.read_bytes()


def test_the_name_says_how_it_is_packed(full: Lab, tmp_path: Path) -> None:
    plain = archive_of(full, tmp_path / "a.tar").read_bytes()

    assert gzip.decompress(archive_of(full, tmp_path / "a.tar.gz").read_bytes()) == plain
    assert gzip.decompress(archive_of(full, tmp_path / "a.tgz").read_bytes()) == plain
    packed = archive_of(full, tmp_path / "a.tar.zst").read_bytes()
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == plain
    with pytest.raises(RequestError, match=r"a\.zip does not say how to pack it"):
        export_archive(full, EVERYTHING, tmp_path / "a.zip")


def test_nothing_in_the_headers_tells_of_the_machine_or_the_hour(full: Lab, tmp_path: Path) -> None:
    with tarfile.open(archive_of(full, tmp_path / "a.tar")) as archive:
        members = archive.getmembers()
    assert {(each.uid, each.gid, each.uname, each.gname) for each in members} == {(0, 0, "", "")}
    assert {each.mode for each in members} == {0o644}
    job = next(each for each in members if each.name == "jobs/support_bot.job_2/job.json")
    recorded = job_detail(full.database.reader, "job_2").updated_at
    assert job.mtime == int(from_text(recorded).timestamp())


def test_a_preview_tells_the_very_files_and_makes_none(full: Lab, tmp_path: Path) -> None:
    foreseen = preview_archive(full, EVERYTHING)
    made = export_archive(full, EVERYTHING, tmp_path / "all.tar")

    assert foreseen.files == made.files
    assert foreseen.digest == made.digest
    assert foreseen.packed_bytes is None


def test_it_can_go_down_a_pipe(full: Lab, tmp_path: Path) -> None:
    pipe = io.BytesIO()
    stream_archive(full, EVERYTHING, pipe)

    assert pipe.getvalue() == archive_of(full, tmp_path / "all.tar.zst").read_bytes()


def test_what_is_there_is_replaced_only_when_asked(full: Lab, tmp_path: Path) -> None:
    (tmp_path / "all.tar").write_text("mine")
    with pytest.raises(DataError, match="exists already"):
        export_archive(full, EVERYTHING, tmp_path / "all.tar")
    assert (tmp_path / "all.tar").read_text() == "mine"

    export_archive(full, EVERYTHING, tmp_path / "all.tar", replace=True)
    assert files_in(tmp_path / "all.tar")


def test_a_content_that_has_changed_is_named_and_leaves_no_file(full: Lab, tmp_path: Path) -> None:
    blob = full.blobs.path(hashlib.sha256(UPLOADED).hexdigest())
    blob.chmod(0o600)
    blob.write_bytes(UPLOADED.replace(b"user", b"User"))

    with pytest.raises(BlobCorruptError, match=r"files/openai/file-1\.my_training_data\.jsonl"):
        export_archive(full, EVERYTHING, tmp_path / "all.tar")
    assert list(tmp_path.glob("*all.tar*")) == []


def test_a_content_that_is_not_here_is_named_as_missing(full: Lab, tmp_path: Path) -> None:
    full.blobs.path(hashlib.sha256(RESULTS).hexdigest()).unlink()

    done = export_archive(full, EVERYTHING, tmp_path / "all.tar")

    (missing,) = done.manifest.missing
    assert missing.name == "jobs/support_bot.job_2/results/file-9.csv"
    assert missing.name not in files_in(tmp_path / "all.tar")


def test_weights_come_along_when_asked(full: Lab, tmp_path: Path) -> None:
    files = files_in(archive_of(full, tmp_path / "all.tar", Wish(weights=True)))

    assert files["weights/mdl_1/adapter_model.safetensors"] == b"weights" * 100
    assert files["weights/mdl_1/tokenizer/tokenizer.json"] == b"{}"


def test_a_file_of_a_model_that_no_archive_could_name_is_named(full: Lab, tmp_path: Path) -> None:
    (full.places.model("mdl_1") / "line\nfeed").touch()

    with pytest.raises(LabError, match="a name that archives do not take"):
        export_archive(full, Wish(weights=True), tmp_path / "all.tar")


def test_a_content_without_a_place_of_its_own_still_comes_along(full: Lab, tmp_path: Path) -> None:
    content = full.blobs.put(b"what some later version keeps")
    full.log.append("job/job_1", JobMessageReceived(level="info", text="", data={"at": content}))

    files = files_in(archive_of(full, tmp_path / "all.tar"))

    assert files[f"contents/{content}"] == b"what some later version keeps"


def test_an_archive_can_be_of_the_past(full: Lab, tmp_path: Path) -> None:
    before = archive_of(full, tmp_path / "before.tar").read_bytes()
    head = full.database.head()
    add_dataset(full, "later", 1)

    with closing(full.as_of(str(head))) as past:
        export_archive(full, EVERYTHING, tmp_path / "past.tar", at=past)

    assert (tmp_path / "past.tar").read_bytes() == before


def test_things_of_the_same_name_stand_beside_each_other(full: Lab, tmp_path: Path) -> None:
    add_dataset(full, "Sums", 1)
    add_dataset(full, "données", 1)

    files = files_in(archive_of(full, tmp_path / "all.tar"))

    assert files["datasets/Sums@1.jsonl"] == examples_of("Sums", 1)
    assert files["datasets/sums@1~2.jsonl"] == examples_of("sums", 1)
    assert files["datasets/donn_es@1.jsonl"] == examples_of("données", 1)
