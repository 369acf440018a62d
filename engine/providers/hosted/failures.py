"""What the openai client raises, in plain words and without any part of a key."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import FailureKind, ProviderError
from engine.providers.hosted.connections import connection_words
from engine.providers.hosted.retry_after import seconds_to_wait

if TYPE_CHECKING:
    import openai

    from engine.keys import Key
    from engine.profiles import Profile

_CLOSED = "training_not_available"
_MISSING_RIGHT = "missing scopes"
"""What OpenAI says of a key that lacks a right, with the status of a wrong key (401)."""

_OTHERS_KEY = ("mismatched_organization", "mismatched_project", "invalid_organization")
_NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_KINDS: Mapping[int, FailureKind] = {
    401: "authentication",
    402: "quota",
    403: "permission",
    404: "not_found",
    408: "timeout",
    409: "conflict",
    410: "not_found",
    429: "rate_limit",
}
_RETRIABLE = frozenset({"conflict", "rate_limit", "server", "timeout"})
_LONGEST = 400
_SEARCHED = 20_000


@contextmanager
def told(profile: Profile, key: Key | None) -> Iterator[None]:
    """Turn what the openai client raises inside into words, and leave any other error as it is.

    No traceback shows the client's own error: its words may be the service's, with a part of the
    key in them.

    Args:
        profile: the service that is spoken to.
        key: the key that is sent, for no word of the service to repeat.

    Raises:
        ProviderError: for anything that the client, or what carries its requests, raises.
    """
    try:
        yield
    except Exception as error:
        failure = explained(error, profile, key)
        if failure is None or failure is error:
            raise
        raise failure from None


def explained(error: Exception, profile: Profile, key: Key | None) -> ProviderError | None:
    """Return in plain words what the openai client raised; None if it is no error of a client's.

    Args:
        error: what was raised.
        profile: the service that is spoken to.
        key: the key that was sent, if one was.
    """
    import openai

    match error:
        case ProviderError():
            return error
        case openai.APITimeoutError() | TimeoutError():
            return _late(profile)
        case openai.APIResponseValidationError():
            return _unreadable(profile)
        case openai.APIStatusError():
            return _Refusal(error, profile, key).told()
        case openai.APIConnectionError():
            return _broken(error, profile, key)
        case openai.APIError():
            return _broken_off(error, profile, key)
        case _ if _is_unreadable(error):
            return _unreadable(profile)
        case _ if isinstance(error, _carriers("TimeoutException")):
            return _late(profile)
        case _ if isinstance(error, _carriers("RequestError")):
            return _broken(error, profile, key)
        case _:
            return None


class _Refusal:
    """An answer that is an error.

    Args:
        error: what the client made of it.
        profile: the service.
        key: the key that was sent.
    """

    def __init__(self, error: openai.APIStatusError, profile: Profile, key: Key | None) -> None:
        self._error = error
        self._profile = profile
        self._key = key
        self._code = _word(error.code) or _word(error.type)

    def told(self) -> ProviderError:
        kind = self._kind()
        headers = self._error.response.headers
        asked = headers.get("x-should-retry")
        return ProviderError(
            self._words(kind),
            kind,
            retriable=kind in _RETRIABLE if asked is None else asked == "true",
            status=self._error.status_code,
            code=self._hidden(self._code),
            param=self._hidden(_word(self._error.param)),
            retry_after=seconds_to_wait(headers),
            request_id=self._hidden(self._error.request_id),
        )

    def _kind(self) -> FailureKind:
        if self._code == _CLOSED:
            return "closed"
        if self._code in _NO_MONEY or self._error.type in _NO_MONEY:
            return "quota"
        if _MISSING_RIGHT in (_message(self._error) or "").lower():
            return "permission"
        status = self._error.status_code
        if status >= 500:
            return "server"
        return _KINDS.get(status, "bad_request")

    def _words(self, kind: FailureKind) -> str:
        name, status = self._profile.name, self._error.status_code
        said = self._said()
        match kind:
            case "authentication":
                return self._key_words()
            case "permission":
                return f"{name} does not let this key do that{said}"
            case "closed":
                return (
                    f"{name} takes no new fine-tuning jobs of this organization{said}. Past jobs, "
                    "their files and models can still be read; `--provider local` trains on this "
                    "machine"
                )
            case "not_found":
                return f"{name} has no such thing{said}"
            case "rate_limit":
                return f"{name} is asked too often{said}{self._waiting()}"
            case "quota":
                return (
                    f"the account at {name} has no money or no quota left{said}: waiting does not "
                    "help, look at its billing page"
                )
            case "server":
                return f"{name} failed at its own end ({status}){said}{self._waiting()}"
            case _:
                return f"{name} refused the request ({status}){said}{self._field()}"

    def _key_words(self) -> str:
        """Say it without the service's own words: they repeat a part of the key."""
        name, source = self._profile.name, f" from {self._key.source}" if self._key else ""
        if self._code in _OTHERS_KEY:
            return (
                f"{name}: the key{source} is not one of the organization or project that is asked "
                f"for: `ftlab config profile show {name}` tells where they are said"
            )
        return (
            f"{name} refused the key{source}: is it whole, not revoked, and one for "
            f"{self._profile.host}?"
        )

    def _said(self) -> str:
        text = self._hidden(_message(self._error))
        return f": {text}" if text else ""

    def _field(self) -> str:
        param = self._hidden(_word(self._error.param))
        return f" (field {param})" if param else ""

    def _waiting(self) -> str:
        seconds = seconds_to_wait(self._error.response.headers)
        return "" if seconds is None else f". It asks to wait {seconds:.0f} s"

    def _hidden(self, text: str | None) -> str | None:
        return None if text is None else _without_key(text, self._key)


