"""Deleting at the real command line: asked twice in a terminal, safe from kills and neighbours."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.terminal import terminal
from tests.engine.deleting.conftest import forget_leases
from tests.engine.providers.hosted.conftest import LIVES_ON
from tests.standin import faults
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab
    from tests.standin.standin import Standin

__all__ = ["standin"]

_ACME = ("--provider", "acme")
_ONE = "/files/*"
_SECONDS = 60


@pytest.fixture
def hosted(ftlab: Ftlab, standin: Standin, tmp_path: Path) -> Ftlab:
    """The command with a dataset, a profile that is the stand-in, and its key in a .env file."""
    file = tmp_path / "sums.jsonl"
    rows = [{"prompt": f"{n} + {n}?", "completion": f"It is {2 * n}."} for n in range(20)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert ftlab("data", "add", file, "--name", "sums").status == 0
    profile = ("--kind", "compatible", "--base-url", standin.base_url)
    assert ftlab("config", "profile", "add", "acme", *profile).status == 0
    (ftlab.home / "pricing.toml").write_text(LIVES_ON)
    (ftlab.home / ".env").write_text(f"FTLAB_ACME_API_KEY={standin.key}\n")
    return ftlab


@pytest.fixture
def files(hosted: Ftlab, standin: Standin) -> list[str]:
    """The files of two past jobs, all of them taken in."""
    for _ in range(2):
        standin.past_job(suffix="support")
    assert hosted("import", "openai", "--profile", "acme").status == 0
    return [row["file"] for row in hosted.rows("files")]


def test_a_person_is_shown_the_plan_and_asked_twice(
    hosted: Ftlab, files: list[str], standin: Standin
) -> None:
    chosen = files[:2]
    with terminal("files", "delete", *chosen, environment=hosted.environment) as seen:
        shown = seen.until_shown("Delete 2 files", "for good? [y/N]:")
        assert all(file in shown for file in chosen)
        assert standin.count("DELETE", _ONE) == 0
        seen.press("y\r")
        seen.until_shown("Type the number of files (2):")
        assert standin.count("DELETE", _ONE) == 0
        seen.press("2\r")
        assert seen.until_ended() == 0
        assert seen.shown().count("  deleted") == 2
    assert standin.count("DELETE", _ONE) == 2
    assert len(hosted.rows("files")) == len(files) - 2


@pytest.mark.parametrize("answers", [["n"], [""], ["y", "3"], ["y", "\x03"], ["\x03"]])
def test_any_other_answer_deletes_nothing(
    answers: list[str], hosted: Ftlab, files: list[str], standin: Standin
) -> None:
    with terminal("files", "delete", *files[:2], environment=hosted.environment) as seen:
        seen.until_shown("for good? [y/N]:")
        for place, answer in enumerate(answers):
            if place:
                seen.until_shown("Type the number of files (2):")
            seen.press(answer if answer == "\x03" else f"{answer}\r")
        status = seen.until_ended()
    assert status == {"n": 1, "": 1, "3": 2, "\x03": 130}[answers[-1]]
    assert standin.count("DELETE", _ONE) == 0
    assert len(hosted.rows("files")) == len(files)


def test_a_model_goes_when_its_name_was_typed(hosted: Ftlab, standin: Standin) -> None:
    name = standin.past_job().fine_tuned_model or ""
    assert hosted("import", "openai", "--profile", "acme").status == 0
    with terminal("models", "delete", name, environment=hosted.environment, columns=160) as seen:
        shown = seen.until_shown("Delete 1 model at acme, for good? [y/N]:")
        assert "retires on  2027-01-14" in shown
        assert "kept here" in shown
        seen.press("y\r")
        seen.until_shown(f"Type the model's name ({name}):")
        seen.press(f"{name}\r")
        assert seen.until_ended() == 0
        assert f"{name}  deleted" in seen.shown()
    assert name not in standin.state.models


def test_two_terminals_that_both_agree_delete_each_file_once(
    hosted: Ftlab, files: list[str], standin: Standin
) -> None:
    standin.inject(faults.slow(1), "DELETE", _ONE, times=None)
    both = terminal("files", "delete", files[0], environment=hosted.environment)
    other = terminal("files", "delete", files[0], environment=hosted.environment)
    with both as one, other as two:
        for seen in (one, two):
            seen.until_shown("for good? [y/N]:")
            seen.press("y\r")
            seen.until_shown("Type the number of files (1):")
        one.press("1\r")
        two.press("1\r")
        assert (one.until_ended(), two.until_ended()) == (0, 0)
        told = one.shown() + two.shown()
    assert f"{files[0]}  deleted" in told
    assert f"{files[0]}  was gone before" in told
    assert standin.count("DELETE", _ONE) == 1


@pytest.mark.parametrize("acted", [True, False], ids=["acted", "did not act"])
def test_killed_in_the_middle_of_a_deletion_the_same_command_finishes_it(
    acted: bool, hosted: Ftlab, files: list[str], standin: Standin
) -> None:
    fault = faults.slow(_SECONDS) if acted else faults.server_error(503)
    held = standin.inject(fault, "DELETE", _ONE, times=1 if acted else None)
    command = ("files", "delete", files[0], "--yes", "--confirm", "1")
    with hosted.running(*command) as process:
        deadline = time.monotonic() + _SECONDS
        while not held.met and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    held.lift()
    shown = hosted("files", "delete", files[0], "--dry-run")
    assert "asked for before, and broken off" in shown.err
    # The killed one's turn lapses by itself, after a while: seen once.
    if not acted:
        forget_leases(hosted.database)
    done = hosted(*command)
    assert (done.status, done.out.splitlines()[-1]) == (0, f"{files[0]}  deleted")
    assert sum(asked.acted for asked in standin.asked("DELETE", _ONE)) == 1
    kinds = [event["type"] for event in hosted.lines("history", f"file/acme/{files[0]}")]
    assert kinds[-2:] == ["RemoteFileDeletionRequested", "RemoteFileDeleted"]
    assert kinds.count("RemoteFileDeletionRequested") == 1
    assert hosted("verify").status == 0


def test_what_a_closed_organization_left_behind_is_found_and_deleted(
    hosted: Ftlab, standin: Standin
) -> None:
    standin.close_organization()
    model = ("--model", "gpt-4o-mini-2024-07-18")
    assert hosted("train", "sums", *_ACME, *model, "--suffix", "sums").status != 0
    [file] = hosted.rows("files")
    assert (file["state"], file["dataset"], file["jobs"]) == ("uploaded", "sums@1", ["sums"])
    assert file["kept"] is not None
    done = hosted("files", "delete", "--of", "sums", "--yes", "--confirm", "1")
    assert done.status == 0, done.err
    assert standin.state.files == {}
    assert hosted("files", "delete", "--of", "sums", "--dry-run").err.endswith("gone already\n")


def test_a_file_of_a_running_job_stays(hosted: Ftlab, standin: Standin) -> None:
    model = ("--model", "gpt-4o-mini-2024-07-18")
    assert hosted("train", "sums", *_ACME, *model, "--suffix", "sums").status == 0
    refused = hosted("files", "delete", "--of", "sums", "--yes", "--confirm", "1")
    assert refused.status == 1
    assert "is needed by sums (" in refused.err
    assert standin.count("DELETE", _ONE) == 0


def test_names_are_completed(hosted: Ftlab, files: list[str]) -> None:
    words = {"COMP_WORDS": "ftlab files delete file-", "COMP_CWORD": "3"}
    listed = hosted(**words, _FTLAB_COMPLETE="bash_complete").out
    assert set(listed.split()) == {f"plain,{file}" for file in files}


def test_no_key_is_shown_or_recorded(hosted: Ftlab, files: list[str], standin: Standin) -> None:
    said = []
    for key in (standin.key, f"{standin.key}x"):
        done = hosted(
            *("files", "delete", files[0], "--yes", "--confirm", "1"),
            FTLAB_ACME_API_KEY=key,
            OPENAI_LOG="debug",
        )
        said += [done.out, done.err]
    said += [
        path.read_bytes().decode("latin-1")
        for path in hosted.home.rglob("*")
        if path.is_file() and path.name != ".env"
    ]
    assert not any(standin.key in text or standin.key[-12:] in text for text in said)
