from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

import openai
import pytest

from tests.standin.examples import training_file

if TYPE_CHECKING:
    from tests.standin.standin import Standin

EXAMPLES = training_file("supervised", "gpt-4o-mini-2024-07-18", 12)


def upload(client: openai.OpenAI, name: str = "train.jsonl", content: bytes = EXAMPLES) -> str:
    return client.files.create(file=(name, content), purpose="fine-tune").id


def test_keeps_a_file_byte_for_byte(client: openai.OpenAI) -> None:
    content = b'{"a": "\r\n--\x00\xff"}\r\n\r\n--b--\r\n'
    made = client.files.create(file=("naïve 1.jsonl", content), purpose="fine-tune")
    assert (made.bytes, made.filename, made.status) == (len(content), "naïve 1.jsonl", "uploaded")
    assert client.files.content(made.id).read() == content


def test_is_processed_after_as_many_looks_as_set(standin: Standin, client: openai.OpenAI) -> None:
    standin.behaviour.looks_until_processed = 2
    name = upload(client)
    assert [client.files.retrieve(name).status for _ in range(3)] == [
        "uploaded",
        "processed",
        "processed",
    ]


def test_ends_as_an_error_when_told_to(standin: Standin, client: openai.OpenAI) -> None:
    standin.behaviour.processing_error = "line 3 is not JSON"
    found = client.files.retrieve(upload(client))
    assert (found.status, found.status_details) == ("error", "line 3 is not JSON")


def test_lists_files_in_pages_newest_first_and_by_purpose(
    standin: Standin, client: openai.OpenAI
) -> None:
    names = [upload(client) for _ in range(5)]
    standin.add_file("step_metrics.csv", b"step\n", "fine-tune-results")
    found = client.files.list(limit=2, purpose="fine-tune")
    assert [file.id for file in found] == names[::-1]
    assert standin.count("GET", "/files") == 3
    ascending = client.files.list(order="asc", purpose="fine-tune")
    assert [file.id for file in ascending] == names


def test_answers_content_as_base64_text_where_set(standin: Standin, client: openai.OpenAI) -> None:
    file = standin.add_file("step_metrics.csv", b"step,train_loss\n", "fine-tune-results")
    file.encoding = "base64"
    assert base64.b64decode(client.files.content(file.id).read()) == b"step,train_loss\n"


def test_a_deleted_or_expired_file_is_404(standin: Standin, client: openai.OpenAI) -> None:
    deleted = upload(client)
    assert client.files.delete(deleted).deleted
    expiring = client.files.create(
        file=("train.jsonl", EXAMPLES),
        purpose="fine-tune",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    standin.clock.move(timedelta(hours=2))
    for name in (deleted, expiring.id):
        with pytest.raises(openai.NotFoundError):
            client.files.retrieve(name)
    assert client.files.list().data == []


@pytest.mark.parametrize(("name", "content"), [("train.csv", EXAMPLES), ("train.jsonl", b"")])
def test_refuses_what_cannot_be_trained_on(
    client: openai.OpenAI, name: str, content: bytes
) -> None:
    with pytest.raises(openai.BadRequestError):
        upload(client, name, content)


def test_takes_a_form_with_curious_names(standin: Standin, client: openai.OpenAI) -> None:
    upload(client, 'say "hi"; filename=x.jsonl')
    assert standin.requests[0].json == {
        "purpose": "fine-tune",
        "file": {"filename": 'say "hi"; filename=x.jsonl', "bytes": len(EXAMPLES)},
    }
