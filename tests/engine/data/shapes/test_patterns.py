from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.patterns import read_patterns
from tests.engine.data.shapes.conftest import fault_of

COMPANIES = """
[[example]]
prompt = "What does {company} do?"
completion = "{description}"
system = "You know {country|default:the world}."

[[example]]
prompt = "When was {company} founded?"
completion = "In {year}."
skip_empty = true

[[example]]
prompt = '''
Where is "{company}"?'''
completion = "{place|default:Nobody knows.}"
skip_empty = true
"""


def conversion(folder: Path, text: str = COMPANIES) -> Conversion:
    path = folder / "companies.toml"
    path.write_text(text, encoding="utf-8")
    return Conversion(patterns=read_patterns(path))


def test_one_row_gives_an_example_for_each_pattern_with_its_columns(tmp_path: Path) -> None:
    row = {"company": "Acme", "description": "Anvils.", "year": 1920, "place": "Oslo", "id": 1}
    what, when, where = conversion(tmp_path).examples(row)
    assert [message["content"] for message in what["messages"]] == [
        "You know the world.",
        "What does Acme do?",
        "Anvils.",
    ]
    assert when["messages"][1]["content"] == "In 1920."
    assert where["messages"][0]["content"] == 'Where is "Acme"?'
    assert where["messages"][1]["content"] == "Oslo"
    columns = ["company", "description", "id", "place", "year"]
    assert list(what) == list(where) == ["messages", *columns]


@pytest.mark.parametrize("year", [{}, {"year": None}, {"year": ""}])
def test_a_pattern_is_skipped_where_a_column_that_it_needs_is_empty(
    tmp_path: Path, year: dict[str, None]
) -> None:
    row = {"company": "Acme", "description": "Anvils.", "place": ""} | year
    what, where = conversion(tmp_path).examples(row)
    assert what["messages"][1]["content"] == "What does Acme do?"
    assert where["messages"][1]["content"] == "Nobody knows."


def test_a_pattern_that_is_not_to_be_skipped_needs_its_columns(tmp_path: Path) -> None:
    row = {"company": "Acme", "description": None, "year": 1920}
    assert fault_of(row, conversion(tmp_path)) == "has nothing in 'description': it is null"


def test_a_row_that_gives_no_example_at_all_is_a_fault(tmp_path: Path) -> None:
    text = '[[example]]\nprompt = "{a}"\ncompletion = "{b} {c}"\nskip_empty = true\n'
    row = {"a": "", "b": None, "c": 1}
    assert fault_of(row, conversion(tmp_path, text)) == (
        "gives no example: there is nothing in 'a', 'b'"
    )


def test_an_unknown_column_is_refused_before_the_first_row(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no column 'description'"):
        conversion(tmp_path).check("a.csv", ["company", "year"])


def test_a_conversion_travels_to_other_processes(tmp_path: Path) -> None:
    row = {"company": "Acme", "description": "Anvils.", "year": 1920, "place": "Oslo"}
    there = pickle.loads(pickle.dumps(conversion(tmp_path)))  # noqa: S301 - our own bytes
    assert there.examples(row) == conversion(tmp_path).examples(row)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["there is no [[example]] table: each holds a prompt and a completion"]),
        ("example = 3", ["there is no [[example]] table: each holds a prompt and a completion"]),
        ("example = [3]", ["[[example]] 1: is a number, not a table"]),
        (
            '[[exampel]]\nprompt = ""\n',
            [
                "unknown key 'exampel' (did you mean example?)",
                "there is no [[example]] table: each holds a prompt and a completion",
            ],
        ),
        (
            (
                '[[example]]\nprompt = "{a"\ncompletion = 3\nskipempty = true\n'
                '[[example]]\nprompt = "p"\ncompletion = "c"\n'
                '[[example]]\nprompt = "p"\nskip_empty = "yes"\n'
            ),
            [
                "[[example]] 1: unknown key 'skipempty' (did you mean skip_empty?)",
                (
                    "[[example]] 1: prompt: The brace { at character 1 of the template '{a' has no "
                    "partner. Write {{ for the brace itself."
                ),
                "[[example]] 1: completion: is a number, not a text",
                "[[example]] 3: it has no completion",
                "[[example]] 3: skip_empty is neither true nor false",
            ],
        ),
    ],
)
def test_everything_that_is_wrong_with_the_file_is_named_with_its_place(
    tmp_path: Path, text: str, faults: list[str]
) -> None:
    with pytest.raises(DataError) as caught:
        conversion(tmp_path, text)
    name = tmp_path / "companies.toml"
    assert str(caught.value).split("\n") == [f"{name}: {fault}" for fault in faults]


def test_a_file_that_is_no_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"companies\.toml is not TOML: .*line 2"):
        conversion(tmp_path, '[[example]]\nprompt = "x\n')


def test_a_file_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_patterns(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(DataError, match="is not UTF-8"):
        read_patterns(tmp_path / "latin.toml")
