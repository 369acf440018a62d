"""Events in a few words, for the history."""

from __future__ import annotations

from typing import Any

import pytest

from store.catalogue import CATALOGUE
from store.events import (
    AnswerRecorded,
    ChatOpened,
    ChatTurnRated,
    ChatTurnRecorded,
    DatasetChecked,
    DatasetCounted,
    DatasetImported,
    DatasetSplit,
    DatasetVersionRecorded,
    Fact,
    JobInterrupted,
    JobPlanned,
    LabCreated,
    ModelRegistered,
    RecordingCompleted,
    RecordingPlanned,
    RecordingStopped,
    SuiteDefined,
)
from store.recorded import Recorded
from tui.event_lines import _SUMMARIES, summary
from tui.sentences import _WORDS

_PLANNED = JobPlanned(
    name="run",
    provider="local",
    base_model="smollm2",
    method="lora",
    hyperparameters={},
    dataset="ds_1",
    total_steps=40,
)
_VERSION = DatasetVersionRecorded(
    id="ds_1",
    name="sums",
    version=2,
    content="0123456789abcdef",
    examples=50,
    messages=100,
    characters=900,
    bytes=2000,
)
_MODEL = ModelRegistered(
    id="mdl_1",
    name="run",
    kind="adapter",
    base_model="smollm2",
    job="job_1",
    dataset="ds_1",
    hyperparameters={},
)
_SPLIT = DatasetSplit(
    version="ds_1", parts={"train": "ds_2", "test": "ds_3"}, seed=7, test=0.1, validation=0
)
_RECORDING = RecordingPlanned(
    id="rec_1",
    version=1,
    model="mdl_1",
    name="ft:run",
    provider="openai",
    remote_id="ft:run",
    prompts="0123",
    count=5,
    parts={"training": 5},
    samples=3,
    temperature=1.0,
    max_tokens=10,
    top_logprobs=5,
)
_ASKED: dict[str, Any] = {
    "recording": "rec_1",
    "prompt": "0",
    "request": "1",
    "sample": 0,
    "settings": {},
}


def _checked(errors: int, warnings: int, model: str | None) -> DatasetChecked:
    return DatasetChecked(
        version="ds_1",
        method="supervised",
        model=model,
        errors=errors,
        warnings=warnings,
        rules={},
        report={},
    )


def _event(stream: str, kind: str, data: str) -> Recorded:
    moment = "2026-11-21T12:00:00.000000Z"
    return Recorded(1, stream, 1, kind, 1, moment, moment, "tester", None, None, data, b"")


@pytest.mark.parametrize(
    ("stream", "fact", "told"),
    [
        ("lab", LabCreated(ftlab="0.1.0"), "by ftlab 0.1.0"),
        (
            "dataset/sums",
            DatasetImported(source="sums.csv", bytes=9, format="csv", rows=50, left_out_count=2),
            "50 rows from sums.csv, 2 left out",
        ),
        ("dataset/sums", _VERSION, "sums@2, 50 examples, content 0123456789ab"),
        ("dataset/sums", _SPLIT, "train, test with seed 7"),
        ("dataset/sums", _checked(1, 2, None), "checked: 1 error, 2 warnings"),
        ("dataset/sums", _checked(0, 0, "gpt-9"), "checked for gpt-9: no findings"),
        (
            "dataset/sums",
            DatasetCounted(
                version="ds_1",
                tokenizer="o200k_base",
                tokens=12_345,
                assistant_tokens=99,
            ),
            "12,345 tokens of o200k_base",
        ),
        ("job/job_1", _PLANNED, "run planned: lora of smollm2, 40 steps"),
        ("job/job_1", JobInterrupted(reason="killed"), "interrupted: killed"),
        ("model/mdl_1", _MODEL, "run: adapter of smollm2"),
        ("chat/chat_1", ChatOpened(model="mdl_1"), "with mdl_1"),
        ("chat/chat_1", ChatTurnRated(turn=2, rating="up"), "answer 2 rated good"),
        ("chat/chat_1", ChatTurnRecorded(question="1 + 1?", answer="2"), "'1 + 1?' -> '2'"),
        (
            "suite/smoke",
            SuiteDefined(id="suite_1", name="smoke", version=2, content="0123", bytes=9, prompts=3),
            "smoke@2, 3 prompts",
        ),
        ("recording/rec_1", _RECORDING, "ft:run: 5 prompts, 20 answers wanted"),
        (
            "recording/rec_1",
            RecordingStopped(reason="no money", answers=7, refused=1),
            "stopped with 7 answers: no money",
        ),
        (
            "recording/rec_1",
            RecordingCompleted(content="0123456789abcdef", bytes=9, answers=19, refused=1),
            "19 answers, 1 refused, content 0123456789ab",
        ),
        ("answers/mdl_1", AnswerRecorded(**_ASKED, content="At six.", reply="0"), "'At six.'"),
        (
            "answers/mdl_1",
            AnswerRecorded(**_ASKED, tool_calls=[{"id": "1"}], reply="0"),
            "1 calls of tools",
        ),
    ],
)
def test_an_event_is_told_in_a_few_words(stream: str, fact: Fact, told: str) -> None:
    assert summary(_event(stream, fact.type_name, fact.model_dump_json())) == told


@pytest.mark.parametrize("kind", CATALOGUE.names())
@pytest.mark.parametrize("stream", ["job/job_1", "lab"])
def test_an_event_of_another_shape_is_still_told(stream: str, kind: str) -> None:
    assert summary(_event(stream, kind, '{"other": 1}'))


@pytest.mark.parametrize("kind", CATALOGUE.names())
def test_every_type_of_event_has_words(kind: str) -> None:
    assert kind in _SUMMARIES or kind in _WORDS


def test_long_answers_and_unknown_data_are_cut() -> None:
    turn = ChatTurnRecorded(question="?", answer="word " * 100)
    told = summary(_event("chat/chat_1", turn.type_name, turn.model_dump_json()))
    assert told.startswith("'?' -> 'word word")
    assert len(told) < 70
    unknown = _event("lab", "FutureRecorded", '{"text": "' + "x" * 500 + '"}')
    assert len(summary(unknown)) == 120


def test_recorded_text_cannot_steer_the_terminal() -> None:
    created = LabCreated(ftlab="\x1b[2J0.1\n99 forged")
    assert summary(_event("lab", "LabCreated", created.model_dump_json())) == (
        "by ftlab 0.1 99 forged"
    )
