"""The whole way through the dashboard, as a person goes it: in a shell, in a terminal of tmux."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import Ftlab

_COLUMNS, _LINES = 120, 40
_SECONDS = 40.0
_TMUX = shutil.which("tmux")
_AGAIN_SECONDS = 3.0
_PROMPT = "ready> "
_JOBS = "1 Overview  2 Curves"
"""What stands beside the list of jobs alone."""


class Tmux:
    """A shell in a terminal of tmux's, under a server of its own.

    Args:
        socket: where the server listens.
        environment: what the shell finds around it.
        folder: where it stands.
    """

    def __init__(self, socket: Path, environment: dict[str, str], folder: Path) -> None:
        assert _TMUX is not None
        self._command = [_TMUX, "-S", str(socket), "-f", os.devnull]
        self._environment = environment | {"TERM": "xterm-256color"}
        self._folder = folder

    def open(self) -> None:
        """Open the terminal."""
        size = ("-x", str(_COLUMNS), "-y", str(_LINES))
        self._do("new-session", "-d", *size, "-c", str(self._folder), "/bin/sh")
        self.type(f"PS1='{_PROMPT}'; clear")
        self.press("Enter")
        self.until_shown(f"\n{_PROMPT}".strip())

    def _do(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments],
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=True,
        )
        return done.stdout

    @property
    def shell(self) -> int:
        """The shell's process."""
        return int(self._asked("pane_pid"))

    def shows_cursor(self) -> bool:
        """Whether the cursor is shown."""
        return self._asked("cursor_flag") == "1"

    def is_on_another_screen(self) -> bool:
        """Whether a program has put the alternate screen over the shell's."""
        return self._asked("alternate_on") == "1"

    def hears_the_mouse(self) -> bool:
        """Whether a program wants to be told of clicks."""
        return self._asked("mouse_any_flag") == "1"

    def _asked(self, name: str) -> str:
        return self._do("display-message", "-p", f"#{{{name}}}").strip()

    def shown(self) -> str:
        """The screen as it stands."""
        return self._do("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._do("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("send-keys", "-l", text)

    def until_shown(self, *texts: str) -> str:
        """Wait until all of the texts are on the screen; return it."""
        deadline = time.monotonic() + _SECONDS
        while not all(text in (shown := self.shown()) for text in texts):
            assert time.monotonic() < deadline, f"{texts} not on the screen:\n{shown}"
            time.sleep(0.05)
        return shown

    def press_until(self, key: str, *texts: str, again: float = _AGAIN_SECONDS) -> None:
        """Press a key until texts are on the screen: it may come before what it acts on."""
        self._press_until(lambda shown: all(text in shown for text in texts), key, again)

    def press_until_gone(self, key: str, text: str) -> None:
        """Press a key until a text is no longer on the screen."""
        self._press_until(lambda shown: text not in shown, key, _AGAIN_SECONDS)

    def _press_until(self, is_so: Callable[[str], bool], key: str, seconds: float) -> None:
        deadline = time.monotonic() + _SECONDS
        while not is_so(shown := self.shown()):
            assert time.monotonic() < deadline, f"{key} does not do it:\n{shown}"
            self.press(key)
            again = time.monotonic() + seconds
            while time.monotonic() < again and not is_so(self.shown()):
                time.sleep(0.05)

    def run(self, command: str) -> None:
        """Have the shell run a command to its end."""
        self.type(f"clear; {command}; echo done-$?")
        self.press("Enter")
        self.until_shown("done-0")

    def close(self) -> None:
        """End the server, and with it the shell."""
        self._do("kill-server")


@contextmanager
def tmux(environment: dict[str, str], folder: Path) -> Iterator[Tmux]:
    """Open a terminal while the block runs."""
    # Sockets have short names; those of tests are too long.
    with tempfile.TemporaryDirectory(prefix="ftlab-") as place:
        opened = Tmux(Path(place) / "tmux", environment, folder)
        try:
            opened.open()
            yield opened
        finally:
            opened.close()


@pytest.mark.skipif(_TMUX is None, reason="tmux is not installed")
def test_a_person_goes_the_whole_way(with_sums: Ftlab, tiny_base: Path, tmp_path: Path) -> None:
    ftlab = f"{shlex.quote(sys.executable)} -m tui.cli"
    with tmux(with_sums.environment, tmp_path) as seen:
        seen.run("stty -a > before")
        # Trains on while the screens are looked at: its model is talked to later.
        seen.run(f"{ftlab} train sums/train --model {tiny_base} --max-steps 2 --suffix quick")
        seen.type(f"clear; {ftlab}")
        seen.press("Enter")
        seen.until_shown("quick", "q quit")
        assert seen.is_on_another_screen()
        assert seen.hears_the_mouse()
        _walk(seen)
        _start(seen, tiny_base)
        try:
            _watch_cancel_and_resume(seen)
            _talk(seen)
        except BaseException:
            with_sums("jobs", "cancel", "sums-train-1")
            raise
        seen.press_until("q", f"{_PROMPT.strip()}")
        assert not seen.is_on_another_screen()
        assert seen.shows_cursor()
        assert not seen.hears_the_mouse()
        seen.run("stty -a > after")
        assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()
        # Leaving the dashboard leaves the training as it is.
        assert with_sums.document("jobs", "cancel", "sums-train-1")["status"] == "cancelled"
        _nothing_is_left(with_sums, seen.shell)
    types = [event["type"] for event in with_sums.lines("history")]
    assert {"JobCancelRequested", "JobResumed", "ChatTurnRecorded"} <= set(types)
    assert with_sums.document("verify")["whole"]


def _walk(seen: Tmux) -> None:
    """Go to every screen and back."""
    for key, shown in (
        ("D", "sums/validation"),
        ("M", "LINEAGE"),
        ("H", "JobPlanned"),
        ("?", "THE LIST OF JOBS"),
        ("C-p", "Go to"),
        ("B", "← before"),
    ):
        seen.press_until(key, shown)
        seen.press_until_gone("Escape", shown)
        seen.until_shown(_JOBS)


def _start(seen: Tmux, base: Path) -> None:
    """Start a training that takes its time from the form."""
    seen.press_until("N", "base model")
    seen.type("sums/train")
    seen.press("Enter")
    # The base model is that of the last job.
    seen.until_shown(str(base), "can be started")
    seen.press_until("Tab", "▌epochs", again=0.7)
    seen.press("C-u")
    seen.type("9999")
    seen.until_shown("--epochs 9999", "can be started")
    seen.press_until_gone("C-g", "or go on from")


def _watch_cancel_and_resume(seen: Tmux) -> None:
    """Watch the training live, end it and go on with it."""
    seen.until_shown("sums-train-1", "running", "loss")
    seen.press_until("c", "Cancel")
    seen.press("y")
    seen.until_shown("cancelled")
    seen.press_until("r", "Resume")
    seen.press("y")
    seen.until_shown("running")


def _talk(seen: Tmux) -> None:
    """Talk to the model that the first training made."""
    seen.press_until("M", "LINEAGE")
    seen.press_until("t", "enter send")
    seen.until_shown("ready")
    seen.type("What is 2 + 2?")
    seen.until_shown("│ What is 2 + 2?")
    seen.press("Enter")
    seen.until_shown("cut off at the")
    seen.press_until("Escape", "LINEAGE")
    seen.press_until("J", _JOBS)


def _nothing_is_left(ftlab: Ftlab, shell: int) -> None:
    """Check that no process of this data directory runs on, apart from the shell."""
    deadline = time.monotonic() + _SECONDS
    while left := _processes_of(ftlab.home) - {shell}:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _processes_of(home: Path) -> set[int]:
    """Return the processes that were started with a data directory, but for tmux itself."""
    found = set()
    for process in psutil.process_iter(["pid", "name"]):
        try:
            if process.environ().get("FTLAB_HOME") == str(home):
                found.add(process.pid)
        except psutil.Error:
            continue
    return {each for each in found if not psutil.Process(each).name().startswith("tmux")}
