from __future__ import annotations

from typing import Any

from engine.data.checking.near import near_duplicates, near_overlaps
from engine.data.reading.rows import BadRow
from tests.engine.data.checking.conftest import asked, batch

QUESTION = (
    "Natalia sold some clips to many of her friends in April, and then she sold half as many of "
    "them to people whom she had never met before in May. How many clips did she sell altogether?"
)
LIKE_IT = QUESTION.replace("altogether", "in all")
ANSWER = "She sold all of the clips that she had bought at the market on the hill in spring."


def test_the_lines_of_near_duplicates_are_told() -> None:
    rows: list[dict[str, Any] | BadRow] = [
        asked(QUESTION, ANSWER),
        BadRow("is cut off", "{"),
        {"messages": []},
        asked("Else?", "No."),
        asked(LIKE_IT, ANSWER),
    ]
    assert list(near_duplicates([batch(rows, first=11)], None)) == [(15, 11)]


def test_prompts_with_completions_are_compared_with_chats() -> None:
    completions = [{"prompt": LIKE_IT, "completion": "Forty."}, {"prompt": "?", "completion": "!"}]
    chats = [asked("Else?", "No."), asked(QUESTION, ANSWER)]
    assert list(near_overlaps([batch(completions)], [batch(chats)], None)) == [(1, 2)]
    assert list(near_overlaps([batch(chats)], [batch(completions)], "supervised")) == [(2, 1)]
