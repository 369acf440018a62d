from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import Row
from tests.engine.data.reading.conftest import fault_of, workbook

CHAT = '[{"role": "user", "content": "hi"}]'


def changed(path: Path, inner: str, old: bytes, new: bytes) -> Path:
    """Change a file inside a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w") as target:
        assert old in archive.read(inner)
        for name in archive.namelist():
            data = archive.read(name)
            target.writestr(name, data.replace(old, new) if name == inner else data)
    path.write_bytes(out.getvalue())
    return path


def with_shared_texts(path: Path) -> Path:
    """Write a workbook whose texts stand in a table of their own, as Excel saves them."""
    workbook(path, [["a"], [0], [1]])
    sheet = "xl/worksheets/sheet1.xml"
    changed(path, sheet, b'<c r="A2" t="n"><v>0</v>', b'<c r="A2" t="s"><v>0</v>')
    changed(path, sheet, b'<c r="A3" t="n"><v>1</v>', b'<c r="A3" t="s"><v>1</v>')
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'" />'
    changed(path, "[Content_Types].xml", b"</Types>", part + b"</Types>")
    texts = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>Ada</t></si><si><r><t>Lady </t></r><r><t>Lovelace_x000D_</t></r></si></sst>"
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", texts)
    return path


def test_texts_that_a_workbook_shares_among_cells_are_found(tmp_path: Path) -> None:
    rows = read_rows(with_shared_texts(tmp_path / "a.xlsx"))
    assert [row.value for row in rows] == [{"a": "Ada"}, {"a": "Lady Lovelace\r"}]


def test_rows_have_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [[], ["question", " answer ", None, "votes"], ["Who?", "Ada", "x", 3], [], ["When?", None]],
    )
    with read_rows(path) as rows:
        assert (rows.columns, rows.place) == (
            ("question", "answer", "column_3", "votes"),
            "sheet 'Data', row",
        )
        assert list(rows) == [
            Row(3, {"question": "Who?", "answer": "Ada", "column_3": "x", "votes": 3}),
            Row(5, {"question": "When?", "answer": "", "column_3": "", "votes": ""}),
        ]
        assert rows.position == rows.size == path.stat().st_size


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (1998, 1998),
        (1.5, 1.5),
        (True, True),
        (dt.date(2024, 2, 29), "2024-02-29"),
        (dt.datetime(2024, 2, 29, 12, 30), "2024-02-29T12:30:00"),  # noqa: DTZ001
        (dt.time(1, 2, 3), "01:02:03"),
        ("#N/A", "#N/A"),
        ("  two\nlines ", "  two\nlines "),
        ("a_x000D_b", "a\rb"),
        ("_x005F_x000D_", "_x000D_"),
        ("file_x1234_y", "file_x1234_y"),
        ("1998", "1998"),
    ],
)
def test_cells_keep_what_they_are(tmp_path: Path, cell: object, value: object) -> None:
    [row] = read_rows(workbook(tmp_path / "a.xlsx", [["a"], [cell]]))
    assert row.value == {"a": value}
    assert isinstance(row.value, dict)
    assert type(row.value["a"]) is type(value)


def test_a_formula_gives_the_value_saved_with_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a"], ["=1+1"], ["x"]])
    changed(path, "xl/worksheets/sheet1.xml", b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    assert [row.value for row in read_rows(path)] == [{"a": 2}, {"a": "x"}]


def test_a_row_with_more_cells_than_the_header_is_bad(tmp_path: Path) -> None:
    bad, good = read_rows(workbook(tmp_path / "a.xlsx", [["a"], [1, 2], [3]]))
    assert fault_of(bad) == "has 2 cells where the header has 1"
    assert good == Row(3, {"a": 3})


def test_the_first_sheet_is_read_unless_another_one_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["nothing"])
    book.active.append(["here"])
    book.create_sheet("Answers").append(["a"])
    book["Answers"].append([1])
    book.save(tmp_path / "a.xlsx")
    assert [row.value for row in read_rows(tmp_path / "a.xlsx")] == [{"nothing": "here"}]
    options = ReadingOptions(sheet="Answers")
    assert [row.value for row in read_rows(tmp_path / "a.xlsx", options)] == [{"a": 1}]
    with pytest.raises(DataError, match=r"no 'Answer' among its sheets \(did you mean 'Answers'"):
        read_rows(tmp_path / "a.xlsx", ReadingOptions(sheet="Answer"))


def test_a_wrong_size_in_the_file_hides_no_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b"], [1, 2], [3, 4]])
    changed(
        path, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:B3" />', b'<dimension ref="A1" />'
    )
    assert [row.value for row in read_rows(path)] == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_a_row_number_beyond_what_excel_knows_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a"], [1]])
    changed(path, "xl/worksheets/sheet1.xml", b'<row r="2">', b'<row r="99999999999">')
    with pytest.raises(DataError, match="a row beyond the last that Excel knows"):
        list(read_rows(path))


def test_json_in_cells_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id", "messages"], [1, CHAT], [2, f'"{CHAT}"']])
    with read_rows(path) as rows:
        assert [row.value["messages"] for row in rows if isinstance(row.value, dict)] == [
            [{"role": "user", "content": "hi"}]
        ] * 2
        assert rows.unpacked == ("messages",)


@pytest.mark.parametrize(
    ("inner", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"</sheet"),
        ("xl/workbook.xml", b"<sheets>", b"<shoots>"),
        ("xl/worksheets/sheet1.xml", b'r="A2"', b'r="\xc3\xa92"'),
        ("xl/sharedStrings.xml", b"<si>", b"<"),
        ("xl/worksheets/sheet1.xml", b't="s"><v>1', b't="s"><v>77'),
        ("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"../../../../etc/passwd"),
    ],
)
def test_a_damaged_workbook_is_refused(tmp_path: Path, inner: str, old: bytes, new: bytes) -> None:
    path = with_shared_texts(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match=r"a\.xlsx (is no Excel|has|holds)"):
        list(read_rows(changed(path, inner, old, new)))


def test_an_empty_sheet_and_one_of_only_a_header_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has nothing in its sheet 'Data'"):
        read_rows(workbook(tmp_path / "a.xlsx", []))
    with pytest.raises(DataError, match="holds no rows"):
        list(read_rows(workbook(tmp_path / "a.xlsx", [["a", "b"]])))


def test_other_office_documents_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(DataError, match="is an office document"):
        read_rows(tmp_path / "a.docx")
