from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.form_command import broken

words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30)


said = st.lists(words | st.sampled_from(["--epochs", "--from=-x", "--queue"]))


@given(said, st.integers(20, 200))
def test_a_shell_takes_the_broken_command_for_the_same(said: list[str], width: int) -> None:
    command = shlex.join(["ftlab", "train", *said])
    # As a shell does first of all.
    joined = "\n".join(broken(command, width)).replace("\\\n", "")
    assert shlex.split(joined) == ["ftlab", "train", *said]


def test_an_option_stays_with_its_value() -> None:
    command = "ftlab train gsm8k/train --model tiny-t5 --epochs 3 --queue --priority 5"
    lines = broken(command, 36)
    assert lines == [
        "ftlab train gsm8k/train \\",
        "    --model tiny-t5 --epochs 3 \\",
        "    --queue --priority 5",
    ]
    assert max(map(cell_len, lines)) <= 36
