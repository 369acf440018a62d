from __future__ import annotations

from engine.data.cleaning.places import placed_arguments, placed_texts
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


def test_arguments_of_calls_are_placed() -> None:
    assert list(placed_arguments(CHAT)) == [
        ("messages[1].tool_calls[1].function.arguments", "{}"),
        ("messages[2].function_call.arguments", "{}"),
    ]
    assert list(placed_arguments(PREFERENCE)) == []
