"""A dataset version out of a recording: what the model answered, to train a successor on."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError, RowError, WishError
from engine.data.reading.options import ReadingOptions
from engine.data.shapes.chat import from_chat
from engine.data.versions.importing import Source
from engine.errors import LabError
from engine.recording.own_data import PARTS, TRAINING
from engine.recording.reading import lines
from engine.suites.prompts import line_of

if TYPE_CHECKING:
    from engine.data.versions.importing import Added
    from engine.lab import Lab
    from store.queries.recordings import RecordingRow

_WHOLE = ("stop", "tool_calls", "function_call", None)
"""How answers end that are not cut off; some services say nothing."""


def dataset_from(
    lab: Lab,
    recording: RecordingRow,
    name: str,
    parts: Collection[str] = (TRAINING,),
    *,
    partial: bool = False,
) -> tuple[Added, int]:
    """Record the answers at temperature 0 as a version of a dataset.

    Prompts that a successor is to be compared by must not be trained on: unless others are asked
    for, only those are taken that the model itself was trained on.

    Args:
        lab: where the recording is.
        recording: which one.
        name: the dataset's name.
        parts: from where the prompts are that are taken (`training`, `validation`, …).
        partial: whether a recording that is not whole will do.

    Returns:
        The version, and how many answers were left out: refused, empty, cut off, or calls that no
        tool could take.

    Raises:
        WishError: if there is no such part, or nothing can be called so.
        DataError: if nothing would be in it.
        LabError: if the recording is not whole, and must be.
    """
    for part in parts:
        if part not in PARTS:
            raise WishError(f"no prompts are of '{part}': there is {', '.join(PARTS)}.")
    if not partial:
        _require_whole(recording)
    asked = (line for line in lines(lab, recording) if line.get("part") in parts)
    chosen = [line for line in asked if _at_zero(line) is not None]
    rows = [row for line in chosen if (row := _example(line)) is not None]
    if not rows:
        raise DataError(_nothing(recording, parts))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "answers.jsonl")
        path.write_bytes(b"".join(map(line_of, rows)))
        source = Source(
            path,
            ReadingOptions(file_format="jsonl"),
            origin=f"recording {recording.id} of {recording.name}",
        )
        return lab.datasets.add(source, name), len(chosen) - len(rows)


def _require_whole(recording: RecordingRow) -> None:
    if recording.content is None:
        raise LabError(
            f"the recording {recording.id} of {recording.name} is not whole yet: `ftlab models "
            f"record {recording.name}` goes on with it, and --partial takes what there is"
        )


def _at_zero(line: dict[str, Any]) -> dict[str, Any] | None:
    return next((each for each in line["answers"] if each["sample"] == 0), None)


def _example(line: dict[str, Any]) -> dict[str, Any] | None:
    """Return the conversation with the answer at temperature 0; None if that is no whole one."""
    answer = _at_zero(line) or {}
    said, calls = answer.get("content"), answer.get("tool_calls")
    if answer.get("finish_reason") not in _WHOLE or not (said or calls):
        return None
    message: dict[str, Any] = {"role": "assistant", "content": said}
    if calls:
        message["tool_calls"] = calls
    example: dict[str, Any] = {"messages": [*line["messages"], message]}
    if line.get("tools"):
        example["tools"] = line["tools"]
    try:
        return from_chat(example)
    except RowError:
        return None


def _nothing(recording: RecordingRow, parts: Collection[str]) -> str:
    there = ", ".join(f"{count} {part}" for part, count in json.loads(recording.parts_json).items())
    return (
        f"No whole answer in {recording.id} is to a prompt of {' or '.join(sorted(parts))} (it has "
        f"{there}): --part takes others, but keep back what the successor shall be compared by."
    )
