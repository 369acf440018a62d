"""The whole of a recording as one content: each prompt with all the answers to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.recording.replies import probabilities_in
from engine.suites.prompts import Prompt, line_of

if TYPE_CHECKING:
    from engine.recording.settings import Question
    from store.blobs import BlobStore
    from store.queries.recordings import AnswerRow

Answers = Mapping[tuple[str, int], "AnswerRow"]

_TOLD = (
    "sample",
    "content",
    "refusal",
    "finish_reason",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "seconds",
    "cost",
    "answered_by",
    "fingerprint",
    "answered_at",
    "error",
)


def write_recording(
    blobs: BlobStore, questions: Sequence[Question], answers: Answers
) -> tuple[str, int]:
    """Write a recording into the blobs, a line of JSON each prompt; return its hash and bytes.

    Raises:
        NotFoundError: if a reply is missing from the blobs.
        BlobCorruptError: if one has changed.
    """
    with blobs.write() as blob:
        for line in lines_of(blobs, questions, answers):
            blob.write(line)
    return blob.hexdigest(), blob.size


def lines_of(blobs: BlobStore, questions: Iterable[Question], answers: Answers) -> Iterator[bytes]:
    """Give the lines of a recording, in the order of its prompts; see `write_recording`."""
    by_prompt: dict[str, tuple[Prompt, list[Question]]] = {}
    for question in questions:
        digest = question.prompt.digest
        by_prompt.setdefault(digest, (question.prompt, []))[1].append(question)
    for prompt, asked in by_prompt.values():
        told = [
            {"temperature": question.sampling.temperature, **_told(blobs, answers[question.place])}
            for question in asked
            if question.place in answers
        ]
        yield line_of({**prompt.to_json(), "prompt": prompt.digest, "answers": told})


def _told(blobs: BlobStore, answer: AnswerRow) -> dict[str, Any]:
    found = {name: getattr(answer, name) for name in _TOLD}
    found["tool_calls"] = json.loads(answer.tool_calls_json)
    found["left_out"] = json.loads(answer.left_out_json)
    if answer.reply is not None:
        found["logprobs"] = probabilities_in(blobs.read(answer.reply))
    return {name: value for name, value in found.items() if value not in (None, [])}


def agreement(questions: Iterable[Question], answers: Answers) -> float | None:
    """Return the share of samples that say the very same as the answer at temperature 0.

    No successor can be expected to agree with a model more often than it does with itself. None if
    there are no samples to compare.
    """
    first: dict[str, object] = {}
    same: list[bool] = []
    for question in questions:
        answer = answers.get(question.place)
        if answer is None or answer.reply is None:
            continue
        said = said_in(answer)
        if question.sample == 0:
            first[question.prompt.digest] = said
        elif question.prompt.digest in first:
            same.append(said == first[question.prompt.digest])
    return sum(same) / len(same) if same else None


def said_in(answer: AnswerRow) -> object:
    """Return what an answer says, to compare: its text and calls, whatever the calls' ids are."""
    calls = json.loads(answer.tool_calls_json)
    functions = [call.get("function") if isinstance(call, dict) else call for call in calls]
    return (answer.content or answer.refusal or "").strip(), functions
