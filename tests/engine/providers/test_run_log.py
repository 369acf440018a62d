from __future__ import annotations

from pathlib import Path

import pytest

from engine.providers.run_log import log_tail


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\ntwo\r\n", ["one", "two"]),
        (b"\r 10%\r 50%\r100%\ndone\n", ["100%", "done"]),
        (b"one\x85still one\nthree \xff", ["one\ufffdstill one", "three \ufffd"]),
    ],
)
def test_a_log_is_told_by_its_lines_as_a_terminal_would_show_them(
    tmp_path: Path, written: bytes, lines: list[str]
) -> None:
    (tmp_path / "log.txt").write_bytes(written)
    assert log_tail(tmp_path, 10) == lines


def test_a_log_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert log_tail(tmp_path, 10) == []


def test_an_endless_line_leaves_the_others_in_sight(tmp_path: Path) -> None:
    endless = "A" * 3_000_000
    (tmp_path / "log.txt").write_text(f"first\nsecond\n{endless}\nlast\n")
    first, second, long, last = log_tail(tmp_path, 200)
    assert (first, second, last) == ("first", "second", "last")
    assert long.startswith("AAAA")
    assert long.endswith("AAAA")
    assert " … 2,992,000 bytes … " in long
    assert len(long) < 10_000


def test_of_an_endless_progress_bar_its_last_state_is_told(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("before\n" + "\r 10% |#      |" * 100_000 + "\r100%")
    assert log_tail(tmp_path, 200) == ["before", "100%"]


def test_only_so_many_lines_are_told_however_far_apart(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("".join(f"{n} {'x' * 3_000}\n" for n in range(300)))
    assert [line.split()[0] for line in log_tail(tmp_path, 100)] == [
        str(n) for n in range(200, 300)
    ]
    assert len(log_tail(tmp_path, 1_000)) == 300


def test_an_empty_log_has_no_lines_and_empty_lines_are_lines(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("")
    assert log_tail(tmp_path, 10) == []
    log.write_text("\n\none\n\n")
    assert log_tail(tmp_path, 10) == ["", "", "one", ""]
