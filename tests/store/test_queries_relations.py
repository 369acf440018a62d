from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.events import RecordingPlanned, SuiteDefined
from store.log import EventLog
from store.queries.relations import at_provider, with_needs

if TYPE_CHECKING:
    from tests.store.conftest import Planned

LOCAL = {"job/job_1", "model/model_1", "dataset/gsm8k", "chat/chat_1", "sweep/swp_1"}
RECORDED = {"recording/rec_1", "answers/model_3", "suite/smoke"}
SCORED = {"evaluation/eval_1", "scores/model_3"}
HOSTED = {"job/job_3", "model/model_3", "dataset/gsm8k", "file/openai/file-1"} | RECORDED | SCORED
DATA = {"dataset/gsm8k", "file/openai/file-1"}


@pytest.mark.parametrize(
    ("stream", "needs"),
    [
        ("job/job_1", LOCAL | DATA),
        ("model/model_1", LOCAL | DATA),
        ("chat/chat_1", LOCAL | DATA),
        ("job/job_3", HOSTED),
        ("model/model_3", HOSTED),
        ("file/openai/file-1", DATA),
        ("dataset/gsm8k", DATA),
        ("lab", {"lab"}),
        ("suite/smoke", DATA | {"suite/smoke"}),
        ("recording/rec_1", HOSTED),
        ("evaluation/eval_1", HOSTED),
        ("scores/model_3", HOSTED),
        ("suite/unknown", {"suite/unknown"}),
    ],
)
def test_streams_come_with_what_they_need(filled: EventLog, stream: str, needs: set[str]) -> None:
    assert with_needs(filled.database.reader, [stream]) == needs


def test_a_recording_comes_with_its_answers_its_model_and_its_suite(log: EventLog) -> None:
    suite = SuiteDefined(id="suite_1", name="smoke", version=1, content="0", bytes=1, prompts=1)
    log.append("suite/smoke", suite)
    for recording, model, provider in (("rec_1", "mdl_1", "openai"), ("rec_2", "x/gpt", "x")):
        planned = RecordingPlanned(
            id=recording,
            version=1,
            model=model,
            name=model,
            provider=provider,
            remote_id=model,
            prompts="0",
            count=1,
            parts={"suite": 1},
            suite="suite_1" if provider == "openai" else None,
            samples=0,
            temperature=1.0,
            max_tokens=1,
            top_logprobs=0,
        )
        log.append(f"recording/{recording}", planned)
    reader = log.database.reader
    whole = {"recording/rec_1", "answers/mdl_1", "suite/smoke"}
    assert with_needs(reader, ["recording/rec_1"]) == whole
    assert with_needs(reader, ["answers/mdl_1"]) == whole
    assert with_needs(reader, ["model/mdl_1"]) == whole | {"model/mdl_1"}
    assert with_needs(reader, ["recording/rec_2"]) == {"recording/rec_2", "answers/x/gpt"}
    assert at_provider(reader, "openai") == {"recording/rec_1"}


def test_jobs_that_need_each_other_end_the_search(log: EventLog, planned: Planned) -> None:
    log.append("job/a", planned("a", retry_of="b"))
    log.append("job/b", planned("b", retry_of="a"))

    assert with_needs(log.database.reader, ["job/a"]) == {"job/a", "job/b"}


def test_what_is_at_a_provider_is_told(filled: EventLog) -> None:
    jobs = {"job/job_2", "job/job_3"}
    hosted = jobs | {"model/model_3", "file/openai/file-1", "recording/rec_1", "evaluation/eval_1"}
    assert at_provider(filled.database.reader, "openai") == hosted
    here = {"job/job_1", "job/job_4", "model/model_1"}
    assert at_provider(filled.database.reader, "local") == here
    assert at_provider(filled.database.reader, "none") == set()
