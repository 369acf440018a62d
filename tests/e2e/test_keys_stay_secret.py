"""A key is in no output, log, database, report, error, nor in any process's command line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.engine.keyrings import FILE_VARIABLE
from tests.engine.providers.hosted.loopback import Answer, Service, refusal, running

if TYPE_CHECKING:
    from tests.e2e.commands import Finished
    from tests.e2e.conftest import Ftlab

_KEY = "sk-proj-Zq7Xw2mN9rT4vB8kL3"
_PARTS = (_KEY[:8], _KEY[8:16], _KEY[-6:])
_SAID = f"Incorrect API key: {_KEY} alias {_KEY[:8]}*******{_KEY[-4:]}; Bearer {_KEY}."


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as found:
        yield found


@pytest.fixture(params=["environment", ".env", "keyring"])
def with_key(
    request: pytest.FixtureRequest, ftlab: Ftlab, service: Service, tmp_path: Path
) -> dict[str, str]:
    """An environment in which the command finds the key, in each of the ways."""
    environment = {"OPENAI_BASE_URL": service.url, "OPENAI_LOG": "debug"}
    if request.param == "environment":
        return environment | {"OPENAI_API_KEY": _KEY}
    ftlab.home.mkdir(parents=True)
    if request.param == ".env":
        (ftlab.home / ".env").write_text(f"OPENAI_API_KEY={_KEY}\n")
        return environment
    environment |= {
        "PYTHON_KEYRING_BACKEND": "tests.engine.keyrings.FileKeyring",
        FILE_VARIABLE: str(tmp_path / "keyring.json"),
    }
    kept = ftlab("config", "key", "set", "openai", text=_KEY, **environment)
    assert kept.status == 0
    _assert_secret(kept.out, kept.err)
    return environment


def _assert_secret(*texts: str) -> None:
    for text in texts:
        for part in _PARTS:
            assert part not in text


def _assert_no_trace(ftlab: Ftlab, *done: Finished) -> None:
    _assert_secret(*(text for each in done for text in (each.out, each.err)))
    written = [file for file in ftlab.home.rglob("*") if file.is_file() and file.name != ".env"]
    for file in written:
        _assert_secret(file.read_bytes().decode("latin-1"))


_COMMANDS = (
    ["config"],
    ["config", "--json"],
    ["config", "profile", "list", "--json"],
    ["config", "profile", "show", "openai"],
    ["config", "profile", "show", "openai", "--json"],
    ["doctor"],
    ["doctor", "--json"],
    ["jobs"],
    ["history"],
)


def test_no_command_shows_or_writes_it(
    ftlab: Ftlab, with_key: dict[str, str], service: Service
) -> None:
    done = [ftlab(*arguments, **with_key) for arguments in _COMMANDS]
    assert [each.status for each in done] == [0] * len(_COMMANDS)
    asked = [each.headers.get("Authorization") for each in service.asked]
    assert asked.count(f"Bearer {_KEY}") == 6
    _assert_no_trace(ftlab, *done)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_a_service_that_repeats_it_is_not_echoed(
    ftlab: Ftlab, service: Service, status: int
) -> None:
    service.answers["/v1/files"] = refusal(status, _SAID, _KEY, param=_KEY)
    environment = {"OPENAI_API_KEY": _KEY, "OPENAI_BASE_URL": service.url}
    done = ftlab("doctor", "--json", **environment)
    _assert_no_trace(ftlab, done, ftlab("doctor", **environment))


def test_a_key_with_a_line_break_in_it_is_refused_before_it_reaches_a_header(
    ftlab: Ftlab, service: Service
) -> None:
    broken = f"{_KEY[:12]}\n{_KEY[12:]}"
    done = ftlab("doctor", OPENAI_API_KEY=broken, OPENAI_BASE_URL=service.url)
    assert done.status == 1
    assert "the key from OPENAI_API_KEY in the environment is empty, or has a space" in done.out
    _assert_no_trace(ftlab, done)


def test_no_process_has_it_on_its_command_line(ftlab: Ftlab, service: Service) -> None:
    service.answers["/v1/files"] = Answer(fault="silent")
    ftlab.home.mkdir(parents=True)
    said = f"OPENAI_API_KEY={_KEY}\nOPENAI_BASE_URL={service.url}\n"
    (ftlab.home / ".env").write_text(said)
    with ftlab.running("doctor") as process:
        while not any(_KEY in str(asked.headers) for asked in service.asked):
            assert process.poll() is None
            time.sleep(0.01)
        lines = [each.info["cmdline"] or [] for each in psutil.process_iter(["cmdline"])]
    _assert_secret(*(" ".join(line) for line in lines))
