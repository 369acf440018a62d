from __future__ import annotations

import contextlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError, RowError
from engine.data.shapes.templates import Template

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAME = TEXT.filter(lambda name: name and not set(name) & set("{}"))


def escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


@given(st.lists(st.tuples(TEXT, NAME, TEXT), max_size=4), TEXT)
def test_a_template_gives_its_texts_and_the_rows_values_in_order(
    parts: list[tuple[str, str, str]], end: str
) -> None:
    row = {name: value for _, name, value in parts}
    text = "".join(escaped(literal) + "{" + name + "}" for literal, name, _ in parts)
    template = Template.parse(text + escaped(end))
    expected = "".join(literal + row[name] for literal, name, _ in parts) + end
    assert template.fill(row) == expected
    assert set(template.columns) == row.keys()


@given(st.text())
def test_any_text_is_a_template_or_a_data_error(text: str) -> None:
    with contextlib.suppress(DataError):
        assert Template.parse(text).text == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, "3"),
        (1.5, "1.5"),
        (True, "true"),
        (["é", None], '["é", null]'),
        ({"a": {"b": 1}}, '{"a": {"b": 1}}'),
        ("as {it} stands", "as {it} stands"),
    ],
)
def test_values_that_are_no_texts_are_written_as_json(value: object, shown: str) -> None:
    assert Template.parse("<{x}>").fill({"x": value}) == f"<{shown}>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Q: {question",
            "The brace { at character 4 of the template 'Q: {question' has no partner",
        ),
        ("a}b", "The brace } at character 2 of the template 'a}b' has no partner"),
        ("{a{b}", "The brace { at character 1 "),
        ("{{{", "The brace { at character 3 "),
        ("x {}", "The place {} at character 3 of the template 'x {}' names no column"),
        ("{|default:x}", "The place {|default:x} at character 1 of the template"),
        ("\udcff", "The template '\\udcff' is not UTF-8"),
    ],
)
def test_a_wrong_template_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        Template.parse(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("row", [{}, {"year": None}, {"year": ""}])
def test_a_default_stands_in_where_a_column_holds_nothing(row: dict[str, Any]) -> None:
    template = Template.parse("In {year|default:some year, or: none}.")
    assert template.fill(row) == "In some year, or: none."
    assert template.fill({"year": 1920}) == "In 1920."
    assert template.fill({"year": " "}) == "In  ."


def test_a_column_with_a_default_need_not_exist_unless_it_stands_elsewhere_without() -> None:
    Template.parse("{year|default:}").check(["name"])
    with pytest.raises(DataError, match="There is no column 'year'"):
        Template.parse("{year|default:} {year}").check(["name"])


def test_the_columns_that_are_empty_in_a_row_are_those_without_a_default() -> None:
    template = Template.parse("{a} {b} {c|default:x} {d} {e}")
    row = {"a": 0, "b": "", "c": None, "d": None}
    assert template.columns == ("a", "b", "c", "d", "e")
    assert template.empty_columns(row) == ["b", "d", "e"]


@pytest.mark.parametrize(
    "field", ["{x.__class__}", "{x[0]}", "{x!r}", "{x:>10}", "{0}", "{x|upper}"]
)
def test_a_place_is_a_columns_name_and_nothing_else(field: str) -> None:
    template = Template.parse(field)
    assert template.columns == (field[1:-1],)
    with pytest.raises(RowError, match="has no column"):
        template.fill({"x": "value"})
    assert template.fill({field[1:-1]: "value"}) == "value"


def test_an_unknown_column_is_refused_with_the_known_ones_and_the_likeliest() -> None:
    with pytest.raises(DataError) as caught:
        Template.parse("{qestion}").check(["question", "answer"])
    assert str(caught.value) == (
        "There is no column 'qestion' (did you mean 'question'? there is: question, answer)."
    )


def test_of_very_many_columns_only_the_first_are_named() -> None:
    with pytest.raises(DataError) as caught:
        Template.parse("{x}").check([f"field{number}" for number in range(1000)])
    assert "field19, …" in str(caught.value)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"questoin": "?"}, "has no column 'question' (did you mean 'questoin'? "),
        ({}, "has no column 'question' (there is: none)"),
        ({"question": None}, "has nothing in 'question': it is null"),
        ({"question": float("nan")}, "has NaN or Infinity in 'question'"),
        ({"question": date(2024, 2, 29)}, "has what JSON has not in 'question': Object of type"),
    ],
)
def test_a_row_that_cannot_fill_it_is_named_with_the_field(
    row: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RowError) as caught:
        Template.parse("{question}").fill(row)
    assert reason in str(caught.value)


@given(st.dictionaries(NAME, st.integers() | st.lists(TEXT), min_size=1, max_size=1))
def test_what_a_template_writes_as_json_can_be_read_back(row: dict[str, Any]) -> None:
    [(name, value)] = row.items()
    assert json.loads(Template.parse("{" + name + "}").fill(row)) == value
