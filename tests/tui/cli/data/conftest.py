"""The commands in this process, on a data directory of their own, and files for them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tui.cli import main


class Finished(NamedTuple):
    """A command that has ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Finished]
Add = Callable[..., None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `ftlab data` with arguments."""
    monkeypatch.setenv("FTLAB_HOME", str(tmp_path / "home"))

    def to_its_end(*arguments: str | Path) -> Finished:
        monkeypatch.setattr(sys, "argv", ["ftlab", "data", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        status = ended.value.code
        return Finished(status if isinstance(status, int) else 0, printed.out, printed.err)

    return to_its_end


@pytest.fixture
def add(run: Run, tmp_path: Path) -> Add:
    """Records rows as a version of a name."""

    def record(name: str, *rows: dict[str, Any]) -> None:
        file = tmp_path / "rows.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        assert run("add", file, "--name", name).status == 0

    return record


def chat(question: str, answer: str, **columns: object) -> dict[str, Any]:
    asked = {"role": "user", "content": question}
    return {"messages": [asked, {"role": "assistant", "content": answer}], **columns}
