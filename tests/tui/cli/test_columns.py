from __future__ import annotations

from rich.cells import cell_len

from tui.cli.columns import Column, body, have_room, heading

_COLUMNS = [
    Column("gpt-4o", "Two euros and fifty cents, I think.", "1.2 s"),
    Column("ft:gpt-4o-mini-2024-07-18:acme::B1x", "2.50", "0.3 s\n! it broke off"),
]


def test_texts_stand_side_by_side_each_broken_for_itself() -> None:
    assert heading(_COLUMNS, 41) == "gpt-4o              │ ft:gpt-4o-mini-202…"
    assert body(_COLUMNS, 41) == [
        "Two euros and fifty │ 2.50",
        "cents, I think.     │",
        "                    │ 0.3 s",
        "1.2 s               │ ! it broke off",
    ]


def test_where_lines_are_missing_the_last_ones_are_shown() -> None:
    long = [Column("a", "\n".join(str(number) for number in range(100))), Column("b", "one\ntwo")]
    assert [line.split("│") for line in body(long, 41, 2)] == [
        ["98                  ", " one"],
        ["99                  ", " two"],
    ]


def test_no_line_is_wider_than_the_terminal_nor_steers_it() -> None:
    columns = [
        Column("日本語" * 20, "日本語の長い答え" * 20),
        Column("b", "x\x1b[2Jy\rz", "! \x1b[H"),
    ]
    lines = [heading(columns, 80), *body(columns, 80)]
    assert max(map(cell_len, lines)) <= 80
    assert "\x1b" not in "".join(lines)


def test_columns_want_room() -> None:
    assert have_room(2, 80)
    assert not have_room(3, 80)
    assert have_room(3, 120)
    assert not have_room(1, 200)
    assert not have_room(2, 60)
