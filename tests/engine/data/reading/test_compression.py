from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from tests.engine.data.reading.conftest import FILES, file_of, rows_in, rows_of, workbook

FORMATS = {".jsonl": "jsonl", ".csv": "csv", ".json": "json", ".md": "markdown", ".txt": "text"}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def packings_of(name: str, data: bytes) -> dict[str, bytes]:
    stream = zstandard.ZstdCompressor().compressobj()
    return {
        f"{name}.gz": gzip.compress(data),
        f"{name}.zst": zstandard.compress(data),
        # As `zstd -c` writes it, without the size in the header.
        f"{name}.zstd": stream.compress(data) + stream.flush(),
        f"{name}.zip": zipped({name: data}),
        f"{name}.gz.zst": zstandard.compress(gzip.compress(data)),
        f"{name}.gz.zip": zipped({f"{name}.gz": gzip.compress(data)}),
        "noname": gzip.compress(data),
    }


@pytest.mark.parametrize(
    "name", ["support.jsonl", "cities.csv", "planets.json", "bold.md", "fragen.csv", "sherlock.txt"]
)
def test_a_packed_text_gives_the_same_rows(name: str) -> None:
    for packed, data in packings_of(name, (FILES / name).read_bytes()).items():
        told = {"file_format": FORMATS[Path(name).suffix]} if packed == "noname" else {}
        assert rows_of(data, packed, **told) == rows_in(name), packed


def test_a_packed_table_gives_the_same_rows(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": [1, 2]}), tmp_path / "a.parquet")
    workbook(tmp_path / "a.xlsx", [["a"], [1], [2]])
    for name in ("a.parquet", "a.xlsx"):
        for packed, data in packings_of(name, (tmp_path / name).read_bytes()).items():
            assert [row.value for row in rows_of(data, packed)] == [{"a": 1}, {"a": 2}], packed


def test_the_position_counts_the_packed_bytes() -> None:
    data = gzip.compress(b'{"a": "' + b"x" * 1000 + b'"}\n' + b'{"a": 1}\n' * 100_000)
    with file_of(data, "a.jsonl.gz") as path, read_rows(path) as rows:
        seen = [rows.position for _ in rows]
        assert 0 < seen[0] <= seen[-1] <= len(data)
        assert rows.position == rows.size == len(data)


def test_a_file_of_several_members_is_read_to_its_end() -> None:
    first, second = b'{"a": 1}\n', b'{"a": 2}\n'
    for pack in (gzip.compress, zstandard.compress):
        assert len(rows_of(pack(first) + pack(second), "a.jsonl")) == 2


def test_of_several_files_in_an_archive_one_is_named() -> None:
    data = zipped({"a.csv": b"a\n1\n", "b.csv": b"b\n2\n", "__MACOSX/a.csv": b"junk", "c/": b""})
    with pytest.raises(DataError, match=r"holds 2 files: a\.csv, b\.csv\. Say which with --member"):
        rows_of(data, "a.zip")
    assert [row.value for row in rows_of(data, "a.zip", member="b.csv")] == [{"b": "2"}]
    with pytest.raises(DataError, match=r"did you mean 'b\.csv'"):
        rows_of(data, "a.zip", member="c.csv")


def test_a_name_inside_the_archive_tells_the_format() -> None:
    assert rows_of(zipped({"a.json": b'[{"a": 1}]'}), "b.csv.zip")[0].value == {"a": 1}


def test_an_archive_of_nothing_and_an_encrypted_one_are_refused() -> None:
    with pytest.raises(DataError, match=r"looks like none"):
        rows_of(zipped({}), "a.zip")
    data = bytearray(zipped({"a.csv": b"a\n1\n"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DataError, match="is encrypted"):
        rows_of(bytes(data), "a.zip")


CONTENT = b"".join(b'{"number": %d}\n' % (number * 7919 % 100_003) for number in range(20_000))


@pytest.mark.parametrize("share", [0.2, 0.9])
@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.jsonl.zstd"])
def test_a_file_that_is_cut_off_is_told_of(name: str, share: float) -> None:
    data = packings_of("a.jsonl", CONTENT)[name]
    kind = "gzip" if name.endswith("gz") else "zstd"
    with pytest.raises(DataError, match=rf"the {kind} data is cut off"):
        rows_of(data[: int(len(data) * share)], name)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.jsonl.zip"])
def test_a_file_that_is_damaged_is_told_of(name: str) -> None:
    data = bytearray(packings_of("a.jsonl", CONTENT)[name])
    data[len(data) // 2 : len(data) // 2 + 30] = b"\xff" * 30
    with pytest.raises(DataError, match=r"is damaged \("):
        rows_of(bytes(data), name)


@given(st.sampled_from([0, 1, 2]), st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_damage_of_any_kind_gives_rows_or_a_refusal(kind: int, at: int, bad: bytes) -> None:
    name, data = list(packings_of("a.jsonl", CONTENT[:2000]).items())[kind]
    place = at % len(data)
    data = data[:place] + bad + data[place + len(bad) :]
    with file_of(data, name) as path:
        try:
            rows = list(read_rows(path, ReadingOptions(file_format="jsonl")))
        except DataError as error:
            assert str(path) in str(error)  # noqa: PT017 - rows are as good an end
        else:
            assert rows


def test_a_bomb_takes_no_more_memory_than_what_is_read_of_it() -> None:
    line = b'{"a": "' + b"x" * 1000 + b'"}\n'
    for pack in (gzip.compress, zstandard.compress):
        data = pack(line * 200_000)
        with file_of(data, "a.jsonl") as path:
            tracemalloc.start()
            with read_rows(path) as rows:
                assert sum(1 for _, _ in zip(rows, range(1000), strict=False)) == 1000
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert used < 60_000_000
