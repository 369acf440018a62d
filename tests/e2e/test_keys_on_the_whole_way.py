"""A key is nowhere but where its owner put it, whatever is done with a hosted service."""

from __future__ import annotations

import json
import tarfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.e2e.conftest import Ftlab
from tests.engine.keyrings import FILE_VARIABLE
from tests.engine.providers.hosted.conftest import LIVES_ON
from tests.standin import errors, faults
from tests.standin.fixtures import standin
from tests.standin.injection import Fault

if TYPE_CHECKING:
    from tests.e2e.commands import Finished
    from tests.standin.standin import Standin

pytestmark = pytest.mark.slow

__all__ = ["standin"]

_MODEL = "gpt-4o-mini-2024-07-18"
_VARIABLE = "ACME_SECRET"
_SECONDS = 60


class Way:
    """The command with a service, where the key is in one of its places."""

    def __init__(self, ftlab: Ftlab, standin: Standin, folder: Path) -> None:
        self.ftlab = ftlab
        self.key = standin.key
        self.around = {"OPENAI_LOG": "debug"}
        self.told: list[str] = []
        self._parts = (self.key[:14], self.key[14:24], self.key[-10:])
        self._secrets = folder / "keyring.json"
        fields = ("--kind", "compatible", "--base-url", standin.base_url, "--key-env", _VARIABLE)
        assert self("config", "profile", "add", "acme", *fields).status == 0
        (ftlab.home / "pricing.toml").write_text(LIVES_ON)

    def put_key(self, place: str) -> None:
        """Give it the key in one of the places where it may be, and in no other."""
        self.around.pop(_VARIABLE, None)
        (self.ftlab.home / ".env").unlink(missing_ok=True)
        match place:
            case "environment":
                self.around[_VARIABLE] = self.key
            case ".env":
                (self.ftlab.home / ".env").write_text(f"{_VARIABLE}={self.key}\n")
            case _:
                self.around["PYTHON_KEYRING_BACKEND"] = "tests.engine.keyrings.FileKeyring"
                self.around[FILE_VARIABLE] = str(self._secrets)
                assert self("config", "key", "set", "acme", text=self.key).status == 0

    def __call__(self, *arguments: str | Path, text: str = "") -> Finished:
        done = self.ftlab(*arguments, text=text, **self.around)
        self.told += [done.out, done.err]
        return done

    def assert_no_trace(self) -> None:
        """See that the key is in nothing that was printed, and in no file but its own."""
        for text in self.told:
            assert not any(part in text for part in self._parts), text
        files = (file for file in self.ftlab.home.parent.rglob("*") if file.is_file())
        for file in files:
            if file.name != ".env" and file != self._secrets:
                self.assert_not_in(file)

    def assert_not_in(self, file: Path) -> None:
        content = file.read_bytes()
        assert not any(part.encode() in content for part in self._parts), file


@pytest.fixture
def way(ftlab: Ftlab, standin: Standin, tmp_path: Path) -> Way:
    return Way(ftlab, standin, tmp_path)


def _echo(standin: Standin, status: int) -> Fault:
    """A refusal that repeats the key."""
    said = f"Not so, {standin.key}: Authorization was Bearer {standin.key}."
    return faults.refused(errors.ApiError(status, said, code=standin.key, param=standin.key))


def _dataset(folder: Path) -> Path:
    file = folder / "sums.jsonl"
    rows = [{"prompt": f"{n} + {n}?", "completion": f"It is {2 * n}."} for n in range(20)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_a_job_a_rescue_a_chat_a_recording_and_an_archive_leave_no_trace_of_it(
    way: Way, standin: Standin, tmp_path: Path
) -> None:
    standin.past_jobs(2, events=3)
    standin.behaviour.looks_per_stage = 1
    standin.answer(f"You said Bearer {standin.key}.")
    tuned = standin.past_job().fine_tuned_model
    assert tuned
    hosted = ("--provider", "acme")
    done = [way("data", "add", _dataset(tmp_path), "--name", "sums")]
    way.put_key("environment")
    done += [
        way("train", "sums", *hosted, "--model", _MODEL, "--max-cost", "5"),
        *(way("poll", "--once") for _ in range(2)),
    ]
    way.put_key(".env")
    done.append(way("import", "openai", "--profile", "acme"))
    way.put_key("keyring")
    asked = ("--prompt", "Who am I?")
    recorded = ("models", "record", tuned, "--from-data", "1", "--samples", "0", "--yes")
    done += [
        way("chat", tuned, *hosted, *asked),
        compared := way("chat", "gpt-4o", "gpt-4.1", *hosted, *asked, "--json"),
        way(*recorded),
        shown := way("recordings", "show", tuned),
        way("history", "--json"),
        way("jobs", "show", "sums", "--json"),
        way("export", "archive", tmp_path / "all.tar"),
    ]
    assert [(each.status, each.err) for each in done if each.status] == []
    assert "Bearer [key]." in compared.out
    assert "Bearer [key]." in shown.out
    with tarfile.open(tmp_path / "all.tar") as archive:
        archive.extractall(tmp_path / "open", filter="data")
    way.assert_no_trace()


def test_a_service_that_repeats_it_in_every_refusal_is_never_quoted(
    way: Way, standin: Standin, tmp_path: Path
) -> None:
    way.put_key(".env")
    hosted = ("--provider", "acme")
    assert way("data", "add", _dataset(tmp_path), "--name", "sums").status == 0
    for status in (400, 401, 500):
        injected = standin.inject(_echo(standin, status), "*", "/**", times=None)
        way("doctor", "--profile", "acme", "--json")
        way("chat", "gpt-4o", *hosted, "--prompt", "Hello?", "--json")
        injected.lift()
    standin.inject(_echo(standin, 400), "*", "/**", times=None)
    for arguments in (
        ("train", "sums", *hosted, "--model", _MODEL, "--max-cost", "5"),
        ("import", "openai", "--profile", "acme"),
        ("poll", "--once"),
        ("history", "--json"),
    ):
        way(*arguments)
    way.assert_no_trace()


def test_training_on_this_machine_does_not_inherit_it(
    with_sums: Ftlab, standin: Standin, tmp_path: Path, tiny_base: Path
) -> None:
    way = Way(with_sums, standin, tmp_path)
    way.put_key("environment")
    steps = ("--max-steps", "400", "--batch-size", "2", "--epochs", "90")
    started = way("train", "sums/train", "--model", tiny_base, *steps, "--json")
    assert started.status == 0, started.err
    inherited = _environment_of_the_worker(json.loads(started.out)["job"])
    assert way("jobs", "cancel", json.loads(started.out)["job"]).status == 0
    assert inherited["FTLAB_HOME"] == str(with_sums.home)
    assert standin.key not in inherited.values()


def _environment_of_the_worker(job: str) -> dict[str, str]:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                line = process.cmdline()
                if "engine.training.worker" in line and any(job in word for word in line):
                    return process.environ()
        time.sleep(0.02)
    raise AssertionError("there is no training process")
