"""The ways in which somebody may be told, and what comes of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from engine.config.settings import Settings
    from engine.notifying.message import Message
    from engine.places import Places
    from store.events.notifications import Way as Name


class Outcome(NamedTuple):
    """What came of telling somebody.

    Attributes:
        ok: whether they were told.
        what: the answer, or what went wrong; no secret is in it.
        said: the last of what a command printed.
    """

    ok: bool
    what: str
    said: str = ""


class Way(Protocol):
    """A way in which somebody may be told."""

    @property
    def name(self) -> Name:
        """What the log calls it."""

    @property
    def to(self) -> str:
        """Whom it reaches, as far as that may be shown."""

    def tell(self, message: Message) -> Outcome:
        """Tell them, once; whatever goes wrong becomes the outcome."""


class Command:
    """A command of the user's is run.

    Args:
        arguments: its program and arguments.
        places: the lab's; it runs in the data directory.
    """

    name: Name = "command"

    def __init__(self, arguments: tuple[str, ...], places: Places) -> None:
        self._arguments = arguments
        self._places = places

    @property
    def to(self) -> str:
        """The program."""
        return Path(self._arguments[0]).name

    def tell(self, message: Message) -> Outcome:
        """Run it; see `command.run`."""
        from engine.notifying.command import run

        return run(self._arguments, message, self._places)


class Webhook:
    """Something is posted to an address of the user's.

    Args:
        url: the address.
        host: its host.
    """

    name: Name = "url"

    def __init__(self, url: str, host: str) -> None:
        self.__url = url
        self._host = host

    @property
    def to(self) -> str:
        """The host: the rest of the address is a secret mostly."""
        return self._host

    def tell(self, message: Message) -> Outcome:
        """Post it; see `webhook.post`."""
        from engine.notifying.webhook import post

        return post(self.__url, message)


def settled(settings: Settings) -> list[Way]:
    """Return the ways that are settled.

    Raises:
        LabError: if what the environment says of them cannot be.
    """
    found: list[Way] = []
    if (arguments := settings.notify_command.value) is not None:
        found.append(Command(arguments, settings.places))
    if (address := settings.notify_url.value) is not None:
        found.append(Webhook(address.reveal(), address.host))
    return found
