"""Who may ask: bearer keys, Azure's `api-key`, and the organization and project of a key."""

from __future__ import annotations

from tests.standin.calls import Call
from tests.standin.errors import ApiError
from tests.standin.state import State

_SHOWN_HEAD = 8
_SHOWN_TAIL = 4


def key_of(call: Call) -> str | None:
    """Return the key that a request shows, or None."""
    if call.flavour == "azure" and "api-key" in call.headers:
        return call.headers["api-key"]
    scheme, _, key = call.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def authorize(call: Call, state: State) -> None:
    """Let a request pass.

    Raises:
        ApiError: 401 if its key, organization or project is not the right one. As the real
            service's do, the message repeats part of a wrong key.
    """
    key = key_of(call)
    if key != state.key:
        raise _wrong_key(call, key)
    _match(call, "openai-organization", state.organization_id, "organization")
    _match(call, "openai-project", state.project_id, "project")


def _wrong_key(call: Call, key: str | None) -> ApiError:
    if call.flavour == "azure":
        return ApiError(
            401,
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to "
            "provide a valid key for an active subscription and use a correct regional API "
            "endpoint for your resource.",
            code="401",
        )
    if key is None:
        return ApiError(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        )
    return ApiError(
        401,
        f"Incorrect API key provided: {_masked(key)}. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    )


def _masked(key: str) -> str:
    hidden = len(key) - _SHOWN_HEAD - _SHOWN_TAIL
    if hidden <= 0:
        return key
    return key[:_SHOWN_HEAD] + "*" * hidden + key[-_SHOWN_TAIL:]


def _match(call: Call, header: str, right: str, what: str) -> None:
    if call.headers.get(header, right) != right:
        raise ApiError(
            401,
            f"OpenAI-{what.capitalize()} header should match {what} for API key.",
            code=f"mismatched_{what}",
        )
