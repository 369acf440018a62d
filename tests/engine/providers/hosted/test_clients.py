"""The openai client as ftlab opens it: what goes over the wire."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import pytest

from engine.errors import LabError, ProviderError
from engine.keys import Key
from engine.profiles import Profile, make
from engine.providers.hosted.clients import api_url, open_blocking_client, open_client
from tests.engine.providers.hosted.loopback import Answer, Service, running

_KEY = Key("sk-own-Zq7Xw2mN9rT4", "a test")
_FOREIGN = "sk-of-the-environment"


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as found:
        yield found


@pytest.fixture
def _tempting_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that would send every request elsewhere, and as somebody else."""
    monkeypatch.setenv("OPENAI_API_KEY", _FOREIGN)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", _FOREIGN)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", _FOREIGN)
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", _FOREIGN)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_API_VERSION", "1999-01-01")
    monkeypatch.setenv("OPENAI_ORG_ID", _FOREIGN)
    monkeypatch.setenv("OPENAI_PROJECT_ID", _FOREIGN)
    headers = ("authorization", "API-KEY", "openai-organization", "OPENAI-PROJECT")
    lines = "\n".join(f"{name}: Bearer {_FOREIGN}" for name in headers)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", lines)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")


async def _ask(profile: Profile) -> None:
    """Ask for the jobs, waiting in one way and in the other."""
    async with open_client(profile, _KEY) as client:
        await client.fine_tuning.jobs.list(limit=1)
    with open_blocking_client(profile, _KEY) as blocking:
        blocking.fine_tuning.jobs.list(limit=1)


@pytest.mark.usefixtures("_tempting_environment")
async def test_only_what_the_profile_says_is_sent(service: Service) -> None:
    await _ask(service.profile())
    assert len(service.asked) == 2
    for asked in service.asked:
        assert asked.path == "/v1/fine_tuning/jobs?limit=1"
        assert asked.headers.get_all("Authorization") == [f"Bearer {_KEY.reveal()}"]
        for name in ("api-key", "OpenAI-Organization", "OpenAI-Project"):
            assert name not in asked.headers
        assert _FOREIGN not in str(asked.headers)


@pytest.mark.usefixtures("_tempting_environment")
async def test_organization_and_project_of_the_profile_are_sent(service: Service) -> None:
    await _ask(service.profile(kind="openai", organization="org-own", project="proj_own"))
    for asked in service.asked:
        assert asked.headers.get_all("OpenAI-Organization") == ["org-own"]
        assert asked.headers.get_all("OpenAI-Project") == ["proj_own"]
        assert _FOREIGN not in str(asked.headers)


@pytest.mark.usefixtures("_tempting_environment")
async def test_azure_with_a_dated_version_is_asked_in_its_older_way(service: Service) -> None:
    resource = service.url.removesuffix("/v1")
    await _ask(service.profile(kind="azure", base_url=resource, api_version="2024-10-21"))
    for asked in service.asked:
        path, _, query = asked.path.partition("?")
        assert path == "/openai/fine_tuning/jobs"
        assert set(query.split("&")) == {"api-version=2024-10-21", "limit=1"}
        assert asked.headers.get_all("api-key") == [_KEY.reveal()]
        assert "Authorization" not in asked.headers
        assert _FOREIGN not in str(asked.headers)


@pytest.mark.usefixtures("_tempting_environment")
async def test_azure_without_one_is_asked_through_its_v1_api(service: Service) -> None:
    await _ask(service.profile(kind="azure", base_url=service.url.removesuffix("/v1")))
    for asked in service.asked:
        assert asked.path == "/openai/v1/fine_tuning/jobs?limit=1"
        assert asked.headers.get_all("Authorization") == [f"Bearer {_KEY.reveal()}"]
        assert _FOREIGN not in str(asked.headers)


@pytest.mark.parametrize(
    "written",
    ["", "/openai", "/openai/v1", "/openai/", "/openai/v1/"],
    ids=lambda path: path or "/",
)
def test_however_much_of_azures_address_is_written_it_is_the_same(written: str) -> None:
    resource = f"https://acme.openai.azure.com{written}"
    v1 = make("azure", {"kind": "azure", "base_url": resource})
    assert api_url(v1) == "https://acme.openai.azure.com/openai/v1"
    if "v1" not in written:
        dated = make("azure", {"kind": "azure", "base_url": resource, "api_version": "2024-10-21"})
        assert api_url(dated) == "https://acme.openai.azure.com/openai"


async def test_a_copy_with_other_options_stays_the_same_service(service: Service) -> None:
    async with open_client(service.profile(), _KEY, retries=2) as client:
        assert client.max_retries == 2
        await client.with_options(max_retries=0).models.list()
    assert service.asked[0].headers.get_all("Authorization") == [f"Bearer {_KEY.reveal()}"]


async def test_nothing_is_asked_twice_unless_that_is_wanted(service: Service) -> None:
    service.answers["/v1/models"] = Answer(500)
    async with open_client(service.profile(), _KEY) as client:
        with pytest.raises(Exception, match="500"):
            await client.models.list()
    assert len(service.asked) == 1


async def test_a_web_page_is_no_answer(service: Service) -> None:
    service.answers["/v1/fine_tuning/jobs/x"] = Answer(
        body="<html>Welcome!</html>", kind="text/html"
    )
    async with open_client(service.profile(), _KEY) as client:
        with pytest.raises(ProviderError, match="answered with a web page"):
            await client.fine_tuning.jobs.retrieve("x")
    with (
        open_blocking_client(service.profile(), _KEY) as blocking,
        pytest.raises(ProviderError, match="is its /v1 missing"),
    ):
        blocking.fine_tuning.jobs.retrieve("x")


async def test_a_redirect_to_another_host_does_not_get_the_key(service: Service) -> None:
    with running() as elsewhere:
        moved = {"Location": elsewhere.url + "/models"}
        for path in ("/v1/models", "/openai/models"):
            service.answers[path] = Answer(307, headers=moved)
        resource = service.url.removesuffix("/v1")
        dated = service.profile(kind="azure", base_url=resource, api_version="2024-10-21")
        for profile in (service.profile(), dated):
            async with open_client(profile, _KEY) as client:
                await client.models.list()
        assert len(elsewhere.asked) == 2
        assert not any(_KEY.reveal() in str(asked.headers) for asked in elsewhere.asked)


def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://ada:hidden@proxy.example.com")
    with pytest.raises(LabError, match="look at HTTPS_PROXY") as raised:
        open_blocking_client(make("openai", {}), _KEY)
    assert "hidden" not in "".join(traceback.format_exception(raised.value))
