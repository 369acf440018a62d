from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.lab import Lab
from store.events import ChatOpened, ChatTurnRated, ChatTurnRecorded
from tui.cli.root import root


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTLAB_HOME", str(tmp_path))
    monkeypatch.delenv("FTLAB_DB", raising=False)
    with Lab.open(tmp_path) as lab:
        lab.log.append(
            "chat/chat_a1",
            ChatOpened(model="gpt-4o-mini", provider="openai", system="Be brief."),
            ChatTurnRecorded(question="Where is my\nparcel?", answer="At the **depot**.", cost=0.5),
            ChatTurnRecorded(question="Why?", answer="", error="no connection"),
            ChatTurnRated(turn=1, rating="up"),
        )
        lab.log.append("chat/chat_b2", ChatOpened(model="davinci-002", provider="openai"))


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(root, ["chats", *arguments], prog_name="ftlab")


@pytest.mark.usefixtures("said")
def test_conversations_are_listed_and_searched() -> None:
    listed = _run().stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["model", "davinci-002", "gpt-4o-mini"]
    assert "Where is my parcel?" in listed[2]
    found = json.loads(_run("--search", "rated:up", "--json").stdout)
    assert [chat["id"] for chat in found] == ["chat_a1"]


@pytest.mark.usefixtures("said")
def test_a_conversation_is_shown_with_its_settings_and_ratings() -> None:
    shown = _run("show", "chat_a")
    assert shown.stdout == "\n> Where is my parcel?\nAt the **depot**.\n\n> Why?\n"
    assert "system: Be brief." in shown.stderr
    assert "$0.50 · ▲ good\n! no connection" in shown.stderr.replace("\n\n", "\n")
    whole = json.loads(_run("show", "chat_a1", "--json").stdout)
    assert (whole["provider"], whole["turns"][0]["rating"]) == ("openai", "up")


@pytest.mark.usefixtures("said")
def test_what_cannot_be_found_is_told() -> None:
    assert _run("show", "chat_x").exit_code != 0
    assert "try model" in _run("--search", "bogus:1").stderr
