from __future__ import annotations

from typing import Any

import pytest

from engine.data.checking.rows import method_of, row_problems
from tests.engine.data.checking.conftest import ANSWER, QUESTION, SYSTEM, chat, found, said

PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


@pytest.mark.parametrize(
    "row",
    [
        chat(QUESTION, ANSWER),
        chat(SYSTEM, QUESTION, ANSWER),
        chat(SYSTEM | {"role": "developer"}, QUESTION, ANSWER, QUESTION, ANSWER),
        chat(QUESTION | {"name": "Ann-1"}, ANSWER | {"weight": 1}),
        chat(QUESTION | {"name": "Zoë.B@home"}, ANSWER),
        chat(QUESTION, ANSWER | {"weight": 0}, QUESTION, ANSWER),
        chat(QUESTION | {"name": None}, ANSWER | {"tool_calls": None, "weight": None}),
        chat(QUESTION | {"content": [{"type": "text", "text": "What?"}, PICTURE]}, ANSWER),
        chat(QUESTION, {"role": "assistant", "content": None, "refusal": "I will not."}),
        chat(QUESTION, ANSWER | {"content": [{"type": "refusal", "refusal": "No."}]}),
        chat(QUESTION, ANSWER | {"content": "Tabs\tand\r\nlines."}),
    ],
)
def test_nothing_is_found_in_a_good_row(row: dict[str, Any]) -> None:
    assert found(row) == []


@pytest.mark.parametrize(
    ("row", "rule", "place"),
    [
        ({}, "missing-messages-list", "messages"),
        ({"conversations": []}, "missing-messages-list", "messages"),
        ({"messages": []}, "missing-messages-list", "messages"),
        ({"messages": "[]"}, "missing-messages-list", "messages"),
        (chat({"content": "?"}, QUESTION, ANSWER), "message-missing-key", "messages[0]"),
        (chat(QUESTION, {"role": "assistant"}, ANSWER), "message-missing-key", "messages[1]"),
        (chat(QUESTION | {"id": 3}, ANSWER), "message-unrecognized-key", "messages[0]"),
        (
            chat(QUESTION | {"tool_call_id": "a"}, ANSWER),
            "message-unrecognized-key",
            "messages[0]",
        ),
        (chat(QUESTION, ANSWER | {"role": "bot"}, ANSWER), "unrecognized-role", "messages[1].role"),
        (chat(QUESTION, ANSWER | {"role": 3}, ANSWER), "unrecognized-role", "messages[1].role"),
        (chat(QUESTION, ANSWER | {"role": []}, ANSWER), "unrecognized-role", "messages[1].role"),
        (chat(QUESTION | {"content": None}, ANSWER), "missing-content", "messages[0].content"),
        (chat(QUESTION, ANSWER | {"content": ""}), "missing-content", "messages[1].content"),
        (chat(QUESTION, ANSWER | {"content": []}), "missing-content", "messages[1].content"),
        (chat(QUESTION, ANSWER | {"content": 24}), "missing-content", "messages[1].content"),
        (chat(QUESTION, ANSWER | {"content": {}}), "missing-content", "messages[1].content"),
        (chat(QUESTION, ANSWER | {"content": " \n"}), "blank-content", "messages[1].content"),
        (
            chat(QUESTION | {"content": [{"type": "text", "text": " "}]}, ANSWER),
            "blank-content",
            "messages[0].content",
        ),
        (
            chat(QUESTION | {"content": [{"type": "picture"}]}, ANSWER),
            "invalid-content-part",
            "messages[0].content[0]",
        ),
        (
            chat(QUESTION, ANSWER | {"content": [PICTURE]}),
            "invalid-content-part",
            "messages[1].content[0]",
        ),
        (
            chat(QUESTION | {"content": ["What?"]}, ANSWER),
            "invalid-content-part",
            "messages[0].content[0]",
        ),
        (
            chat(QUESTION | {"content": [{"type": "image_url", "image_url": "a.png"}]}, ANSWER),
            "invalid-content-part",
            "messages[0].content[0]",
        ),
        (chat(QUESTION | {"name": "Ann Lee"}, ANSWER), "invalid-name", "messages[0].name"),
        (chat(QUESTION | {"name": "Zoë/B"}, ANSWER), "invalid-name", "messages[0].name"),
        (chat(QUESTION | {"name": ""}, ANSWER), "invalid-name", "messages[0].name"),
        (chat(QUESTION | {"name": "a" * 65}, ANSWER), "invalid-name", "messages[0].name"),
        (chat(QUESTION | {"name": 7}, ANSWER), "invalid-name", "messages[0].name"),
        (chat(QUESTION | {"weight": 1}, ANSWER), "invalid-weight", "messages[0].weight"),
        (chat(QUESTION, ANSWER | {"weight": 0.5}), "invalid-weight", "messages[1].weight"),
        (chat(QUESTION, ANSWER | {"weight": True}), "invalid-weight", "messages[1].weight"),
        (chat(QUESTION, ANSWER | {"weight": "1"}), "invalid-weight", "messages[1].weight"),
        (chat(QUESTION, ANSWER | {"weight": 0}), "nothing-to-learn", "messages"),
        (chat(QUESTION), "example-missing-assistant-message", "messages"),
        (chat(QUESTION, ANSWER, QUESTION), "last-message-not-assistant", "messages[2]"),
        (chat(ANSWER, QUESTION, ANSWER), "first-message-not-user", "messages[0]"),
        (chat(SYSTEM, ANSWER), "missing-user-message", "messages"),
        (chat(SYSTEM, SYSTEM, QUESTION, ANSWER), "several-system-messages", "messages[1]"),
        (chat(QUESTION, SYSTEM, ANSWER), "system-message-not-first", "messages[1]"),
        (chat(QUESTION, ANSWER, topic="clips"), "unrecognized-key", ""),
        (
            chat(QUESTION | {"content": "a\x00b"}, ANSWER),
            "control-character",
            "messages[0].content",
        ),
        (
            chat(QUESTION, ANSWER | {"content": "VoilÃ© tout"}),
            "mojibake",
            "messages[1].content",
        ),
        (
            chat(QUESTION | {"content": [{"type": "text", "text": "caf\ufffd"}]}, ANSWER),
            "replacement-character",
            "messages[0].content[0].text",
        ),
        (
            chat(QUESTION, ANSWER | {"content": "half \ud83d"}),
            "unpaired-surrogate",
            "messages[1].content",
        ),
        (
            chat(QUESTION, {"role": "function", "name": "f", "content": "3"}, ANSWER),
            "deprecated-functions",
            "messages[1]",
        ),
    ],
)
def test_one_thing_is_found_where_it_is(row: dict[str, Any], rule: str, place: str) -> None:
    assert found(row) == [(rule, place)]


