from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from engine.data.reading.jsonmending import CONTROL_CHARACTER, CUT_OFF, TRAILING_COMMA
from engine.data.reading.objects import (
    COMMA_BEHIND,
    MARK_INSIDE,
    SEVERAL,
    SEVERAL_LINES,
    object_over_lines,
    objects_in,
)
from tests.engine.data.reading.test_jsonlines import ROWS

MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("line", "values", "kinds"),
    [
        (b'{"a": 1},\n', [{"a": 1}], (COMMA_BEHIND,)),
        (b'{"a": 1,} ,\r\n', [{"a": 1}], (COMMA_BEHIND, TRAILING_COMMA)),
        (MARK + b'{"a": 1}', [{"a": 1}], (MARK_INSIDE,)),
        (b'{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}], (SEVERAL,)),
        (b'{"a": 1}, {"b": 2},', [{"a": 1}, {"b": 2}], (COMMA_BEHIND, SEVERAL)),
        (b'{"a": 1}\r{"b": 2}\r\n', [{"a": 1}, {"b": 2}], (SEVERAL,)),
    ],
)
def test_what_stands_beside_an_object_is_taken_off(
    line: bytes, values: list[dict[str, Any]], kinds: tuple[str, ...]
) -> None:
    assert objects_in(line) == (values, kinds)


@pytest.mark.parametrize(
    "line",
    [
        *(b'{"a": 1} x', b"[1],", b"1,", b'{"a": 1}{"b": ', b'{"a": 1}{"b": \\ud800}', b'"a"'),
        *(b'{"a": "\xe9",}', b"{}{]", b'{"a": "cut'),
    ],
)
def test_a_line_that_may_mean_several_things_holds_no_objects(line: bytes) -> None:
    assert objects_in(line) is None


@given(ROWS)
def test_objects_one_after_the_other_come_out_as_they_were(rows: list[dict[str, Any]]) -> None:
    line = "".join(map(json.dumps, rows)).encode()
    if len(rows) > 1:
        assert objects_in(line) == (rows, (SEVERAL,))


def test_a_cut_object_is_taken_for_what_there_is_of_it_if_guessing_is_wanted() -> None:
    assert objects_in(b'{"a": "on') is None
    assert objects_in(b'{"a": "on', guess=True) == ([{"a": "on"}], (CUT_OFF,))


def test_lines_that_make_an_object_together_are_one_row() -> None:
    assert object_over_lines(b'{\n"a": 1\n}\n') == ([{"a": 1}], (SEVERAL_LINES,))
    assert object_over_lines(b'{"a": "one\ntwo"}\n') == (
        [{"a": "one\ntwo"}],
        (CONTROL_CHARACTER,),
    )
    assert object_over_lines(b'{"a": 1\n}\n}\n') is None
    assert object_over_lines(b'{"a": "x"\n"b": 2}\n') is None
    assert object_over_lines(b'{"a": "\xe9\n"}\n') is None
