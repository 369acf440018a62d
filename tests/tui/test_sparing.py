"""What is sent to the terminal, fed into an emulator of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.sparing import Shadow, changed_spans

WIDTH, HEIGHT = 12, 3
CONSOLE = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)

texts = st.text(st.sampled_from("ab é日本─ "), min_size=1, max_size=6)
styles = st.sampled_from([Style(color="red"), Style(bold=True), Style(bgcolor="blue")])
rows = st.lists(st.tuples(texts, styles), min_size=1, max_size=4).map(
    lambda pieces: Strip([Segment(*piece) for piece in pieces]).crop_extend(0, WIDTH, None)
)
screens = st.lists(rows, min_size=HEIGHT, max_size=HEIGHT)


def whole(strips: Sequence[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[strip] for strip in strips], Region(0, 0, WIDTH, HEIGHT))


def seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    if cell.data.isspace() and not (cell.underscore or cell.strikethrough or cell.reverse):
        return (cell.data, cell.bg)
    return tuple(cell)


class Terminal:
    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.sent = 0

    def paint(self, update: CompositorUpdate | None) -> None:
        if update is not None:
            sent = update.render_segments(CONSOLE)
            self.sent += len(sent)
            self.stream.feed(sent)

    def cells(self) -> list[list[tuple[object, ...]]]:
        """What is seen in each cell: of a blank that is its background alone."""
        return [[seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


@given(st.lists(screens, min_size=2, max_size=4))
def test_the_terminal_shows_the_same_as_if_everything_were_painted(
    painted: list[list[Strip]],
) -> None:
    sparing, shadow = Terminal(), Shadow()
    for strips in painted:
        sparing.paint(shadow.only_changes(whole(strips)))
    plain = Terminal()
    plain.paint(whole(painted[-1]))
    assert sparing.cells() == plain.cells()


@given(screens, rows, st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(1, WIDTH))
def test_a_part_that_is_painted_anew_is_known_from_then_on(
    strips: list[Strip], row: Strip, y: int, start: int, width: int
) -> None:
    end = min(WIDTH, start + width)
    cuts = sorted({0, start, end, WIDTH})
    pieces: Mapping[int, Strip | None] = {x: row.crop(x, after) for x, after in pairwise(cuts)}
    chops: list[Mapping[int, Strip | None]] = [{} for _ in range(HEIGHT)]
    ends: list[list[int]] = [[] for _ in range(HEIGHT)]
    chops[y], ends[y] = pieces, cuts[1:]
    sparing, shadow = Terminal(), Shadow()
    sparing.paint(shadow.only_changes(whole(strips)))
    sparing.paint(shadow.only_changes(ChopsUpdate(chops, [(y, start, end)], ends)))
    expected = list(strips)
    expected[y] = Strip.join(
        [strips[y].crop(0, start), row.crop(start, end), strips[y].crop(end, WIDTH)]
    )
    plain = Terminal()
    plain.paint(whole(expected))
    assert sparing.cells() == plain.cells()


@given(screens)
def test_nothing_is_sent_of_what_is_shown_already(strips: list[Strip]) -> None:
    shadow = Shadow()
    shadow.only_changes(whole(strips))
    assert shadow.only_changes(whole(strips)) is None


def test_after_forgetting_everything_is_painted() -> None:
    strips, shadow = [Strip([Segment("x" * WIDTH)])] * HEIGHT, Shadow()
    shadow.only_changes(whole(strips))
    shadow.forget()
    update = whole(strips)
    assert shadow.only_changes(update) is update


def test_a_screen_of_another_size_is_painted_whole() -> None:
    shadow = Shadow()
    shadow.only_changes(whole([Strip([Segment("x" * WIDTH)])] * HEIGHT))
    larger = LayoutUpdate([[Strip([Segment("x" * 20)])]] * 5, Region(0, 0, 20, 5))
    assert shadow.only_changes(larger) is larger


def test_spans_with_little_between_them_are_one() -> None:
    row = Strip([Segment("a" * 30)])
    near, far = (
        Strip([Segment("b" + "a" * 4 + "b" + "a" * 24)]),
        Strip([Segment("b" + "a" * 28 + "b")]),
    )
    assert changed_spans(row, near) == [(0, 6)]
    assert changed_spans(row, far) == [(0, 1), (29, 30)]


def test_no_wide_character_is_cut_apart() -> None:
    before, after = Strip([Segment("a日本b")]), Strip([Segment("ax本b ")])
    assert before.cell_length == after.cell_length
    spans = changed_spans(before, after)
    assert spans[0][0] == 1
    assert spans[-1][1] >= 5
