from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.standin import faults
from tests.standin.examples import training_file

if TYPE_CHECKING:
    from tests.standin.standin import Standin

HELLO: Any = [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/fine_tuning/jobs", {"model": "gpt-4o"}, "body.training_file"),
        (
            "/fine_tuning/jobs",
            {"model": "gpt-4o", "training_file": "f", "idempotency_key": "x"},
            "body.idempotency_key",
        ),
        (
            "/fine_tuning/jobs",
            {
                "model": "gpt-4o",
                "training_file": "f",
                "method": {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": "3"}}},
            },
            "body.method.dpo.hyperparameters.n_epochs",
        ),
        (
            "/chat/completions",
            {"model": "gpt-4o", "messages": [{"role": "user", "content": "x", "mood": "bad"}]},
            "messages.0",
        ),
        ("/fine_tuning/jobs/ftjob-1/cancel", {"reason": "x"}, "body: nothing is expected"),
        ("/fine_tunes", {}, "no such endpoint"),
    ],
)
def test_what_the_published_types_do_not_allow_is_noted(
    standin: Standin, client: openai.OpenAI, path: str, body: dict[str, Any], place: str
) -> None:
    with pytest.raises(openai.APIStatusError):
        client.post(path, body=body, cast_to=object)
    assert place in standin.violations[0]
    standin.violations.clear()


@pytest.mark.parametrize("query", [{"page": 2}, {"limit": "many"}])
def test_queries_are_checked_as_well(
    standin: Standin, client: openai.OpenAI, query: dict[str, object]
) -> None:
    with pytest.raises(openai.BadRequestError):
        client.fine_tuning.jobs.list(extra_query=query)
    assert standin.violations[0].startswith("GET /fine_tuning/jobs: query.")
    standin.violations.clear()


def test_a_request_is_checked_even_where_it_is_refused(
    standin: Standin, client: openai.OpenAI
) -> None:
    standin.inject(faults.server_error(), "GET", "/fine_tuning/jobs")
    with pytest.raises(openai.InternalServerError):
        client.fine_tuning.jobs.list(extra_query={"page": 2})
    assert len(standin.violations) == 1
    standin.violations.clear()


def test_forms_are_checked_as_well(standin: Standin, client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError):
        client.files.create(
            file=("a.jsonl", b"{}"), purpose="fine-tune", extra_body={"colour": "red"}
        )
    assert "form.colour" in standin.violations[0]
    standin.violations.clear()


def test_what_is_answered_has_the_published_types(standin: Standin) -> None:
    job = standin.past_job(metadata={"a": "b"}, validated=True)
    job.error = None
    with openai.OpenAI(
        base_url=standin.base_url,
        api_key=standin.key,
        http_client=openai.DefaultHttpxClient(trust_env=False),
        _strict_response_validation=True,
    ) as client:
        jobs = client.fine_tuning.jobs
        assert jobs.retrieve(job.id).result_files
        assert list(jobs.checkpoints.list(job.id))
        del job.events[-2]  # the moderation's type is none of the published ones
        assert list(jobs.list_events(job.id))
        assert list(client.models.list())
        content = training_file("supervised", job.model, 12)
        made = client.files.create(file=("a.jsonl", content), purpose="fine-tune")
        assert client.files.list().data[0].id == made.id
        upload = client.uploads.create(
            bytes=1, filename="a.jsonl", mime_type="text/jsonl", purpose="fine-tune"
        )
        part = client.uploads.parts.create(upload.id, data=b"x")
        assert client.uploads.complete(upload.id, part_ids=[part.id]).file
        _strict_chat(client)
        assert client.completions.create(model="davinci-002", prompt="a", logprobs=1).choices


def _strict_chat(client: openai.OpenAI) -> None:
    options: Any = {"model": "gpt-4o", "messages": HELLO, "logprobs": True, "top_logprobs": 2}
    assert client.chat.completions.create(**options).choices
    options |= {"stream": True, "stream_options": {"include_usage": True}}
    assert list(client.chat.completions.create(**options))
