"""`ftlab files` and `ftlab models delete`: what they print, refuse and end with."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from engine.lab import Lab
from engine.places import Places
from store.events import ModelRegistered, RemoteFileDeleted, RemoteFileGone, RemoteFileSaved
from tests.standin import faults
from tests.standin.fixtures import standin
from tui.cli import main

if TYPE_CHECKING:
    from tests.standin.standin import Standin

__all__ = ["standin"]

CONTENT = b'{"messages": []}\n'
MODEL = "mdl_0000000001"


class Finished(NamedTuple):
    """A command that has ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Finished]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(
    home: Path,
    standin: Standin,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs `ftlab` with arguments; its profile `openai` is the stand-in."""
    monkeypatch.setenv("FTLAB_HOME", str(home))
    monkeypatch.setenv("OPENAI_API_KEY", standin.key)
    monkeypatch.setenv("OPENAI_BASE_URL", standin.base_url)

    def to_its_end(*arguments: str) -> Finished:
        monkeypatch.setattr(sys, "argv", ["ftlab", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        status = ended.value.code
        return Finished(status if isinstance(status, int) else 0, printed.out, printed.err)

    return to_its_end


@pytest.fixture
def files(home: Path, standin: Standin) -> list[str]:
    """Two files that are there and kept here; beside them one that is gone and one deleted."""
    there = [standin.add_file(f"{name}.jsonl", CONTENT).id for name in ("one", "two")]
    with Lab(Places(home, home / "ftlab.db")) as lab:
        content = lab.blobs.put(CONTENT)
        for file in [*there, "file-deleted"]:
            lab.log.append(f"file/openai/{file}", _saved(file, content))
        lab.log.append(
            "file/openai/file-deleted", RemoteFileDeleted(provider="openai", file="file-deleted")
        )
        lab.log.append(
            "file/other/file-gone",
            RemoteFileGone(provider="other", file="file-gone", reason="nobody knows"),
        )
    return there


def _saved(file: str, content: str) -> RemoteFileSaved:
    return RemoteFileSaved(
        provider="openai",
        file=file,
        filename=f"{file[-4:]}.jsonl",
        purpose="fine-tune",
        content=content,
        bytes=len(CONTENT),
    )


def test_files_that_are_there_are_listed(run: Run, files: list[str]) -> None:
    listed = run("files")
    assert (listed.status, listed.err) == (0, "")
    heading, *rows = listed.out.splitlines()
    assert heading.split()[:5] == ["file", "name", "provider", "purpose", "size"]
    assert heading.endswith("state  kept here  used by")
    assert {row.split()[0] for row in rows} == set(files)
    assert rows[0].split()[3:] == ["fine-tune", "17", "B", "kept", "yes", "-"]
    assert run("files", "list").out == listed.out


@pytest.mark.parametrize(
    ("wishes", "count"),
    [
        (["--state", "all"], 4),
        (["--state", "gone"], 1),
        (["--state", "deleted"], 1),
        (["--state", "kept", "--provider", "openai"], 2),
        (["--provider", "other"], 0),
        (["--at", "1"], 0),
    ],
)
def test_a_list_is_narrowed(run: Run, files: list[str], wishes: list[str], count: int) -> None:
    assert len(files) == 2
    rows = json.loads(run("files", "list", *wishes, "--json").out)
    assert len(rows) == count


def test_programs_read_the_same_as_json(run: Run, files: list[str]) -> None:
    rows = json.loads(run("files", "--json").out)
    row = next(row for row in rows if row["file"] == files[0])
    assert (row["kept"], row["state"], row["jobs"]) == ("file", "kept", [])


def test_where_there_are_none_it_says_where_they_come_from(run: Run) -> None:
    listed = run("files")
    assert (listed.status, listed.out) == (0, "")
    assert "ftlab import openai" in listed.err


def test_a_dry_run_deletes_nothing(run: Run, files: list[str], standin: Standin) -> None:
    shown = run("files", "delete", *files, "--dry-run")
    assert (shown.status, shown.err) == (0, "")
    assert all(file in shown.out for file in files)
    plan = json.loads(run("files", "delete", *files, "--dry-run", "--json").out)
    assert [file["file"] for file in plan["files"]] == files
    assert plan["refused"] is None
    assert standin.count("DELETE", "/**") == 0


def test_scripts_answer_both_questions_beforehand(
    run: Run, files: list[str], standin: Standin
) -> None:
    done = run("files", "delete", *files, "--yes", "--confirm", "2", "--json")
    assert done.status == 0
    assert json.loads(done.out) == {
        "ended": [{"name": file, "outcome": "deleted", "reason": None} for file in files],
        "troubles": {},
    }
    assert standin.state.files == {}
    again = run("files", "delete", *files, "--yes", "--confirm", "2", "--provider", "openai")
    assert (again.status, again.out.count("was gone before")) == (0, 2)


@pytest.mark.parametrize(
    "answers", [[], ["--yes"], ["--confirm", "2"], ["--yes", "--confirm", "3"]]
)
def test_half_an_answer_deletes_nothing(
    run: Run, files: list[str], standin: Standin, answers: list[str]
) -> None:
    refused = run("files", "delete", *files, *answers)
    assert refused.status == 2
    assert "the number of files" in refused.err
    assert bool(refused.out) == (len(answers) == 3)
    assert standin.count("DELETE", "/**") == 0


@pytest.mark.parametrize("arguments", [[], ["file-1", "--of", "job"]])
def test_files_or_a_job_are_named_and_not_both(run: Run, arguments: list[str]) -> None:
    refused = run("files", "delete", *arguments)
    assert refused.status == 2
    assert "name the files, or a job with --of" in refused.err


def test_scripts_can_trust_the_exit_status(run: Run, files: list[str], standin: Standin) -> None:
    agreed = ("--yes", "--confirm", "1")
    assert run("files", "delete", "file-nonsense", *agreed).status == 2
    assert run("files", "delete", "file-nonsense", "--provider", "openai", *agreed).status == 4
    assert run("files", "delete", files[0], "--provider", "moon", *agreed).status == 4
    assert run("files", "delete", "--of", "nobody", *agreed).status == 4
    strange = standin.add_file("strange.jsonl", b"{}\n").id
    unkept = run("files", "delete", strange, "--provider", "openai", *agreed)
    assert unkept.status == 1
    assert "--even-if-not-kept" in unkept.err
    standin.inject(faults.missing_scope("files"), "DELETE", "/files/*")
    assert run("files", "delete", files[0], *agreed).status == 5
    with standin.offline():
        assert run("files", "delete", files[0], *agreed).status == 1
    assert run("files", "delete", files[0], *agreed).status == 0


def test_one_files_refusal_is_told_beside_what_was_done(
    run: Run, files: list[str], standin: Standin
) -> None:
    standin.inject(faults.missing_scope("files"), "DELETE", f"/files/{files[0]}")
    done = run("files", "delete", *files, "--yes", "--confirm", "2", "--json")
    assert done.status == 5
    told = json.loads(done.out)
    assert [ended["name"] for ended in told["ended"]] == [files[1]]
    assert list(told["troubles"]) == [files[0]]
    assert "does not let this key" in done.err


@pytest.fixture
def model(home: Path) -> Path:
    """The folder of a model of this machine, called `support`."""
    with Lab(Places(home, home / "ftlab.db")) as lab:
        registered = ModelRegistered(
            id=MODEL,
            name="support",
            kind="full",
            base_model="tiny",
            hyperparameters={},
            path=f"models/{MODEL}",
        )
        lab.log.append(f"model/{MODEL}", registered)
        folder = lab.places.model(MODEL)
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"0" * 2000)
    return folder


def test_a_model_goes_when_its_name_is_given(run: Run, model: Path) -> None:
    shown = run("models", "delete", "support", "--dry-run")
    assert shown.status == 0
    assert f"{model}, 2.0 kB" in shown.out
    assert "it cannot be rebuilt" in shown.out
    refused = run("models", "delete", "support", "--yes", "--confirm", "1")
    assert refused.status == 2
    assert "nothing was deleted" in refused.err
    assert model.is_dir()
    done = run("models", "delete", "support", "--yes", "--confirm", "support")
    assert done.status == 0
    assert done.out.endswith("support  deleted\n")
    assert not model.exists()
    assert run("models", "delete", "nobody", "--dry-run").status == 4


def test_the_history_tells_of_it(run: Run, model: Path) -> None:
    run("models", "delete", "support", "--yes", "--confirm", "support")
    assert not model.exists()
    told = run("history", f"model/{MODEL}").out
    assert "ModelDeletionRequested" in told
    assert "to be deleted" in told
