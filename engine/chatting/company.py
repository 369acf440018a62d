"""The models that somebody talks to at once: they come and go, and one that fails is only missing.

`SideBySide` is for a fixed set of models that are all needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from engine.chatting.local import LocalModels
from engine.chatting.targets import Progress
from engine.closing import Closing
from engine.errors import LabError

if TYPE_CHECKING:
    from engine.conversations import Conversation, Sampling
    from engine.lab import Lab


@dataclass(frozen=True, slots=True)
class Guest:
    """A model to talk to.

    Attributes:
        model: see `Conversation`.
        provider: see `Conversation`.
        chat: a conversation of the log to go on with; None begins one.
    """

    model: str
    provider: str | None = None
    chat: str | None = None


class Company(Closing):
    """Conversations, and the servers of their local models, until all are closed together.

    Args:
        lab: where the models are found and the turns are recorded.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._lock = Lock()
        self._open: list[Conversation | LocalModels] = []
        self._closed = False

    def invite(
        self,
        guests: Sequence[Guest],
        system: str | None,
        sampling: Sampling,
        progress: Progress | None = None,
    ) -> list[Conversation | Exception]:
        """Begin a conversation with each; why one cannot be is given in its place.

        The local models among them share a server: a base model is loaded once. It takes a while,
        and may be asked for from several threads.
        """
        local = LocalModels()
        begun = [self._begun(guest, system, sampling, local, progress) for guest in guests]
        try:
            local.start()
        except Exception as error:  # noqa: BLE001 - told in the place of those that needed it
            begun = [each if _does_without(each) else error for each in begun]
        return self._kept(local, begun)

    def _begun(
        self,
        guest: Guest,
        system: str | None,
        sampling: Sampling,
        local: LocalModels,
        progress: Progress | None,
    ) -> Conversation | Exception:
        try:
            return self._lab.open_chat(
                guest.model,
                system=system,
                temperature=sampling.temperature,
                max_tokens=sampling.max_tokens,
                seed=sampling.seed,
                stop=sampling.stop,
                provider=guest.provider,
                chat=guest.chat,
                local=local,
                progress=progress,
            )
        except Exception as error:  # noqa: BLE001 - told by whoever invites
            return error

    def _kept(
        self, local: LocalModels, begun: list[Conversation | Exception]
    ) -> list[Conversation | Exception]:
        """Keep what is open, or close it if everything was closed in the meantime."""
        found = [each for each in begun if not isinstance(each, Exception)]
        with self._lock:
            if not self._closed:
                self._open += [*found, local]
                return begun
        for each in (*found, local):
            each.close()
        return [LabError("the conversation was closed") for _ in begun]

    def close(self) -> None:
        """End all conversations and stop the servers."""
        with self._lock:
            self._closed = True
            closing, self._open = self._open, []
        for each in closing:
            each.close()


def _does_without(begun: Conversation | Exception) -> bool:
    """Tell whether something is settled without a server of this machine."""
    return isinstance(begun, Exception) or begun.hosted
