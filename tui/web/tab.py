"""One tab of a browser: a process of the app, and the pipes to it."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

ENDED = 4000
"""Codes of a connection's end, of those that are free for programs of one's own; the page knows
them. Somebody left the app."""

TOO_MANY = 4001
"""There are as many tabs as may be."""

BROKE = 4002
"""The app ended without a word."""

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 5.0
_DRIVER = "tui.web.driver:TabDriver"
_LONGEST_SIDE = 2000


def command(arguments: Sequence[str]) -> list[str]:
    """Return what is run for a tab: the app in this interpreter, and nothing of the folder here."""
    return [sys.executable, "-P", "-m", "tui.web.inside", *arguments]


class Tab(AppService):
    """A running app.

    textual-serve would hand a line to a shell; here arguments stay arguments. And it would wait for
    ever for an app that does not end.

    Args:
        arguments: what the app is started with.
        write_bytes: sends to the browser what its terminal shows.
        write_str: sends it messages.
        close: ends the connection to it, with one of the codes of this module.
        downloads: keeps files on their way to it.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        write_bytes: Callable[[bytes], Awaitable[None]],
        write_str: Callable[[str], Awaitable[None]],
        close: Callable[[int], Awaitable[object]],
        downloads: DownloadManager,
    ) -> None:
        async def closed() -> None:
            await close(ENDED)

        super().__init__(
            "ftlab",
            write_bytes=write_bytes,
            write_str=write_str,
            close=closed,
            download_manager=downloads,
        )
        self._arguments = arguments
        self._close = close

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width, height)
        paths = (str(_ROOT), environment.get("PYTHONPATH", ""))
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        environment["TEXTUAL_DRIVER"] = _DRIVER
        self._process = process = await asyncio.create_subprocess_exec(
            *command(self._arguments),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=environment,
            # Ctrl-C is for the server, which then ends the apps one by one.
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def run(self) -> None:
        """Pass on what the app shows until it ends, and then end the connection.

        One that leaves has said so, which has closed the connection already.
        """
        try:
            await super().run()
        finally:
            with suppress(ConnectionError, RuntimeError):
                await self._close(BROKE)

    async def stop(self) -> None:
        """Have the app end, with force if it does not, and wait for that."""
        ending = asyncio.ensure_future(super().stop())
        done, _ = await asyncio.wait([ending], timeout=_PATIENCE_SECONDS)
        process = self._process
        if not done and process is not None:
            with suppress(ProcessLookupError):
                process.kill()
        await ending
        if process is not None:
            await process.wait()


def side(text: object, usual: int) -> int:
    """Return a number of columns or lines that a browser told, or the usual one if it is none."""
    try:
        number = int(str(text))
    except ValueError:
        return usual
    return max(1, min(number, _LONGEST_SIDE))
