"""Prompts out of files of any known format, and out of datasets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.errors import DataError, RowError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow, excerpt
from engine.data.shapes.chat import chat_example
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.example import Record
from engine.data.shapes.messages import checked_messages
from engine.data.versions.contents import records_of
from engine.suites.prompts import Message, Prompt, prompt_of

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow

QUESTIONS = ("prompt", "question", "input", "instruction", "query", "text")
"""Columns that are taken for the question, the first that a row has."""

REFERENCES = (
    "reference",
    "reference_answer",
    "answer",
    "completion",
    "output",
    "response",
    "expected",
    "target",
    "ideal",
)
"""Columns that are taken for the answer that is hoped for, the first that a row has."""

_BAD_ROWS_SHOWN = 10


def prompts_in(path: Path, file_format: str | None = None) -> list[Prompt]:
    """Return the prompts of a file: its questions, or its conversations; see `prompt_of`.

    A plain text has a question on each line.

    Args:
        path: the file; `-` is the standard input.
        file_format: how it is read; None if the file tells.

    Raises:
        DataError: if it cannot be read, or naming every row that asks nothing.
    """
    with read_rows(path, _options(path, file_format)) as rows:
        prompts, bad = [], []
        for row in rows:
            try:
                prompts.append(_prompt(row.value))
            except RowError as error:
                bad.append(f"{rows.name}:{row.line} {error}")
        if bad:
            raise DataError(_named(bad))
    return prompts


def prompts_of(lab: Lab, version: DatasetRow, part: str | None = None) -> Iterator[Prompt]:
    """Give the prompts of a dataset version; an example that asks nothing gives none."""
    for record in records_of(lab, version):
        prompt = prompt_of(record, part)
        if prompt is not None:
            yield prompt


def prompts_kept(path: Path, part: str | None = None) -> Iterator[Prompt]:
    """Give the prompts of a file as services take them to train on; other rows give none.

    Examples for reinforcement have no answers, and so are no dataset version.

    Args:
        path: a file of JSON lines.
        part: where they are from.
    """
    with read_rows(path, ReadingOptions(file_format="jsonl")) as rows:
        for row in rows:
            try:
                yield replace(_prompt(row.value), part=part)
            except RowError:
                continue


def _options(path: Path, file_format: str | None) -> ReadingOptions:
    is_text = path.suffix.lower() in (".txt", ".text") if file_format is None else False
    if is_text or file_format in ("text", "txt"):
        return ReadingOptions(file_format="text", chunk="line")
    return ReadingOptions(file_format=file_format)


def _prompt(row: Record | BadRow) -> Prompt:
    if isinstance(row, BadRow):
        raise RowError(row.reason)
    if isinstance(row.get("messages"), list):
        return _conversation(row)
    question = _first(row, QUESTIONS)
    if isinstance(question, str | int | float) and "preferred_output" not in row:
        return _question(row, str(question))
    try:
        return _require(prompt_of(Conversion().examples(dict(row))[0]))
    except RowError:
        if question is None and not _is_conversation(row):
            raise RowError("has no text in a column of questions") from None
        raise


def _is_conversation(row: Record) -> bool:
    return any(isinstance(value, list | dict) for value in row.values())


def _conversation(row: Record) -> Prompt:
    example = chat_example(checked_messages(row["messages"], "messages"), row)
    prompt = _require(prompt_of(example))
    return prompt if prompt.reference is not None else replace(prompt, reference=_reference(row))


def _question(row: Record, question: str) -> Prompt:
    if not question.strip():
        raise RowError("asks nothing: the question is empty")
    context = row.get("input")
    if "instruction" in row and isinstance(context, str) and context.strip():
        question = f"{row['instruction']}\n\n{context}"
    messages: list[Message] = [{"role": "user", "content": question}]
    system = row.get("system")
    if isinstance(system, str) and system.strip():
        messages.insert(0, {"role": "system", "content": system})
    return Prompt(tuple(messages), reference=_reference(row))


def _reference(row: Record) -> Message | None:
    """Return the answer that is hoped for, if a row has one: a text, a number, or a message."""
    found = _first(row, REFERENCES)
    if isinstance(found, str | int | float):
        return {"role": "assistant", "content": str(found)}
    if isinstance(found, dict) and found.get("role") == "assistant":
        return checked_messages([found], "reference")[0]
    return None


def _first(row: Record, names: tuple[str, ...]) -> object:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _require(prompt: Prompt | None) -> Prompt:
    if prompt is None:
        raise RowError("asks nothing: there is no message before the first answer")
    return prompt


def _named(bad: list[str]) -> str:
    named = [excerpt(line, 300) for line in bad[:_BAD_ROWS_SHOWN]]
    if len(bad) > len(named):
        named.append(f"… and {len(bad) - len(named)} more")
    count = "1 row asks" if len(bad) == 1 else f"{len(bad)} rows ask"
    return (
        "\n".join(named)
        + f"\n{count} nothing, so nothing was recorded. A question stands in `messages` or in a "
        f"column {', '.join(QUESTIONS)}; the answer that is hoped for in {', '.join(REFERENCES)}."
    )
