"""What is printed: JSON for programs, lines and tables for people."""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from math import inf, nan

import pytest

from tui.cli import output
from tui.stand_ins import ERRORS


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    loss: float | None
    recipe_json: str = "{}"


class _Terminal:
    """Standard output as a terminal, which takes down what is written."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> None:
        self.written += text

    def isatty(self) -> bool:
        return True


def _terminal(monkeypatch: pytest.MonkeyPatch, columns: int = 80) -> _Terminal:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    return terminal


def test_long_texts_are_broken_between_words_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = _terminal(monkeypatch, 20)
    output.say_wrapped("a sentence of several words\nand one")
    assert terminal.written == "a sentence of\nseveral words\nand one\n"


def test_long_texts_stay_whole_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    output.say_wrapped("word " * 40 + "end")
    assert capsys.readouterr().out == "word " * 40 + "end\n"


def test_rows_are_printed_as_objects_with_their_json_unpacked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.print_json({"rows": [_Row("a", 1.5, '{"made": [1]}')]})
    assert json.loads(capsys.readouterr().out) == {
        "rows": [{"name": "a", "loss": 1.5, "recipe": {"made": [1]}}]
    }


def test_numbers_that_json_lacks_become_null(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json([_Row("a", nan, '{"limit": Infinity}'), array("d", [1, inf]), range(2)])
    assert capsys.readouterr().out == (
        '[{"name": "a", "loss": null, "recipe": {"limit": null}}, [1.0, null], [0, 1]]\n'
    )


def test_json_keeps_every_character_and_shows_none_to_the_terminal_that_it_obeys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = "Grüße 🙂 \x1b[2J \x7f \x9b31m \u202eevil \udcff \u2028"
    output.print_json(text)
    printed = capsys.readouterr().out
    assert json.loads(printed) == text
    assert printed.startswith('"Grüße 🙂 \\u001b')
    assert printed.rstrip("\n").isprintable()


def test_where_the_encoding_lacks_characters_json_stays_json_and_tables_keep_their_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = BytesIO()
    stream = TextIOWrapper(written, "ascii", errors=ERRORS)
    monkeypatch.setattr("sys.stdout", stream)
    output.print_json({"name": "Grüße …"})
    output.print_table(["NAME", "LOSS"], [["✓ café", "1.2"], ["plain", "1.3"]])
    stream.flush()
    first, *table = written.getvalue().decode("ascii").splitlines()
    assert json.loads(first) == {"name": "Grüße …"}
    assert table == ["NAME       LOSS", "v caf\\xe9  1.2", "plain      1.3"]


def test_json_is_one_line_for_a_program_and_indented_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = _terminal(monkeypatch)
    output.print_json({"a": 1})
    output.print_json_line({"a": 1})
    assert terminal.written == '{\n  "a": 1\n}\n{"a": 1}\n'


def test_what_json_cannot_say_is_a_fault() -> None:
    with pytest.raises(TypeError, match="object cannot be printed as JSON"):
        output.print_json(object())


def test_a_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("a\nb\x1b[31m")
    output.note("c\rd")
    assert capsys.readouterr() == ("a b\n", "c d\n")


def test_a_text_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    output.say_lines("a\r\n\x1b]0;title\x07b", indent="  ")
    output.say_piece("c\n\x1b[2Jd")
    assert capsys.readouterr().out == "  a\n  b\nc\nd"


def test_columns_of_a_table_are_as_wide_as_their_widest_cell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.print_table(["name", ">loss", "note"], [["宽宽", "1.25", "x"], ["run-12", "12.5", ""]])
    assert capsys.readouterr().out.splitlines() == [
        "name    loss  note",
        "宽宽    1.25  x",
        "run-12  12.5",
    ]


def test_a_cell_cannot_steer_the_terminal_or_forge_a_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.print_table(["name"], [["a\x1b[1A\nforged"]])
    output.print_fields([("name", "a\x1b[1A\nforged"), ("unknown", None)])
    assert capsys.readouterr().out == "name\na forged\nname  a forged\n"


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (80, "run-1  a-very-long-name-of-a-model"),
        (30, "run-1  a-very-long-name-of-a-…"),
        (5, "run-1  a-very-…"),
    ],
)
def test_a_table_gives_up_only_what_may_be_cut(
    monkeypatch: pytest.MonkeyPatch, columns: int, shown: str
) -> None:
    terminal = _terminal(monkeypatch, columns)
    output.print_table(["job", "~base model"], [["run-1", "a-very-long-name-of-a-model"]])
    assert terminal.written.splitlines()[-1] == shown


def test_points_are_printed_with_a_tab(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_points(range(1, 3), array("d", [0.5, nan]))
    assert capsys.readouterr().out == "1\t0.5\n2\tnan\n"
