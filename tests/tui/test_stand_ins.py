from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import tui
from tests.tui.conftest import Drive, StillLab
from tui.stand_ins import ERRORS, stand_in, writable


def _ours() -> set[str]:
    """Every glyph that the source of the terminal UI draws with."""
    files = Path(tui.__file__).parent.rglob("*.py")
    found = {each for file in files for each in file.read_text("utf-8") if not each.isascii()}
    return {each for each in found if 0x2010 <= ord(each) < 0x2900 and cell_len(each) == 1}


def test_every_glyph_of_ours_has_a_stand_in() -> None:
    drawn = {*_ours(), *map(chr, range(0x2500, 0x25A0)), *map(chr, range(0x2800, 0x2900))}
    lacking = {each for each in drawn if stand_in(each) is None}
    assert not lacking - {"€", "™", "✂"}


@given(st.text())
def test_what_is_written_instead_is_as_wide(text: str) -> None:
    text = text.replace("\0", "")
    shown = writable(text, "ascii")
    assert shown.isascii()
    assert len(shown) == cell_len(text) or text.isascii()


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("● gsm8k-5 ━━── 50% … │", "ascii", "* gsm8k-5 ==-- 50% . |"),
        ("⠀⠁⠿⣿", "ascii", " .**"),
        ("café 日本", "ascii", "cafe ????"),
        ("café ●", "latin-1", "café *"),
        ("café ●", "utf-8", "café ●"),
    ],
)
def test_what_an_encoding_lacks_is_written_as_ascii(text: str, encoding: str, shown: str) -> None:
    assert writable(text, encoding) == shown


def test_in_a_stream_what_is_not_ours_is_written_as_its_number() -> None:
    assert "✓ gsm8k … café".encode("ascii", ERRORS) == rb"v gsm8k . caf\xe9"


class _Terminal:
    encoding = "ascii"


async def test_a_terminal_without_unicode_is_sent_ascii_in_the_same_cells(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "__stderr__", _Terminal())
    async with drive(lab, (80, 24)) as ui:
        await ui.until_shown("* gsm8k-5", "=")
        shown = ui.screen_text()
    assert shown.isascii()
    assert {len(line) for line in shown.splitlines()} == {80}
