from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import RowError, WishError
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.example import Record, messages_of
from engine.data.shapes.systems import SystemMode, with_system
from tests.engine.data.shapes.strategies import COLUMNS, FILLED, records

USER = {"role": "user", "content": "q"}
ASSISTANT = {"role": "assistant", "content": "a"}
OWN = {"role": "system", "content": "Be long."}
BARE: Record = {"messages": [USER, ASSISTANT]}
LED: Record = {"messages": [OWN, USER, ASSISTANT]}


def pair(*prompt: dict[str, Any]) -> Record:
    return {
        "input": {"messages": [*prompt], "tools": []},
        "preferred_output": [ASSISTANT],
        "non_preferred_output": [ASSISTANT],
    }


def system(text: str) -> dict[str, Any]:
    return {"role": "system", "content": text}


@pytest.mark.parametrize(
    ("mode", "record", "expected"),
    [
        (SystemMode.ADD, BARE, {"messages": [system("Be brief."), USER, ASSISTANT]}),
        (SystemMode.ADD, LED, LED),
        (SystemMode.REPLACE, BARE, {"messages": [system("Be brief."), USER, ASSISTANT]}),
        (SystemMode.REPLACE, LED, {"messages": [system("Be brief."), USER, ASSISTANT]}),
        (SystemMode.STRIP, BARE, BARE),
        (SystemMode.STRIP, LED, BARE),
        (SystemMode.KEEP, BARE, BARE),
        (SystemMode.KEEP, LED, LED),
        (SystemMode.ADD, pair(USER), pair(system("Be brief."), USER)),
        (SystemMode.REPLACE, pair(OWN, USER), pair(system("Be brief."), USER)),
        (SystemMode.STRIP, pair(OWN, USER), pair(USER)),
    ],
)
def test_a_system_prompt_is_added_replaced_stripped_or_kept(
    mode: SystemMode, record: Record, expected: Record
) -> None:
    assert with_system(record, mode, "Be brief.") == expected


def test_what_replaces_a_developer_message_is_one() -> None:
    record = {"messages": [{"role": "developer", "content": "x"}, USER, ASSISTANT]}
    replaced = with_system(record, SystemMode.REPLACE, "y")
    assert replaced["messages"][0] == {"role": "developer", "content": "y"}
    assert with_system(record, SystemMode.ADD, "y") is record


def test_system_prompts_are_stripped_wherever_they_stand() -> None:
    record = {"messages": [USER, OWN, ASSISTANT]}
    assert with_system(record, SystemMode.STRIP) == BARE


@pytest.mark.parametrize("mode", [SystemMode.ADD, SystemMode.REPLACE])
@pytest.mark.parametrize("record", [BARE, LED])
def test_an_empty_text_neither_adds_nor_replaces(mode: SystemMode, record: Record) -> None:
    assert with_system(record, mode, "") is record


def test_a_prompt_of_nothing_else_cannot_be_stripped() -> None:
    with pytest.raises(RowError, match="has nothing but a system prompt in input"):
        with_system(pair(OWN), SystemMode.STRIP)


@given(records(COLUMNS), st.sampled_from([SystemMode.ADD, SystemMode.REPLACE]), FILLED)
def test_doing_it_again_changes_nothing_and_all_else_is_kept(
    record: Record, mode: SystemMode, text: str
) -> None:
    once = with_system(record, mode, text)
    assert with_system(once, mode, text) is once

    def others(found: Record) -> list[dict[str, Any]]:
        return [m for m in messages_of(found) if m["role"] not in ("system", "developer")]

    assert others(once) == others(record)
    assert once.keys() == record.keys()


@pytest.mark.parametrize("mode", [SystemMode.ADD, SystemMode.REPLACE])
def test_nothing_cannot_be_put_in_the_place_of_a_system_prompt(mode: SystemMode) -> None:
    with pytest.raises(WishError, match="--system-mode strip"):
        Conversion(system="", system_mode=mode)
