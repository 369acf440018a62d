"""Somebody who presses whatever is there."""

from __future__ import annotations

import asyncio
from collections import deque
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key

from tests.tui.conftest import Driven

_CHARACTERS = [
    (_character_to_key(character), character)
    for character in ascii_lowercase + ascii_uppercase + digits + punctuation + " äß日🦊"
]
_NAMED = [
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pageup",
    "pagedown",
    "enter",
    "escape",
    "tab",
    "shift+tab",
    "backspace",
    "delete",
    "shift+up",
    "shift+down",
    "ctrl+left",
    "ctrl+right",
    "ctrl+up",
    "ctrl+down",
    "ctrl+home",
    "ctrl+end",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "f6",
    "f7",
    "f8",
    "f9",
    "f10",
    "f11",
    "f12",
    "alt+x",
    "insert",
]
_OFTEN = [
    "up",
    "down",
    "left",
    "right",
    "enter",
    "escape",
    "tab",
    "enter",
    "escape",
    "down",
    "j",
    "k",
    "y",
]
_CONTROLS = [f"ctrl+{letter}" for letter in ascii_lowercase if letter not in "cqz"]
"""Without those that end the app, or send it behind the shell."""

_PASTES = (
    "gsm8k",
    "loss<1.2 status:running",
    "ds_1",
    "two\nlines\tand a tab",
    "\x1b[2J\x1b]0;title\x07 \u202e steering",
    "日本語 🦊 é",
    "x" * 5_000,
    "/nowhere/at/all",
    "-1e999",
)
_SIZES = ((20, 5), (40, 12), (50, 20), (80, 24), (120, 36), (200, 60))
_BUTTONS = (1, 1, 1, 2, 3)
_REMEMBERED = 60
_MOST_WAITING = 200


class Monkey:
    """Presses, clicks, scrolls, pastes and resizes, the same way for the same seed.

    Args:
        ui: the app.
        seed: of its mind.

    Attributes:
        done: what it did last.
    """

    def __init__(self, ui: Driven, seed: int) -> None:
        self._ui = ui
        self._chance = Random(seed)  # noqa: S311 - the same keys each time
        self.done: deque[str] = deque(maxlen=_REMEMBERED)

    async def play(self, times: int) -> None:
        """Do so many things, until the app ends."""
        for _ in range(times):
            self._do_anything()
            # Mostly faster than it is painted, now and then as slowly as a person.
            await asyncio.sleep(self._chance.choice((0, 0, 0, 0.005, 0.02)))
            if self._ui.app._exception is not None or self._ui.app._exit:
                return
            if self._ui.app.message_queue_size > _MOST_WAITING:
                await self._ui.pilot.pause()

    def _do_anything(self) -> None:
        part = self._chance.random()
        if part < 0.03:
            self._click()
        elif part < 0.05:
            self._scroll()
        elif part < 0.06:
            self._paste()
        elif part < 0.07:
            self._resize()
        elif part < 0.4:
            self._press(self._chance.choice(_OFTEN))
        elif part < 0.55:
            self._press(self._chance.choice(_NAMED))
        elif part < 0.65:
            self._press(self._chance.choice(_CONTROLS))
        else:
            self._press(*self._chance.choice(_CHARACTERS))

    def _press(self, key: str, character: str | None = None) -> None:
        self.done.append(key)
        if character is None and len(key) == 1:
            character = key
        self._send(events.Key(key, character))

    def _click(self) -> None:
        x, y = self._place()
        button = self._chance.choice(_BUTTONS)
        times = self._chance.choice((1, 1, 2))
        self.done.append(f"<click {button} at {x},{y} x{times}>")
        for _ in range(times):
            for kind in (events.MouseDown, events.MouseUp):
                self._send(kind(None, x, y, 0, 0, button, False, False, False, x, y))

    def _scroll(self) -> None:
        x, y = self._place()
        kind = self._chance.choice((events.MouseScrollDown, events.MouseScrollUp))
        self.done.append(f"<{kind.__name__} at {x},{y}>")
        self._send(kind(None, x, y, 0, 0, 0, False, False, False, x, y))

    def _place(self) -> tuple[int, int]:
        size = self._ui.app.size
        return self._chance.randrange(size.width), self._chance.randrange(size.height)

    def _paste(self) -> None:
        text = self._chance.choice(_PASTES)
        self.done.append(f"<paste {text[:12]!r}>")
        self._send(events.Paste(text))

    def _resize(self) -> None:
        size = Size(*self._chance.choice(_SIZES))
        self.done.append(f"<{size.width}x{size.height}>")
        assert self._ui.app._driver is not None
        self._ui.app._driver._size = size
        self._send(events.Resize(size, size))

    def _send(self, event: events.Event) -> None:
        assert self._ui.app._driver is not None
        self._ui.app._driver.process_message(event)
