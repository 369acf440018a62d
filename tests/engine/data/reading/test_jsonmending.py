from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.reading.jsonmending import (
    CONTROL_CHARACTER,
    CURLY_QUOTES,
    CUT_OFF,
    LOOSE,
    PYTHON,
    TRAILING_COMMA,
    closed,
    mended,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ['say "no"', "it's", "a\\b", ", }", ",]", "\n", "\t", "}{", '"', "\\", "\\n"]
)
OBJECTS = st.dictionaries(TEXT, TEXT | st.integers() | st.lists(TEXT, max_size=3), min_size=1)


@pytest.mark.parametrize(
    ("text", "value", "kinds"),
    [
        ('{"a": 1, "b": [2,],}', {"a": 1, "b": [2]}, {TRAILING_COMMA}),
        ('{"a": "x,]",\n}', {"a": "x,]"}, {TRAILING_COMMA}),
        ('{"a": "one\ttwo"}', {"a": "one\ttwo"}, {CONTROL_CHARACTER}),
        ('{"a": "one\ntwo", "b": ["\0"],}', None, {CONTROL_CHARACTER, TRAILING_COMMA}),
        ("{'a': None, 'b': [True, 1.5]}", {"a": None, "b": [True, 1.5]}, {PYTHON}),
        ('{"a": "x", \'b\': "it\'s"}', {"a": "x", "b": "it's"}, {PYTHON}),
        ("{'a': '', 'b': 'it\\'s'}", {"a": "", "b": "it's"}, {PYTHON}),
        ("{“a”: “b, c”}", {"a": "b, c"}, {CURLY_QUOTES}),
        ("{„a”: „b”}", {"a": "b"}, {CURLY_QUOTES}),
        ('{"a": "it\\\'s"}', {"a": "it's"}, {LOOSE}),
        ('{a: "b"}', {"a": "b"}, {LOOSE}),
        ('{"a": "b" "c": 2}', {"a": "b", "c": 2}, {LOOSE}),
        ('{"a": "he said "hi" to me"}', {"a": 'he said "hi" to me'}, {LOOSE}),
    ],
)
def test_known_damages_are_undone_and_named(text: str, value: object, kinds: set[str]) -> None:
    found = mended(text)
    assert found is not None
    assert set(found.kinds) == kinds
    assert found.value == (value or {"a": "one\ntwo", "b": ["\0"]})


@pytest.mark.parametrize(
    "text",
    [
        *('{"a": "cut', '{"a": 1', '{"a": 1} x', "no JSON", "", "{}}", "{'a', 'b'}"),
        *('{"b": }', '{"a": 1 2}', '{"a": 01}', '{"a": $5}', '{"a": 1%}', '{"a": <b>}'),
        *('{"a": "x" // why\n}', "{“a”: “he said “hi””}", '{"a": "\\ud800",}', '{"a": -}'),
        *('{"a": "b", c}', "{'a': (1, 2)}", "{'a': open('file')}", "{“a”: 1, b: 2}"),
        *("{'a': 'b' 'c'}", '{"a": "C:\\path", b: 1}', "{'a': 'b''c'}", "{'a': 'b'\n'c'}"),
    ],
)
def test_what_would_take_a_guess_is_left_alone(text: str) -> None:
    assert mended(text) is None


@given(OBJECTS)
def test_an_object_with_bare_control_characters_is_read_as_it_was(value: dict[str, Any]) -> None:
    bare = json.dumps(value, ensure_ascii=False)
    for character, escape in (("\n", "\\n"), ("\t", "\\t")):
        bare = "\\\\".join(part.replace(escape, character) for part in bare.split("\\\\"))
    if bare != json.dumps(value, ensure_ascii=False):
        found = mended(bare)
        assert found is not None
        assert found.value == value


@given(OBJECTS)
def test_an_object_with_commas_too_many_is_read_as_it_was(value: dict[str, Any]) -> None:
    found = mended(json.dumps({"a": value, "z": [value]}).removesuffix("]}") + " ,\n],}")
    assert found is not None
    assert found.value == {"a": value, "z": [value]}


@given(OBJECTS)
def test_what_python_writes_of_an_object_is_read_as_it_was(value: dict[str, Any]) -> None:
    written = str(value)
    try:
        json.loads(written)
    except ValueError:
        found = mended(written)
        assert found is None or found.value == value


@given(st.text(max_size=60) | TEXT.map("{{{}}}".format))
def test_no_text_whatever_raises_anything(text: str) -> None:
    found = mended(text)
    assert found is None or isinstance(found.value, list | dict)
    closed(text)


def test_a_cut_object_is_closed_only_on_request() -> None:
    found = closed('{"a": "one", "b": "tw')
    assert found is not None
    assert found == ({"a": "one", "b": "tw"}, (CUT_OFF,))
    assert closed('{"a": 1} x') is None
    assert closed("[1, 2") is None
    assert closed("{") is None
