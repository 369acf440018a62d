from __future__ import annotations

from typing import TYPE_CHECKING

import openai
import pytest

from engine.model_client import open_client

if TYPE_CHECKING:
    from tests.standin.standin import Standin


def plain_http() -> openai.DefaultHttpxClient:
    return openai.DefaultHttpxClient(trust_env=False)


def test_a_wrong_key_is_refused_with_part_of_it(standin: Standin) -> None:
    wrong = "sk-proj-wrong-and-long-abcd"
    with (
        open_client(standin.base_url, wrong) as client,
        pytest.raises(openai.AuthenticationError) as refused,
    ):
        client.models.list()
    assert "sk-proj-***************abcd" in refused.value.message
    assert refused.value.code == "invalid_api_key"
    assert standin.secrets == [wrong]
    assert wrong not in repr(standin.requests)


def test_another_organization_or_project_is_refused(standin: Standin) -> None:
    own = standin.state.organization_id
    for organization, project in (("org-other", None), (own, "proj_other")):
        with (
            openai.OpenAI(
                base_url=standin.base_url,
                api_key=standin.key,
                http_client=plain_http(),
                max_retries=0,
                organization=organization,
                project=project,
            ) as client,
            pytest.raises(openai.AuthenticationError, match="should match"),
        ):
            client.models.list()
    assert [asked.organization for asked in standin.requests] == ["org-other", own]


def test_classic_azure_asks_with_its_own_header_and_a_version(standin: Standin) -> None:
    job = standin.past_job()
    with openai.AzureOpenAI(
        azure_endpoint=standin.azure_endpoint,
        api_key=standin.key,
        api_version="2025-04-01-preview",
        http_client=plain_http(),
        max_retries=0,
    ) as client:
        assert [found.id for found in client.fine_tuning.jobs.list()] == [job.id]
        assert client.files.retrieve(job.training_file).id == job.training_file
        whole = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Hello"}]
        )
        assert whole.choices[0].message.content
    assert [asked.flavour for asked in standin.requests] == ["azure"] * 3
    assert standin.count("POST", "/chat/completions") == 1
    assert standin.secrets == [standin.key] * 3


def test_azure_refuses_a_wrong_key_in_its_own_words(standin: Standin) -> None:
    with (
        open_client(standin.azure_base_url, "wrong") as client,
        pytest.raises(openai.AuthenticationError, match="invalid subscription key"),
    ):
        client.models.list()


def test_azures_v1_address_takes_the_plain_client(standin: Standin) -> None:
    job = standin.past_job()
    with open_client(standin.azure_base_url, standin.key) as client:
        assert client.fine_tuning.jobs.retrieve(job.id).id == job.id


def test_classic_azure_without_a_version_is_a_violation(standin: Standin) -> None:
    with (
        open_client(f"{standin.azure_endpoint}/openai", standin.key) as client,
        pytest.raises(openai.BadRequestError),
    ):
        client.models.list()
    assert standin.violations == ["GET /models: the query has no api-version"]
    standin.violations.clear()
