"""Rows out of a Markdown file of questions and answers, however they are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from textwrap import dedent

from engine.data.errors import DataError
from engine.data.reading.lines import Lines
from engine.data.reading.markdownmarks import Manner, Mark, blocks_of, manner_of, marks_of
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.rows import BadRow, Row, excerpt
from engine.data.reading.source import Source

_WINDOW_CHARACTERS = 512 * 1024
_MOST_CHARACTERS = 4 * 1024 * 1024
"""The longest answer: what the parser makes of a text is many times as large as the text."""

_FRONT_MATTER = re.compile(r"---\s*")
_FRONT_MATTER_END = re.compile(r"(?:---|\.\.\.)\s*")
_EMPTY_HEADING = re.compile(r" {0,3}(?:#{1,6}(?:\s.*)?|(?:[-*_][ \t]*){3,})\s*")
_ADVICE = "Break it into shorter lines."


class Markdown(RowReader):
    """The rows of a Markdown file, each `{"question": ..., "answer": ...}`, with its first line.

    Questions are marked with labels (`Q:`, with `A:` before the answer), as headings, or in bold,
    whichever the file's beginning shows; an answer is all the Markdown up to the next question or
    the next section. Questions that are marked in another way count as well where they cannot be
    part of an answer. A question without an answer is a bad row.

    Args:
        source: the opened file.
        options: nothing of them matters here.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        del options
        self._lines = Lines(source, _ADVICE)
        super().__init__(source, ("question", "answer"), "line")

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order.

        Raises:
            DataError: if no question is marked, or an answer is beyond all measure.
        """
        window = _Window(self._lines)
        manner: Manner | None = None
        found = False
        while window.fill():
            blocks = blocks_of("".join(window.lines))
            manner = manner or manner_of(blocks, window.lines)
            marks = list(marks_of(blocks, manner)) if manner else []
            if not window.ended:
                # The last question may go on in what has not been read yet.
                starts = [number for number, mark in enumerate(marks) if mark.part == "question"]
                if not starts or not starts[-1]:
                    window.grow(self.source.name)
                    continue
                marks = marks[: starts[-1] + 1]
            found = found or bool(marks)
            yield from _rows(marks, window)
            window.drop(marks[-1].line if marks and not window.ended else len(window.lines))
        if not found:
            raise DataError(
                f"{self.source.name} shows no questions. Mark each as a heading, in bold, or "
                "with 'Q:' before it and 'A:' before its answer."
            )


class _Window:
    """The lines of a file that are looked at together.

    Attributes:
        lines: the lines.
        faults: what is wrong with the encoding of some, by their place in the window.
        first: the number of the first line, from 1.
        ended: whether the file ends with these lines.
    """

    def __init__(self, lines: Lines) -> None:
        self._source = lines
        self._rest = iter(lines)
        self._wanted = _WINDOW_CHARACTERS
        self.lines: list[str] = []
        self.faults: dict[int, str] = {}
        self.first = 1
        self.ended = False
        self._pass_front_matter()

    def fill(self) -> bool:
        """Read on until the window is full, and return whether anything new is in it."""
        if self.ended:
            return False
        length = sum(map(len, self.lines))
        while length < self._wanted:
            line = next(self._rest, None)
            if line is None:
                self.ended = True
                break
            length += len(line)
            self._add(line)
        return bool(self.lines)

    def grow(self, name: str) -> None:
        """Make room for as much again.

        Raises:
            DataError: if that is beyond all measure.
        """
        self._wanted *= 2
        if self._wanted > _MOST_CHARACTERS:
            raise DataError(
                f"{name}, line {self.first}: from here on no question comes in "
                f"{_MOST_CHARACTERS >> 20} MiB. Say what else it is with --format text."
            )

    def drop(self, count: int) -> None:
        """Forget the first lines."""
        self.lines = self.lines[count:]
        self.faults = {
            place - count: fault for place, fault in self.faults.items() if place >= count
        }
        self.first += count
        self._wanted = _WINDOW_CHARACTERS

    def _add(self, line: str) -> None:
        if self._source.fault:
            self.faults[len(self.lines)] = self._source.fault
        self._source.begin()
        self.lines.append(line)

    def _pass_front_matter(self) -> None:
        """Leave out the settings between dashes with which many Markdown files begin."""
        for line in self._rest:
            self._add(line)
            if len(self.lines) == 1 and not _FRONT_MATTER.fullmatch(line):
                return
            if len(self.lines) > 1 and _FRONT_MATTER_END.fullmatch(line):
                self.drop(len(self.lines))
                return
            if sum(map(len, self.lines)) >= self._wanted:
                return


def _rows(marks: Sequence[Mark], window: _Window) -> Iterator[Row]:
    """Give the rows between the marks; in a window that goes on, the last mark begins none."""
    pairs = list(pairwise(marks))
    if window.ended and marks:
        end = len(window.lines)
        pairs.append((marks[-1], Mark("end", end, end)))
    question: Mark | None = None
    asked = ""
    for mark, following in pairs:
        body = _body(mark, window.lines[mark.after : following.line])
        place = window.first + mark.line
        if question is not None and mark.part != "answer":
            yield _unanswered(window.first + question.line, asked)
            question = None
        if mark.part == "question" and not mark.question:
            question, asked = mark, body
        elif mark.part == "question":
            yield _row(place, mark.question, body, window, (mark.line, following.line))
        elif mark.part == "answer" and question is not None:
            place = window.first + question.line
            yield _row(place, asked, body, window, (question.line, following.line))
            question = None
        elif mark.part == "answer":
            yield Row(place, BadRow("has an answer without a question", excerpt(body)))
    if question is not None:
        yield _unanswered(window.first + question.line, asked)


def _row(place: int, question: str, answer: str, window: _Window, lines: tuple[int, int]) -> Row:
    fault = next((window.faults[at] for at in range(*lines) if at in window.faults), None)
    if fault:
        return Row(place, BadRow(fault, excerpt(window.lines[lines[0]])))
    if not answer:
        return _unanswered(place, question)
    if not question:
        return Row(place, BadRow("has an answer without a question", excerpt(answer)))
    return Row(place, {"question": question, "answer": answer})


def _unanswered(place: int, question: str) -> Row:
    return Row(place, BadRow("has a question without an answer", excerpt(question)))


def _body(mark: Mark, lines: Sequence[str]) -> str:
    """Return what belongs to a mark, without headings at its end, which are the next section's."""
    kept = [line.rstrip("\r\n") for line in lines]
    while kept and (not kept[-1].strip() or _EMPTY_HEADING.fullmatch(kept[-1])):
        kept.pop()
    text = dedent("\n".join(kept))
    return f"{mark.rest}\n{text}".strip()
