from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from tui.paste_parser import PasteParser

_PIECES = ("\x1b[200~", "\x1b[201~", "\x1b[A", "a", "Z\n", "\x1b", "pasted words", "é", "\0", "[20")


def _told(parser: XTermParser, parts: list[str]) -> list[str]:
    found = [event for part in parts for event in parser.feed(part)]
    return [
        f"paste {event.text!r}" if isinstance(event, events.Paste) else repr(event)
        for event in found
    ]


def _is_plain(pieces: list[str]) -> bool:
    """Tell whether each paste ends, with nothing but text in it: of others Textual makes keys."""
    is_open = False
    for piece in pieces:
        if piece == "\x1b[201~" and is_open:
            is_open = False
        elif piece == "\x1b[200~" and not is_open:
            is_open = True
        elif "\x1b[20" in piece or (is_open and "\x1b" in piece):
            return False
    return not is_open


@given(st.lists(st.sampled_from(_PIECES), max_size=12), st.sets(st.integers(1, 80)))
@example(["a", "\x1b[200~", "pasted words", "\x1b[201~", "Z\n"], {3, 12, 22})
def test_it_tells_what_textuals_parser_tells(pieces: list[str], cuts: set[int]) -> None:
    text = "".join(pieces)
    if not _is_plain(pieces) or "\x1b\x1b" in text:
        return
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    parts = [text[start:end] for start, end in pairwise(places)]
    assert _told(PasteParser(), parts) == _told(XTermParser(), parts)


def test_what_is_pasted_is_not_looked_at_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr(XTermParser, "debug_log", lambda _self, *words: looked.append(words))
    parser = PasteParser()
    text = "x" * 1_000_000
    sent = f"\x1b[200~{text}\x1b[201~"
    parts = [sent[start : start + 4096] for start in range(0, len(sent), 4096)]
    assert _told(parser, parts) == [f"paste {text!r}"]
    assert len(looked) < 100
