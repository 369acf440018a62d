"""How a Markdown file marks its questions and answers, and where.

Markdown's structure comes from a parser (CommonMark), so that a hash in a code block is no heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

Style = Literal["labels", "headings", "bold"]
Part = Literal["question", "answer", "end"]

_LABEL = re.compile(
    r"(?P<mark>[*_]{0,3})(?P<label>Q|A|Question|Answer)\s?(?P<number>\d{0,4})[*_]{0,3}\s?"
    r"(?:[:\uff1a]|(?<=\d)[.)](?=\s))(?P<closed>[*_]{0,3})\s*(?P<text>.*)",
    re.IGNORECASE,
)
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<text>\S(?:.*?\S)?)(?P=mark)(?P<rest>.*)")
_NUMBER = re.compile(r"\d{1,3}[.)]\s+(?=\S)")


class Block(NamedTuple):
    """A heading or a piece of running text.

    Attributes:
        level: 1 to 6 for a heading, 0 for text.
        line: the line on which it begins, from 0.
        end: the line after its last one.
        lines: its text, without the marks of headings, lists and quotations.
    """

    level: int
    line: int
    end: int
    lines: list[str]


class Mark(NamedTuple):
    """A place where a question or an answer begins, or where neither goes on.

    Attributes:
        part: what begins.
        line: the line on which it begins, from 0.
        after: the line on which what belongs to it goes on.
        question: the whole question, if it is told by the mark itself.
        rest: what stands behind the mark on its line.
    """

    part: Part
    line: int
    after: int
    question: str = ""
    rest: str = ""


class Manner(NamedTuple):
    """How a file marks its questions.

    Attributes:
        style: with labels (`Q:` and `A:`), as headings or in bold.
        level: the level of headings that are questions, or under which there are some.
        asking: whether only what ends with a question mark is a question.
    """

    style: Style
    level: int
    asking: bool


def blocks_of(text: str) -> list[Block]:
    """Return the headings and running texts of a Markdown text, in their order."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    # What is bold or a link inside a text is not needed, and takes most of the time.
    parser.core.ruler.disable("inline")
    tokens = parser.parse(text)
    blocks = []
    for before, token in pairwise(tokens):
        if token.type != "inline" or token.map is None:
            continue
        heading = before.type == "heading_open" and before.level == 0
        level = int(before.tag[1:]) if heading else 0
        # A heading may be underlined: that line belongs to it.
        start, end = (before.map or token.map) if heading else token.map
        lines = [line.strip() for line in token.content.split("\n")]
        blocks.append(Block(level, start, end, lines))
    return blocks


def manner_of(blocks: Sequence[Block], lines: Sequence[str]) -> Manner | None:
    """Return how questions are marked, None if there are none.

    Args:
        blocks: the blocks of the file's beginning.
        lines: its lines.
    """
    labels = [part for block in blocks for line in block.lines if (part := _labelled(line))]
    headings = _with_content([block for block in blocks if block.level], lines)
    bold = [found["text"] for block in blocks if (found := _bold(block)) is not None]
    asked = [block for block in headings if block.lines[-1].endswith("?")]
    asked_bold = [text for text in bold if text.rstrip(": ").endswith("?")]
    others = max(len(asked or headings), sum(not _labelled(text) for text in asked_bold), 1)
    if "answer" in labels and labels.count("question") >= others:
        return Manner("labels", _level_above(blocks, _is_labelled), asking=False)
    if (len(asked_bold), len(bold)) > (len(asked), len(headings) if not asked else 0):
        asking = 2 * len(asked_bold) >= len(bold)
        return Manner("bold", _level_above(blocks, _is_bold), asking=asking)
    if not headings:
        return None
    levels = Counter(block.level for block in asked or headings)
    level = max(levels, key=lambda level: (levels[level], level))
    return Manner("headings", level, asking=False)


def marks_of(blocks: Sequence[Block], manner: Manner) -> Iterator[Mark]:
    """Give the marks in the file's order.

    Questions that are marked in another manner count where they cannot be part of an answer.
    """
    open_style: Style | None = None
    for block, below in zip(blocks, [*blocks[1:], None], strict=True):
        style, marks = manner.style, list(_marks_in(block, manner))
        if not marks or marks[0].part == "end":
            other = _other_style(block, below, manner.style, None if marks else open_style)
            if other is not None:
                style, marks = other, list(_marks_in(block, Manner(other, block.level, True)))
        for mark in marks:
            open_style = None if mark.part == "end" else style
            yield mark


