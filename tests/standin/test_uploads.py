from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import openai
import pytest

if TYPE_CHECKING:
    from openai.types import Upload

    from tests.standin.standin import Standin

CONTENT = b'{"prompt": "a", "completion": "b"}\n' * 20
HALF = len(CONTENT) // 2


def begin(client: openai.OpenAI, size: int = len(CONTENT)) -> Upload:
    return client.uploads.create(
        bytes=size, filename="train.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )


def add(client: openai.OpenAI, upload: Upload, content: bytes) -> str:
    return client.uploads.parts.create(upload.id, data=content).id


def test_makes_a_file_of_parts_in_the_order_that_is_named(client: openai.OpenAI) -> None:
    upload = begin(client)
    second = add(client, upload, CONTENT[HALF:])
    first = add(client, upload, CONTENT[:HALF])
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    done = client.uploads.complete(upload.id, part_ids=[first, second], md5=md5)
    assert (done.status, done.file and done.file.bytes) == ("completed", len(CONTENT))
    assert done.file
    assert client.files.content(done.file.id).read() == CONTENT


def test_the_clients_own_chunking_works(client: openai.OpenAI) -> None:
    done = client.uploads.upload_file_chunked(
        file=CONTENT,
        filename="train.jsonl",
        bytes=len(CONTENT),
        mime_type="text/jsonl",
        purpose="fine-tune",
        part_size=100,
    )
    assert done.file
    assert client.files.content(done.file.id).read() == CONTENT


def test_refuses_other_sizes_sums_and_parts(client: openai.OpenAI) -> None:
    upload = begin(client, size=HALF + 1)
    part = add(client, upload, CONTENT[:HALF])
    for parts, md5, reason in (
        ([part], None, "in total"),
        (["part_of_another"], None, "no part"),
        ([part, part], None, "more than once"),
    ):
        with pytest.raises(openai.BadRequestError, match=reason):
            client.uploads.complete(upload.id, part_ids=parts, md5=md5 or openai.omit)
    rest = add(client, upload, b"x")
    with pytest.raises(openai.BadRequestError, match="checksum"):
        client.uploads.complete(upload.id, part_ids=[part, rest], md5="0" * 32)
    assert client.uploads.complete(upload.id, part_ids=[part, rest]).status == "completed"


def test_takes_nothing_more_once_it_is_over(standin: Standin, client: openai.OpenAI) -> None:
    cancelled, expired = begin(client), begin(client)
    assert client.uploads.cancel(cancelled.id).status == "cancelled"
    standin.clock.move(timedelta(hours=1))
    for upload, word in ((cancelled, "cancelled"), (expired, "expired")):
        with pytest.raises(openai.BadRequestError, match=word):
            add(client, upload, CONTENT)
