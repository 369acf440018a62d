"""What kind of file this is, told from its name and first bytes."""

from __future__ import annotations

import re
from typing import Literal, get_args

from engine.data.errors import DataError
from engine.data.reading.choice import likeliest
from engine.data.reading.jsondocument import top_of
from engine.data.reading.layout import guessed_layout
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import excerpt
from engine.data.reading.source import Source

Format = Literal["jsonl", "csv", "json", "text", "markdown", "parquet", "xlsx", "huggingface"]
"""The kinds of file that are read."""

FORMATS: tuple[Format, ...] = get_args(Format)

_SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
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


def chosen_format(source: Source, options: ReadingOptions) -> Format:
    """Return the file's format, and turn the source into UTF-8 if that is a text's.

    The format is the one wished for, or by its extension, or by its first bytes.

    Raises:
        DataError: if the wish names no format, or the file is of none of them or of another one.
    """
    wish = None if options.file_format is None else named_format(options.file_format)
    _refuse_foreign(source)
    binary = _binary_format(source)
    if binary is not None:
        if wish not in (None, binary):
            raise DataError(f"{source.name} is of the format {binary}, not {wish}.")
        return binary
    told = wish or _SUFFIXES.get(source.suffix)
    if told in ("parquet", "xlsx", "huggingface"):
        raise DataError(
            f"{source.name} is not of the format {told}, whatever its name says. "
            "Say what it is with --format."
        )
    source.as_text(options.encoding)
    return told or _looked_at(source)


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


def _looked_at(source: Source) -> Format:
    head = source.head.lstrip()
    if head.startswith(b"{"):
        return _of_objects(head, source.name)
    if source.suffix == ".json" or _ARRAY.match(head):
        return "json"
    layout = guessed_layout(source.head, cut=not source.whole)
    even = _EVEN_ENOUGH
    if source.suffix in _PLAIN_SUFFIXES and layout.delimiter == ",":
        # A comma in each line of a prose is no rare thing.
        even = 1.0
    if b"\0" not in source.head and layout.columns > 1 and layout.evenness >= even:
        return "csv"
    if source.suffix in _PLAIN_SUFFIXES:
        return "text"
    raise DataError(f"{source.name} looks like none of the formats that are known. {_ask()}")


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
