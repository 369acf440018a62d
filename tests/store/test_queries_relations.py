from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.log import EventLog
from store.queries.relations import at_provider, with_needs

if TYPE_CHECKING:
    from tests.store.conftest import Planned

LOCAL = {"job/job_1", "model/model_1", "dataset/gsm8k", "chat/chat_1"}
HOSTED = {"job/job_3", "model/model_3", "dataset/gsm8k", "file/openai/file-1"}
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
        ("suite/unknown", {"suite/unknown"}),
    ],
)
def test_streams_come_with_what_they_need(filled: EventLog, stream: str, needs: set[str]) -> None:
    assert with_needs(filled.database.reader, [stream]) == needs


def test_jobs_that_need_each_other_end_the_search(log: EventLog, planned: Planned) -> None:
    log.append("job/a", planned("a", retry_of="b"))
    log.append("job/b", planned("b", retry_of="a"))

    assert with_needs(log.database.reader, ["job/a"]) == {"job/a", "job/b"}


def test_what_is_at_a_provider_is_told(filled: EventLog) -> None:
    hosted = {"job/job_2", "job/job_3", "model/model_3", "file/openai/file-1"}
    assert at_provider(filled.database.reader, "openai") == hosted
    assert at_provider(filled.database.reader, "local") == {"job/job_1", "model/model_1"}
    assert at_provider(filled.database.reader, "none") == set()
