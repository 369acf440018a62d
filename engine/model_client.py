"""The openai client as ftlab opens it for a model server of this machine, its errors in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import openai


def open_client(base_url: str, key: str) -> openai.OpenAI:
    """Return an openai client of a server on loopback; it heeds no proxy settings.

    Hosted services have their own: `engine.providers.hosted.clients`.
    """
    import openai

    return openai.OpenAI(
        base_url=base_url,
        api_key=key,
        # Said outright, because OPENAI_CUSTOM_HEADERS could else put another key in its place.
        default_headers={"Authorization": f"Bearer {key}"},
        max_retries=0,
        http_client=openai.DefaultHttpxClient(trust_env=False),
    )


def explain(error: Exception) -> str:
    """Say in plain words why a model did not answer.

    Args:
        error: what the openai client raised.
    """
    import openai

    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            # Without the server's own words: some repeat a part of the key.
            return "The model server refused the key."
        case openai.APITimeoutError():
            return "The model did not answer in time."
        case openai.APIConnectionError():
            return f"No connection to the model server, or it broke off: {error.__cause__ or error}"
        case openai.APIStatusError():
            return _status_words(error)
        case openai.APIError():
            return f"The model broke off: {error.message}"
        case _:
            return f"The model server sent something unreadable: {error}"


def _status_words(error: openai.APIStatusError) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return f"The model server refused ({error.status_code}): {message or error.message}"
