"""Posting to the user's address. Nothing that may have arrived is sent again."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from engine.addresses import is_loopback
from engine.notifying.message import Message
from engine.notifying.ways import Outcome

_TRIES = 3
_PAUSE_SECONDS = 1.0
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0


def post(url: str, message: Message, pause: float = _PAUSE_SECONDS) -> Outcome:
    """Post a message as JSON.

    No redirection is followed, and no outcome holds any part of the address: it is a secret mostly.

    Args:
        url: where to.
        message: what is told.
        pause: seconds before the second try to reach it, and twice as many before the third.
    """
    http = _carrier()
    timeout = http.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    try:
        with http.Client(
            timeout=timeout, follow_redirects=False, trust_env=not is_loopback(url)
        ) as client:
            for again in range(_TRIES):
                if again:
                    time.sleep(pause * again)
                try:
                    return _sent(client, url, message)
                except (http.ConnectError, http.ConnectTimeout) as error:
                    certificate = _certificate_fault(error)
                    if certificate is not None:
                        return certificate
                    failed = _unreached(error)
            return failed
    except http.HTTPError as error:
        return Outcome(False, f"it may have arrived: no answer ({type(error).__name__})")
    except (http.InvalidURL, ImportError, ValueError) as error:
        # Its words might repeat the address, or that of a proxy with its password.
        return Outcome(False, f"it cannot be sent ({type(error).__name__})")


def _sent(client: Any, url: str, message: Message) -> Outcome:  # noqa: ANN401 - see `_carrier`
    headers = {"Content-Type": "application/json", "User-Agent": "ftlab"}
    request = client.build_request("POST", url, content=message.as_json(), headers=headers)
    answer = client.send(request, stream=True)
    # What else it says is not read: it may repeat the address.
    answer.close()
    return _answered(answer.status_code)


def _answered(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(True, f"answered {status}")
    elsewhere = ", which leads elsewhere and is not followed" if 300 <= status < 400 else ""
    return Outcome(False, f"answered {status}{elsewhere}")


def _certificate_fault(error: BaseException) -> Outcome | None:
    """Return what is wrong with the server's certificate, if that is why: no other try mends it."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Outcome(False, f"its certificate does not hold: {cause.verify_message}")
    return None


def _unreached(error: BaseException) -> Outcome:
    """Say why no connection came about, in words that are not the library's."""
    words = [cause.strerror for cause in _causes(error) if isinstance(cause, OSError)]
    why = next(filter(None, words), None)
    return Outcome(False, f"not reached, {_TRIES} times{f': {why}' if why else ''}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _carrier() -> Any:  # noqa: ANN401 - a module, one of two
    """Return the library that the openai package brings: httpx2, or httpx in its older versions."""
    return import_module("httpx2" if find_spec("httpx2") else "httpx")
