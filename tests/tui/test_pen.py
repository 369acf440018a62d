"""Text that is written with few codes, fed into an emulator of a terminal."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.tui.test_sparing import seen
from tui.pen import Pen, ink_of

WIDTH = 60

colours = st.sampled_from([None, "red", "bright_blue", "#aabbcc", "color(99)", "default"])
attributes = st.fixed_dictionaries(
    {}, optional={name: st.booleans() for name in ("bold", "dim", "italic", "underline", "reverse")}
)
styles = st.none() | st.builds(
    lambda colour, background, more: Style(color=colour, bgcolor=background, **more),
    colours,
    colours,
    attributes,
)
texts = st.text(st.sampled_from("ab é日─ "), min_size=1, max_size=4)
segments = st.lists(st.builds(Segment, texts, styles), min_size=1, max_size=8)
systems = st.sampled_from(list(ColorSystem)[:-1])


def cells(sent: str) -> list[tuple[object, ...]]:
    screen = pyte.Screen(WIDTH, 1)
    pyte.Stream(screen).feed(sent)
    return [seen(screen.buffer[0][x]) for x in range(WIDTH)]


def render(pieces: list[Segment], system: ColorSystem) -> str:
    """What Textual sends for the same."""
    return "".join(
        text if style is None else Strip.render_style(style.copy(), text, system)
        for text, style, _ in pieces
    )


@given(segments, systems)
def test_it_looks_as_if_each_text_were_written_with_all_its_codes(
    pieces: list[Segment], system: ColorSystem
) -> None:
    pen = Pen(system)
    sent = pen.write(pieces) + pen.put_down()
    assert cells(sent + "x") == cells(render(pieces, system) + "x")
    assert len(sent) <= len(render(pieces, system))


@pytest.mark.parametrize(
    ("first", "second", "sent"),
    [
        ("red", "red", "\x1b[31mab\x1b[0m"),
        ("red", "red on blue", "\x1b[31ma\x1b[44mb\x1b[0m"),
        ("red on blue", "green on blue", "\x1b[31;44ma\x1b[32mb\x1b[0m"),
        ("red on blue", "red", "\x1b[31;44ma\x1b[49mb\x1b[0m"),
        ("bold red", "red", "\x1b[1;31ma\x1b[0;31mb\x1b[0m"),
    ],
)
def test_only_what_differs_is_said(first: str, second: str, sent: str) -> None:
    pen = Pen(ColorSystem.STANDARD)
    pieces = [Segment("a", Style.parse(first)), Segment("b", Style.parse(second))]
    assert pen.write(pieces) + pen.put_down() == sent


def test_blanks_have_no_colour_of_their_own() -> None:
    pen = Pen(ColorSystem.STANDARD)
    pieces = [
        Segment("a", Style.parse("red on blue")),
        Segment("  ", Style.parse("green on blue")),
        Segment("b", Style.parse("red on blue")),
    ]
    assert pen.write(pieces) == "\x1b[31;44ma  b"


def test_a_line_under_blanks_is_seen() -> None:
    pen = Pen(ColorSystem.STANDARD)
    pieces = [Segment("a", Style.parse("underline")), Segment(" ", Style.parse("none"))]
    assert pen.write(pieces) == "\x1b[4ma\x1b[0m "


def test_a_link_goes_around_its_text() -> None:
    pen = Pen(ColorSystem.STANDARD)
    style = Style(color="red", link="https://example.org")
    sent = pen.write([Segment("here", style)]) + pen.put_down()
    start = f"\x1b]8;id={style.link_id};https://example.org\x1b\\"
    assert sent == f"{start}\x1b[31mhere\x1b]8;;\x1b\\\x1b[0m"


def test_one_ink_for_the_colours_that_a_terminal_has() -> None:
    style = Style.parse("bold #ff0000 on #0000ff")
    assert ink_of(style, ColorSystem.TRUECOLOR) == ("1", "38;2;255;0;0", "48;2;0;0;255")
    assert ink_of(style, ColorSystem.STANDARD) == ("1", "31", "44")
