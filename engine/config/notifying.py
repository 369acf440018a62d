"""Reading what is settled of telling somebody outside that a job has ended."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from urllib.parse import urlsplit

from engine.addresses import host_of

COMMAND = "notify.command"
URL = "notify.url"
ON = "notify.on"
NOTIFY = (COMMAND, URL, ON)
"""The settings, each in the table [notify] of config.toml."""

ENDS = ("interrupted", "failed", "cancelled", "succeeded")
"""The statuses of `store.job_status.ENDED`: the training process, which reads settings too, knows
nothing of the store."""

_UNSEEN = frozenset(map(chr, (*range(33), 127)))
_NO_ADDRESS = "is no address such as https://hooks.example.com/services/…"
_NO_COMMAND = 'is no command such as ["notify-send", "ftlab"]'


class WebhookAddress:
    """An address to which is posted. It is a secret mostly: only its host is ever shown.

    Args:
        url: the address.

    Attributes:
        host: its host, with the port where one is named.
    """

    __slots__ = ("__url", "host")

    def __init__(self, url: str) -> None:
        self.__url = url
        self.host = host_of(url)

    def reveal(self) -> str:
        """Return the address itself: for the request, and for config.toml."""
        return self.__url

    def __repr__(self) -> str:
        return f"<WebhookAddress at {self.host}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebhookAddress) and self.__url == other.__url

    def __hash__(self) -> int:
        return hash(self.__url)


def command(value: object) -> tuple[str, ...]:
    """Return a command as its program and arguments; a text is split as a shell would.

    Raises:
        ValueError: if it is none.
    """
    if isinstance(value, str):
        try:
            value = shlex.split(value)
        except ValueError as error:
            raise ValueError(f"cannot be split into words: {error}") from None
    if not isinstance(value, list | tuple) or not value or not value[0]:
        raise ValueError(_NO_COMMAND)
    if not all(isinstance(word, str) and "\0" not in word for word in value):
        raise ValueError(_NO_COMMAND)
    return tuple(value)


def address(value: object) -> WebhookAddress:
    """Return the address of a webhook; no fault repeats it.

    Raises:
        ValueError: if it is none.
    """
    if not isinstance(value, str) or not _UNSEEN.isdisjoint(value):
        raise ValueError(_NO_ADDRESS)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError(_NO_ADDRESS) from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(_NO_ADDRESS)
    return WebhookAddress(value)


def ends(value: object) -> tuple[str, ...]:
    """Return of which ends somebody is told, in their usual order; a text has commas or spaces.

    Raises:
        ValueError: if one is none.
    """
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, Iterable):
        raise ValueError(_no_ends())  # noqa: TRY004 - one error for all
    chosen = [*value]
    if chosen == ["all"]:
        return ENDS
    if not chosen or not all(end in ENDS for end in chosen):
        raise ValueError(_no_ends())
    return tuple(end for end in ENDS if end in chosen)


def _no_ends() -> str:
    return f"is none of {', '.join(ENDS)}, nor a list of them, nor all"
