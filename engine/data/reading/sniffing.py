"""What kind of file this is, told from its name and first bytes."""

from __future__ import annotations

import io
import re
from typing import Literal, get_args

from engine.data.errors import DataError
from engine.data.reading.choice import likeliest
from engine.data.reading.jsondocument import top_of
from engine.data.reading.jsonpieces import JsonPieces
from engine.data.reading.layout import guessed_layout
from engine.data.reading.objects import objects_in
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import excerpt
from engine.data.reading.source import Source

Format = Literal["jsonl", "csv", "json", "text", "markdown", "parquet", "xlsx", "huggingface"]
"""The kinds of file that are read."""

FORMATS: tuple[Format, ...] = get_args(Format)

_SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}
_OTHER_NAMES: dict[str, Format] = {
    "ndjson": "jsonl",
    "tsv": "csv",
    "txt": "text",
    "md": "markdown",
    "excel": "xlsx",
    "hf": "huggingface",
}
_PARQUET_MARK = b"PAR1\x15"
_FOREIGN = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office file (.xls). Save it as .xlsx first",
    b"ARROW1": "an Arrow file. Write it as Parquet first",
    b"PARE": "an encrypted Parquet file. Decrypt it first",
    b"BZh": "bzip2-compressed. Unpack it first, or pack it with gzip or zstd",
    b"\xfd7zXZ\0": "xz-compressed. Unpack it first, or pack it with gzip or zstd",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive. Unpack it first",
    b"Rar!\x1a\x07": "a RAR archive. Unpack it first",
    b"%PDF-": "a PDF file. Save its text first",
    b"{\\rtf": "an RTF document. Save its text first",
    b"SQLite format 3\0": "an SQLite database. Export a table as CSV first",
}
_TAR_MARK = (257, b"ustar")
_ARRAY = re.compile(rb"\s*\[\s*[{\]]")
_GOES_ON = b"[{,:"
_EVEN_ENOUGH = 0.9
_PLAIN_SUFFIXES = (".txt", ".text")
_NO_TEXTS = ("parquet", "xlsx", "huggingface")
_USUAL_IN_TEXTS = ": "


def chosen_format(source: Source, options: ReadingOptions) -> tuple[Format, tuple[str, ...]]:
    """Return the file's format and what there is to say of it; turn a text's source into UTF-8.

    The format is the one wished for, or by what the file holds where that leaves no doubt, or by
    its extension.

    Raises:
        DataError: if the wish names no format, or the file is of none of them or of another one.
    """
    wish = None if options.file_format is None else named_format(options.file_format)
    _refuse_foreign(source)
    binary = _binary_format(source)
    if binary is not None:
        if wish not in (None, binary):
            raise DataError(f"{source.name} is of the format {binary}, not {wish}.")
        return binary, ()
    if wish in _NO_TEXTS:
        raise _is_not(source, wish)
    source.as_text(options.encoding)
    if wish is not None:
        return wish, ()
    said = _SUFFIXES.get(source.suffix)
    seen = _seen(source, said)
    if said in (None, seen):
        return seen, ()
    return seen, (f"read as {seen}, though its name says {said}",)


def named_format(wish: str) -> Format:
    """Return the format of a name.

    Raises:
        DataError: if there is none.
    """
    for name in FORMATS:
        if name == wish:
            return name
    if wish in _OTHER_NAMES:
        return _OTHER_NAMES[wish]
    raise DataError(f"There is no format '{excerpt(wish, 40)}'{likeliest(wish, FORMATS)}. {_ask()}")


def _ask() -> str:
    return f"Say which it is with --format {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."


def _is_not(source: Source, said: object) -> DataError:
    return DataError(
        f"{source.name} is not of the format {said}, whatever its name says. "
        "Say what it is with --format."
    )


def _binary_format(source: Source) -> Format | None:
    if source.workbook:
        return "xlsx"
    return "parquet" if source.head.startswith(_PARQUET_MARK) else None


def _refuse_foreign(source: Source) -> None:
    for mark, kind in _FOREIGN.items():
        if source.head.startswith(mark):
            raise DataError(f"{source.name} is {kind}.")
    at, mark = _TAR_MARK
    if source.head.startswith(mark, at):
        raise DataError(f"{source.name} is a tar archive. Unpack it and name a file in it.")


def _seen(source: Source, said: Format | None) -> Format:
    """Return the format by what the file holds, or by its name where that leaves a doubt."""
    if said in _NO_TEXTS:
        try:
            return _looked_at(source)
        except DataError as error:
            raise _is_not(source, said) from error
    if said in (None, "json"):
        return _looked_at(source)
    head = source.head.lstrip()
    if head[:1] in (b"{", b"["):
        return _json_in(head, source.name, said)
    return "csv" if said == "jsonl" and _is_table(source) else said


def _looked_at(source: Source) -> Format:
    head = source.head.lstrip()
    if head.startswith(b"{"):
        return _of_objects(head, source.name)
    is_json = source.suffix == ".json"
    if _ARRAY.match(head) or (is_json and head.startswith(b"[")):
        return "json"
    if _is_table(source):
        return "csv"
    if is_json:
        return "json"
    if source.suffix in _PLAIN_SUFFIXES:
        return "text"
    raise DataError(f"{source.name} looks like none of the formats that are known. {_ask()}")


def _is_table(source: Source) -> bool:
    if b"\0" in source.head:
        return False
    layout = guessed_layout(source.head, cut=not source.whole)
    # A comma in each line of a prose is no rare thing.
    prose = source.suffix in _PLAIN_SUFFIXES and layout.delimiter == ","
    even = layout.evenness >= (1.0 if prose else _EVEN_ENOUGH)
    several = min(layout.columns, layout.rows) > 1
    return even and several and layout.delimiter not in _USUAL_IN_TEXTS


def _json_in(head: bytes, name: str, said: Format) -> Format:
    """Return which JSON a file begins with, or what its name says if that is not sure."""
    first, _, rest = head.partition(b"\n")
    if head.startswith(b"["):
        list_a_line = first.rstrip().endswith(b"]") and rest.strip()
        return "json" if _ARRAY.match(head) and not list_a_line else said
    if _is_object(first) or objects_in(first) is not None:
        return said if said == "jsonl" else _of_objects(head, name)
    value = _first_value(head, name)
    return "json" if b"\n" in value and _is_object(value) else said


def _first_value(head: bytes, name: str) -> bytes:
    pieces = JsonPieces(io.BytesIO(head), name)
    pieces.peek()
    return pieces.value()


def _of_objects(head: bytes, name: str) -> Format:
    """Tell an object a line from one document that begins with an object."""
    first, _, rest = head.partition(b"\n")
    if _is_object(first):
        if rest.strip():
            return "jsonl"
    elif first.rstrip()[-1:] in _GOES_ON:
        return "json"
    elif rest:
        return "jsonl"
    top = top_of(first, name)
    return "json" if top.lists and not top.is_example else "jsonl"


def _is_object(line: bytes) -> bool:
    from pydantic_core import from_json

    try:
        return isinstance(from_json(line), dict)
    except ValueError:
        return False
