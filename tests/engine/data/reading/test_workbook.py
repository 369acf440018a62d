from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import Row
from tests.engine.data.reading.conftest import fault_of, workbook

Table = Sequence[Sequence[object]]
CHAT = '[{"role": "user", "content": "hi"}]'


def changed(path: Path, inner: str, old: bytes, new: bytes) -> Path:
    """Change a file inside a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w") as target:
        assert _written_short(old) in _written_short(archive.read(inner))
        for name in archive.namelist():
            data = _written_short(archive.read(name))
            target.writestr(name, data.replace(_written_short(old), new) if name == inner else data)
    path.write_bytes(out.getvalue())
    return path


def _written_short(xml: bytes) -> bytes:
    """Return XML in one manner: openpyxl writes with lxml where it is installed."""
    return xml.replace(b" />", b"/>").replace(b"<v></v>", b"<v/>")


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
        (dt.timedelta(days=1, hours=6), "P1DT6H"),
        (dt.timedelta(minutes=90, milliseconds=500), "PT1H30M0.5S"),
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


def test_a_formula_whose_value_was_not_saved_makes_a_bad_row(tmp_path: Path) -> None:
    rows: Table = [["a", "total"], ["x", "=1+1"], ["y", 3], ["z", "=SUM(B3)"]]
    path = workbook(tmp_path / "a.xlsx", rows)
    changed(path, "xl/worksheets/sheet1.xml", b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    good, other, bad = read_rows(path)
    assert (good.value, other.value) == ({"a": "x", "total": 2}, {"a": "y", "total": 3})
    assert fault_of(bad) == (
        "has a formula in 'total' whose value was not saved with it: open the workbook in Excel "
        "and save it"
    )


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b"], ["x", '=""']])
    sheet = "xl/worksheets/sheet1.xml"
    changed(path, sheet, b'<c r="B2"><f>""</f><v />', b'<c r="B2" t="str"><f>""</f><v></v>')
    assert [row.value for row in read_rows(path)] == [{"a": "x", "b": ""}]


def merged(path: Path, rows: Table, *ranges: str) -> Path:
    book = openpyxl.load_workbook(workbook(path, rows))
    for cells in ranges:
        book.active.merge_cells(cells)
    book.save(path)
    return path


def test_merged_cells_are_filled_down_and_that_is_told(tmp_path: Path) -> None:
    rows: Table = [
        ["topic", "q"],
        ["Sea", "Deep?"],
        [None, "Salt?"],
        [None, "Blue?"],
        [None, "Alone?"],
    ]
    with read_rows(merged(tmp_path / "a.xlsx", rows, "A2:A4")) as found:
        assert [row.value["topic"] for row in found if isinstance(row.value, dict)] == [
            *(["Sea"] * 3),
            "",
        ]
        assert found.repairs.told(found.place) == [
            "2 rows repaired: merged cell filled down (sheet 'Data', rows 3, 4)"
        ]


def test_merged_cells_that_begin_in_a_bad_row_are_filled_too(tmp_path: Path) -> None:
    rows: Table = [
        ["topic", "q"],
        ["Sea", "Deep?", "x"],
        [None, "Salt?"],
        ["=1+1", "Blue?"],
        [None, "?"],
    ]
    with read_rows(merged(tmp_path / "a.xlsx", rows, "A2:A3", "A4:A5")) as found:
        uneven, filled, unsaved, likewise = found
    assert fault_of(uneven) == "has 3 cells where the header has 2"
    assert filled == Row(3, {"topic": "Sea", "q": "Salt?"})
    assert fault_of(unsaved) == fault_of(likewise)
    assert "whose value was not saved" in fault_of(likewise)


def test_merged_cells_of_the_header_and_beside_each_other_are_not_filled(tmp_path: Path) -> None:
    rows: Table = [["topic", "q"], [None, "Deep?"], ["Sky", None], [None, "Blue?"]]
    path = merged(tmp_path / "a.xlsx", rows, "A1:A2", "A3:B3")
    with read_rows(path) as found:
        assert [row.value for row in found] == [
            {"topic": "", "q": "Deep?"},
            {"topic": "Sky", "q": ""},
            {"topic": "", "q": "Blue?"},
        ]
        assert not found.repairs


def test_nothing_is_filled_where_a_file_is_to_be_seen_as_it_stands(tmp_path: Path) -> None:
    path = merged(tmp_path / "a.xlsx", [["t", "q"], ["Sea", "a"], [None, "b"]], "A2:A3")
    rows = read_rows(path, ReadingOptions(repair="none"))
    assert [row.value for row in rows] == [{"t": "Sea", "q": "a"}, {"t": "", "q": "b"}]


TITLED = [["Survey of 2024"], [], ["prompt", "completion"], ["p", "c"]]


def test_a_title_above_the_table_is_passed_over_and_that_is_told(tmp_path: Path) -> None:
    with read_rows(workbook(tmp_path / "a.xlsx", TITLED)) as rows:
        assert rows.columns == ("prompt", "completion")
        assert rows.notes == ("rows 1 to 2 are passed over, as above the header: 'Survey of 2024'",)
        assert list(rows) == [Row(4, {"prompt": "p", "completion": "c"})]


def test_how_many_rows_stand_above_the_header_can_be_said(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TITLED)
    with read_rows(path, ReadingOptions(skip_lines=3)) as rows:
        assert (rows.columns, rows.notes) == (("p", "c"), ())
    with read_rows(path, ReadingOptions(skip_lines=0)) as rows:
        assert rows.columns == ("Survey of 2024",)


def test_a_row_with_more_cells_than_the_header_is_bad(tmp_path: Path) -> None:
    bad, good = read_rows(workbook(tmp_path / "a.xlsx", [["a"], [1, 2], [3]]))
    assert fault_of(bad) == "has 2 cells where the header has 1"
    assert good == Row(3, {"a": 3})


def two_sheets(path: Path, *, hidden: bool = False, rows: int = 2) -> Path:
    """Write a workbook with rows in `Answers`, and so many in the `Notes` before it."""
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    for number in range(rows):
        book.active.append([f"note {number}"])
    book.create_sheet("Answers").append(["a"])
    book["Answers"].append([1])
    book.active = 1
    book["Notes"].sheet_state = "hidden" if hidden else "visible"
    book.save(path)
    return path


def test_of_several_sheets_with_rows_one_has_to_be_named(tmp_path: Path) -> None:
    path = two_sheets(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match=r"holds 2 sheets: Notes, Answers\. Say which with --sheet"):
        read_rows(path)
    options = ReadingOptions(sheet="Answers")
    assert [row.value for row in read_rows(path, options)] == [{"a": 1}]
    with pytest.raises(DataError, match=r"no 'Answer' among its sheets \(did you mean 'Answers'"):
        read_rows(path, ReadingOptions(sheet="Answer"))


@pytest.mark.parametrize(("hidden", "rows"), [(True, 2), (False, 1), (False, 0)])
def test_a_sheet_that_is_hidden_or_without_rows_is_no_choice(
    tmp_path: Path, hidden: bool, rows: int
) -> None:
    path = two_sheets(tmp_path / "a.xlsx", hidden=hidden, rows=rows)
    with read_rows(path) as found:
        assert found.place == "sheet 'Answers', row"
        assert [row.value for row in found] == [{"a": 1}]


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
