"""The models of this machine that are talked to, all of them served by one child process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.closing import Closing
from engine.errors import LabError

if TYPE_CHECKING:
    from engine.serve.process import LocalServer
    from engine.serve.settings import ServedModel


class LocalModels(Closing):
    """Models of this machine, gathered before their server is started.

    One server loads a base model once, however many adapters of it are asked.
    """

    def __init__(self) -> None:
        self._served: list[ServedModel] = []
        self._server: LocalServer | None = None

    def add(self, served: ServedModel) -> None:
        """Have a model served, before the start."""
        if served not in self._served:
            self._served.append(served)

    def start(self) -> None:
        """Start the server, if there is anything to serve.

        Raises:
            LocalServerError: if it does not start.
        """
        if not self._served:
            return
        from engine.serve.process import LocalServer

        self._server = LocalServer(self._served)
        self._server.start()

    @property
    def base_url(self) -> str:
        """The server's address; see `LocalServer`."""
        return self._started.base_url

    @property
    def key(self) -> str:
        """The server's one-time key."""
        return self._started.key

    @property
    def _started(self) -> LocalServer:
        if self._server is None:
            raise LabError("The model server is not running.")
        return self._server

    def close(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.close()