def _marks_in(block: Block, manner: Manner) -> Iterator[Mark]:
    if manner.style == "labels":
        yield from _label_marks(block, manner)
    elif manner.style == "bold":
        yield from _bold_marks(block, manner)
    elif block.level == manner.level:
        yield Mark("question", block.line, block.end, question=plain(" ".join(block.lines)))
    elif 0 < block.level < manner.level:
        yield Mark("end", block.line, block.end)


def _other_style(
    block: Block, below: Block | None, usual: Style, open_style: Style | None
) -> Style | None:
    """Return how a block marks a question if not in the file's usual manner, None if it does not.

    A heading or a bold paragraph that asks does, except that answers below headings have bold
    questions of their own. Else it depends on whether an answer in the usual manner goes on here.

    Args:
        block: the block.
        below: the one below it.
        usual: the file's manner.
        open_style: how the question is marked whose answer goes on here, if one does.
    """
    if block.level:
        asks = usual != "headings" and block.lines[-1].endswith("?")
        return "headings" if asks and (below is None or _is_prose(below)) else None
    asks_alone = _asks_alone(block)
    if asks_alone and usual == "labels":
        return "bold"
    if asks_alone and usual == "headings" and open_style in (None, "bold"):
        return "bold"
    labels = [part for line in block.lines if (part := _labelled(line))]
    if labels and usual != "labels" and open_style in (None, "labels"):
        return "labels" if open_style or labels[0] == "question" else None
    return None


def plain(question: str) -> str:
    """Return a question without its number, label and the marks for bold."""
    question = _NUMBER.sub("", question.strip(), count=1)
    bold = _BOLD.fullmatch(question)
    if bold and not bold["rest"].strip(": "):
        question = bold["text"]
    label = _LABEL.fullmatch(question)
    return _NUMBER.sub("", _behind(label) if label else question, count=1).strip()


def _label_marks(block: Block, manner: Manner) -> Iterator[Mark]:
    found = False
    for number, line in enumerate(block.lines, block.line):
        label = _LABEL.fullmatch(line)
        if label is not None:
            found = True
            part: Part = "question" if label["label"][0] in "qQ" else "answer"
            after = block.end if block.level else number + 1
            yield Mark(part, number, after, rest=_behind(label))
    if not found and 0 < block.level <= manner.level:
        yield Mark("end", block.line, block.end)


def _bold_marks(block: Block, manner: Manner) -> Iterator[Mark]:
    bold = _bold(block)
    if bold is not None and (bold["text"].rstrip(": ").endswith("?") or not manner.asking):
        rest = bold["rest"].lstrip(": ")
        yield Mark("question", block.line, block.line + 1, plain(bold["text"]), rest)
    elif 0 < block.level <= manner.level:
        yield Mark("end", block.line, block.end)


def _behind(label: re.Match[str]) -> str:
    """Return what stands behind a label, without the bold that began before it."""
    mark, text = label["mark"], label["text"]
    if mark and not label["closed"]:
        text = text.removesuffix(mark)
    return text.strip()


def _labelled(line: str) -> str | None:
    label = _LABEL.fullmatch(line)
    if label is None:
        return None
    return "question" if label["label"][0] in "qQ" else "answer"


def _is_labelled(block: Block) -> bool:
    return any(map(_labelled, block.lines))


def _bold(block: Block) -> re.Match[str] | None:
    """Return the question in bold with which a text begins, if it does.

    Text may only follow on the same line if the bold words ask something.
    """
    bold = None if block.level else _BOLD.fullmatch(block.lines[0])
    if bold and bold["rest"].strip(": ") and not bold["text"].endswith("?"):
        return None
    return bold


def _asks_alone(block: Block) -> bool:
    """Tell whether a text is a question in bold, and nothing beside it."""
    bold = _bold(block) if len(block.lines) == 1 else None
    return bold is not None and bold["text"].endswith("?") and not bold["rest"].strip(": ")


def _is_prose(block: Block) -> bool:
    return not block.level and not _is_labelled(block) and not _asks_alone(block)


def _is_bold(block: Block) -> bool:
    return _bold(block) is not None


def _with_content(headings: Sequence[Block], lines: Sequence[str]) -> list[Block]:
    """Return the headings that anything stands under, before the next one."""
    ends = [*(heading.line for heading in headings[1:]), len(lines)]
    return [
        heading
        for heading, end in zip(headings, ends, strict=False)
        if any(line.strip() for line in lines[heading.end : end])
    ]


def _level_above(blocks: Sequence[Block], is_question: Callable[[Block], bool]) -> int:
    """Return the lowest level of headings under which questions stand, 0 if there are none."""
    level = 0
    for block in blocks:
        if is_question(block):
            return level
        level = max(level, block.level)
    return level