def _message(error: openai.APIStatusError) -> str | None:
    """Return the service's own words: `message` of OpenAI and Azure, `detail` of many others."""
    body = error.body
    if isinstance(body, Mapping):
        body = next((body[name] for name in ("message", "detail", "title") if body.get(name)), None)
        return body if isinstance(body, str) else None
    text = body if isinstance(body, str) else error.response.text
    return None if text.lstrip().startswith("<") else text


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _without_key(text: str, key: Key | None) -> str:
    """Return the beginning of a text on one line, with nothing of the key in it."""
    text = " ".join(text[:_SEARCHED].split())
    text = text if key is None else key.hide_in(text)
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return text.rstrip(".")


def _late(profile: Profile) -> ProviderError:
    return ProviderError(f"{profile.host} did not answer in time", "timeout", retriable=True)


def _unreadable(profile: Profile) -> ProviderError:
    what = f"the answer of {profile.host} is cut off, or none of this API"
    return ProviderError(what, "unreadable", retriable=True)


def _broken(error: Exception, profile: Profile, key: Key | None) -> ProviderError:
    what = _without_key(connection_words(error, profile), key)
    return ProviderError(what, "connection", retriable=True)


def _broken_off(error: openai.APIError, profile: Profile, key: Key | None) -> ProviderError:
    """Explain an error that came in the middle of a streamed answer."""
    what = f"{profile.name} broke off its answer: {_without_key(error.message, key)}"
    return ProviderError(what, "server", retriable=True)


def _is_unreadable(error: Exception) -> bool:
    """Tell whether the client stumbled over an answer of another shape than its API's.

    Cut-off JSON surfaces as the parser's error; a list that is no object as an AttributeError of
    the client's own page class.
    """
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
        return True
    return isinstance(error, AttributeError) and "_set_private_attributes" in str(error)


def _carriers(name: str) -> tuple[type[Exception], ...]:
    """Return an error class of what carries the requests, httpx2 or httpx, whichever is loaded."""
    loaded = (sys.modules.get(package) for package in ("httpx2", "httpx"))
    return tuple(getattr(module, name) for module in loaded if module is not None)
