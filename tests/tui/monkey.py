"""Somebody who presses whatever is there, a lab in which much happens meanwhile, and a fence."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key

from store.events import (
    ChatOpened,
    ChatTurnRated,
    ChatTurnRecorded,
    DatasetVersionRecorded,
    JobCancelled,
    JobFailed,
    JobInterrupted,
    JobQueued,
    JobSucceeded,
    JobTakenFromQueue,
    ModelDeleted,
    ModelDeletionRequested,
    ModelRegistered,
    ModelTagged,
)
from tests.tui.conftest import AFTER, BEFORE, Driven, Story, losses, running

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


_MOST_WAITING = 200


class Life:
    """Records from a thread what goes on in a busy lab.

    Args:
        path: the database.
        seed: of what happens.
        pause: seconds between two things.

    Attributes:
        recorded: how many things happened.
    """

    _MOST_JOBS = 150

    def __init__(self, path: Path, seed: int, pause: float = 0.03) -> None:
        self._story = Story(path)
        self._chance = Random(seed)  # noqa: S311 - the same life each time
        self._pause = pause
        self._steps: dict[str, int] = {}
        self._models: list[str] = []
        self._turns: dict[str, int] = {}
        self._ended = threading.Event()
        self._trouble: BaseException | None = None
        self.recorded = 0

    @contextmanager
    def going_on(self) -> Iterator[Life]:
        """Have it go on while the block runs."""
        thread = threading.Thread(target=self._live, name="life")
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()
            self._story.log.database.close()
        if self._trouble is not None:
            raise self._trouble

    def _live(self) -> None:
        happenings = (
            self._begin, self._go_on, self._go_on, self._go_on, self._end, self._take_in,
            self._talk, self._tag, self._delete,
        )  # fmt: skip
        try:
            while not self._ended.wait(self._pause):
                self._story.at(-self.recorded / 60)
                self._chance.choice(happenings)()
                self.recorded += 1
        except BaseException as error:  # noqa: BLE001 - told where the block ends
            self._trouble = error

    def _begin(self) -> None:
        number = self.recorded
        if number > self._MOST_JOBS * 9:
            return
        key = f"busy-{number}"
        if self._chance.random() < 0.2:
            job = self._story.job(key, JobQueued(priority=self._chance.randint(-1, 1)))
            self._story.tell(job, JobTakenFromQueue(devices=[]))
        else:
            job = self._story.job(key)
        self._story.tell(job, *running())
        self._steps[job] = 0

    def _go_on(self) -> None:
        if not self._steps:
            return
        job = self._chance.choice(list(self._steps))
        count = self._chance.randint(1, 5)
        first = self._steps[job] + 1
        self._steps[job] += count
        self._story.tell(job, *losses(first, count, evaluated=self._chance.random() < 0.2))

    def _end(self) -> None:
        if len(self._steps) < 3:
            return
        job = self._chance.choice(list(self._steps))
        step = self._steps.pop(job)
        how = self._chance.randrange(4)
        if how == 0:
            self._story.tell(job, JobFailed(error="out of memory", details="Traceback"))
        elif how == 1:
            self._story.tell(job, JobCancelled(step=step))
        elif how == 2:
            self._story.tell(job, JobInterrupted(reason="killed", checkpoint=None))
        else:
            self._succeed(job, step)

    def _succeed(self, job: str, step: int) -> None:
        key = f"mdl_{job.removeprefix('job_')}"
        self._story.tell(job, JobSucceeded(model=key, step=step, before=BEFORE, after=AFTER))
        model = ModelRegistered(
            id=key,
            name=key,
            kind="adapter",
            base_model="smollm2-135m-instruct",
            job=job,
            dataset="ds_1",
            hyperparameters={},
            before=BEFORE,
            after=AFTER,
        )
        self._story.log.append(f"model/{key}", model)
        self._models.append(key)

    def _take_in(self) -> None:
        if self._chance.random() < 0.5:
            return
        number = self.recorded
        version = DatasetVersionRecorded(
            id=f"ds_busy{number}",
            name=f"busy-{number % 7}",
            version=number,
            content="d" * 64,
            examples=number,
            messages=number * 2,
            characters=number * 100,
            bytes=number * 110,
        )
        self._story.log.append(f"dataset/{version.id}", version)

    def _talk(self) -> None:
        chats = list(self._turns)
        if not chats or self._chance.random() < 0.2:
            chat = f"busy{self.recorded}"
            self._story.log.append(f"chat/{chat}", ChatOpened(model="mdl_1"))
            self._turns[chat] = 0
            return
        chat = self._chance.choice(chats)
        if self._turns[chat] and self._chance.random() < 0.3:
            rated = ChatTurnRated(turn=self._turns[chat], rating="up")
            self._story.log.append(f"chat/{chat}", rated)
            return
        turn = ChatTurnRecorded(question="*What* is `2`?", answer="# Two\n\n- 1\n- 2", seconds=0.1)
        self._story.log.append(f"chat/{chat}", turn)
        self._turns[chat] += 1

    def _tag(self) -> None:
        if self._models:
            model = self._chance.choice(self._models)
            self._story.log.append(f"model/{model}", ModelTagged(tag="good"))

    def _delete(self) -> None:
        if len(self._models) < 3:
            return
        model = self._models.pop(self._chance.randrange(len(self._models)))
        self._story.log.append(f"model/{model}", ModelDeletionRequested(), ModelDeleted())


class _Fence:
    """Refuses this process what reaches beyond a folder: hooks of `sys` cannot be taken off."""

    def __init__(self) -> None:
        self.within: Path | None = None
        self._hooked = False

    def put_up(self, within: Path) -> None:
        self.within = within.resolve()
        if not self._hooked:
            self._hooked = True
            sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.within is None or event not in _HARMFUL:
            return
        if event == "open" and not _writes(arguments[2]):
            return
        if event == "os.kill" and arguments[1] == 0:
            return
        if event in _ON_FILES and all(self._is_within(each) for each in arguments[:1]):
            return
        raise PermissionError(1, f"the monkey may not {event}", str(arguments[0]))

    def _is_within(self, path: object) -> bool:
        if isinstance(path, int) or self.within is None:
            return True
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str | os.PathLike):
            return False
        full = os.path.realpath(path)
        return full.startswith((f"{self.within}{os.sep}", "/dev/null", "/dev/pt", "/dev/tty"))


_ON_FILES = frozenset(
    [
        "open",
        "os.remove",
        "os.rename",
        "os.mkdir",
        "os.rmdir",
        "os.truncate",
        "os.chmod",
        "os.link",
        "os.symlink",
        "shutil.rmtree",
    ]
)
_HARMFUL = _ON_FILES | frozenset(
    [
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.killpg",
        "socket.connect",
        "socket.getaddrinfo",
        "webbrowser.open",
    ]
)


def _writes(flags: object) -> bool:
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    return isinstance(flags, int) and bool(flags & writing)


_FENCE = _Fence()


@contextmanager
def fenced(within: Path) -> Iterator[None]:
    """Let nothing be written beyond a folder, no process begin and nobody be called."""
    _FENCE.put_up(within)
    try:
        yield
    finally:
        _FENCE.within = None
