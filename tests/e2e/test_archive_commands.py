"""`ftlab export archive` and `ftlab import archive`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.e2e.conftest import Ftlab


@pytest.fixture
def elsewhere(tmp_path: Path) -> Ftlab:
    """The command in another data directory where nothing was ever recorded."""
    return Ftlab(tmp_path / "elsewhere")


@pytest.fixture
def archive(with_sums: Ftlab, tmp_path: Path) -> Path:
    path = tmp_path / "all.tar.zst"
    with_sums.document("export", "archive", path)
    return path


def test_everything_goes_out_and_comes_in_elsewhere(
    with_sums: Ftlab, elsewhere: Ftlab, tmp_path: Path
) -> None:
    out = tmp_path / "all.tar.zst"
    done = with_sums("export", "archive", out)
    assert (done.status, done.err) == (0, "")
    first, second, third = done.out.splitlines()
    assert first == f"{out}  {out.stat().st_size / 1000:.1f} kB"
    assert second.startswith("7 events, 4 dataset versions: 11 files, ")
    assert third.startswith("the SHA-256 of its manifest is ")

    done = elsewhere("import", "archive", out)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0] == "7 events taken in"
    assert done.out.splitlines()[1].startswith("4 contents taken in, ")
    assert elsewhere.rows("data", "list") == with_sums.rows("data", "list")
    assert elsewhere.document("verify")["whole"]

    assert elsewhere("import", "archive", out).out == "nothing new in 7 events\n"


def test_what_is_made_is_told_as_json(with_sums: Ftlab, tmp_path: Path) -> None:
    out = tmp_path / "all.tar"
    made = with_sums.document("export", "archive", out, "--dataset", "sums/test")

    assert (made["path"], made["packed_bytes"]) == (str(out), out.stat().st_size)
    assert made["selection"]["datasets"] == ["sums/test"]
    assert made["missing"] == []
    with tarfile.open(out) as opened:
        assert [file["name"] for file in made["files"]] == opened.getnames()
        assert [file["bytes"] for file in made["files"]] == [each.size for each in opened]


def test_a_dry_run_lists_files_with_their_sizes_and_makes_nothing(
    with_sums: Ftlab, tmp_path: Path
) -> None:
    done = with_sums("export", "archive", tmp_path / "all.tar", "--dry-run")

    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0] == ["file", "size"]
    assert ["datasets/sums/test@1.jsonl", "512", "B"] in lines
    assert "11 files" in done.out.splitlines()[-1]
    assert not (tmp_path / "all.tar").exists()
    foreseen = with_sums.document("export", "archive", tmp_path / "all.tar", "--dry-run")
    assert (foreseen["path"], foreseen["packed_bytes"]) == (None, None)


def test_it_goes_through_a_pipe(with_sums: Ftlab, elsewhere: Ftlab) -> None:
    command = [sys.executable, "-m", "tui.cli"]
    sending = subprocess.Popen(
        [*command, "export", "archive", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=with_sums.environment,
    )
    with sending:
        taking = subprocess.run(
            [*command, "import", "archive", "-", "--json"],
            stdin=sending.stdout,
            capture_output=True,
            env=elsewhere.environment,
            check=True,
        )
        assert sending.stderr is not None
        assert b"7 events, 4 dataset versions" in sending.stderr.read()
    assert json.loads(taking.stdout)["new_events"] == 7
    assert elsewhere.rows("data", "list") == with_sums.rows("data", "list")


def test_a_pipe_that_closes_early_is_no_traceback(with_sums: Ftlab) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "tui.cli", "export", "archive", "-"],
        stdout=write,
        stderr=subprocess.PIPE,
        env=with_sums.environment,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


def test_json_and_the_archive_do_not_share_standard_output(with_sums: Ftlab) -> None:
    done = with_sums("export", "archive", "-", "--json")
    assert (done.status, done.out) == (2, "")
    assert "cannot both go to standard output" in done.err


def test_an_import_is_tried_before_it_is_made(elsewhere: Ftlab, archive: Path) -> None:
    told = elsewhere.document("import", "archive", archive, "--dry-run")
    assert (told["taken_in"], told["events"], told["new_events"]) == (False, 7, 7)
    assert told["new_contents"] == 4
    assert elsewhere.rows("data", "list") == []
    done = elsewhere.document("import", "archive", archive)
    assert done == told | {"taken_in": True}


def test_a_changed_file_is_named_and_exits_as_bad_data(
    with_sums: Ftlab, elsewhere: Ftlab, tmp_path: Path
) -> None:
    out = tmp_path / "all.tar"
    with_sums.document("export", "archive", out)
    out.write_bytes(out.read_bytes().replace(b"It is 24.", b"It is 25.", 1))

    done = elsewhere("import", "archive", out)

    assert (done.status, done.out) == (3, "")
    assert done.err.startswith(f"ftlab: {out}: datasets/sums")
    assert "is not what manifest.json says" in done.err
    assert elsewhere.rows("data", "list") == []


def test_a_conflict_is_named_and_the_rest_can_be_had(
    elsewhere: Ftlab, archive: Path, sums: Path
) -> None:
    elsewhere.document("data", "add", sums, "--name", "sums")

    refused = elsewhere("import", "archive", archive)

    assert (refused.status, refused.out) == (1, "")
    assert "  dataset/sums from version 1 on (events.jsonl, line 2)\n" in refused.err
    assert "--skip-conflicts" in refused.err
    done = elsewhere("import", "archive", archive, "--skip-conflicts")
    assert done.status == 0
    assert "left out: dataset/sums went on differently here from version 1" in done.err
    names = {row["name"] for row in elsewhere.rows("data", "list")}
    assert names == {"sums", "sums/train", "sums/validation", "sums/test"}


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["out.zip"], 2, "let it end in .tar.zst, .tar.gz or .tar"),
        (["out.tar", "--job", "nobody"], 4, "no job is called 'nobody'"),
        (["out.tar", "--since", "someday"], 2, "is no time"),
        (["out.tar", "--provider", "openai"], 4, "nothing recorded fits"),
        (["out.tar", "--dataset", "sums", "--since", "1d"], 2, "not both"),
        (["nowhere/out.tar"], 3, "there is no folder nowhere"),
    ],
)
def test_wrong_wishes_end_with_the_status_that_scripts_rely_on(
    with_sums: Ftlab, arguments: list[str], status: int, told: str
) -> None:
    done = with_sums("export", "archive", *arguments)
    assert (done.status, done.out) == (status, "")
    assert told in done.err


def test_what_is_no_archive_ends_with_the_status_of_bad_data(
    elsewhere: Ftlab, tmp_path: Path, sums: Path
) -> None:
    missing = elsewhere("import", "archive", tmp_path / "nowhere.tar")
    assert missing.status == 3
    assert "nowhere.tar cannot be read: No such file or directory" in missing.err
    done = elsewhere("import", "archive", sums)
    assert done.status == 3
    assert "sums.jsonl is no tar file" in done.err


def test_contents_that_are_not_here_are_told(recorded: Ftlab, tmp_path: Path) -> None:
    done = recorded("export", "archive", tmp_path / "all.tar")
    assert done.status == 0
    assert done.err == "not in it, because its content is not here: datasets/sums/train@1.jsonl\n"
    made = recorded.document("export", "archive", tmp_path / "again.tar")
    assert [each["name"] for each in made["missing"]] == ["datasets/sums/train@1.jsonl"]
