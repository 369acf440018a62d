"""Where models are asked, and what a failure there means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from engine import model_client
from engine.chatting.turns import ChatError
from engine.errors import LabError, ProviderError

if TYPE_CHECKING:
    import openai

    from engine.keys import Key
    from engine.profiles import Profile

_REPEATS = 2
"""How often a question is asked again that got no answer."""

_SILENT_SECONDS = 300.0
"""A model that reasons says nothing for minutes before its first word."""


class Endpoint(Protocol):
    """A service that answers for models."""

    @property
    def repeats(self) -> int:
        """How often a question is asked again that got no answer, and may get one."""
        ...

    @property
    def secret(self) -> Key | None:
        """The key, if no answer may repeat it."""
        ...

    def open(self) -> openai.OpenAI:
        """Return a client of it."""
        ...

    def explain(self, error: Exception) -> LabError | None:
        """Return in plain words what the client raised; None if it is a fault of ftlab's own."""
        ...

    def broke_off(self) -> LabError:
        """Return the words for an answer that ended before its end, without an error."""
        ...


class ModelServer(Protocol):
    """A model server of this machine, which may not be up yet."""

    @property
    def base_url(self) -> str:
        """Its address, with its `/v1`."""
        ...

    @property
    def key(self) -> str:
        """Its one-time key."""
        ...


class LocalEndpoint:
    """A model server of this machine.

    Args:
        server: the server; it has to be up when a client is opened.
    """

    repeats = 0
    secret = None

    def __init__(self, server: ModelServer) -> None:
        self._server = server

    def open(self) -> openai.OpenAI:
        """Return a client of it."""
        return model_client.open_client(self._server.base_url, self._server.key)

    def explain(self, error: Exception) -> LabError | None:
        """Return in plain words what the client raised."""
        from openai import OpenAIError

        if not isinstance(error, OpenAIError | ValueError):
            return None
        return ChatError(model_client.explain(error).replace(self._server.key, "[key]"))

    def broke_off(self) -> LabError:
        """Return the words for an answer that ended before its end."""
        return ChatError("The connection to the model broke off before the end of the answer.")


class HostedEndpoint:
    """A profile's service.

    Args:
        profile: the service.
        key: its key.
        missing: given the service's refusal of a model that it does not have, says more of why.
    """

    repeats = _REPEATS

    def __init__(
        self,
        profile: Profile,
        key: Key,
        missing: Callable[[ProviderError], ProviderError] = lambda failure: failure,
    ) -> None:
        self._profile = profile
        self.secret = key
        self._missing = missing

    def open(self) -> openai.OpenAI:
        """Return a client of it, which asks once.

        Raises:
            LabError: if the proxy that the environment names cannot be used.
        """
        from engine.providers.hosted.clients import open_blocking_client

        return open_blocking_client(self._profile, self.secret, timeout=_SILENT_SECONDS)

    def explain(self, error: Exception) -> LabError | None:
        """Return in plain words what the client raised."""
        from engine.providers.hosted.failures import explained

        failure = explained(error, self._profile, self.secret)
        if failure is not None and failure.kind == "not_found":
            return self._missing(failure)
        return failure

    def broke_off(self) -> LabError:
        """Return the words for an answer that ended before its end."""
        what = f"{self._profile.name} broke off before the end of the answer"
        return ProviderError(what, "connection", retriable=True)
