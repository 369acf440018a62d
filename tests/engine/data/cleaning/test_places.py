from __future__ import annotations

from engine.data.cleaning.places import placed_others, placed_texts
from engine.data.shapes.example import messages_of, texts_of

CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CHAT = {
    "messages": [
        {"role": "user", "content": [{"type": "image_url"}, {"type": "text", "text": "q"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "0"}, CALL]},
        {"role": "assistant", "content": "a", "function_call": CALL["function"]},
    ]
}
PREFERENCE = {
    "input": {"messages": [{"role": "user", "content": "q"}]},
    "preferred_output": [{"role": "assistant", "content": "a"}],
    "non_preferred_output": [{"role": "assistant", "content": "b"}],
}


def test_texts_of_a_chat_are_placed() -> None:
    assert list(placed_texts(CHAT)) == [
        ("messages[0].content[1].text", "q"),
        ("messages[2].content", "a"),
    ]


def test_texts_of_a_preference_are_placed() -> None:
    assert list(placed_texts(PREFERENCE)) == [
        ("input.messages[0].content", "q"),
        ("preferred_output[0].content", "a"),
        ("non_preferred_output[0].content", "b"),
    ]


def test_the_texts_are_those_that_examples_have() -> None:
    for record in (CHAT, PREFERENCE):
        texts = [text for message in messages_of(record) for text in texts_of(message)]
        assert [text for _, text in placed_texts(record)] == texts


def test_a_prompt_and_its_completion_are_called_so() -> None:
    record = {"prompt": "q", "completion": "a"}
    assert list(placed_texts(record)) == [("prompt", "q"), ("completion", "a")]
    assert list(placed_others(record, {})) == []


def test_arguments_of_calls_are_placed() -> None:
    assert list(placed_others(CHAT, {})) == [
        ("messages[1].tool_calls[1].function.arguments", "{}"),
        ("messages[2].function_call.arguments", "{}"),
    ]
    assert list(placed_others(PREFERENCE, {})) == []


def test_names_refusals_and_tools_are_placed() -> None:
    record = {
        "messages": [
            {"role": "user", "content": "q", "name": "Ann"},
            {"role": "assistant", "refusal": "No."},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "Never."}]},
        ],
        "tools": [{"type": "function", "function": {"description": "Ask Ann."}}],
    }
    assert list(placed_others(record, {})) == [
        ("messages[0].name", "Ann"),
        ("messages[1].refusal", "No."),
        ("messages[2].content[0].refusal", "Never."),
        ("tools[0].type", "type: function"),
        ("tools[0].function.description", "description: Ask Ann."),
    ]


def test_columns_are_placed_with_their_names_before_them() -> None:
    columns = {"phone": 5551234, "meta": {"by": ["Ann", True, 0.5]}}
    assert list(placed_others(CHAT | columns, columns))[2:] == [
        ("column phone", "phone: 5551234"),
        ("column meta.by[0]", "by: Ann"),
    ]
