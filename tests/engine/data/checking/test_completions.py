from __future__ import annotations

from typing import Any

import pytest

from engine.data.checking.rows import row_problems
from tests.engine.data.checking.conftest import asked, found


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ({"prompt": "2 + 2 =", "completion": " 4"}, []),
        ({"prompt": "", "completion": "Once upon a time"}, []),
        ({"prompt": "2 + 2 ="}, [("missing-completion", "completion")]),
        ({"completion": " 4"}, [("missing-prompt", "prompt")]),
        ({"prompt": "?", "completion": ""}, [("missing-completion", "completion")]),
        ({"prompt": "?", "completion": 4}, [("missing-completion", "completion")]),
        ({"prompt": ["?"], "completion": "4"}, [("missing-prompt", "prompt")]),
        ({"prompt": "?", "completion": "\n"}, [("blank-content", "completion")]),
        ({"prompt": "a\x07", "completion": "b"}, [("control-character", "prompt")]),
        ({"prompt": "?", "completion": "4", "id": 3}, [("unrecognized-key", "")]),
    ],
)
def test_what_is_wrong_with_a_prompt_and_its_completion_is_found(
    row: dict[str, Any], rules: list[tuple[str, str]]
) -> None:
    assert found(row) == rules


def test_a_chat_example_is_told_as_such_once() -> None:
    row = asked("Why?", "Because.", "Be brief.")
    (problem,) = row_problems(row, "completion")
    assert (problem.rule, problem.place) == ("missing-prompt", "messages")
    assert "one question and its answer" in problem.message
    assert "without a system message" in problem.message
