from __future__ import annotations

from typing import Any

import pytest

from engine.data.checking.batch import BatchCheck
from engine.data.checking.personal import PersonalData
from engine.data.checking.rules import Finding, Method
from tests.engine.data.checking.conftest import ANSWER, QUESTION, asked, batch, chat

MAIL = "joe@example.com"


def personal(row: dict[str, Any], method: Method | None = None) -> list[Finding]:
    """What is found of keys and personal data in a row by the way that a check takes."""
    work = BatchCheck("rows.jsonl", method, None, None, 20, 0, (PersonalData(),))
    findings = work(batch([row])).findings
    return [each for rule in findings if rule.startswith("personal-") for each in findings[rule]]


def places(row: dict[str, Any], method: Method | None = None) -> list[tuple[str, str]]:
    """Where something is found in it, and what is shown of it."""
    return [(finding.place, finding.excerpt) for finding in personal(row, method)]


def test_a_prompt_and_its_completion_are_looked_at() -> None:
    row = {"prompt": f"Who is {MAIL}?", "completion": "Ask him."}
    assert places(row) == [("prompt", "Who is [EMAIL]?")]
    assert places({"prompt": "?", "completion": MAIL}) == [("completion", "[EMAIL]")]


def test_keys_of_another_format_beside_a_prompt_are_columns() -> None:
    row = {"prompt": "a?", "completion": "b", "messages": MAIL, "input": 3}
    assert places(row, "completion") == [("column messages", "messages: [EMAIL]")]


@pytest.mark.parametrize(
    ("row", "place", "excerpt"),
    [
        (asked("Who?", f"Write to {MAIL}."), "messages[1].content", "Write to [EMAIL]."),
        (chat(QUESTION | {"name": MAIL}, ANSWER), "messages[0].name", "[EMAIL]"),
        (
            chat(QUESTION, {"role": "assistant", "content": None, "refusal": f"Not {MAIL}."}),
            "messages[1].refusal",
            "Not [EMAIL].",
        ),
        (
            chat(QUESTION, ANSWER | {"content": [{"type": "refusal", "refusal": MAIL}]}),
            "messages[1].content[0].refusal",
            "[EMAIL]",
        ),
        (
            chat(
                QUESTION,
                ANSWER,
                tools=[{"type": "function", "function": {"name": "f", "description": MAIL}}],
            ),
            "tools[0].function.description",
            "description: [EMAIL]",
        ),
        (
            chat(QUESTION, ANSWER, customer_email=MAIL),
            "column customer_email",
            "customer_email: [EMAIL]",
        ),
        (chat(QUESTION, ANSWER, by={"mail": [MAIL]}), "column by.mail[0]", "mail: [EMAIL]"),
        (chat(QUESTION, ANSWER, phone=5552671234), "column phone", "phone: [PHONE]"),
    ],
)
def test_personal_data_is_found_wherever_a_text_stands(
    row: dict[str, Any], place: str, excerpt: str
) -> None:
    assert places(row) == [(place, excerpt)]


def test_both_answers_of_a_preference_example_and_its_columns_are_looked_at() -> None:
    row = {
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [ANSWER | {"content": MAIL}],
        "rated_by": MAIL,
    }
    assert [place for place, _ in places(row)] == [
        "non_preferred_output[0].content",
        "column rated_by",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MAIL, "looks like an e-mail address:"),
        ("4111 1111 1111 1111", "looks like a card number:"),
        ("xai-" + "a1B2c3D4" * 10, "looks like an xAI API key:"),
        ("AKIAIOSFODNN7EXAMPLE", "looks like an AWS access key:"),
        ("token=q7Xb29LmPz84TnRw5KcY", "looks like a key or password:"),
    ],
)
def test_what_is_found_is_named_with_its_article(text: str, said: str) -> None:
    work = BatchCheck("rows.jsonl", None, None, None, 20, 0, (PersonalData(),))
    found = work(batch([asked("What?", text)])).findings
    (message,) = [each.message for findings in found.values() for each in findings]
    assert said in message
