from __future__ import annotations

import re
from pathlib import Path

import engine.data.checking
from engine.data.checking.rules import RULES

SOURCES = Path(engine.data.checking.__file__).parent


def test_every_rule_explains_itself_in_a_sentence() -> None:
    for name, rule in RULES.items():
        assert rule.name == name
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert rule.explanation[0].isupper() or rule.explanation[0].isdigit()
        assert rule.explanation.endswith(".")
        assert ". " not in rule.explanation


def test_every_rule_is_looked_for_somewhere() -> None:
    files = [file for file in SOURCES.glob("*.py") if file.name != "rules.py"]
    text = "\n".join(file.read_text() for file in files)
    made = {f"missing-{key}" for key in ("prompt", "completion")}
    missing = {name for name in RULES if f'"{name}"' not in text} - made
    assert missing == set()


def test_openais_rules_keep_their_names() -> None:
    theirs = (
        "data_type missing_messages_list message_missing_key message_unrecognized_key "
        "unrecognized_role missing_content example_missing_assistant_message"
    )
    for name in theirs.split():
        assert RULES[name.replace("_", "-")].severity == "error"
