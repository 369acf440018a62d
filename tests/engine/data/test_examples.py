from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.examples import BadExample, Example, read_examples
from engine.data.shapes.canonical import canonical_line

GSM8K = Path(__file__).parents[4] / "shared" / "data" / "gsm8k" / "train.jsonl"
PIECES = st.sampled_from(
    [
        b'{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}\n',
        b'{"prompt":"p","completion":"c"}\n',
        b'{"messages":[{"role":"assistant","content":null,"tool_calls":',
        b'"content":',
        b"prompt,completion\n",
        b"NaN",
        b"1e999",
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b",",
        b"\n",
        b"\\ud800",
        b"\xff",
    ]
)


@given(
    st.lists(PIECES | st.binary(max_size=3), max_size=20).map(b"".join),
    st.sampled_from(["jsonl", "csv", None]),
    st.sampled_from([None, "{prompt}"]),
)
def test_every_row_is_an_example_that_can_be_written_or_a_reason(
    content: bytes, file_format: str | None, template: str | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        found: list[Example | BadExample] = []
        with contextlib.suppress(DataError):
            found.extend(
                read_examples(path, file_format=file_format, prompt=template, completion=template)
            )
    for item in found:
        if isinstance(item, Example):
            assert canonical_line(item.record).endswith(b"\n")
        else:
            assert len(item.excerpt) <= 120
            assert (item.reason + item.excerpt).isprintable()


def test_examples_and_bad_rows_come_in_the_files_order(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"prompt": "p", "completion": "c"}\n\n'
        b'{"prompt": "p"}\n'
        b'{"prompt": "p", "comple\n'
        b'{"messages": [{"role": "assistant", "content": "hi"}]}\n'
    )
    first, shapeless, cut, last = read_examples(path)
    assert isinstance(first, Example)
    assert isinstance(shapeless, BadExample)
    assert (shapeless.line, shapeless.excerpt) == (3, '{"prompt":"p"}')
    assert isinstance(cut, BadExample)
    assert str(cut) == f"{path}, line 4 is cut off: it ends in the middle of a JSON value"
    assert last == Example(5, {"messages": [{"role": "assistant", "content": "hi"}]})


def test_the_same_table_as_csv_and_as_json_lines_gives_the_same_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('q;a\n"two\nlines";"é ""quoted"""\n', encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(
        '{"a": "\\u00e9 \\"quoted\\"", "q": "two\\nlines"}', encoding="utf-8"
    )
    lines = [
        canonical_line(item.record)
        for name in ("a.csv", "a.jsonl")
        for item in read_examples(tmp_path / name, prompt="{q}", completion="{a}")
        if isinstance(item, Example)
    ]
    assert len(lines) == 2
    assert lines[0] == lines[1]


def test_a_misspelt_column_is_refused_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"question": "q", "answer": "a"}\n')
    with pytest.raises(DataError, match="did you mean 'question'"):
        read_examples(path, prompt="{qestion}", completion="{answer}")


def test_a_file_many_times_larger_takes_no_more_memory(tmp_path: Path) -> None:
    line = b'{"prompt": "' + b"p" * 500 + b'", "completion": "' + b"c" * 500 + b'"}\n'

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.jsonl"
        path.write_bytes(line * rows)
        tracemalloc.start()
        assert sum(isinstance(item, Example) for item in read_examples(path)) == rows
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(10_000) < 1.5 * peak(1000)


def test_importing_the_readers_loads_nothing_beyond_the_standard_library() -> None:
    modules = ("examples", "sample", "shapes.conversion", "shapes.templates", "versions.splitting")
    program = (
        "import sys; before = set(sys.modules); "
        + "; ".join(f"import engine.data.{module}" for module in modules)
        + "; print({name.split('.')[0] for name in set(sys.modules) - before}"
        " - sys.stdlib_module_names)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert shown == "{'engine'}\n"


@pytest.mark.skipif(not GSM8K.exists(), reason="GSM8K is not on this machine")
def test_gsm8k_is_read_whole_through_templates() -> None:
    with read_examples(GSM8K, prompt="{question}", completion="{answer}") as examples:
        found = list(examples)
    assert len(found) == 7473
    assert all(isinstance(item, Example) for item in found)
    assert examples.position == examples.size == GSM8K.stat().st_size
