from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.reading import cellvalues
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import Row
from tests.engine.data.reading.conftest import rows_of


def unpacked(text: str) -> object:
    """Return what the JSON in a text says, None if there is none."""
    found = cellvalues.unpacked(text)
    return None if found is None else found.value


CHAT = '[{"role": "user", "content": "hi"}]'
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ['say "no"', "it's", "a\\b", "', '", '": "', "{x}", "[1]", "None", "\n", "}]", "]}, {"]
)
CHATS = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": TEXT}),
    min_size=1,
    max_size=3,
)


def ways_to_write(value: Any) -> list[str]:  # noqa: ANN401 - any JSON
    plain = json.dumps(value, ensure_ascii=False)
    escaped = json.dumps(plain, ensure_ascii=False)
    return [
        plain,
        json.dumps(value, indent=1),
        escaped,
        escaped[1:-1],
        json.dumps(value).replace('"', '""'),
        '"' + json.dumps(value).replace('"', '""') + '"',
        f"'{plain}'",
        f"({plain})",
        f'["{plain}"]',
        f"[{escaped}]",
        f" {plain}\n",
        str(value),
        json.dumps(value).replace('"', '""').replace('"', '""'),
        json.dumps(escaped[1:-1])[1:-1],
    ]


@given(CHATS)
def test_chats_come_out_of_cells_however_they_were_damaged(chat: list[dict[str, str]]) -> None:
    for written in ways_to_write(chat):
        assert unpacked(written) == chat, written


@given(st.text(max_size=60) | st.sampled_from(["[1] says {that}", '{a: "b"}', "[see, here]"]))
def test_what_is_unpacked_is_json_and_no_prose(text: str) -> None:
    value = unpacked(text)
    assert value is None or text.strip("\"'( )\t\r\n")[:1] in "[{"


@pytest.mark.parametrize(
    "text",
    [
        *("", "hello", "42", "true", "null", '"quoted"', "[citation needed]", "[1] and [2]"),
        *("[urgent] refund {today}", "{name}, hello", "[a](https://example.org)", "(see below)"),
        *("[sic]", "{}{}", "He said: [{'a'}]", "['a', 'b'", "[x for x in y]", "{'a', 'b'}"),
        *('{"role": "user", "content": "cut o', '[{"a": 1}', '{"a": 1}; {"b"'),
        *('[1] "a": 2 {"b": 3} and so on', "{'key': open('file')}", "{'a': (1, 2)}"),
    ],
)
def test_prose_and_cut_json_stay_texts(text: str) -> None:
    assert unpacked(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "say "no" now"}', {"a": 'say "no" now'}),
        ('{"a": 1, "b": [2,],}', {"a": 1, "b": [2]}),
        ('[{"a": 1} {"b": 2}]', [{"a": 1}, {"b": 2}]),
        ("{'a': None, 'b': True, 'c': 1.5}", {"a": None, "b": True, "c": 1.5}),
        ('{"a": 1}, {"b": 2}', [{"a": 1}, {"b": 2}]),
        ("[[1, 2]]", [[1, 2]]),
        (f"[{CHAT}]", [{"role": "user", "content": "hi"}]),
        ("[]", []),
        ("[{“role”: “user”, “content”: “hi”}]", [{"role": "user", "content": "hi"}]),
        ('{"a": "bare\ttab"}', {"a": "bare\ttab"}),
    ],
)
def test_what_is_not_quite_json_is_understood_if_nothing_gets_lost(
    text: str, value: object
) -> None:
    assert unpacked(text) == value


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "{'a':" * 40_000 + "}" * 40_000,
        "{'a':" + "-" * 200_000 + "1}",
        "[" * 100_000,
        '{"a":"' * 20_000 + '"}' * 20_000,
        "[{'a': " + "9" * 100_000 + "}]",
    ],
)
def test_cells_made_to_exhaust_a_parser_stay_texts(text: str) -> None:
    assert unpacked(text) is None


def table(name: str, *cells: str) -> bytes:
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    return "\n".join([f"id,{name}", *(f"1,{cell}" for cell in quoted)]).encode()


def values(name: str, *cells: str, **options: Any) -> list[Any]:  # noqa: ANN401 - any option
    rows: list[Row] = rows_of(table(name, *cells), "rows.csv", **options)
    return [row.value[name] for row in rows if isinstance(row.value, dict)]


def test_a_column_is_unpacked_if_it_looks_like_json_throughout() -> None:
    assert values("meta", '{"a": 1}', "", '{"a": 2}') == [{"a": 1}, "", {"a": 2}]
    assert values("meta", '{"a": 1}', "see {a}", '{"a": 2}') == ['{"a": 1}', "see {a}", '{"a": 2}']


def test_numbers_and_words_in_cells_stay_texts() -> None:
    assert values("n", "1", "2.5", "true", "null") == ["1", "2.5", "true", "null"]


def test_a_cut_cell_in_a_column_of_json_stays_a_text() -> None:
    assert values("meta", '{"a": 1}', '{"a": "x', '{"a": 2}') == [{"a": 1}, '{"a": "x', {"a": 2}]


def test_json_that_a_model_is_to_write_stays_a_text() -> None:
    assert values("completion", '{"name": "Ada"}') == ['{"name": "Ada"}']
    assert values("Answer", '["a","b"]') == ['["a","b"]']


def test_chats_in_a_column_of_texts_are_unpacked() -> None:
    assert values("prompt", CHAT) == [[{"role": "user", "content": "hi"}]]
    assert values("input", f'{{"messages": {CHAT}}}') == [
        {"messages": [{"role": "user", "content": "hi"}]}
    ]


def test_a_column_that_a_template_shows_stays_a_text() -> None:
    assert values("meta", '{"a":1}', texts=frozenset({"meta"})) == ['{"a":1}']


def test_json_far_behind_the_first_rows_of_a_column_of_json_is_unpacked() -> None:
    cells = ['{"a": 1}'] * 150
    assert values("meta", *cells, "prose") == [*([{"a": 1}] * 150), "prose"]


def test_cells_that_had_to_be_mended_are_told_with_their_column(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(table("meta", '{"a": 1}', '{"a": 1,}', '"{""a"": 1}"', "{'a': 1}"))
    with read_rows(path) as rows:
        found = [row.value["meta"] for row in rows if isinstance(row.value, dict)]
        assert rows.repairs.told(rows.place) == [
            "3 rows repaired: damaged JSON in 'meta' (lines 3, 4, 5)"
        ]
    assert found == [{"a": 1}] * 4
    with read_rows(path, ReadingOptions(repair="none")) as rows:
        assert [row.value["meta"] for row in rows if isinstance(row.value, dict)][1] == '{"a": 1,}'
        assert not rows.repairs