def test_what_stands_where_a_message_should_is_named() -> None:
    assert found(chat("Hello", QUESTION, ANSWER)) == [("data-type", "messages[0]")]
    assert said(chat(None, QUESTION, ANSWER)) == ["This is null, not a message"]


def test_a_message_without_both_keys_is_one_finding() -> None:
    assert said(chat(QUESTION, ANSWER, {"name": "a"}))[0] == (
        "The message has no role and no content"
    )


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("human", "did you mean user?"),
        ("Assistant", "did you mean assistant?"),
        ("sistem", "did you mean system?"),
        ("narrator", "it can be system, developer, user, assistant, tool, function"),
    ],
)
def test_a_role_is_guessed_from_other_formats_words(word: str, hint: str) -> None:
    assert f"'{word}' is no role; {hint}" in said(chat({"role": word, "content": "a"}, ANSWER))


def test_an_unknown_key_is_guessed_from_those_there_are() -> None:
    assert said(chat(QUESTION | {"nmae": "ann"}, ANSWER)) == [
        "'nmae' is no key of a message (did you mean name?)"
    ]
    assert said(chat(QUESTION | {"tool_calls": []}, ANSWER)) == [
        "tool_calls belongs into an assistant message"
    ]


def test_a_row_of_another_format_is_sent_to_conversion() -> None:
    assert said({"instruction": "Count.", "output": "1, 2"}) == [
        "There are no messages, but instruction, output: 'ftlab data add' converts other formats"
    ]


def test_the_offending_text_is_shown() -> None:
    row = chat(QUESTION, ANSWER | {"weight": {"a": 1}})
    (problem,) = row_problems(row, method_of(row))
    assert problem.text == '{"a": 1}'
