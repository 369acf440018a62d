"""The server as a child process: how it starts, where it listens, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from engine.serve.process import LocalServer, LocalServerError
from engine.serve.settings import ServedModel, ServerSettings

ROOT = Path(__file__).parents[3]
MODELS = [ServedModel("m", "/models/m")]

PARENT = """
from engine.serve.process import LocalServer
from engine.serve.settings import ServedModel
with LocalServer([ServedModel("m", "/models/m")]) as server:
    print(server.pid, flush=True)
    input()
"""


def run_with(monkeypatch: pytest.MonkeyPatch, folder: Path, command: str) -> None:
    """Let child processes be started through a shell script instead of this interpreter."""
    script = folder / "python"
    script.write_text(f"#!/bin/sh\n{command}\n")
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))


def test_the_key_is_in_neither_the_arguments_nor_the_environment_nor_the_repr() -> None:
    with LocalServer(MODELS) as server:
        process = psutil.Process(server.pid)
        assert server.key not in " ".join(process.cmdline())
        assert server.key not in process.environ().values()
        assert server.key not in repr(server)
        assert all(server.key not in line for line in server.last_lines)


def test_keys_of_hosted_services_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-children")
    with LocalServer(MODELS) as server:
        assert "sk-not-for-children" not in psutil.Process(server.pid).environ().values()


def test_each_server_has_a_key_of_its_own() -> None:
    assert LocalServer(MODELS).key != LocalServer(MODELS).key


def test_it_listens_on_loopback_alone() -> None:
    with LocalServer(MODELS) as server:
        listening = psutil.Process(server.pid).net_connections("inet")
        assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}
        if sys.platform == "linux":  # where all of 127/8 is this machine
            port = listening[0].laddr.port
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", port), timeout=5).close()


def test_closing_ends_the_process_and_may_be_repeated() -> None:
    server = LocalServer(MODELS)
    server.start()
    process = psutil.Process(server.pid)
    server.close()
    assert not process.is_running()
    server.close()
    with pytest.raises(LocalServerError, match="not running"):
        _ = server.base_url


def test_a_closed_server_may_be_started_again() -> None:
    server = LocalServer(MODELS)
    for _ in range(2):
        with server:
            assert server.base_url.startswith("http://127.0.0.1:")


def test_it_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
        child.wait(timeout=20)


def test_it_ends_on_sigterm() -> None:
    with LocalServer(MODELS) as server:
        process = psutil.Process(server.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def test_a_folder_named_engine_in_the_working_directory_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "engine"
    trap.mkdir()
    (trap / "__init__.py").write_text("raise SystemExit('trapped')")
    monkeypatch.chdir(tmp_path)
    with LocalServer(MODELS) as server:
        assert psutil.pid_exists(server.pid or 0)


def test_without_torch_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # -S leaves installed packages out: nothing but the standard library and ftlab can be imported.
    run_with(monkeypatch, tmp_path, f'exec {sys.executable} -S "$@"')
    with pytest.raises(LocalServerError, match=r"torch.*pip install 'ftlab\[local\]'"):
        LocalServer(MODELS).start()


def test_a_child_that_ends_at_once_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_with(monkeypatch, tmp_path, "echo the disk is on fire >&2; exit 3")
    with pytest.raises(LocalServerError, match="did not start: the disk is on fire"):
        LocalServer(MODELS).start()


def test_a_child_that_repeats_the_key_is_quoted_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_with(monkeypatch, tmp_path, "cat >&2 & read line; echo $line >&2; exit 1")
    server = LocalServer(MODELS)
    with pytest.raises(LocalServerError) as failure:
        server.start()
    assert server.key not in str(failure.value)


def test_a_child_that_never_comes_up_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_with(monkeypatch, tmp_path, "exec sleep 60")
    server = LocalServer(MODELS, start_timeout=0.2)
    with pytest.raises(LocalServerError, match=r"not ready after 0\.2 seconds"):
        server.start()
    assert server.pid is None


def start_bare(settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine.serve"],
        cwd=ROOT,
        input=settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_bad_settings_line_is_wrong_usage() -> None:
    ended = start_bare('{"key": "secret-1"}\n')
    assert ended.returncode == 2
    assert "models" in ended.stderr
    assert "secret-1" not in ended.stderr
    assert ended.stdout == ""


def test_a_taken_port_is_told_by_its_number() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = start_bare(ServerSettings("k", tuple(MODELS), port=port).to_line())
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}" in ended.stderr


def test_standard_output_holds_the_port_line_alone_and_the_end_of_input_is_the_end() -> None:
    ended = start_bare(ServerSettings("k", tuple(MODELS)).to_line())
    assert ended.returncode == 0
    assert set(json.loads(ended.stdout)) == {"port"}
    assert os.linesep not in ended.stdout.rstrip()
