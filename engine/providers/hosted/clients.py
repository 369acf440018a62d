"""The openai client as ftlab opens it: every header, address and time-out said outright.

What is left unsaid, the openai package takes from the environment (OPENAI_ORG_ID, OPENAI_BASE_URL,
OPENAI_CUSTOM_HEADERS …): one service's account, or its key, would reach another service that way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from engine.errors import LabError, ProviderError

if TYPE_CHECKING:
    import openai
    from httpx2 import AsyncClient, Client, Response

    from engine.keys import Key
    from engine.profiles import Profile

_Transport = TypeVar("_Transport", bound="Client | AsyncClient")

_CONNECT_SECONDS = 10.0
_AZURE_V1 = "/openai/v1"


def open_client(
    profile: Profile, key: Key, *, retries: int = 0, timeout: float = 60.0
) -> openai.AsyncOpenAI:
    """Return an asynchronous client of a profile's service. Close it, or use it in `async with`.

    Args:
        profile: the service.
        key: its key.
        retries: how often the client itself repeats a request that got no answer or a server's
            fault. It does so with every kind of request: with more than 0, a creation may be done
            twice.
        timeout: seconds without a byte of answer after which a request is given up.

    Raises:
        LabError: if the proxy that the environment names cannot be used.
    """
    import openai

    options = _options(profile, key, retries, timeout)
    transport = openai.DefaultAsyncHttpxClient
    options["http_client"] = _transport(transport, profile, _refuse_page_later)
    if profile.api_version is not None:
        return openai.AsyncAzureOpenAI(**options, **_azure(profile))
    return openai.AsyncOpenAI(**options, base_url=api_url(profile))


def open_blocking_client(
    profile: Profile, key: Key, *, retries: int = 0, timeout: float = 60.0
) -> openai.OpenAI:
    """Return the same for threads that wait; see `open_client`."""
    import openai

    options = _options(profile, key, retries, timeout)
    options["http_client"] = _transport(openai.DefaultHttpxClient, profile, _refuse_page)
    if profile.api_version is not None:
        return openai.AzureOpenAI(**options, **_azure(profile))
    return openai.OpenAI(**options, base_url=api_url(profile))


def open_bare_client(profile: Profile) -> Client:
    """Return an HTTP client that goes the same way to a profile's service, without its key.

    Raises:
        LabError: if the proxy that the environment names cannot be used.
    """
    import openai

    return _transport(openai.DefaultHttpxClient, profile, None)


def api_url(profile: Profile) -> str:
    """Return where a profile's requests go: of Azure, people know the resource's address only."""
    if profile.kind != "azure":
        return profile.base_url
    resource = profile.base_url.removesuffix("/v1").removesuffix("/openai")
    return resource + ("/openai" if profile.api_version is not None else _AZURE_V1)


def _options(profile: Profile, key: Key, retries: int, timeout: float) -> dict[str, Any]:
    import openai

    return {
        "api_key": key.reveal(),
        "max_retries": retries,
        "timeout": openai.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
        "default_headers": _headers(profile, key),
    }


def _headers(profile: Profile, key: Key) -> dict[str, Any]:
    """Return the headers that say who asks; what must not be sent is omitted, whoever wants it."""
    import openai

    dated = profile.api_version is not None
    said = {
        "Authorization": None if dated else f"Bearer {key.reveal()}",
        "api-key": key.reveal() if dated else None,
        "OpenAI-Organization": profile.organization,
        "OpenAI-Project": profile.project,
    }
    return {name: openai.Omit() if value is None else value for name, value in said.items()}


def _azure(profile: Profile) -> dict[str, Any]:
    return {"base_url": api_url(profile), "api_version": profile.api_version}


def _transport(client: type[_Transport], profile: Profile, check: object) -> _Transport:
    """Return an HTTP client; for a server of this machine one that heeds no proxy settings."""
    hooks: dict[str, list[Any]] = {"response": [check] if check else []}
    try:
        return client(trust_env=not profile.on_this_machine, event_hooks=hooks)
    except (ImportError, ValueError) as error:
        # Its words would repeat the address, and with it a password.
        raise LabError(
            f"the proxy that the environment names for {profile.host} cannot be used "
            f"({type(error).__name__}): look at HTTPS_PROXY and ALL_PROXY; a SOCKS proxy needs "
            "pip install socksio"
        ) from None


def _refuse_page(response: Response) -> None:
    """Refuse a web page that came where JSON was to come: the openai client takes it for an answer.

    Raises:
        ProviderError: if it is one.
    """
    kind = response.headers.get("content-type", "")
    if response.is_success and kind.startswith("text/html"):
        raise ProviderError(
            f"{response.url.host} answered with a web page, not as an API: look at the address "
            "(is its /v1 missing?), or at what stands between (a proxy, a network's login page)",
            "unreadable",
            status=response.status_code,
        )


async def _refuse_page_later(response: Response) -> None:
    _refuse_page(response)
