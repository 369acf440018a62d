from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.cleaning.secret import DEFAULT_KINDS, KINDS
from engine.data.cleaning.secrets import find_secrets, masked, secrets_of
from engine.data.shapes.example import Record
from tests.engine.data.cleaning.conftest import Chat

KEY = "sk-proj-q7Xb29LmPz84TnRw5KcYq7Xb29LmPz84TnRw5KcY"
PIECES = [
    *("joe@x.com", "@", "+49 30 901820", "555-123-4567", "4111 1111 1111 1111", "1", "22", "-"),
    *(
        " ",
        "\n",
        "key=",
        "tel ",
        "DE89 3704 0044 0532 0130 00",
        KEY,
        "q7Xb29LmPz84TnRw5KcY",
        "[",
        "]",
    ),
    *(
        "://a:",
        "8.8.8.8",
        ".",
        "a",
        "PHONE",
        "[PHONE]",
        "Bearer ",
        "é",
        "\ud800",
        "AKIAIOSFODNN7EXAMPLE",
    ),
]


def test_a_finding_tells_where_and_what_but_not_the_secret(chat: Chat) -> None:
    record = chat("My mail is joe@example.com and\nmy key", f"It is {KEY}, or joe@example.com.")
    findings = list(secrets_of(17, record))
    assert [(f.line, f.place, f.kind, f.name) for f in findings] == [
        (17, "messages[0].content", "email", "e-mail address"),
        (17, "messages[1].content", "key", "OpenAI API key"),
        (17, "messages[1].content", "email", "e-mail address"),
    ]
    assert findings[0].excerpt == "My mail is [EMAIL] and\\nmy key"
    assert findings[1].excerpt == "It is [API_KEY], or [EMAIL]."
    assert findings[2].excerpt == "It is [API_KEY], or [EMAIL]."


def test_excerpts_are_short_and_hold_no_neighbouring_secret(chat: Chat) -> None:
    text = " ".join([KEY, "joe@example.com", "+49 30 901820"] * 5)
    for finding in secrets_of(1, chat("q", text)):
        assert len(finding.excerpt) <= 120
        assert "q7Xb" not in finding.excerpt
        assert "joe" not in finding.excerpt
        assert "9018" not in finding.excerpt


def test_excerpts_hide_secrets_that_were_not_asked_for(chat: Chat) -> None:
    text = f"joe@example.com has {KEY} at 8.8.8.8"
    (finding,) = secrets_of(1, chat("q", text), ("email",))
    assert finding.excerpt == "[EMAIL] has [API_KEY] at [IP_ADDRESS]"


def test_secrets_in_calls_of_tools_are_found() -> None:
    function = {"name": "send", "arguments": '{"to": "joe@example.com"}'}
    record: Record = {
        "messages": [{"role": "assistant", "content": None, "tool_calls": [{"function": function}]}]
    }
    (finding,) = secrets_of(1, record)
    assert finding.place == "messages[0].tool_calls[0].function.arguments"


def test_secrets_in_the_columns_of_a_stored_example_are_found(chat: Chat) -> None:
    record = chat("q", "a") | {
        "customer_email": "joe@example.com",
        "login": {"password": "p@ss w0"},
    }
    (finding,) = secrets_of(1, record)
    assert (finding.place, finding.excerpt) == (
        "column customer_email",
        "customer_email: [EMAIL]",
    )
    record["login"]["password"] = "Tr0ub4dor&3xyz"  # noqa: S105 - it opens nothing
    assert [found.place for found in secrets_of(1, record)] == [
        "column customer_email",
        "column login.password",
    ]
    assert list(secrets_of(1, record, columns={})) == []


def test_a_password_alone_makes_an_example_worth_looking_at(chat: Chat) -> None:
    (finding,) = secrets_of(1, chat("q", "password: Tr0ub4dor&3"))
    assert (finding.kind, finding.name) == ("key", "password")


def test_only_the_kinds_asked_for_are_looked_for() -> None:
    text = f"{KEY} joe@example.com +49 30 901820, 4111 1111 1111 1111, 8.8.8.8"
    assert masked(text, ("email",)) == text.replace("joe@example.com", "[EMAIL]")
    assert [secret.kind for secret in find_secrets(text)] == ["key", "email", "phone", "card"]
    assert "ip" not in DEFAULT_KINDS


def test_of_secrets_that_overlap_the_longest_is_taken() -> None:
    text = "token=joe.q7Xb29LmPz84TnRw5KcY@example.com"
    (secret,) = find_secrets(text)
    assert secret.kind == "email"


@pytest.mark.parametrize("text", ["", "Plain words.", "2 + 2 = 4", "日本語 привет"])
def test_a_text_without_secrets_is_the_same_text(text: str) -> None:
    assert find_secrets(text, tuple(KINDS)) == []
    assert masked(text) is text


def test_real_exercises_have_no_secrets(exercises: list[Record]) -> None:
    for record in exercises:
        assert list(secrets_of(1, record, tuple(KINDS))) == []


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_masking_twice_is_masking_once_and_leaves_nothing_to_find(text: str) -> None:
    once = masked(text, tuple(KINDS))
    assert find_secrets(once, tuple(KINDS)) == []
    assert masked(once, tuple(KINDS)) == once


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_findings_are_in_order_and_apart(text: str) -> None:
    end = 0
    for secret in find_secrets(text, tuple(KINDS)):
        assert end <= secret.start < secret.end <= len(text)
        end = secret.end
    record = {"messages": [{"role": "user", "content": text}]}
    for kinds in (("phone",), ("card", "ip"), tuple(KINDS)):
        found = find_secrets(text, kinds)
        assert [f.kind for f in secrets_of(1, record, kinds)] == [secret.kind for secret in found]


@pytest.mark.parametrize(
    "piece",
    [
        *("1", "1 ", "(", "(1", "+1 ", "a@", "a'", "@a.", "key ", "key=", "token=a1B2", "DE12 "),
        *("A1", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nMII1" + "A" * 64),
        *("://a:b", "://", "eyJaaaaaaaaaaaa.", "sk-", "tel ", "4111 ", "::1", "1.1.", "a@b.io "),
    ],
)
def test_texts_made_to_be_slow_come_to_an_end(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    record = {"messages": [{"role": "user", "content": text}]}
    assert masked(text, tuple(KINDS)) is not None
    assert all(len(finding.excerpt) <= 120 for finding in secrets_of(1, record, tuple(KINDS)))


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), min_size=2, max_size=2))
def test_looking_at_an_example_at_once_misses_nothing(texts: list[str]) -> None:
    record = {
        "messages": [
            {"role": "user", "content": texts[0]},
            {"role": "assistant", "content": texts[1]},
        ]
    }
    found = [secret.kind for text in texts for secret in find_secrets(text)]
    assert [finding.kind for finding in secrets_of(1, record)] == found
    columns = {"a": texts[0], "b": [{"c": texts[1]}]}
    beside = [secret.kind for text in texts for secret in find_secrets(f"a: {text}")]
    assert [finding.kind for finding in secrets_of(1, {"messages": []}, columns=columns)] == beside
