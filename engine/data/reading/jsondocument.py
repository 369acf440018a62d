"""Rows out of one JSON document: a list of objects, or an object that holds such a list."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from engine.data.errors import DataError
from engine.data.reading.chats import chats_in_texts, with_chats
from engine.data.reading.choice import chosen
from engine.data.reading.encoding import BYTE_ORDER_MARK
from engine.data.reading.faults import fault, spot
from engine.data.reading.jsonpieces import JsonPieces
from engine.data.reading.objects import COMMA_BEHIND, MARK_INSIDE, objects_in
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, Row, excerpt, kind_of
from engine.data.reading.source import Source

EXAMPLE_KEYS = frozenset({"messages", "conversations", "preferred_output", "prompt", "instruction"})
"""What an object has that is an example itself, whatever lists of objects it holds."""

_LIST_OF_OBJECTS = re.compile(rb"\[\s*\{")
_COLUMNS_FROM = 20
_CUT_OFF = "is cut off"


class Top(NamedTuple):
    """What the object at the top of a document has, as far as its beginning shows.

    Attributes:
        keys: its keys.
        lists: those of them that hold lists of objects.
    """

    keys: list[str]
    lists: list[str]

    @property
    def is_example(self) -> bool:
        """Whether the object is an example itself."""
        return not EXAMPLE_KEYS.isdisjoint(self.keys)


class JsonDocument(RowReader):
    """The rows of a JSON document, numbered from 1.

    That is the objects of a list, at the top or under one key of the object at the top. An object
    without such a list is a row, and several of them one after the other are several rows. Damages
    that leave no doubt what is meant are mended as in JSON Lines.

    Args:
        source: the opened file.
        options: the list to take (`member`) if the object holds several, which damages are mended,
            and fields to be kept as texts.

    Attributes:
        columns: the fields of the first rows; empty if none could be read.

    Raises:
        DataError: if there are several lists and no wish, or none of the name wished for.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        from pydantic_core import from_json

        self._parse = from_json
        self._source = source
        self._encoding = source.encoding or ""
        self._wish = source.member
        self._key = _list_key(source)
        self._repair = options.repair
        self._number = 0
        self._ends_cut = False
        # What is mended in a first look at the rows is mended, and counted, when they are given.
        self.repairs = Repairs()
        first = self._first()
        super().__init__(source, tuple(dict.fromkeys(name for row in first for name in row)), "row")
        if options.repair != "none":
            self.unpacked = chats_in_texts(first, options.texts)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order.

        Raises:
            DataError: if a row is so long that nobody can tell where the next one starts, or the
                list wished for does not come.
        """
        rows = self._rows(JsonPieces(self._source.stream, self._source.name))
        return with_chats(rows, self.unpacked, self.repairs) if self.unpacked else rows

    def _rows(self, pieces: JsonPieces) -> Iterator[Row]:
        self._number, self._ends_cut = 0, False
        if pieces.peek() == b"[":
            yield from self._listed(pieces)
        elif self._key is not None:
            yield from self._under(self._key, pieces)
        while mark := pieces.peek():
            if mark == b"," and self._number and self._repair != "none":
                pieces.take()
                self.repairs.note(self._number, [COMMA_BEHIND])
            else:
                yield from self._row(pieces)

    def _listed(self, pieces: JsonPieces) -> Iterator[Row]:
        """Give the rows of the list that begins here, and go past its end."""
        pieces.take()
        while mark := pieces.peek():
            if mark == b"]":
                pieces.take()
                return
            if mark == b",":
                pieces.take()
            else:
                yield from self._row(pieces)
        yield from self._cut_off("the list does not end", pieces)

    def _under(self, key: str, pieces: JsonPieces) -> Iterator[Row]:
        """Give the rows of the list under a key of the object that begins here."""
        found = False
        pieces.take()
        while (mark := pieces.peek()) and mark != b"}":
            if mark == b",":
                pieces.take()
                continue
            name = _key(pieces)
            if name is None:
                yield from self._row(pieces)
            elif name == key and not found and pieces.peek() == b"[":
                found = True
                yield from self._listed(pieces)
            elif (mark := pieces.peek()) and mark not in b",:]}":
                self._refuse_second(name, pieces.value())
        if not found:
            raise DataError(f"{self._source.name} has no list '{excerpt(key, 60)}'.")
        if pieces.peek():
            pieces.take()
        else:
            yield from self._cut_off("the object around the list does not end", pieces)

    def _refuse_second(self, name: str, value: bytes) -> None:
        if self._wish is None and _LIST_OF_OBJECTS.match(value):
            chosen(
                [self._key or "", name],
                None,
                what="lists of objects",
                where=self._source.name,
                option="--member",
            )

    def _row(self, pieces: JsonPieces) -> Iterator[Row]:
        """Give the value that begins here as a row, or what stands here instead of one."""
        mark, line, column = pieces.peek(), pieces.line, pieces.column
        if mark in b",:]}":
            pieces.take()
            yield self._bad(f"is no row but a stray '{mark.decode()}'", pieces, mark)
            return
        data = pieces.value()
        self._ends_cut = False
        try:
            value = self._parse(data, cache_strings="keys")
        except ValueError as error:
            yield from self._damaged(data, str(error), line, column)
            return
        self._number += 1
        if isinstance(value, dict):
            yield Row(self._number, value)
        else:
            reason = f"is {kind_of(value)}, not a JSON object (line {line})"
            yield Row(self._number, BadRow(reason, excerpt(data)))

    def _damaged(self, data: bytes, message: str, line: int, column: int) -> Iterator[Row]:
        """Give what a value says that is no JSON, or what is wrong with it."""
        if data == BYTE_ORDER_MARK and self._repair != "none":
            self.repairs.note(self._number + 1, [MARK_INSIDE])
            return
        self._number += 1
        found = None if self._repair == "none" else objects_in(data, guess=self._repair == "all")
        if found is None:
            bad = self._refused(data, message, line, column)
            self._ends_cut = bad.reason.startswith(_CUT_OFF)
            yield Row(self._number, bad)
            return
        self.repairs.note(self._number, found.kinds)
        for value in found.values:
            yield Row(self._number, value)

    def _cut_off(self, what: str, pieces: JsonPieces) -> Iterator[Row]:
        """Say that the document ends too early, unless its last row has said so already."""
        if not self._ends_cut:
            self._ends_cut = True
            yield self._bad(f"{_CUT_OFF}: {what}", pieces, b"")

    def _refused(self, data: bytes, message: str, line: int, column: int) -> BadRow:
        """Say what is wrong with a value that begins at this place of the file."""

        def where(offset: int) -> str:
            start = data.rfind(b"\n", 0, offset) + 1
            before = 0 if start else column
            of_line = line + data.count(b"\n", 0, offset)
            place = spot(data[start:], offset - start, self._encoding, before)
            return f"at line {of_line}, {place}"

        reason = fault(data, message, self._encoding, where)
        if " at line " not in reason:
            reason += f" (line {line})"
        return BadRow(reason, excerpt(data))

    def _bad(self, reason: str, pieces: JsonPieces, data: bytes) -> Row:
        self._number += 1
        return Row(self._number, BadRow(f"{reason} (line {pieces.line})", excerpt(data)))

    def _first(self) -> list[dict[str, Any]]:
        """Return those of the first rows that can be read."""
        source, first = self._source, list[dict[str, Any]]()
        try:
            for row in self._rows(JsonPieces(io.BytesIO(source.head), source.name)):
                if row.line > _COLUMNS_FROM:
                    break
                if isinstance(row.value, dict):
                    first.append(row.value)
        except DataError:
            # The reading of the rows says so again, in its place.
            return first
        return first


def top_of(head: bytes, name: str) -> Top:
    """Look at the object that a document begins with.

    Args:
        head: the document's first bytes.
        name: the file.
    """
    top = Top([], [])
    pieces = JsonPieces(io.BytesIO(head), name)
    if pieces.peek() != b"{":
        return top
    pieces.take()
    while (mark := pieces.peek()) and mark != b"}":
        if mark == b",":
            pieces.take()
            continue
        key = _key(pieces)
        mark = pieces.peek()
        if key is None or not mark or mark in b",:]}":
            break
        top.keys.append(key)
        if _LIST_OF_OBJECTS.match(pieces.value()):
            top.lists.append(key)
    return top


def _key(pieces: JsonPieces) -> str | None:
    """Go past the key and the colon that come here and return the key; None if none comes."""
    from pydantic_core import from_json

    if pieces.peek() != b'"':
        return None
    try:
        key = from_json(pieces.value())
    except ValueError:
        key = ""
    if pieces.peek() == b":":
        pieces.take()
    return str(key)


def _list_key(source: Source) -> str | None:
    """Return the key under which the rows are, None if the object at the top is a row itself."""
    top = top_of(source.head, source.name)
    if source.member is not None and source.head.lstrip().startswith(b"["):
        raise DataError(f"{source.name} is a list, with nothing in it to name: leave --member out.")
    if source.member is not None and top.keys:
        if source.whole:
            chosen(top.lists, source.member, what="lists", where=source.name, option="--member")
        return source.member
    if top.is_example or not top.lists:
        return None
    return chosen(top.lists, None, what="lists of objects", where=source.name, option="--member")
