from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.suites.prompts import Prompt, text_of
from engine.suites.reading import prompts_in


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file


def questions(prompts: list[Prompt]) -> list[str]:
    return [prompt.question for prompt in prompts]


def test_a_plain_text_has_a_question_on_each_line(tmp_path: Path) -> None:
    file = written(tmp_path, "q.txt", "When do you open?\n\nWhat does rye cost?\n")
    found = prompts_in(file)
    assert questions(found) == ["When do you open?", "What does rye cost?"]
    assert all(prompt.reference is None for prompt in found)


def test_a_csv_has_questions_and_answers_in_columns(tmp_path: Path) -> None:
    file = written(tmp_path, "q.csv", "question,answer,system\n1+1?,2,Count.\n2+2?,,\n")
    first, second = prompts_in(file)
    assert [message["content"] for message in first.messages] == ["Count.", "1+1?"]
    assert text_of(first.reference) == "2"
    assert second.messages == ({"role": "user", "content": "2+2?"},)
    assert second.reference is None


def test_conversations_end_before_their_last_answer(tmp_path: Path) -> None:
    asked = {"messages": [{"role": "user", "content": "Hi"}]}
    answered = {"messages": [*asked["messages"], {"role": "assistant", "content": "Hello"}]}
    hoped = {**asked, "reference": "Good day"}
    rows = "".join(json.dumps(row) + "\n" for row in (asked, answered, hoped))
    found = prompts_in(written(tmp_path, "q.jsonl", rows))
    assert [text_of(prompt.reference) for prompt in found] == ["", "Hello", "Good day"]
    assert questions(found) == ["Hi", "Hi", "Hi"]


def test_an_instruction_is_asked_with_its_input(tmp_path: Path) -> None:
    row = {"instruction": "Add them.", "input": "1 and 2", "output": "3"}
    [prompt] = prompts_in(written(tmp_path, "q.jsonl", json.dumps(row) + "\n"))
    assert prompt.question == "Add them.\n\n1 and 2"
    assert text_of(prompt.reference) == "3"


def test_rows_that_ask_nothing_are_named_and_nothing_is_taken(tmp_path: Path) -> None:
    file = written(tmp_path, "q.jsonl", '{"question": "Hi?"}\n{"question": " "}\n{"number": 3}\n')
    with pytest.raises(DataError) as caught:
        prompts_in(file)
    said = str(caught.value)
    assert f"{file}:2 asks nothing" in said
    assert f"{file}:3" in said
    assert "2 rows ask nothing" in said


def test_a_conversation_that_ends_with_a_question_is_asked_as_a_whole(tmp_path: Path) -> None:
    begun = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    call = {"id": "c", "type": "function", "function": {"name": "price", "arguments": "{}"}}
    asked = [*begun, {"role": "user", "content": "What does rye cost?"}]
    called = [
        *asked,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "2 euros"},
    ]
    rows = "".join(json.dumps({"messages": each}) + "\n" for each in (asked, called))
    first, second = prompts_in(written(tmp_path, "q.jsonl", rows))
    assert (len(first.messages), first.reference) == (3, None)
    assert (len(second.messages), second.reference) == (5, None)


def test_an_answer_that_is_hoped_for_may_be_a_number_or_a_message(tmp_path: Path) -> None:
    message = {"role": "assistant", "content": "Two"}
    rows = [
        {"question": "1+1?", "answer": 2},
        {"question": "1+1", "reference": message},
        {"messages": [{"role": "user", "content": "One and one?"}], "answer": 2},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    found = prompts_in(written(tmp_path, "q.jsonl", text))
    assert [text_of(prompt.reference) for prompt in found] == ["2", "Two", "2"]


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [{"role": "user", "content": 5}]},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "user", "content": ["Hi"]}]},
        {"messages": [{"role": "user", "content": "Hi"}], "tools": "price"},
        {"messages": [{"role": "user", "content": "Hi"}], "tools": {"price": 1}},
    ],
)
def test_what_no_service_takes_in_a_conversation_is_named(row: object, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"q.jsonl:1 has"):
        prompts_in(written(tmp_path, "q.jsonl", json.dumps(row) + "\n"))


def test_a_row_without_a_question_is_told_of_no_options_that_suites_do_not_have(
    tmp_path: Path,
) -> None:
    with pytest.raises(DataError) as caught:
        prompts_in(written(tmp_path, "q.jsonl", '{"question": null, "answer": 3}\n'))
    assert "has no text in a column of questions" in str(caught.value)
    assert "--prompt" not in str(caught.value)


def test_a_format_can_be_said_where_the_file_does_not_tell(tmp_path: Path) -> None:
    file = written(tmp_path, "questions", "When do you open?\nWhat does rye cost?\n")
    assert len(prompts_in(file, "text")) == 2


def test_a_message_without_a_role_is_named(tmp_path: Path) -> None:
    file = written(tmp_path, "q.jsonl", '{"messages": [{"content": "Hi"}]}\n')
    with pytest.raises(DataError, match=r"messages\[0\]"):
        prompts_in(file)
