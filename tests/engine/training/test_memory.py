from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.training import memory


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which the kernel counts for a control group of the second version."""
    membership, root = tmp_path / "cgroup", tmp_path / "groups"
    membership.write_text("0::/user/job\n")
    counts = root / "user" / "job" / "memory.events"
    counts.parent.mkdir(parents=True)
    counts.write_text("low 0\nhigh 3\noom 2\noom_kill 1\noom_group_kill 9\n")
    monkeypatch.setattr(memory, "_MEMBERSHIP", membership)
    monkeypatch.setattr(memory, "_ROOT", root)
    return counts


@pytest.fixture
def run(tmp_path: Path, group: Path) -> Path:
    assert group.exists()
    folder = tmp_path / "run"
    folder.mkdir()
    memory.record(folder)
    return folder


def test_what_the_kernel_ended_since_is_told_with_what_to_change(run: Path, group: Path) -> None:
    assert memory.ended_by_kernel(run) is None
    group.write_text("oom 3\noom_kill 2\n")
    said = memory.ended_by_kernel(run)
    assert said is not None
    assert said.startswith("probably ended by the kernel, which ran out of memory: ")
    for name in ("batch_size", "max_length", "gradient_checkpointing", "lora"):
        assert name in said


def test_counts_that_cannot_be_read_any_more_tell_nothing(run: Path, group: Path) -> None:
    group.unlink()
    assert memory.ended_by_kernel(run) is None
    (run / memory.FILE).write_text("[1]")
    assert memory.ended_by_kernel(run) is None
    (run / memory.FILE).unlink()
    assert memory.ended_by_kernel(run) is None


def test_groups_of_the_first_version_count_too(run: Path, group: Path, tmp_path: Path) -> None:
    group.unlink()
    (tmp_path / "cgroup").write_text("9:cpu,cpuacct:/a\n5:memory:/a\n")
    counts = tmp_path / "groups" / "memory" / "memory.oom_control"
    counts.parent.mkdir(parents=True)
    counts.write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 4\n")
    memory.record(run)
    assert json.loads((run / memory.FILE).read_text()) == {str(counts): 4}


@pytest.mark.usefixtures("group")
def test_without_a_group_the_machine_counts(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = tmp_path / "vmstat"
    machine.write_text("pgfault 7\noom_kill 0\n")
    monkeypatch.setattr(memory, "_MACHINE", machine)
    (tmp_path / "cgroup").unlink()
    memory.record(run)
    machine.write_text("pgfault 8\noom_kill 1\n")
    assert memory.ended_by_kernel(run) is not None
