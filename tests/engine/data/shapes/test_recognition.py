from __future__ import annotations

import pytest

from engine.data.errors import DataError, RowError
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.recognition import SHAPES, recognized
from tests.engine.data.shapes.conftest import example_of, fault_of

USER = {"role": "user", "content": "q"}
ASSISTANT = {"role": "assistant", "content": "a"}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "+".join(shape.fields))
def test_a_row_with_the_fields_of_a_shape_is_of_that_shape(shape: object) -> None:
    fields = tuple(getattr(shape, "fields"))  # noqa: B009
    assert recognized((*fields, "id")).name == getattr(shape, "name")  # noqa: B009


def test_a_row_of_no_known_shape_names_its_columns_and_says_what_to_do() -> None:
    assert fault_of({"city": "Oslo", "land": "Norway", "id": 1}) == (
        "has columns of no known shape: city, land, id. Say how to make examples of it: "
        "--prompt '{…}' --completion '{…}', with a column's name for each …"
    )


def test_half_a_shape_says_what_is_missing() -> None:
    assert fault_of({"prompt": "p", "id": 1}) == (
        "has prompt but no completion, beside id. Say how to make examples of it: --prompt "
        "'{prompt}' --completion '{…}', with a column's name for each …"
    )


def test_a_single_column_whose_name_looks_like_several_asks_for_the_delimiter() -> None:
    assert fault_of({"prompt completion": "p c"}) == (
        "has one column only, 'prompt completion'. If something stands between its cells, say "
        "what with --delimiter (for instance --delimiter space)"
    )
    assert "--delimiter" not in fault_of({"city": "Oslo"})


@pytest.mark.parametrize(
    ("row", "example"),
    [
        ({"Prompt": "q", "COMPLETION": "a"}, {}),
        ({" Question ": "q", "Answer": "a", "Asked by": "Ada"}, {"Asked by": "Ada"}),
        ({"Instruction": "q", "Input": "", "Output": "a"}, {}),
        ({"Messages": [USER, ASSISTANT], "Tools": None, "Id": 1}, {"Id": 1}),
        ({"prompt": "q", "Completion": "a", "History": "long ago"}, {"History": "long ago"}),
    ],
)
def test_letter_case_and_blanks_around_names_do_not_matter_and_columns_keep_theirs(
    row: dict[str, object], example: dict[str, object]
) -> None:
    conversion = Conversion()
    conversion.check("a.csv", row)
    assert example_of(row, conversion) == {"messages": [USER, ASSISTANT]} | example


def test_optional_fields_count_in_any_letter_case() -> None:
    row = {"Instruction": "Add", "Input": "1 and 2", "Output": "3", "System": "Be brief."}
    assert [message["content"] for message in example_of(row)["messages"]] == [
        *("Be brief.", "Add\n\n1 and 2", "3"),
    ]


def test_names_as_they_should_be_count_before_others() -> None:
    row = {"Prompt": "another", "prompt": "q", "completion": "a"}
    assert example_of(row) == {"messages": [USER, ASSISTANT], "Prompt": "another"}
    assert fault_of({"Prompt": "q", "PROMPT": "p", "Completion": "a"}).startswith(
        "has completion but no prompt, beside Prompt, PROMPT. Say how"
    )


def test_half_a_shape_in_another_letter_case_says_what_is_missing() -> None:
    assert fault_of({"Prompt": "p", "id": 1}).startswith("has prompt but no completion, beside id.")
    assert "--completion '{Text}'" in fault_of({"Text": "Once upon a time"})


def test_columns_are_advised_by_what_their_names_say() -> None:
    columns = {"ticket": "1", "customer": "c-17", "Question": "When?", "Reply": "Soon."}
    assert "--prompt '{Question}' --completion '{Reply}'" in fault_of(columns)


def test_columns_whose_names_say_nothing_are_not_guessed() -> None:
    fault = fault_of({"ticket": "1", "customer": "c-17"})
    assert "--prompt '{…}' --completion '{…}', with a column's name for each …" in fault
    assert "{ticket}" not in fault


def test_a_row_without_columns_says_so() -> None:
    assert fault_of({}) == (
        "has no columns. Say how to make examples of it, for instance with --prompt '{question}' "
        "--completion '{answer}'"
    )


def test_text_alone_is_refused_with_advice() -> None:
    assert fault_of({"text": "Once upon a time"}) == (
        "has only text, which does not tell what is asked from what is answered. Put them in two "
        "columns, or train on whole texts with --prompt '' --completion '{text}'"
    )
    whole = example_of({"text": "Once upon a time"}, Conversion("", "{text}"))
    assert whole["messages"][1]["content"] == "Once upon a time"


def test_of_very_many_columns_only_the_first_are_named() -> None:
    fault = fault_of({f"field{number}": 1 for number in range(1000)})
    assert "field19, …. Say how" in fault


def test_names_that_could_harm_a_terminal_are_escaped() -> None:
    assert "\\x1b[2J" in fault_of({"\x1b[2J": 1})


def test_a_row_of_both_kinds_is_refused_until_the_shape_is_said() -> None:
    row = {
        "prompt": "q",
        "messages": [USER, ASSISTANT],
        "chosen": [USER, ASSISTANT],
        "rejected": [USER, {"role": "assistant", "content": "b"}],
    }
    assert fault_of(row) == (
        "has both messages (an example to learn) and chosen, rejected (a preference). Say which "
        "counts: --shape chat or --shape chosen-rejected"
    )
    assert example_of(row, Conversion(shape="chat"))["rejected"] == row["rejected"]
    pair = example_of(row, Conversion(shape="chosen-rejected"))
    assert pair["input"] == {"messages": [USER]}
    assert pair["messages_"] == row["messages"]


def test_a_row_that_is_not_of_the_shape_it_is_said_to_be_is_named() -> None:
    assert fault_of({"prompt": "p", "completion": "c"}, Conversion(shape="alpaca")) == (
        "is not of the shape alpaca, which has instruction and output or instruction and "
        "response; it has prompt, completion"
    )


def test_an_unknown_shape_is_refused() -> None:
    with pytest.raises(DataError, match="There is no shape 'chatml'; there is: chat, preference, "):
        Conversion(shape="chatml")


def test_of_several_layouts_the_whole_one_counts_and_not_a_part_of_it() -> None:
    assert recognized(("conversations", "chosen", "rejected")).kind == "preference"
    with pytest.raises(RowError, match="has both question and answer"):
        recognized(("question", "answer", "chosen", "rejected"))
