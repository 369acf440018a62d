from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from engine.child import python_module


def test_a_folder_of_the_users_that_is_named_engine_is_not_run_instead(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    command, environment = python_module("engine.training.worker", "--help")
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "run_dir" in done.stdout


def test_keys_of_hosted_services_stay_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    command, environment = python_module("engine.serve")
    assert "sk-secret" not in " ".join((*command, *environment.values()))


def test_a_variable_that_a_profile_names_as_its_key_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLAB_HOME", str(tmp_path))
    names = ("WORK_TOKEN", "BOX_SECRET", "HF_TOKEN")
    for name in names:
        monkeypatch.setenv(name, "hidden")
    (tmp_path / "config.toml").write_text(
        '[profiles.work]\nkind = "openai"\nkey_env = "WORK_TOKEN"\n'
        "[profiles.box]\nkey_env='BOX_SECRET'\nnonsense\n"
    )
    _, environment = python_module("engine.serve")
    assert [name for name in names if name in environment] == ["HF_TOKEN"]
