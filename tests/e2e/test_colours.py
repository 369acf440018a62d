"""What really reaches a terminal: its colours, and no more bytes than it must."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.conftest import Ftlab
from tests.e2e.terminal import Terminal, terminal

_EXAMPLE = Path(__file__).parents[2] / "ftlab.db.example"
_SGR = re.compile(rb"\x1b\[([\d;:]*)m")
_ATTRIBUTES = {0, 1, 2, 3, 4, 7, 9, 21, 22, 23, 24, 27, 29}
_SIXTEEN = {*range(30, 38), 39, *range(40, 48), 49, *range(90, 98), *range(100, 108)}

PLAIN = {"TERM": "xterm-256color", "COLORTERM": ""}


def codes(sent: bytes) -> list[list[int]]:
    """Return all that was said of how text looks, each as its numbers."""
    found = _SGR.findall(sent)
    return [[int(number or 0) for number in each.replace(b":", b";").split(b";")] for each in found]


def seen(ftlab: Ftlab, tmp_path: Path, environment: Mapping[str, str]) -> bytes:
    """Return all that is sent while somebody looks around."""
    example = shutil.copy(_EXAMPLE, tmp_path)
    given = ftlab.environment | dict(environment)
    with terminal("--db", example, environment=given, columns=100, lines=30) as screen:
        screen.until_shown("first-try", "low-rank", "eval_loss")
        screen.press("j")
        screen.press("\x10")
        screen.until_shown("Go to", "what to do")
        screen.press("\x1b")
        screen.until_shown("first-try", "q quit")
        screen.press("?")
        screen.until_shown("IN FOCUS")
        screen.press("\x1b")
        screen.until_shown("first-try", "q quit")
        screen.press("q")
        assert screen.until_ended() == 0
        return screen.sent


def test_who_wants_no_colours_is_sent_none(ftlab: Ftlab, tmp_path: Path) -> None:
    sent = codes(seen(ftlab, tmp_path, {"NO_COLOR": "1", "COLORTERM": "truecolor"}))
    assert {number for code in sent for number in code} <= _ATTRIBUTES
    # What matters is told by other means.
    assert any(1 in code for code in sent)
    assert any(7 in code for code in sent)


def test_an_empty_wish_for_no_colours_is_none(ftlab: Ftlab, tmp_path: Path) -> None:
    sent = codes(seen(ftlab, tmp_path, {"NO_COLOR": "", **PLAIN}))
    assert any(38 in code for code in sent)


@pytest.mark.parametrize("term", ["xterm", "linux", "screen"])
def test_a_terminal_of_few_colours_is_sent_its_own_sixteen(
    ftlab: Ftlab, tmp_path: Path, term: str
) -> None:
    sent = codes(seen(ftlab, tmp_path, {"TERM": term, "COLORTERM": ""}))
    assert {number for code in sent for number in code} <= _ATTRIBUTES | _SIXTEEN


@pytest.mark.parametrize("theme", ["ftlab", "ftlab-light"])
def test_tmux_without_true_colour_is_sent_what_the_theme_means(
    ftlab: Ftlab, tmp_path: Path, theme: str
) -> None:
    given = {"TERM": "tmux-256color", "COLORTERM": "", "FTLAB_THEME": theme}
    sent = codes(seen(ftlab, tmp_path, given))
    colours = [code for code in sent if 38 in code or 48 in code]
    assert colours
    # 38;5;n and 48;5;n, never 38;2;r;g;b; and none of the first 16, which differ.
    for code in colours:
        for place, number in enumerate(code[:-2]):
            if number in (38, 48) and code[place + 1] in (2, 5):
                assert code[place + 1] == 5
                assert code[place + 2] >= 16
                break


def _sent_for(screen: Terminal, keys: str, *shown: str) -> int:
    """Return how many bytes it takes until something is shown after some keys."""
    before = len(screen.sent)
    screen.press(keys)
    screen.until_shown(*shown)
    while _more(screen):
        pass
    return len(screen.sent) - before


def _more(screen: Terminal) -> bool:
    known = len(screen.sent)
    screen._read(0.3)
    return len(screen.sent) > known


@pytest.mark.parametrize("colours", ["", "truecolor"])
def test_the_palette_sends_little(ftlab: Ftlab, tmp_path: Path, colours: str) -> None:
    example = shutil.copy(_EXAMPLE, tmp_path)
    given = ftlab.environment | {"TERM": "xterm-256color", "COLORTERM": colours}
    with terminal("--db", example, environment=given, columns=120, lines=40) as screen:
        screen.until_shown("first-try", "eval_loss")
        while _more(screen):
            pass
        assert _sent_for(screen, "\x10", "Go to", "what to do") < 10_000
        assert _sent_for(screen, "l", "log") < 3_000
        assert _sent_for(screen, "o", "log scale") < 3_000


def test_what_is_painted_in_parts_is_what_is_painted_whole(ftlab: Ftlab, tmp_path: Path) -> None:
    example = shutil.copy(_EXAMPLE, tmp_path)
    with terminal("--db", example, environment=ftlab.environment) as screen:
        screen.until_shown("first-try", "eval_loss")
        for keys in ("j", "\x10", "lo", "\x1b", "?", "\x1b", "H", "\x1b", "3", "2", "\x0f", "\x1b"):
            screen.press(keys)
            while _more(screen):
                pass
        screen.until_shown("first-try", "q quit")
        shown = screen.shown()
        screen.press("\x12")
        while _more(screen):
            pass
        assert screen.shown() == shown
