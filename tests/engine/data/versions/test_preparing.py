from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowList
from engine.data.shapes.canonical import canonical_line
from engine.data.shapes.conversion import Conversion
from engine.data.versions.contents import record_of
from engine.data.versions.preparing import Preparation, Prepared

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


def prepared(path: Path, template: str | None = None, file_format: str | None = None) -> Prepared:
    """All rows of a file, as one batch."""
    conversion = Conversion(template, template)
    with read_rows(path, ReadingOptions(file_format=file_format)) as rows:
        return Preparation(rows.name, rows.place, conversion)(RowList(list(rows)))


@given(
    st.lists(PIECES | st.binary(max_size=3), max_size=20).map(b"".join),
    st.sampled_from(["jsonl", "csv", None]),
    st.sampled_from([None, "{prompt}"]),
)
def test_every_row_is_an_example_that_can_be_read_back_or_a_reason(
    content: bytes, file_format: str | None, template: str | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        with contextlib.suppress(DataError):
            done = prepared(path, template, file_format)
            assert done.rows == done.counts.examples + done.bad.count
            for _, line in done.lines():
                assert canonical_line(record_of(line)) == line
            for bad in done.bad.first:
                assert len(bad.excerpt) <= 120
                assert (bad.reason + bad.excerpt).isprintable()


def test_examples_and_bad_rows_keep_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"prompt": "p", "completion": "c"}\n\n'
        b'{"prompt": "p"}\n'
        b'{"prompt": "p", "comple\n'
        b'{"messages": [{"role": "assistant", "content": "hi"}]}\n'
    )
    done = prepared(path)
    assert [line for line, _ in done.lines()] == [1, 5]
    shapeless, cut = done.bad.first
    assert (shapeless.line, shapeless.excerpt) == (3, '{"prompt":"p"}')
    assert str(cut) == f"{path}, line 4 is cut off: it ends in the middle of a JSON value"


def test_the_same_table_as_csv_and_as_json_lines_gives_the_same_bytes(tmp_path: Path) -> None:
    table, objects = tmp_path / "a.csv", tmp_path / "a.jsonl"
    table.write_text('q;a\n"two\nlines";"é ""quoted"""\n', encoding="utf-8")
    objects.write_text('{"a": "\\u00e9 \\"quoted\\"", "q": "two\\nlines"}', encoding="utf-8")
    one, other = prepared(table, "{q} {a}"), prepared(objects, "{q} {a}")
    assert one.content == other.content != b""


def test_a_file_many_times_larger_takes_no_more_memory(tmp_path: Path) -> None:
    line = b'{"prompt": "' + b"p" * 500 + b'", "completion": "' + b"c" * 500 + b'"}\n'

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.jsonl"
        path.write_bytes(line * rows)
        tracemalloc.start()
        with read_rows(path) as file:
            done = map(Preparation(file.name, file.place, Conversion()), file.batches())
            assert sum(batch.counts.examples for batch in done) == rows
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(40_000) < 1.5 * peak(10_000)


def test_importing_the_readers_loads_nothing_beyond_the_standard_library() -> None:
    modules = ("sample", "reading.files", "shapes.conversion", "shapes.templates")
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
