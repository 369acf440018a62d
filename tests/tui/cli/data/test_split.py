"""What a split says beside the versions that it made."""

from __future__ import annotations

import pytest

from tests.tui.cli.data.conftest import Add, Run, chat


@pytest.fixture
def talks(add: Add) -> None:
    """Forty chats, of which every fourth is nobody's."""
    rows = (chat(f"text {n}", f"answer {n}", user=n // 8 if n % 4 else None) for n in range(40))
    add("talks", *rows)


@pytest.mark.usefixtures("talks")
def test_the_parts_are_printed_with_their_sizes(run: Run) -> None:
    done = run("split", "talks", "--test", "4", "--validation", "2")
    assert [line.split("  ")[:2] for line in done.out.splitlines()] == [
        ["talks/train@1", "34 examples"],
        ["talks/validation@1", "2 examples"],
        ["talks/test@1", "4 examples"],
    ]
    assert done.err == ""


@pytest.mark.usefixtures("talks")
def test_what_bare_names_do_not_mean_is_said(run: Run) -> None:
    run("split", "talks", "--validation", "0.1")
    second = run("split", "talks", "--seed", "1")
    assert second.err == (
        "talks/validation@1 is not of this split: it may have examples that these parts have, too\n"
    )
    again = run("split", "talks", "--validation", "0.1")
    assert again.err.splitlines() == [
        "the newest is talks/train@2; write talks/train@1 to use this one",
        "the newest is talks/test@2; write talks/test@1 to use this one",
    ]


@pytest.mark.usefixtures("talks")
def test_rows_that_belong_to_nobody_are_counted(run: Run) -> None:
    done = run("split", "talks", "--group", "user", "--group", "prompt")
    assert done.status == 0
    assert done.err == "10 examples have no user, so each was drawn on its own\n"


def test_answers_that_a_part_has_not_are_named(run: Run, add: Add) -> None:
    answers = ["glad"] * 30 + ["sad"] * 18 + ["torn", "numb"]
    add("moods", *(chat(f"text {n}", answer) for n, answer in enumerate(answers)))
    done = run("split", "moods", "--test", "0.2", "--stratify", "answer")
    assert done.err == "test has no example of 2 of 4 values: torn, numb\n"


@pytest.mark.usefixtures("talks")
@pytest.mark.parametrize("size", ["nan", "inf", "1.0", "-3", "some"])
@pytest.mark.parametrize("command", [["split", "talks"], ["sample", "talks", "--name", "few"]])
def test_what_is_no_size_is_wrong_usage(run: Run, command: list[str], size: str) -> None:
    option = "--test" if command[0] == "split" else "--size"
    done = run(*command, f"{option}={size}")
    assert (done.status, done.out) == (2, "")
    assert "a fraction below 1 (0.1) or a whole number of rows (100)" in done.err


@pytest.mark.usefixtures("talks")
def test_a_sample_or_a_merge_that_is_not_the_newest_says_so(run: Run) -> None:
    for size in ("5", "6"):
        assert run("sample", "talks", "--size", size, "--name", "few").err == ""
    again = run("sample", "talks", "--size", "5", "--name", "few")
    assert again.err == "the newest is few@2; write few@1 to use this one\n"
    run("merge", "few@1", "few@2", "--name", "both")
    run("merge", "few@2", "few@1", "--name", "both")
    merged = run("merge", "few@1", "few@2", "--name", "both")
    assert merged.err == "the newest is both@2; write both@1 to use this one\n"
